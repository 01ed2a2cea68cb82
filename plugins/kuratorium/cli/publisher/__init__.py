"""The commands that bring the site, and the issue by mail, to readers."""
