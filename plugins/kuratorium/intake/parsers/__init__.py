"""Parsers: the bytes of a feed or page -> a Feed. The table PARSERS is in `dispatch`."""
