"""What every post must keep, for `check` and for the build alike."""
