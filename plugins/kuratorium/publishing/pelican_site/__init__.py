"""Pelican as the engine: the subclasses of its site, reader, generators and writer that build an edition."""
