"""What every feed format becomes: a feed and its entries, in Atom's words, all of it plain text."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from ...edition.model import Speaker


class Enclosure(Struct, frozen=True, kw_only=True):
    """A recording or other file that comes with an entry; `length` in bytes, 0 where the feed does not tell."""

    link: str
    type: str = ""
    length: int = 0


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a feed. Links are absolute http(s) addresses or empty; dates are in UTC.

    `id` is what the feed says (a guid), or empty; `lang` is set only where it differs from the feed's;
    `summary` and `content` are the texts without markup; `canonical` is the article's own address where the feed names
    it beside the link. `duration` (seconds, 0: unknown), `transcript` and `chapters` (addresses) and `people` (whom
    one hears, and those behind them, by role) are those of a recording.
    """

    id: str = ""
    link: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    lang: str = ""
    summary: str = ""
    content: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    canonical: str = ""
    duration: int = 0
    transcript: str = ""
    chapters: str = ""
    people: tuple[Speaker, ...] = ()

    @property
    def date(self) -> datetime | None:
        """When it came out, else when it was last changed."""
        return self.published or self.updated


class Feed(Struct, frozen=True, kw_only=True):
    """A feed: what it says of itself, and its entries in their order. `link` is the site it belongs to.

    `pace`: so many seconds it wants between two pulls (ttl, sy:update*); 0 where it does not say.
    """

    title: str = ""
    link: str = ""
    lang: str = ""
    pull_interval: float = 0.0
    entries: tuple[Entry, ...] = ()
