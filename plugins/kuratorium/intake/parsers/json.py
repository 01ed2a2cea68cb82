"""JSON Feed 1.0 and 1.1 (https://jsonfeed.org/): bytes -> Feed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ... import urls
from ...errors import SourceError
from . import dates, names, plain_text
from .model import Enclosure, Entry, Feed
from .mojibake import undo_mojibake

_MAX_ENCLOSURE_BYTES = 2**50  # a petabyte: a larger number is a mistake, and the length counts as unknown


def parse_json_feed(data: bytes, base_urls: tuple[str, ...]) -> Feed:
    """Read a feed. Relative links are resolved against the first of `base_urls` that is set.

    A field of the wrong type is skipped. Raises SourceError if the document is broken or no JSON Feed.
    """
    document = _load_json(data)
    if "jsonfeed.org" not in _get_text(document, "version") and "items" not in document:
        raise SourceError("no-feed", "this is JSON, but no JSON Feed (it has neither version nor items)")
    link = urls.make_absolute_url(_get_text(document, "home_page_url"), *base_urls)
    lang = plain_text.normalize_language(_get_text(document, "language"))
    feed_authors = _read_authors(document)
    items = (item for item in _get_list(document, "items") if isinstance(item, dict))
    return Feed(
        title=plain_text.to_plain_text(_get_text(document, "title")),
        link=link,
        lang=lang,
        entries=tuple(_build_entry(item, (link, *base_urls), lang, feed_authors) for item in items),
    )


def _load_json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        words = f"the JSON Feed is broken: {error.msg} (line {error.lineno})"
        raise SourceError("broken", words) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise SourceError("broken", "the JSON Feed is broken: it cannot be decoded") from error
    except ValueError as error:  # Python reads no number of thousands of digits
        raise SourceError("broken", "the JSON Feed is broken: it holds a number that is too long") from error
    if not isinstance(document, dict):
        raise SourceError("no-feed", "this is JSON, but no JSON Feed (a feed is an object)")
    return document


def _build_entry(item: dict[str, Any], bases: tuple[str, ...], lang: str, feed_authors: tuple[str, ...]) -> Entry:
    own = plain_text.normalize_language(_get_text(item, "language"))
    enclosures = tuple(_read_enclosures(item, bases))
    markup = _get_text(item, "content_html")
    links = (
        *(urls.make_absolute_url(_get_text(item, key), *bases) for key in ("url", "external_url")),
        urls.make_absolute_url(_get_text(item, "id")),  # the specification recommends the address as id
        *(enclosure.link for enclosure in enclosures),
    )
    foreign_host = "" if links[0] or not links[1] else _find_foreign_host(links[1], bases)
    # Version 1.1: authors of the feed are those of items without any, but not of a page elsewhere that an item names.
    # One with an address only is an author, too.
    if foreign_host:
        feed_authors = ()
    published = dates.read_date(_get_text(item, "date_published"))
    updated = dates.read_date(_get_text(item, "date_modified"))
    return Entry(
        id=plain_text.clean_text(_get_text(item, "id")),
        link=next((link for link in links if link), ""),
        title=plain_text.to_plain_text(_get_text(item, "title")),
        authors=_read_authors(item) if _names_an_author(item) else feed_authors,
        publication=foreign_host,
        published=published.moment if published else None,
        updated=updated.moment if updated else None,
        utc_offset=date.offset if (date := published or updated) else 0,
        lang=own if own != lang else "",
        summary=plain_text.to_plain_text(_get_text(item, "summary")),
        content=plain_text.html_to_text(markup) if markup else _read_plain_content(item),
        categories=tuple(
            plain_text.to_plain_text(tag) for tag in _get_list(item, "tags") if isinstance(tag, str) and tag.strip()
        ),
        enclosures=enclosures,
    )


def _find_foreign_host(link: str, bases: Iterable[str]) -> str:
    """Return the host of a link; empty if the feed or its site has the same."""
    host = urls.get_host(link)
    return "" if host in (urls.get_host(base) for base in bases if base) else host


def _read_plain_content(item: dict[str, Any]) -> str:
    return plain_text.clean_text(undo_mojibake(_get_text(item, "content_text")))


def _get_text(holder: dict[str, Any], key: str) -> str:
    """Return a text or number as text; empty for any other type."""
    value = holder.get(key)
    # JSON Feed asks readers to turn an id that is written as a number into a string. JSON's true is an int to Python.
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _get_list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _read_authors(holder: dict[str, Any]) -> tuple[str, ...]:
    # Version 1.0 had one author. Some feeds write names as texts, or one object for the list.
    return names.read_names(name for key in ("authors", "author") for name in names.list_json_names(holder.get(key)))


def _names_an_author(item: dict[str, Any]) -> bool:
    values = (item.get("authors"), item.get("author"))
    authors = (author for value in values for author in (value if isinstance(value, list) else [value]))
    return any(any(author.values()) if isinstance(author, dict) else author for author in authors)


def _read_enclosures(item: dict[str, Any], bases: tuple[str, ...]) -> Iterator[Enclosure]:
    for attachment in _get_list(item, "attachments"):
        link = urls.make_absolute_url(_get_text(attachment, "url"), *bases) if isinstance(attachment, dict) else ""
        if link:
            size = attachment.get("size_in_bytes")
            length = size if isinstance(size, int) and 0 <= size < _MAX_ENCLOSURE_BYTES else 0
            media_type = plain_text.clean_text(_get_text(attachment, "mime_type"))
            yield Enclosure(link=link, type=media_type, length=length)
