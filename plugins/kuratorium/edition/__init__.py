"""The files of an edition in git: read, and checked against the rules."""
