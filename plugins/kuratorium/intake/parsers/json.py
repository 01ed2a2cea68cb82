"""JSON Feed 1.0 and 1.1 (https://jsonfeed.org/): bytes -> Feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ... import urls
from ...errors import SourceError
from . import dates, plain_text
from .model import Enclosure, Entry, Feed


def parse(data: bytes, _content_type: str, bases: tuple[str, ...]) -> Feed:
    """Read a feed; `bases` are the addresses that its relative links may mean, the likeliest first.

    A field of the wrong kind is passed over. Raises SourceError where it is no feed.
    """
    document = _load(data)
    if "jsonfeed.org" not in _text(document, "version") and "items" not in document:
        raise SourceError("no-feed", "this is JSON, but no JSON Feed (it has neither version nor items)")
    link = urls.absolute(_text(document, "home_page_url"), *bases)
    lang = plain_text.language(_text(document, "language"))
    inherited = _authors(document)
    items = (item for item in _list(document, "items") if isinstance(item, dict))
    return Feed(
        title=plain_text.of(_text(document, "title")),
        link=link,
        lang=lang,
        entries=tuple(_entry(item, (link, *bases), lang, inherited) for item in items),
    )


def _load(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        words = f"the JSON Feed is broken: {error.msg} (line {error.lineno})"
        raise SourceError("broken", words) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise SourceError("broken", "the JSON Feed is broken: it cannot be decoded") from error
    if not isinstance(document, dict):
        raise SourceError("no-feed", "this is JSON, but no JSON Feed (a feed is an object)")
    return document


def _entry(item: dict[str, Any], bases: tuple[str, ...], lang: str, inherited: tuple[str, ...]) -> Entry:
    own = plain_text.language(_text(item, "language"))
    enclosures = tuple(_enclosures(item, bases))
    markup = _text(item, "content_html")
    candidates = (_text(item, "url"), _text(item, "external_url"))
    addresses = (*(urls.absolute(one, *bases) for one in candidates), urls.absolute(_text(item, "id")))
    return Entry(
        id=plain_text.clean(_text(item, "id")),
        link=next((one for one in (*addresses, *(one.link for one in enclosures)) if one), ""),
        title=plain_text.of(_text(item, "title")),
        authors=_authors(item) or inherited,
        published=dates.of_text(_text(item, "date_published")),
        updated=dates.of_text(_text(item, "date_modified")),
        lang=own if own != lang else "",
        summary=plain_text.of(_text(item, "summary")),
        content=plain_text.of_html(markup) if markup else plain_text.clean(_text(item, "content_text")),
        categories=tuple(plain_text.of(tag) for tag in _list(item, "tags") if isinstance(tag, str) and tag.strip()),
        enclosures=enclosures,
    )


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    # An id may be a number, say the specification's own examples of what it is not.
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    listed = [*_list(holder, "authors"), holder.get("author")]  # version 1.0 had one author
    names = (plain_text.of(_text(one, "name")) for one in listed if isinstance(one, dict))
    return tuple(dict.fromkeys(name for name in names if name))


def _enclosures(item: dict[str, Any], bases: tuple[str, ...]) -> Iterator[Enclosure]:
    for one in _list(item, "attachments"):
        address = urls.absolute(_text(one, "url"), *bases) if isinstance(one, dict) else ""
        if address:
            size = one.get("size_in_bytes")
            length = size if isinstance(size, int) and 0 <= size < 2**50 else 0
            yield Enclosure(link=address, type=plain_text.clean(_text(one, "mime_type")), length=length)
