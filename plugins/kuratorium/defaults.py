"""Pelican's settings that no edition needs to change: `from kuratorium.defaults import *` in pelicanconf.py."""

from jinja2 import StrictUndefined

from .edition.formats import FORMATS
from .edition.paths import STATIC_FOLDERS

PELICAN_CLASS = "kuratorium.Site"

# Folders of the edition.
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
PLUGIN_PATHS = ["plugins"]
PLUGINS: list[str] = []  # unset, Pelican would load every plugin that happens to be installed
ARTICLE_PATHS = [f"../{format.folder}" for format in FORMATS]
PAGE_PATHS = ["pages"]
STATIC_PATHS = [*STATIC_FOLDERS]
IGNORE_FILES = [".*", "**/.*", "*~", "#*#"]  # Pelican's own list lets .hidden.md through
OUTPUT_RETENTION = [".git", ".nojekyll", "CNAME"]

# Pages that Pelican would write by itself are planned in kuratorium.publishing.pages.
DIRECT_TEMPLATES: list[str] = []
ARTICLE_TRANSLATION_ID = PAGE_TRANSLATION_ID = False
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
DRAFT_SAVE_AS = DRAFT_LANG_SAVE_AS = DRAFT_PAGE_SAVE_AS = DRAFT_PAGE_LANG_SAVE_AS = ""
FEED_ALL_ATOM = FEED_ALL_RSS = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
USE_FOLDER_AS_CATEGORY = False
# What is due is decided by the edition's date (policy.yaml as_of, --as-of), not by Pelican's clock.
WITH_FUTURE_DATES = True
# Links within a body are relative to their page, so that the site can also be opened from disk.
RELATIVE_URLS = True
CACHE_CONTENT = LOAD_CONTENT_CACHE = False
# Plain bodies get python-markdown's HTML without python-markdown; False asks python-markdown for every body.
PLAIN_MARKDOWN = True
# True writes page.html.gz and page.html.br beside each text, for servers that send these (gzip_static of nginx).
PRECOMPRESS = False

JINJA_ENVIRONMENT = {
    "autoescape": True,
    "undefined": StrictUndefined,  # else a misspelt name renders as nothing
    "trim_blocks": True,
    "lstrip_blocks": True,
    "auto_reload": False,  # else Jinja checks at every include whether the template's file has changed
    "extensions": ["jinja2.ext.i18n"],
}
