"""Requests to the web: polite, limited, and never into a private network."""
