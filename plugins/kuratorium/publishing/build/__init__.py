"""Builds that do only what a change concerns."""
