"""Write podcasts: RSS with the elements of Apple (itunes) and of the podcast namespace (podcast).

See github.com/Podcastindex-org/podcast-namespace and help.apple.com/itc/podcasts_connect.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from gettext import NullTranslations
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from ...edition import labels
from ...edition.curation import Person
from ...edition.model import Post, Speaker
from ...edition.podcasts.model import Audio, Media
from ...edition.rules.media import get_duration
from ...text.timecodes import parse_timecode
from ...translations import N_
from ..page import PodcastPage
from ..pages.podcasts import find_content_address
from ..pages.talks import build_talk_materials
from .feed_items import FeedContent, FeedItem
from .rss import RssFeed, write_feed

_PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
_LONGEST_SOUNDBITE = 120  # seconds, as the namespace recommends
_LONGEST_DESCRIPTION = 4000  # bytes, as Apple allows
_LONGEST_NAME = 128  # characters of a soundbite or location: directories cut longer ones
# Protocol of a thread -> pattern of its address, with the account that began it.
_THREADS = (
    ("activitypub", re.compile(r"(?P<url>https://[^/]+/(?:@|users/)(?P<account>[^/@]+)(?:@[^/]+)?)/(?:statuses/)?\d+")),
    ("atproto", re.compile(r"(?P<url>https://bsky\.app/profile/(?P<account>[^/]+))/post/\w+")),
    ("twitter", re.compile(r"(?P<url>https://(?:www\.)?(?:twitter|x)\.com/(?P<account>\w+))/status/\d+")),
)


def write_podcast(page: PodcastPage, content: FeedContent, translations: NullTranslations) -> bytes:
    """Return a podcast as RSS; `content` is the page as a feed."""
    items = zip(content.items, page.items, strict=True)
    disclosed = tuple(_put_disclosure_first(item, post, translations) for item, post in items)
    return write_feed(
        replace(content, description=_cut(content.description), items=disclosed),
        _PodcastFeed,
        page=page,
        posts={post.uid: post for post in page.items},
        join_label=translations.gettext(N_("Join the talk")),
    )


def make_podcast_guid(feed_url: str) -> str:
    """Return the guid of a podcast: a UUID of its address without scheme and slashes at the end."""
    return str(uuid.uuid5(_PODCAST_NAMESPACE, feed_url.partition("://")[2].rstrip("/")))


def _put_disclosure_first(item: FeedItem, post: Post, translations: NullTranslations) -> FeedItem:
    """Return an item whose summary begins with its disclosure: apps show it in place of the text (§ 22 MStV)."""
    if not post.disclosure:
        return replace(item, summary=_cut(item.summary))
    label = translations.gettext(labels.DISCLOSURES[post.disclosure.kind])
    return replace(item, summary=_cut(" ".join(filter(None, (f"{label}:", post.disclosure.text, item.summary)))))


def _cut(text: str) -> str:
    """Return a description that is not longer than directories allow; a longer one ends after a word."""
    if len(text.encode()) <= _LONGEST_DESCRIPTION:
        return text
    beginning = text.encode()[: _LONGEST_DESCRIPTION - len("…".encode())].decode(errors="ignore")
    return f"{beginning.rsplit(maxsplit=1)[0]}…"


class _PodcastFeed(RssFeed):
    """Our RSS with what podcast apps and directories read."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
            "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
        }

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        content, page = self._content, self._page
        show, cover = page.show, self._make_address(page.show.cover)
        self.add_element(handler, "itunes:author", page.site.name)
        self.add_element(handler, "itunes:type", "episodic")
        self.add_element(handler, "itunes:explicit", str(show.explicit).lower())
        self.add_element(handler, "itunes:image", None, {"href": cover})
        self._add_category(handler)
        self.add_nested(handler, "itunes:owner", {"itunes:name": show.owner_name, "itunes:email": show.owner_email})
        self.add_element(handler, "podcast:guid", show.guid or make_podcast_guid(content.url))
        owner = {"owner": show.owner_email}
        self.add_element(handler, "podcast:locked", "yes" if show.locked else "no", owner)
        self.add_element(handler, "podcast:medium", "podcast")
        self._add_people(handler, _list_regular_hosts(page.items), "host")

    def add_image(self, handler: Any) -> None:
        """Write the cover as the image of the channel."""
        cover = self._make_address(self._page.show.cover)
        self.add_nested(handler, "image", {"url": cover, "title": self._content.title, "link": self._content.html_url})

    def write_items(self, handler: Any) -> None:
        for fields in self.items:
            post = self._get_post(fields)
            name, attributes = ("podcast:liveItem", _describe_live(post)) if post.upcoming else ("item", {})
            handler.startElement(name, attributes)
            self.add_item_elements(handler, fields)
            handler.endElement(name)

    def add_item_elements(self, handler: Any, fields: dict[str, Any]) -> None:
        super().add_item_elements(handler, fields)
        item: FeedItem = fields["item"]
        post = self._get_post(fields)
        self.add_element(handler, "itunes:title", item.title)
        self.add_element(handler, "itunes:author", ", ".join(name for name, _ in item.authors) or self._page.site.name)
        if post.upcoming:
            self._add_room(handler, post, item)
        elif post.media and post.media.audio:
            self._add_recording(handler, post, post.media, post.media.audio)
        if post.series:
            for prefix in ("itunes", "podcast"):
                if post.series.season:
                    self.add_element(handler, f"{prefix}:season", str(post.series.season))
                self.add_element(handler, f"{prefix}:episode", str(post.series.position))
        self._add_people(handler, post.hosts, "host")
        self._add_people(handler, post.guests, "guest")
        if post.event and post.event.place:
            self.add_element(handler, "podcast:location", post.event.place[:_LONGEST_NAME], {"rel": "creator"})
        for priority, thread in enumerate(_find_threads(post.syndication), start=1):
            self.add_element(handler, "podcast:socialInteract", None, {"priority": str(priority), **thread})

    def _add_recording(self, handler: Any, post: Post, media: Media, audio: Audio) -> None:
        address = audio.url or self._make_address(find_content_address(audio.file))
        enclosure = {"url": address, "length": str(audio.bytes), "type": audio.type}
        self.add_element(handler, "enclosure", None, enclosure)
        self.add_element(handler, "itunes:episodeType", "full")
        if audio.duration:
            self.add_element(handler, "itunes:duration", str(parse_timecode(audio.duration)))
        materials, language = build_talk_materials(post), {"language": post.lang}
        if materials.captions:
            captions = {"url": self._make_address(materials.captions), "type": "text/vtt", "rel": "captions"}
            self.add_element(handler, "podcast:transcript", None, captions | language)
        if materials.transcript:
            transcript = {"url": self._make_address(materials.transcript), "type": "text/plain"}
            self.add_element(handler, "podcast:transcript", None, transcript | language)
        if materials.chapters:
            chapters = {"url": self._make_address(materials.chapters), "type": "application/json+chapters"}
            self.add_element(handler, "podcast:chapters", None, chapters)
        for start, length, title in _list_soundbites(media):
            times = {"startTime": f"{start}.0", "duration": f"{length}.0"}
            self.add_element(handler, "podcast:soundbite", title[:_LONGEST_NAME], times)

    def _add_room(self, handler: Any, post: Post, item: FeedItem) -> None:
        """Write where a talk to come can be followed: an app cannot play it, so it needs a page (contentLink)."""
        if post.event and post.event.url:
            self.add_element(handler, "podcast:contentLink", self.feed["join_label"], {"href": post.event.url})
        self.add_element(handler, "podcast:contentLink", item.title, {"href": item.url})

    def _add_people(self, handler: Any, people: Iterable[Person | Speaker], role: str) -> None:
        for person in people:
            attributes = {"role": role}
            if isinstance(person, Person):
                attributes["href"] = self._make_address(self._page.site.paths.person(person))
                if person.portrait and person.portrait.fallback:  # apps show no SVG
                    attributes["img"] = self._make_address(person.portrait.path)
            self.add_element(handler, "podcast:person", person.name, attributes)

    def _add_category(self, handler: Any) -> None:
        show = self._page.show
        handler.startElement("itunes:category", {"text": show.category})
        if show.subcategory:
            self.add_element(handler, "itunes:category", None, {"text": show.subcategory})
        handler.endElement("itunes:category")

    def _make_address(self, path: str) -> str:
        return f"{self._page.site.url}/{quote(path)}"

    def _get_post(self, fields: dict[str, Any]) -> Post:
        posts: dict[str, Post] = self.feed["posts"]
        return posts[fields["item"].uid]

    @property
    def _page(self) -> PodcastPage:
        page: PodcastPage = self.feed["page"]
        return page

    @property
    def _content(self) -> FeedContent:
        content: FeedContent = self.feed["feed"]
        return content


