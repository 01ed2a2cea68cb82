"""Rules that posts and pages must satisfy, for `kuratorium check` and for the build alike."""
