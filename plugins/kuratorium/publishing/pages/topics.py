"""The pages of topics: what a topic asks, who leads it, where to begin, and everything on it by format.

The pages of series: an overview, and each series with its episodes in order.

The page of the sources: whom we follow, how often we picked them, what is fresh; and their list as OPML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...edition.curation import Series, Topic
from ...edition.formats import FORMATS
from ...edition.model import Post
from ...edition.prose import strip_markdown
from .. import inbox_headlines
from ..catalog import Catalog
from ..page import (
    Link,
    Page,
    PageMeta,
    SeriesCard,
    Shelf,
    SiteMeta,
    SourceCard,
    TopicCard,
    build_html_page,
    build_list_meta,
    build_list_pages,
)


def plan_series_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Declare the overview and the series' pages, where there is one."""
    if not catalog.series:
        return
    cards = tuple(_build_series_card(one, catalog.by_series[one.id]) for one in catalog.series)
    yield build_html_page(site, build_list_meta(site, site.paths.all_series(), "Series"), "all_series", cards=cards)
    for one in catalog.series:
        head = PageMeta(
            path=site.paths.series(one.id),
            title=one.name,
            kind="list",
            lang=site.lang,
            description=strip_markdown(one.intro),
        )
        yield build_html_page(site, head, "series", series=one, episodes=tuple(catalog.by_series[one.id]))


def _build_series_card(series: Series, episodes: list[Post]) -> SeriesCard:
    coming = next((post for post in episodes if post.upcoming), None)
    newest = next((post for post in reversed(episodes) if not post.upcoming), None)
    return SeriesCard(series=series, count=len(episodes), upcoming=coming, newest=newest)


SOURCES_PAGE_HEADLINES = 60


def plan_source_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Declare the page and the list, where there is a source."""
    if not catalog.followed_sources:
        return
    yield build_html_page(
        site,
        build_list_meta(site, site.paths.sources(), "Sources"),
        "sources",
        sources=build_source_cards(catalog),
        headlines=inbox_headlines.build_headlines(catalog.inbox_stories, SOURCES_PAGE_HEADLINES),
    )
    head = PageMeta(path=site.paths.opml(), title=site.name, kind="opml", lang=site.lang)
    context = {"site": site, "meta": head, "sources": catalog.followed_sources}
    yield Page(path=head.path, writer="opml", context=context)


def build_source_cards(catalog: Catalog, topic: Topic | None = None) -> tuple[SourceCard, ...]:
    """The sources, or those that are followed for a topic: those picked most first, then by name and id."""
    cards = [
        SourceCard(source=source, recommendation_count=len(picks), newest=picks[0] if picks else None)
        for source in catalog.followed_sources
        if topic is None or topic.id in source.topics
        for picks in [catalog.by_source.get(source.id, [])]
    ]
    return tuple(
        sorted(cards, key=lambda card: (-card.recommendation_count, card.source.name.casefold(), card.source.id))
    )


SHELF_SIZE = 6
RELATED_TOPIC_LIMIT = 3
TOPIC_PAGE_HEADLINES = 12


def plan_topic_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """The list of topics, each topic's page, and the lists of what has no room there."""
    if catalog.topics:
        yield build_html_page(
            site, build_list_meta(site, site.paths.topics(), "Topics"), "topics", topics=build_topic_cards(catalog)
        )
    for topic in catalog.topics:
        shelves = _build_shelves(topic, catalog, site)
        yield _build_topic_page(topic, shelves, catalog, site)
        for shelf in shelves:
            if shelf.path:
                yield from _plan_topic_format_pages(topic, shelf.format, catalog, site)


def build_topic_cards(catalog: Catalog) -> tuple[TopicCard, ...]:
    """All topics as lists show them."""
    return tuple(
        TopicCard(topic=topic, count=len(listed), newest=listed[0] if listed else None)
        for topic in catalog.topics
        for listed in [catalog.by_topic.get(topic.id, [])]
    )


def build_topic_feed_link(topic: Topic, site: SiteMeta) -> Link:
    """Where a topic's feed is."""
    return Link(f"{site.name}: {topic.name}", site.paths.topic_feed(topic))


def _build_topic_page(topic: Topic, shelves: tuple[Shelf, ...], catalog: Catalog, site: SiteMeta) -> Page:
    head = PageMeta(
        path=site.paths.topic(topic),
        title=topic.name,
        kind="topic",
        lang=site.lang,
        description=topic.question or strip_markdown(topic.intro),
        feeds=(build_topic_feed_link(topic, site),),
    )
    people = {person.id: person for person in catalog.people}
    return build_html_page(
        site,
        head,
        "topic",
        topic=topic,
        curators=tuple(people[one] for one in topic.curators),
        pinned=_find_pinned(topic, catalog),
        upcoming=_find_upcoming(topic, catalog),
        shelves=shelves,
        headlines=inbox_headlines.build_headlines(
            [one for one in catalog.inbox_stories if topic.id in one[0].topics], TOPIC_PAGE_HEADLINES
        ),
        sources=build_source_cards(catalog, topic),
        related=_find_related_topics(topic, catalog),
    )


def _build_shelves(topic: Topic, catalog: Catalog, site: SiteMeta) -> tuple[Shelf, ...]:
    """The latest of each format beside what is pinned or coming; with a way to the rest, where there is one."""
    listed = catalog.by_topic.get(topic.id, [])
    shown = {post.uid for post in (*_find_pinned(topic, catalog), *_find_upcoming(topic, catalog))}
    found = []
    for format in FORMATS:
        posts = [post for post in listed if post.format == format.id and post.uid not in shown]
        if posts:
            path = site.paths.topic_format(topic, format.id) if len(posts) > SHELF_SIZE else ""
            found.append(Shelf(format=format.id, path=path, posts=tuple(posts[:SHELF_SIZE])))
    return tuple(found)


def _plan_topic_format_pages(topic: Topic, format_id: str, catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    head = build_list_meta(site, site.paths.topic_format(topic, format_id), topic.name)
    posts = [post for post in catalog.by_topic[topic.id] if post.format == format_id]
    yield from build_list_pages(site, head, "topic_format", posts, topic=topic, format=format_id)


def _find_pinned(topic: Topic, catalog: Catalog) -> tuple[Post, ...]:
    """The posts to begin with, in the editors' order, as far as they are published and listed."""
    found = (catalog.by_uid.get(uid) for uid in topic.pinned)
    return tuple(post for post in found if post and not post.hidden)


def _find_upcoming(topic: Topic, catalog: Catalog) -> tuple[Post, ...]:
    """What is coming on a topic, the next first."""
    coming = [post for post in catalog.by_topic.get(topic.id, []) if post.upcoming and post.uid not in topic.pinned]
    return tuple(sorted(coming, key=lambda post: (post.event.start.timestamp() if post.event else 0.0, post.uid)))


def _find_related_topics(topic: Topic, catalog: Catalog) -> tuple[Topic, ...]:
    """The topics that share most posts with this one; of equals in the order of topics."""
    shared = Counter(other.id for post in catalog.by_topic.get(topic.id, []) for other in post.topics)
    others = [other for other in catalog.topics if other.id != topic.id and shared[other.id]]
    return tuple(sorted(others, key=lambda other: -shared[other.id])[:RELATED_TOPIC_LIMIT])
