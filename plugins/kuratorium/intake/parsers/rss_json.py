"""RSS as JSON (http://scripting.com/rss/rssInJson.html): bytes -> Feed, by way of the words of feedparser."""

from __future__ import annotations

import json
import re
from typing import Any

from ...errors import SourceError
from . import feedparser
from .model import Feed

_RSS_JSON_START = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"rss"\s*:\s*\{')


def is_rss_json(data: bytes) -> bool:
    """Tell whether a document is RSS as JSON, by its first words."""
    return bool(_RSS_JSON_START.match(data))


def parse_rss_json(data: bytes, base_urls: tuple[str, ...]) -> Feed:
    """Read a feed; a field of the wrong kind is passed over. Raises SourceError where it is none, or broken."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError("broken", "the RSS as JSON is broken: it cannot be decoded") from error
    channel = _as_dict(_as_dict(document.get("rss")).get("channel"))
    if not channel:
        raise SourceError("no-feed", "this is JSON, but neither JSON Feed nor RSS as JSON (it has no channel)")
    items = channel.get("item")
    found = [_as_dict(item) for item in (items if isinstance(items, list) else [items]) if item]
    values = {"version": "rss20", "feed": _select_texts(channel), "entries": [_convert_item(item) for item in found]}
    return feedparser.build_feed(values, base_urls)


def _convert_item(item: dict[str, Any]) -> dict[str, Any]:
    told = _select_texts(item)
    guid = item.get("guid")
    enclosure = _select_texts(_as_dict(item.get("enclosure")))
    author = told.get("author") or told.get("dc:creator")
    return {
        **{key: told[key] for key in ("title", "link") if key in told},
        "id": _select_texts(guid).get("#value", "") if isinstance(guid, dict) else told.get("guid", ""),
        "summary": told.get("description", ""),
        "published": told.get("pubDate", ""),
        "authors": [{"name": author}] if author else [],
        "links": [{**enclosure, "rel": "enclosure", "href": enclosure.get("url", "")}] if enclosure else [],
    }


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _select_texts(holder: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in holder.items() if isinstance(value, str | int) and value is not True}
