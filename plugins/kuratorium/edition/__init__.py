"""The files of an edition in git: read, and held against the rules."""
