"""What others host and a text may show: a line `[[provider:what]]`. Nothing of it is loaded before a reader asks.

Adding a provider is one record in EMBEDS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

_EMBED_LINE = re.compile(r"\A\[\[(?P<provider>[a-z0-9-]+):(?P<what>[^\]\s]+)\]\]\s*\Z")
_CODE_FENCE = re.compile(r"\A {0,3}(?:```|~~~)")


class Provider(Struct, frozen=True):
    """Who hosts: what its things are called by (`pattern`, and an example), their page, and what a frame loads.

    `kind` is video, post or map: what a reader is told will be loaded.
    """

    id: str
    name: str
    kind: str
    pattern: str
    example: str
    page_url: Callable[[str], str]
    frame_url: Callable[[str], str]


class Embed(Struct, frozen=True):
    """One thing that somebody else hosts: who, of which kind, its page, and what a frame loads once a reader asks."""

    provider: str
    name: str
    kind: str
    page_url: str
    frame_url: str

    @property
    def host(self) -> str:
        """Who is told of the reader once the frame loads."""
        return self.frame_url.split("/")[2]


def _parse_map_location(what: str) -> tuple[float, float, int]:
    latitude, longitude, *zoom = what.split(",")
    return float(latitude), float(longitude), int(zoom[0]) if zoom else 15


def _build_map_page_url(what: str) -> str:
    latitude, longitude, zoom = _parse_map_location(what)
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map={zoom}/{latitude}/{longitude}"


def _build_map_frame_url(what: str) -> str:
    latitude, longitude, zoom = _parse_map_location(what)
    reach = 180 / 2**zoom  # half a tile or so on every side
    box = (longitude - reach, latitude - reach / 2, longitude + reach, latitude + reach / 2)
    edges = "%2C".join(f"{edge:.5f}" for edge in box)
    return f"https://www.openstreetmap.org/export/embed.html?bbox={edges}&marker={latitude}%2C{longitude}"


EMBEDS: tuple[Provider, ...] = (
    Provider(
        "youtube",
        "YouTube",
        "video",
        r"[\w-]{6,20}",
        "dQw4w9WgXcQ",
        lambda one: f"https://www.youtube.com/watch?v={one}",
        lambda one: f"https://www.youtube-nocookie.com/embed/{one}",
    ),
    Provider(
        "vimeo",
        "Vimeo",
        "video",
        r"\d{5,12}",
        "123456789",
        lambda one: f"https://vimeo.com/{one}",
        lambda one: f"https://player.vimeo.com/video/{one}?dnt=1",
    ),
    Provider(
        "peertube",
        "PeerTube",
        "video",
        r"https://[\w.-]+(?::\d+)?/w/[\w-]+",
        "https://video.example/w/9c9de5e8",
        lambda one: one,
        lambda one: one.replace("/w/", "/videos/embed/", 1),
    ),
    Provider(
        "mastodon",
        "Mastodon",
        "post",
        r"https://[\w.-]+(?::\d+)?/@[\w.@-]+/\d+",
        "https://social.example/@name/123456",
        lambda one: one,
        lambda one: f"{one}/embed",
    ),
    Provider(
        "openstreetmap",
        "OpenStreetMap",
        "map",
        r"-?\d{1,2}(?:\.\d+)?,-?\d{1,3}(?:\.\d+)?(?:,1?\d)?",
        "52.5163,13.3777,16",
        _build_map_page_url,
        _build_map_frame_url,
    ),
)

PROVIDERS_BY_ID = {provider.id: provider for provider in EMBEDS}


def build_embed(provider: str, identifier: str) -> Embed | None:
    """Make what `[[provider:what]]` stands for; None where it stands for nothing."""
    known = PROVIDERS_BY_ID.get(provider)
    if not known or not re.fullmatch(known.pattern, identifier, re.ASCII):
        return None
    return Embed(known.id, known.name, known.kind, known.page_url(identifier), known.frame_url(identifier))


def parse_embed_line(line: str) -> tuple[str, str] | None:
    """Read provider and what off a line that is an embed and nothing else."""
    match = _EMBED_LINE.match(line)
    return (match["provider"], match["what"]) if match else None


def find_embeds(body: str) -> Iterator[tuple[int, str, str]]:
    """Yield line (from 0), provider and what of every embed of a body; what is code is none."""
    code = False
    for number, line in enumerate(body.split("\n")):
        if _CODE_FENCE.match(line):
            code = not code
        elif not code and (found := parse_embed_line(line)):
            yield number, *found
