"""Kuratorium: a static-site generator for curated community platforms."""

__version__ = "0.1.0"
