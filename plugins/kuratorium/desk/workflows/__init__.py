"""An edition that works by itself: the workflows of forges, and what their jobs run."""
