"""RSS as JSON (http://scripting.com/rss/rssInJson.html): bytes -> Feed, by way of the words of feedparser."""

from __future__ import annotations

import json
import re
from typing import Any

from ...errors import SourceError
from . import feedparser
from .model import Feed

_START = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"rss"\s*:\s*\{')


def fits(data: bytes) -> bool:
    """Tell whether a document is RSS as JSON, by its first words."""
    return bool(_START.match(data))


def parse(data: bytes, bases: tuple[str, ...]) -> Feed:
    """Read a feed; a field of the wrong kind is passed over. Raises SourceError where it is none, or broken."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError("broken", "the RSS as JSON is broken: it cannot be decoded") from error
    channel = _dict(_dict(document.get("rss")).get("channel"))
    if not channel:
        raise SourceError("no-feed", "this is JSON, but neither JSON Feed nor RSS as JSON (it has no channel)")
    items = channel.get("item")
    found = [_dict(item) for item in (items if isinstance(items, list) else [items]) if item]
    values = {"version": "rss20", "feed": _texts(channel), "entries": [_entry(item) for item in found]}
    return feedparser.feed_of(values, bases)


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    told = _texts(item)
    guid = item.get("guid")
    enclosure = _texts(_dict(item.get("enclosure")))
    author = told.get("author") or told.get("dc:creator")
    return {
        **{key: told[key] for key in ("title", "link") if key in told},
        "id": _texts(guid).get("#value", "") if isinstance(guid, dict) else told.get("guid", ""),
        "summary": told.get("description", ""),
        "published": told.get("pubDate", ""),
        "authors": [{"name": author}] if author else [],
        "links": [{**enclosure, "rel": "enclosure", "href": enclosure.get("url", "")}] if enclosure else [],
    }


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(holder: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in holder.items() if isinstance(value, str | int) and value is not True}
