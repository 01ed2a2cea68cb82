"""The commands: each parses arguments, calls one function, and prints what comes of it.

Pelican, httpx and feedparser, even rich, are imported by the commands that need them: help comes at once.
"""
