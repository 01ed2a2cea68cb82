"""Plan every output of the site with its declared inputs; the table OUTPUTS is in `outputs`."""
