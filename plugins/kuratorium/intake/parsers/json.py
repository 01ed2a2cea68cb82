"""JSON Feed 1.0 and 1.1 (https://jsonfeed.org/): bytes -> Feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ... import urls
from ...errors import SourceError
from . import dates, plain_text
from .model import Enclosure, Entry, Feed


def parse_json_feed(data: bytes, _content_type: str, base_urls: tuple[str, ...]) -> Feed:
    """Read a feed; `bases` are the addresses that its relative links may mean, the likeliest first.

    A field of the wrong kind is passed over. Raises SourceError where it is no feed.
    """
    document = _load_json(data)
    if "jsonfeed.org" not in _get_text(document, "version") and "items" not in document:
        raise SourceError("no-feed", "this is JSON, but no JSON Feed (it has neither version nor items)")
    link = urls.make_absolute_url(_get_text(document, "home_page_url"), *base_urls)
    lang = plain_text.normalize_language(_get_text(document, "language"))
    inherited = _read_authors(document)
    items = (item for item in _get_list(document, "items") if isinstance(item, dict))
    return Feed(
        title=plain_text.to_plain_text(_get_text(document, "title")),
        link=link,
        lang=lang,
        entries=tuple(_build_entry(item, (link, *base_urls), lang, inherited) for item in items),
    )


def _load_json(data: bytes) -> dict[str, Any]:
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


def _build_entry(item: dict[str, Any], bases: tuple[str, ...], lang: str, inherited: tuple[str, ...]) -> Entry:
    own = plain_text.normalize_language(_get_text(item, "language"))
    enclosures = tuple(_read_enclosures(item, bases))
    markup = _get_text(item, "content_html")
    candidates = (_get_text(item, "url"), _get_text(item, "external_url"))
    addresses = (
        *(urls.make_absolute_url(one, *bases) for one in candidates),
        urls.make_absolute_url(_get_text(item, "id")),
    )
    return Entry(
        id=plain_text.clean_text(_get_text(item, "id")),
        link=next((one for one in (*addresses, *(one.link for one in enclosures)) if one), ""),
        title=plain_text.to_plain_text(_get_text(item, "title")),
        authors=_read_authors(item) or inherited,
        published=dates.parse_date(_get_text(item, "date_published")),
        updated=dates.parse_date(_get_text(item, "date_modified")),
        lang=own if own != lang else "",
        summary=plain_text.to_plain_text(_get_text(item, "summary")),
        content=plain_text.html_to_text(markup) if markup else plain_text.clean_text(_get_text(item, "content_text")),
        categories=tuple(
            plain_text.to_plain_text(tag) for tag in _get_list(item, "tags") if isinstance(tag, str) and tag.strip()
        ),
        enclosures=enclosures,
    )


def _get_text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    # An id may be a number, say the specification's own examples of what it is not.
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _get_list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _read_authors(holder: dict[str, Any]) -> tuple[str, ...]:
    listed = [*_get_list(holder, "authors"), holder.get("author")]  # version 1.0 had one author
    names = (plain_text.to_plain_text(_get_text(one, "name")) for one in listed if isinstance(one, dict))
    return tuple(dict.fromkeys(name for name in names if name))


def _read_enclosures(item: dict[str, Any], bases: tuple[str, ...]) -> Iterator[Enclosure]:
    for one in _get_list(item, "attachments"):
        address = urls.make_absolute_url(_get_text(one, "url"), *bases) if isinstance(one, dict) else ""
        if address:
            size = one.get("size_in_bytes")
            length = size if isinstance(size, int) and 0 <= size < 2**50 else 0
            yield Enclosure(link=address, type=plain_text.clean_text(_get_text(one, "mime_type")), length=length)
