"""Plan every output of the site with its declared inputs; `outputs` has the table."""
