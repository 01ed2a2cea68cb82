"""Reports in the form of a single forge."""
