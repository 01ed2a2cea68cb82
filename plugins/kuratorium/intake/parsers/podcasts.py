"""The recordings of podcasts and video channels: enclosures, itunes:*, podcast:*, media:* and yt:* of an entry.

Entries come in feedparser's words, from it or from `wellformed`. What an editor wants to know of a recording before
hearing it is put in words for the teaser.

Teaches feedparser the podcast namespace (https://podcastindex.org/namespace/1.0), which it does not know.

Of an element that it does not know it keeps the attributes and loses the text, and of several it keeps the last one.
Its handlers are methods of its parser, found by name; ours are added when this module is imported, and write down what
`elements` does: `podcast_people` (the attributes, and the text as `name`) and `podcast_transcripts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from feedparser.mixin import _FeedParserMixin

from ... import urls
from ...edition.model import Speaker
from . import plain_text
from .model import Enclosure, Entry

PEOPLE = "podcast_people"
TRANSCRIPTS = "podcast_transcripts"


def _person_begins(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(PEOPLE, []).append(attributes)
    parser.push("podcast_person", 1)


def _person_ends(parser: Any) -> None:
    name = parser.pop("podcast_person")
    if name:
        parser._get_context()[PEOPLE][-1]["name"] = name


def _transcript_begins(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(TRANSCRIPTS, []).append(attributes)


_HANDLERS = {
    "_start_podcast_person": _person_begins,
    "_end_podcast_person": _person_ends,
    "_start_podcast_transcript": _transcript_begins,
}

for _name, _handler in _HANDLERS.items():
    setattr(_FeedParserMixin, _name, _handler)

_VIDEO_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_READABLE = ("text/html", "text/plain", "text/vtt", "application/x-subrip", "application/srt", "application/json")
_WORDS = {  # by the edition's language
    "de": {"people": "Mit {}", "minutes": "{} min", "transcript": "Transkript {}", "chapters": "Kapitel {}"},
    "en": {"people": "With {}", "minutes": "{} min", "transcript": "Transcript {}", "chapters": "Chapters {}"},
}
_PARTS = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7})(?:\.\d+)?", re.ASCII)


def enclosures(entry: Any, bases: tuple[str, ...]) -> tuple[Enclosure, ...]:
    """List what comes with an entry: its enclosures, and the audio and video that media:content names."""
    found: dict[str, Enclosure] = {}
    for told in _told(entry):
        address = urls.absolute(told.get("href") or told.get("url") or "", *bases)
        if address and address not in found:
            length = told.get("length") or told.get("filesize") or ""
            size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0
            found[address] = Enclosure(link=address, type=plain_text.clean(told.get("type") or ""), length=size)
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
    """Tell the address of a recording's transcript: of several the one that is the best to read."""
    told = sorted(_dicts(entry.get(TRANSCRIPTS)), key=_readable)
    addresses = (urls.absolute(one.get("url") or "", *bases) for one in told)
    return next((address for address in addresses if address), "")


def _readable(told: dict[str, str]) -> int:
    media_type = told.get("type") or ""
    return _READABLE.index(media_type) if media_type in _READABLE else len(_READABLE)


def chapters(entry: Any, bases: tuple[str, ...]) -> str:
    """Tell the address of the list of a recording's chapters."""
    told = entry.get("podcast_chapters")
    return urls.absolute(told.get("url") or "", *bases) if isinstance(told, dict) else ""


def people(part: Any) -> tuple[Speaker, ...]:
    """List the people whom a feed or an entry names, with their roles; who has none is a host, by the namespace."""
    told = (
        Speaker(name=plain_text.of(one.get("name") or ""), role=plain_text.of(one.get("role") or "").lower() or "host")
        for one in _dicts(part.get(PEOPLE))
    )
    return tuple(dict.fromkeys(one for one in told if one.name))


def hosts(everybody: Iterable[Speaker]) -> tuple[str, ...]:
    """Name those whose recording it is."""
    return tuple(dict.fromkeys(one.name for one in everybody if one.role.endswith("host")))


def facts(entry: Entry, lang: str) -> str:
    """Put what is known of a recording in words of the edition's language; empty where nothing is.

    Who is an author already is not named again, and who is not heard (a producer, say) not at all.
    """
    words = _WORDS.get(lang, _WORDS["en"])
    heard = dict.fromkeys(one.name for one in entry.people if one.role.endswith(("host", "guest")))
    names = ", ".join(name for name in heard if name not in entry.authors)
    told = {"people": names, "minutes": round(entry.duration / 60), "transcript": entry.transcript}
    told |= {"chapters": entry.chapters}
    return " · ".join(words[key].format(value) for key, value in told.items() if value)


def _dicts(told: Any) -> list[dict[str, str]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
