"""The recordings of podcasts and video channels: enclosures, itunes:*, podcast:*, media:* and yt:* of an entry.

Entries come in feedparser's words, from it or from `wellformed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import links, plaintext
from .entry import Enclosure

_VIDEO_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_PARTS = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7})(?:\.\d+)?", re.ASCII)


def enclosures(entry: Any, bases: tuple[str, ...]) -> tuple[Enclosure, ...]:
    """List what comes with an entry: its enclosures, and the audio and video that media:content names."""
    found: dict[str, Enclosure] = {}
    for told in _told(entry):
        address = links.absolute(told.get("href") or told.get("url") or "", *bases)
        if address and address not in found:
            length = told.get("length") or told.get("filesize") or ""
            size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0
            found[address] = Enclosure(link=address, type=plaintext.clean(told.get("type") or ""), length=size)
    return tuple(found.values())


def _told(entry: Any) -> Iterator[dict[str, str]]:
    yield from (link for link in entry.get("links") or () if link.get("rel") == "enclosure")
    for media in entry.get("media_content") or ():
        kind = (media.get("type") or media.get("medium") or "").lower()
        if kind.startswith(("audio", "video")):
            yield media


def page_of(entry: Any) -> str:
    """Tell where a video is watched, from its id alone; empty where it has none."""
    told = entry.get("yt_videoid")
    return f"https://www.youtube.com/watch?v={told}" if isinstance(told, str) and _VIDEO_ID.fullmatch(told) else ""


def seconds(told: Any) -> int:
    """Read a duration as podcasts write it: seconds, minutes and seconds, or hours, minutes and seconds."""
    match = _PARTS.fullmatch(told.strip()) if isinstance(told, str) else None
    if match is None:
        return 0
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def transcript(entry: Any, bases: tuple[str, ...]) -> str:
    """Tell the address of a recording's transcript."""
    told = entry.get("podcast_transcript")
    return links.absolute(told.get("url") or "", *bases) if isinstance(told, dict) else ""
