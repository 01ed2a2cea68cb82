"""New drafts: their templates, the works they are about, passages to quote, and what was written before."""
