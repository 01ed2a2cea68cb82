"""The paths of the site's pages and feeds, from its root, in the words of the site's language."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date
from functools import lru_cache

from msgspec import Struct

from ..edition.curation import Person, Topic
from ..edition.formats import get_format
from ..languages import find_language, get_page_word
from ..slugs import loses_letters, slugify
from .settings import SEARCH_FOLDER

_SIGNIFICANT_SIGNS = re.compile(r"(?<=\w)[+#]")  # C++ and C# are not C


class Paths(Struct, frozen=True):
    """The paths of a site in language `lang`. Each is a file with its ending, so the site opens from a disk, too."""

    lang: str

    home: str = "index.html"
    not_found: str = "404.html"
    feed: str = "feed.xml"
    icon: str = "icon-512.png"
    logo: str = "logo.png"
    channel_image: str = "icon-144.png"
    search_index: str = f"{SEARCH_FOLDER}/"
    sitemap: str = "sitemap.xml"
    news_sitemap: str = "sitemap/news.xml"
    manifest: str = "manifest.webmanifest"

    def post(self, format_id: str, slug: str) -> str:
        """Return the path of a post's page."""
        return f"{self._format_word(format_id)}/{slug}.html"

    def format(self, format_id: str) -> str:
        """Return the path of the list of a format's posts."""
        return f"{self._format_word(format_id)}.html"

    def topics(self) -> str:
        """Return the path of the list of topics."""
        return f"{self._word('topics')}.html"

    def topic(self, topic: Topic) -> str:
        """Return the path of a topic's page."""
        return f"{self._word('topics')}/{topic.id}.html"

    def language(self, lang: str, format_id: str = "") -> str:
        """Return the path of the list of the posts in a language, or of those of a format."""
        path = f"{self._word('languages')}/{lang}"
        return f"{path}/{self._format_word(format_id)}.html" if format_id else f"{path}.html"

    def language_feed(self, lang: str) -> str:
        """Return the path of the feed of the posts in a language."""
        return f"feed-{lang}.xml"

    def feed_archive(self, path: str, number: int, ending: str) -> str:
        """Return the path of archive `number` (from the oldest) of the feed at `path`."""
        return f"{path.rpartition('.')[0]}/{self._word('page')}/{number}{ending}"

    def subscribe(self) -> str:
        """Return the path of the page on feeds, calendars and mail."""
        return f"{self._word('subscribe')}.html"

    def search(self) -> str:
        """Return the path of the page with the search."""
        return f"{self._word('search')}.html"

    def feeds_opml(self) -> str:
        """Return the path of the list of our own feeds for feed readers."""
        return f"{self._word('subscribe')}.opml"

    def topic_format(self, topic: Topic, format_id: str) -> str:
        """Return the path of the list of a format's posts on a topic."""
        return f"{self._word('topics')}/{topic.id}/{self._format_word(format_id)}.html"

    def all_series(self) -> str:
        """Return the path of the list of series."""
        return f"{self._word('series')}.html"

    def series(self, series_id: str) -> str:
        """Return the path of a series' page."""
        return f"{self._word('series')}/{series_id}.html"

    def podcast(self, series_id: str) -> str:
        """Return the path of a series' podcast."""
        return f"{self._word('series')}/{series_id}/podcast.xml"

    def podcast_cover(self, series_id: str, digest: str) -> str:
        """Return the path of the drawn cover of a podcast: apps load another picture only from another address."""
        return f"{self._word('series')}/{series_id}/podcast-{digest}.png"

    def sources(self) -> str:
        """Return the path of the page of sources."""
        return f"{self._word('sources')}.html"

    def opml(self) -> str:
        """Return the path of the list of sources for feed readers."""
        return f"{self._word('sources')}.opml"

    def people(self) -> str:
        """Return the path of the list of people."""
        return f"{self._word('people')}.html"

    def person(self, person: Person) -> str:
        """Return the path of a person's page."""
        return f"{self._word('people')}/{person.id}.html"

    def tags(self) -> str:
        """Return the path of the list of tags."""
        return f"{self._word('tags')}.html"

    def tag(self, tag: str) -> str:
        """Return the path of a tag's page."""
        return f"{self._word('tags')}/{tag_slug(tag)}.html"

    def archive(self) -> str:
        """Return the path of the list of years."""
        return f"{self._word('archive')}.html"

    def year(self, year: int) -> str:
        """Return the path of the list of a year's months."""
        return f"{self._word('archive')}/{year}.html"

    def month(self, day: date) -> str:
        """Return the path of the posts of the month in which `day` lies."""
        return f"{self._word('archive')}/{day.year}/{day.month:02}.html"

    def calendar(self) -> str:
        """Return the path of the calendar of upcoming talks."""
        return f"{self._word('calendar')}.ics"

    def years_ago(self) -> str:
        """Return the path of the page of this week's anniversaries."""
        return f"{self._word('years_ago')}.html"

    def mail_version(self, path: str, kind: str) -> str:
        """Return the path of a version for mail, `kind` being mail (HTML) or text, of the post whose page is `path`."""
        return path.removesuffix(".html") + {"mail": ".mail.html", "text": ".txt"}[kind]

    def card(self, path: str) -> str:
        """Return the path of the share card of the page at `path`."""
        return path.removesuffix(".html") + ".card.png"

    def sitemap_part(self, name: str, number: int = 0) -> str:
        """Return the path of a part of the sitemap, the further ones with their number from 1."""
        return f"sitemap/{name}-{number}.xml" if number else f"sitemap/{name}.xml"

    def standalone_page(self, slug: str) -> str:
        """Return the path of a standalone page such as the imprint."""
        return f"{slug}.html"

    def named_page(self, name: str) -> str:
        """Return the path of a standalone page that the policy names by its slug, with the anchor behind it, if any."""
        slug, hash_sign, anchor = name.partition("#")
        return f"{self.standalone_page(slug)}{hash_sign}{anchor}" if slug else ""

    def list_page(self, path: str, number: int) -> str:
        """Return the path of page `number` (from the oldest) of the list whose front page is `path`.

        The number has a folder of its own: in Pelican's default pattern page 3 of "Thema 36" is "Thema 363".
        """
        return f"{path.removesuffix('.html')}/{self._word('page')}/{number}.html"

    def _word(self, key: str) -> str:
        return get_page_word(self.lang, key)

    def _format_word(self, format_id: str) -> str:
        return find_language(self.lang).format_words.get(format_id) or get_format(format_id).url_word


@lru_cache(10_000)
def tag_slug(tag: str) -> str:
    """Return the slug of a tag. A digest follows if the slug alone would be that of other tags, too (C++, C#, 日本).

    Spellings that differ only in case or in Unicode's compatibility forms have the same slug.
    """
    slug = slugify(tag)
    if slug and slug == slugify(_SIGNIFICANT_SIGNS.sub("0", tag)) and not loses_letters(tag):
        return slug
    digest = hashlib.sha256(unicodedata.normalize("NFKC", tag).casefold().encode()).hexdigest()[:12]
    return f"{slug}-x-{digest}" if slug else f"x-{digest}"


def path_to_root(path: str) -> str:
    """Return the relative address of the site's root from the page at `path`: empty, or `../` once or more."""
    return "../" * path.count("/")
