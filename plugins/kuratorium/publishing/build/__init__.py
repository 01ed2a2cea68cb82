"""Incremental builds: only what a change affects is read, rendered and written."""
