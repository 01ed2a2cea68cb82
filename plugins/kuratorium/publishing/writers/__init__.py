"""Turn pages into bytes: a module per kind of output; `render` has the table."""
