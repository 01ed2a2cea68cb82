"""The files of an edition in git: read into records, and checked against the rules."""
