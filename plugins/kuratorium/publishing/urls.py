"""Addresses: where each page of the site lies, from the root, in the words of the site's language."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from ..edition.curation import Person, Topic
from ..edition.formats import get_format
from ..languages import find_language, get_page_word
from ..slugs import loses_letters, slugify

_SIGNIFICANT_SIGNS = re.compile(r"(?<=\w)[+#]")  # a sign that makes another word


class Paths(Struct, frozen=True):
    """The addresses of a site in language `lang`; all are files, so that they open from disk."""

    lang: str

    home: str = "index.html"
    not_found: str = "404.html"
    feed: str = "feed.xml"

    def post(self, format_id: str, slug: str) -> str:
        """The page of a post."""
        return f"{self._format_word(format_id)}/{slug}.html"

    def format(self, format_id: str) -> str:
        """The list of a format's posts."""
        return f"{self._format_word(format_id)}.html"

    def topics(self) -> str:
        """The list of topics."""
        return f"{self._word('topics')}.html"

    def topic(self, topic: Topic) -> str:
        """The page of a topic."""
        return f"{self._word('topics')}/{topic.id}.html"

    def topic_feed(self, topic: Topic) -> str:
        """The feed of a topic."""
        return f"{self._word('topics')}/{topic.id}.xml"

    def topic_format(self, topic: Topic, format_id: str) -> str:
        """The list of a format's posts on a topic."""
        return f"{self._word('topics')}/{topic.id}/{self._format_word(format_id)}.html"

    def all_series(self) -> str:
        """The list of series."""
        return f"{self._word('series')}.html"

    def series(self, series_id: str) -> str:
        """The page of a series."""
        return f"{self._word('series')}/{series_id}.html"

    def sources(self) -> str:
        """The page of the sources."""
        return f"{self._word('sources')}.html"

    def opml(self) -> str:
        """The sources as a list for feed readers."""
        return f"{self._word('sources')}.opml"

    def people(self) -> str:
        """The list of people."""
        return f"{self._word('people')}.html"

    def person(self, person: Person) -> str:
        """The page of a person."""
        return f"{self._word('people')}/{person.id}.html"

    def tags(self) -> str:
        """The list of tags."""
        return f"{self._word('tags')}.html"

    def tag(self, tag: str) -> str:
        """The page of a tag."""
        return f"{self._word('tags')}/{tag_slug(tag)}.html"

    def archive(self) -> str:
        """The list of years."""
        return f"{self._word('archive')}.html"

    def year(self, year: int) -> str:
        """The archive of a year."""
        return f"{self._word('archive')}/{year}.html"

    def calendar(self) -> str:
        """The calendar of the talks to come."""
        return f"{self._word('calendar')}.ics"

    def years_ago(self) -> str:
        """What this week's calendar holds from earlier years."""
        return f"{self._word('years_ago')}.html"

    def mail_version(self, path: str, kind: str) -> str:
        """A form for mail, `mail` (HTML) or `text`, of the post whose page is `path`."""
        return path.removesuffix(".html") + {"mail": ".mail.html", "text": ".txt"}[kind]

    def standalone_page(self, slug: str) -> str:
        """A standing page such as the imprint."""
        return f"{slug}.html"

    def list_page(self, path: str, number: int) -> str:
        """Page `number` (from the oldest) of the list whose front page is `path`."""
        return f"{path.removesuffix('.html')}/{self._word('page')}/{number}.html"

    def _word(self, key: str) -> str:
        return get_page_word(self.lang, key)

    def _format_word(self, format_id: str) -> str:
        return find_language(self.lang).format_words.get(format_id) or get_format(format_id).url_word


@lru_cache(10_000)
def tag_slug(tag: str) -> str:
    """The slug of a tag; a digest tells apart those whose letters or signs have no place in one (C++, C#, 日本)."""
    slug = slugify(tag)
    if slug and slug == slugify(_SIGNIFICANT_SIGNS.sub("0", tag)) and not loses_letters(tag):
        return slug
    digest = hashlib.sha256(unicodedata.normalize("NFKC", tag).casefold().encode()).hexdigest()[:12]
    return f"{slug}-x-{digest}" if slug else f"x-{digest}"


def path_to_root(path: str) -> str:
    """The way from the page at `path` back to the site's root: `` or `../` once or more."""
    return "../" * path.count("/")
