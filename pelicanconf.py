"""Every Pelican setting of the edition, and nothing else."""

from jinja2 import StrictUndefined

from kuratorium.edition.formats import FORMATS

# The site: these five lines are yours.
SITENAME = "Weichenwerk"
SITESUBTITLE = "Was IT-Entscheider lesen sollten – und warum"
SITEURL = "https://weichenwerk.example"
DEFAULT_LANG = "de"
TIMEZONE = "Europe/Berlin"

# Where things are.
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
PLUGIN_PATHS = ["plugins"]
PLUGINS = ["kuratorium.publishing"]
ARTICLE_PATHS = [f"../{format.folder}" for format in FORMATS]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images", "media"]
IGNORE_FILES = [".*", "**/.*", "*~", "#*#"]
OUTPUT_RETENTION = [".git", ".nojekyll", "CNAME"]

# What Pelican makes by itself is made by the plan (plugins/kuratorium/publishing/pages/outputs.py).
DIRECT_TEMPLATES = []
ARTICLE_TRANSLATION_ID = PAGE_TRANSLATION_ID = False
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
DRAFT_SAVE_AS = DRAFT_LANG_SAVE_AS = DRAFT_PAGE_SAVE_AS = DRAFT_PAGE_LANG_SAVE_AS = ""
FEED_ALL_ATOM = FEED_ALL_RSS = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
USE_FOLDER_AS_CATEGORY = False
# What is due is decided by the edition's date (policy.yaml as_of, --as-of), not by Pelican's clock.
WITH_FUTURE_DATES = True
# Links within a body lead from where the page is, so that the site opens from disk, too.
RELATIVE_URLS = True
CACHE_CONTENT = LOAD_CONTENT_CACHE = False

JINJA_ENVIRONMENT = {
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "auto_reload": False,  # or Jinja asks the disk at every include whether a template has changed
    "extensions": ["jinja2.ext.i18n"],
}
