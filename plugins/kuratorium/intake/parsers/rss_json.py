"""RSS in JSON (http://scripting.com/rss/rssInJson.html): bytes -> Feed.

The values are renamed to the keys of feedparser, so that `feedparser.build_feed` reads them like RSS.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ...errors import SourceError
from . import feedparser, names
from .model import Feed

_RSS_JSON_START = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"rss"\s*:\s*\{')


def is_rss_json(data: bytes) -> bool:
    """Return whether a document is RSS in JSON, by how it begins."""
    return bool(_RSS_JSON_START.match(data))


def parse_rss_json(data: bytes, base_urls: tuple[str, ...]) -> Feed:
    """Read a feed; a field of the wrong type is skipped. Raises SourceError if it is broken or no such feed."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError("broken", "the RSS in JSON is broken: it cannot be decoded") from error
    channel = _as_dict(_as_dict(document.get("rss")).get("channel"))
    if not channel:
        raise SourceError("no-feed", "this is JSON, but neither JSON Feed nor RSS in JSON (it has no channel)")
    value = channel.get("item")  # converters from XML write a single item without a list
    items = [_as_dict(item) for item in (value if isinstance(value, list) else [value]) if item]
    parsed = {"version": "rss20", "feed": _select_texts(channel), "entries": [_convert_item(item) for item in items]}
    return feedparser.build_feed(parsed, base_urls)


def _convert_item(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item's values under feedparser's keys."""
    texts = _select_texts(item)
    guid = item.get("guid")
    enclosure = _select_texts(_as_dict(item.get("enclosure")))
    authors = [*names.list_json_names(item.get("author"))] or [*names.list_json_names(item.get("dc:creator"))]
    source = item.get("source")
    source_texts = _select_texts(source) if isinstance(source, dict) else {"#value": texts.get("source", "")}
    return {
        **{key: texts[key] for key in ("title", "link") if key in texts},
        "id": _select_texts(guid).get("#value", "") if isinstance(guid, dict) else texts.get("guid", ""),
        "summary": texts.get("description", ""),
        "published": texts.get("pubDate", ""),
        "authors": [{"name": name} for name in authors],
        "source": {"title": source_texts.get("#value", ""), "href": source_texts.get("url", "")},
        "links": [{**enclosure, "rel": "enclosure", "href": enclosure.get("url", "")}] if enclosure else [],
    }


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _select_texts(holder: dict[str, Any]) -> dict[str, str]:
    """Return the texts and numbers of an object; the guid may be a number."""
    # JSON's true is an int to Python, and no text.
    return {key: str(value) for key, value in holder.items() if isinstance(value, str | int) and value is not True}
