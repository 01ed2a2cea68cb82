"""The pages of topics: what a topic asks, who leads it, where to begin, and everything on it by format.

The pages of series: an overview, and each series with its episodes in order.

The page of the sources: whom we follow, how often we picked them, what is fresh; and their list as OPML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...edition.curation import NamedSeries, Topic
from ...edition.formats import FORMATS
from ...edition.model import Post
from ...edition.prose import plain
from .. import inbox_headlines
from ..catalog import Catalog
from ..page import Head, Link, Page, SeriesCard, Shelf, Site, SourceCard, TopicCard, html_page, list_head, paged


def series(catalog: Catalog, site: Site) -> Iterator[Page]:
    """Declare the overview and the series' pages, where there is one."""
    if not catalog.series:
        return
    cards = tuple(_card(one, catalog.by_series[one.id]) for one in catalog.series)
    yield html_page(site, list_head(site, site.paths.all_series(), "Series"), "all_series", cards=cards)
    for one in catalog.series:
        head = Head(
            path=site.paths.series(one.id), title=one.name, kind="list", lang=site.lang, description=plain(one.intro)
        )
        yield html_page(site, head, "series", series=one, episodes=tuple(catalog.by_series[one.id]))


def _card(one: NamedSeries, episodes: list[Post]) -> SeriesCard:
    coming = next((post for post in episodes if post.upcoming), None)
    newest = next((post for post in reversed(episodes) if not post.upcoming), None)
    return SeriesCard(series=one, count=len(episodes), coming=coming, newest=newest)


SOURCE_HEADLINES = 60


def sources(catalog: Catalog, site: Site) -> Iterator[Page]:
    """Declare the page and the list, where there is a source."""
    if not catalog.followed:
        return
    yield html_page(
        site,
        list_head(site, site.paths.sources(), "Sources"),
        "sources",
        sources=source_cards(catalog),
        headlines=inbox_headlines.headlines(catalog.fresh, SOURCE_HEADLINES),
    )
    head = Head(path=site.paths.opml(), title=site.name, kind="opml", lang=site.lang)
    context = {"site": site, "page": head, "sources": catalog.followed}
    yield Page(path=head.path, writer="opml", context=context)


def source_cards(catalog: Catalog, topic: Topic | None = None) -> tuple[SourceCard, ...]:
    """The sources, or those that are followed for a topic: those picked most first, then by name and id."""
    cards = [
        SourceCard(source=source, picked=len(picks), newest=picks[0] if picks else None)
        for source in catalog.followed
        if topic is None or topic.id in source.topics
        for picks in [catalog.by_source.get(source.id, [])]
    ]
    return tuple(sorted(cards, key=lambda card: (-card.picked, card.source.name.casefold(), card.source.id)))


SHELF = 6
RELATED = 3
TOPIC_HEADLINES = 12


def topics(catalog: Catalog, site: Site) -> Iterator[Page]:
    """The list of topics, each topic's page, and the lists of what has no room there."""
    if catalog.topics:
        yield html_page(site, list_head(site, site.paths.topics(), "Topics"), "topics", topics=topic_cards(catalog))
    for topic in catalog.topics:
        shelves = _shelves(topic, catalog, site)
        yield _page(topic, shelves, catalog, site)
        for shelf in shelves:
            if shelf.path:
                yield from _list(topic, shelf.format, catalog, site)


def topic_cards(catalog: Catalog) -> tuple[TopicCard, ...]:
    """All topics as lists show them."""
    return tuple(
        TopicCard(topic=topic, count=len(listed), newest=listed[0] if listed else None)
        for topic in catalog.topics
        for listed in [catalog.by_topic.get(topic.id, [])]
    )


def topic_feed(topic: Topic, site: Site) -> Link:
    """Where a topic's feed is."""
    return Link(f"{site.name}: {topic.name}", site.paths.topic_feed(topic))


def _page(topic: Topic, shelves: tuple[Shelf, ...], catalog: Catalog, site: Site) -> Page:
    head = Head(
        path=site.paths.topic(topic),
        title=topic.name,
        kind="topic",
        lang=site.lang,
        description=topic.question or plain(topic.intro),
        feeds=(topic_feed(topic, site),),
    )
    people = {person.id: person for person in catalog.people}
    return html_page(
        site,
        head,
        "topic",
        topic=topic,
        curators=tuple(people[one] for one in topic.curators),
        pinned=_pinned(topic, catalog),
        upcoming=_upcoming(topic, catalog),
        shelves=shelves,
        headlines=inbox_headlines.headlines(
            [one for one in catalog.fresh if topic.id in one[0].topics], TOPIC_HEADLINES
        ),
        sources=source_cards(catalog, topic),
        related=_related(topic, catalog),
    )


def _shelves(topic: Topic, catalog: Catalog, site: Site) -> tuple[Shelf, ...]:
    """The latest of each format beside what is pinned or coming; with a way to the rest, where there is one."""
    listed = catalog.by_topic.get(topic.id, [])
    shown = {post.uid for post in (*_pinned(topic, catalog), *_upcoming(topic, catalog))}
    found = []
    for format in FORMATS:
        posts = [post for post in listed if post.format == format.id and post.uid not in shown]
        if posts:
            path = site.paths.topic_format(topic, format.id) if len(posts) > SHELF else ""
            found.append(Shelf(format=format.id, path=path, posts=tuple(posts[:SHELF])))
    return tuple(found)


def _list(topic: Topic, format_id: str, catalog: Catalog, site: Site) -> Iterator[Page]:
    head = list_head(site, site.paths.topic_format(topic, format_id), topic.name)
    posts = [post for post in catalog.by_topic[topic.id] if post.format == format_id]
    yield from paged(site, head, "topic_format", posts, topic=topic, format=format_id)


def _pinned(topic: Topic, catalog: Catalog) -> tuple[Post, ...]:
    """The posts to begin with, in the editors' order, as far as they are published and listed."""
    found = (catalog.by_uid.get(uid) for uid in topic.pinned)
    return tuple(post for post in found if post and not post.hidden)


def _upcoming(topic: Topic, catalog: Catalog) -> tuple[Post, ...]:
    """What is coming on a topic, the next first."""
    coming = [post for post in catalog.by_topic.get(topic.id, []) if post.upcoming and post.uid not in topic.pinned]
    return tuple(sorted(coming, key=lambda post: (post.event.start.timestamp() if post.event else 0.0, post.uid)))


def _related(topic: Topic, catalog: Catalog) -> tuple[Topic, ...]:
    """The topics that share most posts with this one; of equals in the order of topics."""
    shared = Counter(other.id for post in catalog.by_topic.get(topic.id, []) for other in post.topics)
    others = [other for other in catalog.topics if other.id != topic.id and shared[other.id]]
    return tuple(sorted(others, key=lambda other: -shared[other.id])[:RELATED])
