"""The list of sources: add, import, check and repair them."""