def _list_regular_hosts(posts: Iterable[Post]) -> list[Person | Speaker]:
    """Return who hosts at least half of the episodes: those are the hosts of a podcast."""
    posts = list(posts)
    hosts = {host.name: host for post in posts for host in post.hosts}
    counts = Counter(host.name for post in posts for host in post.hosts)
    return [host for name, host in hosts.items() if counts[name] * 2 >= len(posts)]


def _describe_live(post: Post) -> dict[str, str]:
    """Return the attributes of a talk to come, or of one that takes place now."""
    if not post.event:
        return {}
    end = post.event.end or post.event.start
    return {"status": "live" if post.live else "pending", "start": post.event.start.isoformat(), "end": end.isoformat()}


def _list_soundbites(media: Media) -> Iterator[tuple[int, int, str]]:
    """Yield start, length and title of the chapters that are marked as samples of a recording."""
    starts = [parse_timecode(chapter.start) for chapter in media.chapters]
    ends = [*starts[1:], get_duration(media) or starts[-1] + _LONGEST_SOUNDBITE] if starts else []
    for chapter, start, end in zip(media.chapters, starts, ends, strict=True):
        if chapter.soundbite:
            yield start, min(end - start, _LONGEST_SOUNDBITE), chapter.title


def _find_threads(addresses: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield the attributes of each address where listeners answer: posts on social networks."""
    for address in addresses:
        for protocol, pattern in _THREADS:
            if thread := pattern.fullmatch(address):
                account = {"accountId": f"@{thread['account']}", "accountUrl": thread["url"]}
                yield {"protocol": protocol, "uri": address, **account}
