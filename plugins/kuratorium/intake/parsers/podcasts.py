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
from gettext import NullTranslations
from typing import Any

from feedparser.mixin import _FeedParserMixin

from ... import urls
from ...edition.model import Speaker
from . import plain_text
from .model import Enclosure, Entry

PEOPLE_KEY = "podcast_people"
TRANSCRIPTS_KEY = "podcast_transcripts"


def _start_person(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(PEOPLE_KEY, []).append(attributes)
    parser.push("podcast_person", 1)


def _end_person(parser: Any) -> None:
    name = parser.pop("podcast_person")
    if name:
        parser._get_context()[PEOPLE_KEY][-1]["name"] = name


def _start_transcript(parser: Any, attributes: dict[str, str]) -> None:
    parser._get_context().setdefault(TRANSCRIPTS_KEY, []).append(attributes)


_FEEDPARSER_HANDLERS = {
    "_start_podcast_person": _start_person,
    "_end_podcast_person": _end_person,
    "_start_podcast_transcript": _start_transcript,
}

for _name, _handler in _FEEDPARSER_HANDLERS.items():
    setattr(_FeedParserMixin, _name, _handler)

_YOUTUBE_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_TRANSCRIPT_TYPES = (
    "text/html",
    "text/plain",
    "text/vtt",
    "application/x-subrip",
    "application/srt",
    "application/json",
)
_DURATION = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7})(?:\.\d+)?", re.ASCII)


def read_enclosures(entry: Any, base_urls: tuple[str, ...]) -> tuple[Enclosure, ...]:
    """List what comes with an entry: its enclosures, and the audio and video that media:content names."""
    found: dict[str, Enclosure] = {}
    for told in _find_attachments(entry):
        address = urls.make_absolute_url(told.get("href") or told.get("url") or "", *base_urls)
        if address and address not in found:
            length = told.get("length") or told.get("filesize") or ""
            size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0
            found[address] = Enclosure(link=address, type=plain_text.clean_text(told.get("type") or ""), length=size)
    return tuple(found.values())


def _find_attachments(entry: Any) -> Iterator[dict[str, str]]:
    yield from (link for link in entry.get("links") or () if link.get("rel") == "enclosure")
    for media in entry.get("media_content") or ():
        kind = (media.get("type") or media.get("medium") or "").lower()
        if kind.startswith(("audio", "video")):
            yield media


def build_video_address(entry: Any) -> str:
    """Tell where a video is watched, from its id alone; empty where it has none."""
    told = entry.get("yt_videoid")
    return f"https://www.youtube.com/watch?v={told}" if isinstance(told, str) and _YOUTUBE_ID.fullmatch(told) else ""


def parse_duration(written: Any) -> int:
    """Read a duration as podcasts write it: seconds, minutes and seconds, or hours, minutes and seconds."""
    match = _DURATION.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        return 0
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def find_transcript(entry: Any, base_urls: tuple[str, ...]) -> str:
    """Tell the address of a recording's transcript: of several the one that is the best to read."""
    told = sorted(_list_dicts(entry.get(TRANSCRIPTS_KEY)), key=_rank_transcript)
    addresses = (urls.make_absolute_url(one.get("url") or "", *base_urls) for one in told)
    return next((address for address in addresses if address), "")


def _rank_transcript(told: dict[str, str]) -> int:
    media_type = told.get("type") or ""
    return _TRANSCRIPT_TYPES.index(media_type) if media_type in _TRANSCRIPT_TYPES else len(_TRANSCRIPT_TYPES)


def find_chapters(entry: Any, base_urls: tuple[str, ...]) -> str:
    """Tell the address of the list of a recording's chapters."""
    told = entry.get("podcast_chapters")
    return urls.make_absolute_url(told.get("url") or "", *base_urls) if isinstance(told, dict) else ""


def read_people(holder: Any) -> tuple[Speaker, ...]:
    """List the people whom a feed or an entry names, with their roles; who has none is a host, by the namespace."""
    told = (
        Speaker(
            name=plain_text.to_plain_text(one.get("name") or ""),
            role=plain_text.to_plain_text(one.get("role") or "").lower() or "host",
        )
        for one in _list_dicts(holder.get(PEOPLE_KEY))
    )
    return tuple(dict.fromkeys(one for one in told if one.name))


def list_host_names(people: Iterable[Speaker]) -> tuple[str, ...]:
    """Name those whose recording it is."""
    return tuple(dict.fromkeys(one.name for one in people if one.role.endswith("host")))


def describe_recording(entry: Entry, translations: NullTranslations) -> str:
    """Put what is known of a recording in words of the edition's language; empty where nothing is.

    Who is an author already is not named again, and who is not heard (a producer, say) not at all.
    """
    gettext = translations.gettext
    heard = dict.fromkeys(one.name for one in entry.people if one.role.endswith(("host", "guest")))
    names = ", ".join(name for name in heard if name not in entry.authors)
    minutes = round(entry.duration / 60)
    facts = (
        gettext("With {names}").format(names=names) if names else "",
        gettext("{minutes} min").format(minutes=minutes) if minutes else "",
        gettext("Transcript {address}").format(address=entry.transcript) if entry.transcript else "",
        gettext("Chapters {address}").format(address=entry.chapters) if entry.chapters else "",
    )
    return " · ".join(fact for fact in facts if fact)


def _list_dicts(told: Any) -> list[dict[str, str]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
