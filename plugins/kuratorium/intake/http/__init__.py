"""Requests to the web: polite, within limits, and into a private network only where the policy allows it."""
