"""Podcasts: what an audio file says of itself, and what podcast directories require."""
