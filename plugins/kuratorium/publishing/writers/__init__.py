"""Pages turned into bytes."""
