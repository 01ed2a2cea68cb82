"""How a host sends each file of the site: its media type, and how long browsers keep it."""

from __future__ import annotations

import re

from ..pictures.model import PICTURES_FOLDER

_ENDINGS_BY_TYPE = {
    "text/html; charset=utf-8": "html",
    "text/css; charset=utf-8": "css",
    "text/javascript; charset=utf-8": "js mjs",
    "text/plain; charset=utf-8": "txt md",
    "text/calendar; charset=utf-8": "ics",
    "text/vtt; charset=utf-8": "vtt",
    "text/x-opml; charset=utf-8": "opml",
    "application/x-subrip": "srt",
    "application/json": "json map",
    "application/manifest+json": "webmanifest",
    "application/xml": "xml",
    "application/atom+xml": "atom",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/gzip": "gz",
    "application/wasm": "wasm",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg jpeg",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/x-icon": "ico",
    "font/woff2": "woff2",
    "font/woff": "woff",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg opus",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
MEDIA_TYPES = {ending: name for name, endings in _ENDINGS_BY_TYPE.items() for ending in endings.split()}
"""Ending of a file's name -> media type. What is missing, such as the search's own files, is a stream of bytes."""
OTHER_TYPE = "application/octet-stream"
FEED_TYPES = {
    b"<rss": "application/rss+xml",
    b"<feed": "application/atom+xml",
    b"https://jsonfeed.org/version/": "application/feed+json",
}
"""What stands at the beginning of a feed -> its media type."""
ENCODINGS = {".gz": "gzip", ".br": "br"}
"""Ending of a compressed copy -> its Content-Encoding."""
LASTING_ADDRESS = rf"\.[0-9a-f]{{10}}\.(?:css|js)$|/{PICTURES_FOLDER}/"
"""The addresses of bundles and of drawn pictures, whose names hold a digest."""
LONG_CACHING = "public, max-age=31536000, immutable"
SHORT_CACHING = "public, max-age=0, must-revalidate"
HEAD_BYTES = 1024
"""So much of a file tells whether it is a feed."""
_LASTING = re.compile(LASTING_ADDRESS)


def find_media_type(path: str, head: bytes) -> str:
    """Return the media type of the file at `path`, of which `head` is the beginning."""
    ending = path.rpartition(".")[2].lower()
    if ending in {"xml", "json"}:
        feeds = (kind for mark, kind in FEED_TYPES.items() if mark in head[:HEAD_BYTES])
        return next(feeds, MEDIA_TYPES[ending])
    return MEDIA_TYPES.get(ending, OTHER_TYPE)


def find_caching(path: str) -> str:
    """Return the Cache-Control of the file at `path`: for ever if its name changes with its bytes."""
    return LONG_CACHING if _LASTING.search(f"/{path}") else SHORT_CACHING
