"""Requests to the web: polite, within limits, and never into a private network."""
