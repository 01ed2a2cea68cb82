"""Visits to the addresses that an edition links to: whether they are still there, and still say the same."""
