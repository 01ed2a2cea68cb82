"""The page /admin/: forms in which editors write without a terminal, by Sveltia CMS, configured from our records."""
