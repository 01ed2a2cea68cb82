"""Plain Pelican, its `simple` theme, its default pages; feeds as many, as long and as whole as Kuratorium's."""

SITENAME = "Messlatte"
SITEURL = "https://messlatte.example"
PATH = "content"
TIMEZONE = "Europe/Berlin"
DEFAULT_LANG = "de"
THEME = "simple"
PLUGINS = []
DEFAULT_PAGINATION = 24
FEED_MAX_ITEMS = 30
RSS_FEED_SUMMARY_ONLY = False
FEED_ALL_RSS = "feeds/all.rss.xml"
CATEGORY_FEED_RSS = "feeds/{slug}.rss.xml"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
