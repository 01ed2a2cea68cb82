"""The editors' desk: the inbox, drafts of notes, look-backs and digests, checks, and the start of a new edition."""
