"""The program of the page /admin/, Sveltia CMS: where its files lie in a theme, and where in a site."""

from __future__ import annotations

ADMIN_FOLDER = "admin"
"""The folder of the page and of its program in the site, and of the program among the static files of a theme."""
PROGRAM_FILE = "sveltia-cms.js"
