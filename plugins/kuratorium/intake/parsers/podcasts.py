"""Recordings in podcasts and video channels: enclosures, itunes:*, podcast:*, media:* and yt:* of an entry.

Entries and channels are mappings with feedparser's keys, from feedparser or fast_xml. `describe_recording` writes the
facts that an editor wants before listening, for the teaser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from gettext import NullTranslations
from typing import Any

from ... import urls
from ...edition.model import Speaker
from . import mojibake, names, plain_text, rewriting
from .model import Enclosure, Entry

# Our own keys besides feedparser's: lists of attributes, a person's text as "name".
PEOPLE_KEY = "podcast_people"
TRANSCRIPTS_KEY = "podcast_transcripts"
_PODCAST_KEYS = {"podcast:person": PEOPLE_KEY, "podcast:transcript": TRANSCRIPTS_KEY}

_YOUTUBE_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_TRANSCRIPT_TYPES = (  # what an editor reads best comes first
    "text/html",
    "text/plain",
    "text/vtt",
    "application/x-subrip",
    "application/srt",
    "application/json",
)
# itunes:duration is [[hours:]minutes:]seconds by Apple's specification; some write fractions.
_DURATION = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7})(?:\.\d+)?", re.ASCII)
_MAX_LENGTH_DIGITS = 15  # a longer number of bytes is a mistake, and counts as unknown
_SKIPPED_ELEMENTS = {"source", "image", "textinput"}  # parts of a feed that describe something else


def read_enclosures(entry: Any, base_urls: tuple[str, ...]) -> tuple[Enclosure, ...]:
    """Return the files of an entry: its enclosures, and the audio and video of media:content; each address once."""
    enclosures: dict[str, Enclosure] = {}
    for values in _find_attachments(entry):
        address = urls.make_absolute_url(values.get("href") or values.get("url") or "", *base_urls)
        if address and address not in enclosures:
            digits = values.get("length") or values.get("filesize") or ""
            length = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_LENGTH_DIGITS else 0
            media_type = plain_text.clean_text(values.get("type") or "")
            enclosures[address] = Enclosure(link=address, type=media_type, length=length)
    return tuple(enclosures.values())


def _find_attachments(entry: Any) -> Iterator[dict[str, str]]:
    yield from (link for link in entry.get("links") or () if link.get("rel") == "enclosure")
    # Media RSS is also used for preview pictures, which are no recordings.
    for media in entry.get("media_content") or ():
        kind = (media.get("type") or media.get("medium") or "").lower()
        if kind.startswith(("audio", "video")):
            yield media


def build_video_address(entry: Any) -> str:
    """Return the address of a YouTube video by its id (yt:videoId); empty if the entry has none."""
    video_id = entry.get("yt_videoid")
    if not isinstance(video_id, str) or not _YOUTUBE_ID.fullmatch(video_id):
        return ""
    return f"https://www.youtube.com/watch?v={video_id}"


def parse_duration(text: Any) -> int:
    """Return the seconds of a duration as podcasts write it (`75`, `01:15`, `1:02:05`); 0 if it is no duration."""
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def find_transcript(entry: Any, base_urls: tuple[str, ...]) -> str:
    """Return the address of a recording's transcript, of several that in the most readable format; empty if none."""
    transcripts = sorted(_list_dicts(entry.get(TRANSCRIPTS_KEY)), key=_rank_transcript)
    addresses = (urls.make_absolute_url(transcript.get("url") or "", *base_urls) for transcript in transcripts)
    return next((address for address in addresses if address), "")


def _rank_transcript(transcript: dict[str, str]) -> int:
    media_type = transcript.get("type") or ""
    return _TRANSCRIPT_TYPES.index(media_type) if media_type in _TRANSCRIPT_TYPES else len(_TRANSCRIPT_TYPES)


def find_chapters(entry: Any, base_urls: tuple[str, ...]) -> str:
    """Return the address of a recording's list of chapters; empty if there is none."""
    chapters = entry.get("podcast_chapters")
    return urls.make_absolute_url(chapters.get("url") or "", *base_urls) if isinstance(chapters, dict) else ""


