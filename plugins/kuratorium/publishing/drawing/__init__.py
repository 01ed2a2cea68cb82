"""Pictures that a build draws itself: share cards, covers, icons. The same words give the same bytes."""
