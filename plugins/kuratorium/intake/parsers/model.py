"""The result of every parser: a feed and its entries, in Atom's words (RFC 4287), all plain text."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from ...edition.model import Speaker


class Enclosure(Struct, frozen=True, kw_only=True):
    """A recording or other file that belongs to an entry; `length` in bytes, 0 if the feed does not say."""

    link: str
    type: str = ""
    length: int = 0


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a feed. Links are absolute http(s) addresses or empty; dates are in UTC.

    `id` is the feed's own (a guid), or empty; `lang` is set only if it differs from the feed's language; `summary` and
    `content` are texts without markup; `canonical` is the article's own address if the feed names it besides the link;
    `utc_offset` is the offset in minutes with which `date` is written, None if it has none and is a local time;
    `publication` is the outlet of an entry that the feed took from another one, else empty.
    Of a recording: `duration` in seconds (0: unknown), `transcript` and `chapters` as addresses, and `people` with
    their roles.
    """

    id: str = ""
    link: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    publication: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    utc_offset: int | None = 0
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
        """The moment of publication, else of the last change; None if the feed gives neither."""
        return self.published or self.updated


class SuggestionForm(Struct, frozen=True, kw_only=True):
    """What a person said with a suggested work: name and link, why it is worth reading, and two answers.

    `person` tells people apart within their source, and is written nowhere; `place` names the form in messages.
    `is_html`: it came by mail without plain text.
    """

    by: str
    link: str
    why: str
    own: bool
    ai: Literal["none", "assisted", "generated"]
    person: str
    place: str
    is_html: bool = False


class Feed(Struct, frozen=True, kw_only=True):
    """A feed with its entries in document order. `link` is the site to which it belongs.

    `pull_interval` is the number of seconds that it asks for between two pulls (ttl, sy:update*); 0 if it does not say.
    Of a source of suggestions: `suggestions` has the form of each entry by its id, `refused` says which were not taken.
    """

    title: str = ""
    link: str = ""
    lang: str = ""
    pull_interval: float = 0.0
    entries: tuple[Entry, ...] = ()
    suggestions: dict[str, SuggestionForm] = {}
    refused: tuple[str, ...] = ()
