"""Bring an edition to a newer version of the program: `kuratorium upgrade`."""
