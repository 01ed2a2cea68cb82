"""An edition of one's own: begun in an empty folder, or in the place of the sample."""
