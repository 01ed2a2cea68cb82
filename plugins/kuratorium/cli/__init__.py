"""The command line: each command parses its arguments, calls one function and prints the result.

Commands import what they need when they run (Pelican, httpx, feedparser, even rich), so that `--help` appears at once.
"""
