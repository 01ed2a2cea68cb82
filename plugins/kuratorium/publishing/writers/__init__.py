"""Turn pages into bytes: a module per kind of output; the table WRITERS is in `render`."""
