"""Incremental builds: find what changed, render the pages that it concerns, move them into the site."""
