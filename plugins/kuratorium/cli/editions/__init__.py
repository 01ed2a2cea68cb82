"""Commands on an edition as a whole, and on several."""
