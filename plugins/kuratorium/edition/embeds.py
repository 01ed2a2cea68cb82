"""Embeds: videos, posts and maps of other hosts, written as a line `[[provider:identifier]]`.

A page shows a button instead, and loads nothing from the other host until the reader presses it (§ 25 TDDDG). To add a
provider: a record in EMBEDS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from ..translations import N_

_EMBED_LINE = re.compile(r"\A\[\[(?P<provider>[a-z0-9-]+):(?P<identifier>[^\]\s]+)\]\]\s*\Z")
_CODE_FENCE = re.compile(r"\A {0,3}(?:```|~~~)")


class Provider(Struct, frozen=True, kw_only=True):
    """A host of videos, posts or maps.

    `id`: its name in an embed.
    `name`: its name for readers.
    `kind`: class of the frame in CSS (video, post, map).
    `button`: English message of the button that loads the embed.
    `pattern`: regular expression of its identifiers; it must be strict, because an identifier becomes part of addresses
      in the page.
    `example`: an identifier, for error messages.
    `page_url`, `frame_url`: functions from an identifier to its page there, and to what the frame loads.
    """

    id: str
    name: str
    kind: str
    button: str
    pattern: str
    example: str
    page_url: Callable[[str], str]
    frame_url: Callable[[str], str]


class Embed(Struct, frozen=True, kw_only=True):
    """One thing to embed: of which provider, and the addresses of its page and of its frame; see Provider."""

    provider: str
    name: str
    kind: str
    button: str
    page_url: str
    frame_url: str

    @property
    def host(self) -> str:
        """The host that learns the reader's address once the frame loads."""
        return self.frame_url.split("/")[2]


def _parse_map_location(identifier: str) -> tuple[float, float, int]:
    latitude, longitude, *zoom = identifier.split(",")
    return float(latitude), float(longitude), int(zoom[0]) if zoom else 15  # 15: a few streets


def _build_map_page_url(identifier: str) -> str:
    latitude, longitude, zoom = _parse_map_location(identifier)
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map={zoom}/{latitude}/{longitude}"


def _build_map_frame_url(identifier: str) -> str:
    """Return the address of a map with a marker; OpenStreetMap's frame takes a bounding box, not a zoom level."""
    latitude, longitude, zoom = _parse_map_location(identifier)
    reach = 180 / 2**zoom  # degrees; a tile is 360 / 2**zoom degrees wide
    box = (longitude - reach, latitude - reach / 2, longitude + reach, latitude + reach / 2)
    edges = "%2C".join(f"{edge:.5f}" for edge in box)
    return f"https://www.openstreetmap.org/export/embed.html?bbox={edges}&marker={latitude}%2C{longitude}"


EMBEDS: tuple[Provider, ...] = (
    Provider(
        id="youtube",
        name="YouTube",
        kind="video",
        button=N_("Load the video"),
        pattern=r"[\w-]{6,20}",
        example="dQw4w9WgXcQ",
        page_url=lambda identifier: f"https://www.youtube.com/watch?v={identifier}",
        # YouTube's domain that sets no cookies until the video plays.
        frame_url=lambda identifier: f"https://www.youtube-nocookie.com/embed/{identifier}",
    ),
    Provider(
        id="vimeo",
        name="Vimeo",
        kind="video",
        button=N_("Load the video"),
        pattern=r"\d{5,12}",
        example="123456789",
        page_url=lambda identifier: f"https://vimeo.com/{identifier}",
        # dnt=1 tells Vimeo not to track the session.
        frame_url=lambda identifier: f"https://player.vimeo.com/video/{identifier}?dnt=1",
    ),
    Provider(
        id="peertube",
        name="PeerTube",
        kind="video",
        button=N_("Load the video"),
        # PeerTube and Mastodon run on many hosts, so their identifiers are whole addresses.
        pattern=r"https://[\w.-]+(?::\d+)?/w/[\w-]+",
        example="https://video.example/w/9c9de5e8",
        page_url=lambda identifier: identifier,
        frame_url=lambda identifier: identifier.replace("/w/", "/videos/embed/", 1),
    ),
    Provider(
        id="mastodon",
        name="Mastodon",
        kind="post",
        button=N_("Load the post"),
        pattern=r"https://[\w.-]+(?::\d+)?/@[\w.@-]+/\d+",
        example="https://social.example/@name/123456",
        page_url=lambda identifier: identifier,
        frame_url=lambda identifier: f"{identifier}/embed",
    ),
    Provider(
        id="openstreetmap",
        name="OpenStreetMap",
        kind="map",
        button=N_("Load the map"),
        pattern=r"-?\d{1,2}(?:\.\d+)?,-?\d{1,3}(?:\.\d+)?(?:,1?\d)?",
        example="52.5163,13.3777,16",
        page_url=_build_map_page_url,
        frame_url=_build_map_frame_url,
    ),
)

PROVIDERS_BY_ID = {provider.id: provider for provider in EMBEDS}


def build_embed(provider: str, identifier: str) -> Embed | None:
    """Return what `[[provider:identifier]]` embeds, or None if the provider or its identifier is invalid."""
    record = PROVIDERS_BY_ID.get(provider)
    if not record or not re.fullmatch(record.pattern, identifier, re.ASCII):
        return None
    return Embed(
        provider=record.id,
        name=record.name,
        kind=record.kind,
        button=record.button,
        page_url=record.page_url(identifier),
        frame_url=record.frame_url(identifier),
    )


def parse_embed_line(line: str) -> tuple[str, str] | None:
    """Return provider and identifier of a line that is an embed and nothing else, or None."""
    match = _EMBED_LINE.match(line)
    return (match["provider"], match["identifier"]) if match else None


def find_embeds(body: str) -> Iterator[tuple[int, str, str]]:
    """Yield line (from 0), provider and identifier of every embed in a body, except in fenced code."""
    in_code = False
    for number, line in enumerate(body.split("\n")):
        if _CODE_FENCE.match(line):
            in_code = not in_code
        elif not in_code and (embed := parse_embed_line(line)):
            yield number, *embed
