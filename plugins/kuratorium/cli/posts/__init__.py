"""The commands on posts that are written."""
