"""The list of sources: add, import, examine and repair them."""