def read_people(holder: Any) -> tuple[Speaker, ...]:
    """Return the people of a feed or an entry with their roles, each once.

    A person without a role is a host (https://podcasting2.org/docs/podcast-namespace/tags/person).
    """
    speakers = (
        Speaker(
            name=names.clean_name(person.get("name") or ""),
            role=plain_text.to_plain_text(person.get("role") or "").lower() or "host",
        )
        for person in _list_dicts(holder.get(PEOPLE_KEY))
    )
    return tuple(dict.fromkeys(speaker for speaker in speakers if speaker.name))


def list_host_names(people: Iterable[Speaker]) -> tuple[str, ...]:
    """Return the names of hosts and co-hosts."""
    return tuple(dict.fromkeys(person.name for person in people if person.role.endswith("host")))


def describe_recording(entry: Entry, translations: NullTranslations) -> str:
    """Return one line about a recording in the edition's language; empty if the feed states nothing about it.

    It leaves out authors, who are named elsewhere, and people who are not heard, such as producers.
    """
    gettext = translations.gettext
    speakers = dict.fromkeys(person.name for person in entry.people if person.role.endswith(("host", "guest")))
    voices = ", ".join(names.limit_names(name for name in speakers if name not in entry.authors))
    minutes = round(entry.duration / 60)
    facts = (
        gettext("With {names}").format(names=voices) if voices else "",
        gettext("{minutes} min").format(minutes=minutes) if minutes else "",
        gettext("Transcript {address}").format(address=entry.transcript) if entry.transcript else "",
        gettext("Chapters {address}").format(address=entry.chapters) if entry.chapters else "",
    )
    return " · ".join(fact for fact in facts if fact)


def _list_dicts(value: Any) -> list[dict[str, str]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def add_podcast_elements(parsed: Any, document: str) -> None:
    """Add the people and transcripts of `document`, as it was rewritten, to what feedparser has parsed of it.

    feedparser 6.0 does not know the podcast namespace (https://podcastindex.org/namespace/1.0): of an unknown element
    it keeps the attributes, loses the text, and of several it keeps the last. There is no supported way to teach it
    elements, and it also reads broken XML, so the tags are found by a pattern, with the prefix that every feed uses.
    """
    if "podcast:" not in document:
        return
    reader = _PodcastElementReader(document)
    reader.read()
    parsed["feed"].update(reader.channel)
    if len(reader.entries) == len(parsed["entries"]):  # else it is uncertain to which entry they belong
        for entry, values in zip(parsed["entries"], reader.entries, strict=True):
            entry.update(values)


_Values = dict[str, list[dict[str, str]]]


class _PodcastElementReader:
    """A collector of podcast:person and podcast:transcript in a channel and its entries, in document order."""

    def __init__(self, document: str) -> None:
        self.channel: _Values = {}
        self.entries: list[_Values] = []
        self._document = document
        self._current = self.channel
        self._is_skipping = False
        self._open_person: dict[str, str] | None = None
        self._text_start = 0  # where the text of the open person begins

    def read(self) -> None:
        """Read the whole document."""
        for token in rewriting.XML_TOKEN.finditer(self._document):
            name = (token["name"] or "").lower()
            if name == "podcast:person" and token["end"]:
                self._close_person(token.start())
            elif name.rpartition(":")[2] in rewriting.ENTRY_ELEMENTS:
                self._switch_entry(is_end=bool(token["end"]))
            elif name in _SKIPPED_ELEMENTS:
                self._is_skipping = not token["end"] and not token["attributes"].endswith("/")
            elif name in _PODCAST_KEYS and not token["end"] and not self._is_skipping:
                self._open_element(name, token)

    def _switch_entry(self, *, is_end: bool) -> None:
        if is_end:
            self._current = self.channel
        else:
            self._current = {}
            self.entries.append(self._current)
        self._is_skipping = False

    def _open_element(self, name: str, token: re.Match[str]) -> None:
        attributes = rewriting.read_attributes(token["attributes"])
        if "type" in attributes:
            attributes["type"] = attributes["type"].lower()  # as feedparser does
        self._current.setdefault(_PODCAST_KEYS[name], []).append(attributes)
        if name == "podcast:person":
            self._open_person, self._text_start = attributes, token.end()

    def _close_person(self, position: int) -> None:
        if self._open_person is None:  # an end tag without its start: slicing for many of them takes quadratic time
            return
        text = rewriting.read_inner_text(self._document[self._text_start : position])
        name = mojibake.undo_latin1_mojibake(text)
        if name:
            self._open_person["name"] = name
        self._open_person = None
