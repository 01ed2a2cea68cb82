"""The editors' desk: what waits, how a note begins, what is wrong, how an edition becomes one's own."""
