"""Well-formed feeds parsed by expat, several times as fast as feedparser and with the same result."""
