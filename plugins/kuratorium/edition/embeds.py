"""Embeds: videos, posts, recordings and maps of other hosts; markdown/embed_lines says how texts name them.

A page shows a button instead, and loads nothing from the other host until the reader presses it (§ 25 TDDDG). To add a
provider: a record in EMBEDS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from msgspec import Struct

from ..translations import N_


class Provider(Struct, frozen=True, kw_only=True):
    """A host of videos, posts, recordings or maps.

    `id`: its name in an embed.
    `name`: its name for readers.
    `kind`: class of the frame in CSS (video, post, audio, map).
    `button`: English message of the button that loads the embed, or of the link to its page if there is no frame.
    `pattern`: regular expression of its identifiers; it must be strict, because an identifier becomes part of addresses
      in the page.
    `example`: an identifier, for error messages.
    `page_url`, `frame_url`: functions from an identifier to its page there, and to what the frame loads; without the
      latter, the page shows a link: no provider's script may run in ours.
    `privacy_url`: what the provider says of the data that it collects; empty if it runs on many hosts.
    """

    id: str
    name: str
    kind: str
    button: str
    pattern: str
    example: str
    page_url: Callable[[str], str]
    frame_url: Callable[[str], str] | None
    privacy_url: str = ""

    @property
    def host(self) -> str:
        """The host that learns the reader's address once a frame loads; empty if every embed names its own."""
        return _find_host(self.frame_url(self.example)) if self.frame_url and self.privacy_url else ""


class Embed(Struct, frozen=True, kw_only=True):
    """One thing to embed: of which provider, and the addresses of its page and of its frame; see Provider.

    `poster`: picture below content/ that stands for it; `title`, `duration`: what it is called, and how long it is.
    """

    provider: str
    name: str
    kind: str
    button: str
    page_url: str
    frame_url: str
    poster: str = ""
    title: str = ""
    duration: str = ""

    @property
    def host(self) -> str:
        """The host that learns the reader's address once the frame loads, or once the link is followed."""
        return _find_host(self.frame_url or self.page_url)


def _find_host(address: str) -> str:
    return address.split("/")[2]


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
        privacy_url="https://policies.google.com/privacy",
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
        privacy_url="https://vimeo.com/privacy",
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
        privacy_url="https://osmfoundation.org/wiki/Privacy_Policy",
    ),
    Provider(
        id="facebook",
        name="Facebook",
        kind="post",
        button=N_("Load the post"),
        pattern=r"https://www\.facebook\.com/[\w.-]+/(?:posts|videos)/(?:[\w.-]+/)?[\w.-]+/?",
        example="https://www.facebook.com/name/posts/123456",
        page_url=lambda identifier: identifier,
        frame_url=lambda identifier: (
            f"https://www.facebook.com/plugins/{'video' if '/videos/' in identifier else 'post'}.php"
            f"?href={quote(identifier, safe='')}&show_text=true"
        ),
        privacy_url="https://www.facebook.com/privacy/policy/",
    ),
    Provider(
        id="instagram",
        name="Instagram",
        kind="post",
        button=N_("Load the post"),
        pattern=r"(?:p|reel)/[\w-]{5,40}",
        example="p/C1a2B3c4D5e",
        page_url=lambda identifier: f"https://www.instagram.com/{identifier}/",
        frame_url=lambda identifier: f"https://www.instagram.com/{identifier}/embed/captioned/",
        privacy_url="https://privacycenter.instagram.com/policy/",
    ),
    Provider(
        id="x",
        name="X",
        kind="post",
        button=N_("Load the post"),
        pattern=r"\w{1,15}/status/\d{1,20}",
        example="name/status/1234567890",
        page_url=lambda identifier: f"https://x.com/{identifier}",
        # The frame that X's own script would add. dnt=true tells X not to use the visit for advertisements.
        frame_url=lambda identifier: (
            f"https://platform.twitter.com/embed/Tweet.html?dnt=true&id={identifier.rpartition('/')[2]}"
        ),
        privacy_url="https://x.com/privacy",
    ),
    Provider(
        id="linkedin",
        name="LinkedIn",
        kind="post",
        button=N_("Load the post"),
        pattern=r"urn:li:(?:activity|share|ugcPost):\d{5,25}",
        example="urn:li:activity:7123456789012345678",
        page_url=lambda identifier: f"https://www.linkedin.com/feed/update/{identifier}/",
        frame_url=lambda identifier: f"https://www.linkedin.com/embed/feed/update/{identifier}",
        privacy_url="https://www.linkedin.com/legal/privacy-policy",
    ),
    Provider(
        id="bluesky",
        name="Bluesky",
        kind="post",
        button=N_("Load the post"),
        # Who posts: a domain, or the identifier that stays when the domain changes.
        pattern=r"(?:did:[a-z]+:[\w.-]{5,100}|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)/[a-z0-9]{5,20}",
        example="name.example/3kabcdefgh2x",
        page_url=lambda identifier: f"https://bsky.app/profile/{identifier.replace('/', '/post/')}",
        frame_url=lambda identifier: f"https://embed.bsky.app/embed/{identifier.replace('/', '/app.bsky.feed.post/')}",
        privacy_url="https://bsky.social/about/support/privacy-policy",
    ),
    Provider(
        id="spotify",
        name="Spotify",
        kind="audio",
        button=N_("Load the recording"),
        pattern=r"(?:album|artist|episode|playlist|show|track)/[a-zA-Z0-9]{22}",
        example="episode/4rOoJ6Egrf8K2IrywzwOMk",
        page_url=lambda identifier: f"https://open.spotify.com/{identifier}",
        frame_url=lambda identifier: f"https://open.spotify.com/embed/{identifier}",
        privacy_url="https://www.spotify.com/legal/privacy-policy/",
    ),
    Provider(
        id="soundcloud",
        name="SoundCloud",
        kind="audio",
        button=N_("Load the recording"),
        pattern=r"[\w-]+/(?:sets/)?[\w-]+",
        example="name/title",
        page_url=lambda identifier: f"https://soundcloud.com/{identifier}",
        frame_url=lambda identifier: (
            f"https://w.soundcloud.com/player/?url={quote(f'https://soundcloud.com/{identifier}', safe='')}"
        ),
        privacy_url="https://soundcloud.com/pages/privacy",
    ),
    Provider(
        id="ard",
        name="ARD Mediathek",
        kind="video",
        button=N_("Load the video"),
        pattern=r"[\w-]{16,200}",
        example="Y3JpZDovL2FyZC5leGFtcGxlLzEyMzQ1",
        page_url=lambda identifier: f"https://www.ardmediathek.de/video/{identifier}",
        frame_url=lambda identifier: f"https://www.ardmediathek.de/embed/{identifier}",
        privacy_url="https://www.ardmediathek.de/datenschutz",
    ),
    Provider(
        id="zdf",
        name="ZDF",
        kind="video",
        button=N_("Watch it at ZDF"),
        pattern=r"https://www\.zdf\.de/(?:[\w-]+/)*[\w-]+(?:\.html)?",
        example="https://www.zdf.de/video/reportagen/name-100",
        page_url=lambda identifier: identifier,
        frame_url=None,  # the page of a video does not contain the id that ZDF's own frame needs
    ),
)

PROVIDERS_BY_ID = {provider.id: provider for provider in EMBEDS}


def build_embed(
    provider: str, identifier: str, *, poster: str = "", title: str = "", duration: str = ""
) -> Embed | None:
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
        frame_url=record.frame_url(identifier) if record.frame_url else "",
        poster=poster,
        title=title,
        duration=duration,
    )
