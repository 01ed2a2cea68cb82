"""What is read of a post's file, and what lists, feeds and pages are made of."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from .desk import Image, Person, Topic
from .matter import Correction, Disclosure, Event, FrontMatter, Media, PageMatter, Period, Series, Speaker, Via, Work


class Written(Struct, frozen=True, kw_only=True):
    """What a post's or page's file is known by: where it is, and what its front matter says."""

    file: str
    meta: FrontMatter | PageMatter

    @property
    def slug(self) -> str:
        """The last part of its address: as written, else the file's name."""
        return self.meta.slug or self.file.rsplit("/", 1)[-1].removesuffix(".md")


class Document(Written, frozen=True, kw_only=True):
    """A post's file: where it is, what its front matter says, its Markdown and where that begins."""

    format: str
    meta: FrontMatter
    body: str
    body_line: int


class Leaf(Written, frozen=True, kw_only=True):
    """A standing page's file."""

    meta: PageMatter
    body: str
    body_line: int


class Listed(Written, frozen=True, kw_only=True):
    """What lists, feeds and relations need of a post's file: all but its body, and what is derived from that.

    `summary`: as written, else the first sentence; `minutes`: how long it takes to read; `leads`: the files of other
    texts that it links to; `quoted`: what its quotations name as their sources; `timed`: its turns have time codes.
    """

    format: str
    meta: FrontMatter
    summary: str
    minutes: int
    leads: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    timed: bool = False


class ListedLeaf(Written, frozen=True, kw_only=True):
    """What navigation needs of a standing page's file."""

    meta: PageMatter
    summary: str


class Post(Struct, frozen=True, kw_only=True):
    """What lists, feeds and relations need of a post: ids resolved, derived values made, no body.

    `minutes`: how long it takes to read; `series_name`: what its series is called.
    """

    uid: str
    format: str
    path: str
    title: str
    date: datetime
    modified: datetime | None
    lang: str
    summary: str
    authors: tuple[Person, ...]
    topics: tuple[Topic, ...]
    tags: tuple[str, ...]
    works: tuple[Work, ...]
    strength: int | None
    why_now: str
    via: Via | None
    disclosure: Disclosure | None
    series: Series | None
    guests: tuple[Person | Speaker, ...]
    hosts: tuple[Person | Speaker, ...]
    event: Event | None
    upcoming: bool
    media: Media | None
    image: Image | None
    corrections: tuple[Correction, ...]
    syndication: tuple[str, ...]
    hidden: bool
    minutes: int = 1
    timed: bool = False
    series_name: str = ""
    translation_of: str = ""
    lookback_of: str = ""
    changed_since: tuple[str, ...] = ()
    period: Period | None = None

    @property
    def changed(self) -> datetime:
        """When it last changed for a reader: the date it was modified, else published."""
        return self.modified or self.date
