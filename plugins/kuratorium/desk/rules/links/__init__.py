"""Rules of `kuratorium check` on links: within the site, and to what the site once had."""
