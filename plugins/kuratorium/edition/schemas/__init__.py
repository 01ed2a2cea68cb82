"""What the files of an edition may hold, for other programs: descriptions of fields, and JSON Schemas."""
