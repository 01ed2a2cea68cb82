"""Write feeds as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from typing import Any

import msgspec

from .feed_items import FeedContent, FeedItem

_encode = msgspec.json.Encoder().encode


def write_json_feed(content: FeedContent) -> bytes:
    """Return a feed as JSON Feed."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": content.title,
        "home_page_url": content.html_url,
        "feed_url": content.url,
        "next_url": content.older_url,
        "icon": content.icon_url,
        "favicon": content.icon_url,
        "hubs": [{"type": "WebSub", "url": content.hub_url}] if content.hub_url else [],
        "description": content.description,
        "language": content.lang,
        "authors": [{"name": content.author}],
    }
    items = [msgspec.Raw(item.encode()) for item in content.written_items]
    return _encode(_drop_empty(feed) | {"items": items}) + b"\n"


def write_item(item: FeedItem) -> str:
    """Return an item of JSON Feed."""
    fields = _drop_empty(
        {
            "id": item.uid,
            "url": item.url,
            "external_url": next((work.url for work in item.works if work.url), ""),
            "title": item.title,
            "content_html": item.content,
            "summary": item.summary,
            "image": item.image_url,
            "date_published": item.published.isoformat(),
            "date_modified": item.updated.isoformat() if item.updated != item.published else "",
            "authors": [{"name": name, "url": address} for name, address in item.authors],
            "tags": list(item.categories),
            "language": item.lang,
        }
    )
    return _encode(fields).decode()


def _drop_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
