"""The feeds of the site: one for everything, one per topic.

FEEDS is the table of feeds; adding one is a function that yields Feed records and one line in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from ...edition.curation import Topic
from ...edition.model import Post
from ..catalog import Catalog
from ..page import FeedPage, SiteMeta
from ..template_inputs import Link, PageMeta
from . import lookbacks

FEED_LENGTH = 30


class Feed(Struct, frozen=True, kw_only=True):
    """A feed: its address and name, what it says of itself, the HTML page with the same posts, and these posts."""

    link: Link
    description: str
    html_path: str
    posts: Sequence[Post]


FeedLister = Callable[[Catalog, SiteMeta], Iterator[Feed]]


def list_site_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of all posts."""
    link = Link(site.name, site.paths.feed)
    yield Feed(link=link, description=site.subtitle, html_path=site.paths.home, posts=catalog.listed)


def list_topic_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of each topic; a topic without posts has one, too, so that readers can subscribe early."""
    for topic in catalog.topics:
        if not catalog.may_change("topic", topic.id):
            continue
        yield Feed(
            link=build_topic_feed_link(topic, site),
            description=topic.question or site.subtitle,
            html_path=site.paths.topic(topic),
            posts=catalog.lists("topic").find(topic.id),
        )


FEEDS: tuple[FeedLister, ...] = (list_site_feeds, list_topic_feeds)


def plan_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[FeedPage]:
    """Yield every feed as RSS with full text."""
    for list_feeds in FEEDS:
        for feed in list_feeds(catalog, site):
            yield _build_feed_page(feed, catalog, site)


def build_topic_feed_link(topic: Topic, site: SiteMeta) -> Link:
    """Return the name and address of a topic's feed."""
    return Link(f"{site.name}: {topic.name}", site.paths.topic_feed(topic))


def _build_feed_page(feed: Feed, catalog: Catalog, site: SiteMeta) -> FeedPage:
    items = tuple(feed.posts[:FEED_LENGTH])
    # Only the sources of these items: another source's new address must not change this feed.
    used_sources = {work.source for post in items for work in post.works}
    return FeedPage(
        path=feed.link.path,
        body_keys=tuple(post.uid for post in items),
        site=site,
        meta=PageMeta(
            path=feed.link.path,
            title=feed.link.name,
            kind="feed",
            lang=site.lang,
            description=feed.description,
        ),
        html_path=feed.html_path,
        items=items,
        sources={source: url for source, url in catalog.source_urls.items() if source in used_sources},
        lookback_targets=lookbacks.map_lookback_targets(items, catalog),
    )
