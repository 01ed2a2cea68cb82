"""Draw pictures: the same words give the same bytes."""
