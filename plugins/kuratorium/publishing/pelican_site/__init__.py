"""Pelican as the engine: its site, reader, generators and writer for an edition."""
