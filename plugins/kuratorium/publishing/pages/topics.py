"""The pages that gather posts by what editors name: topics, series, sources.

A topic's page has its question, curators, pinned posts, and everything on it by format; a series' page its episodes in
order; the page of sources tells whom we follow, how often we recommended them, and what waits for a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ...edition.curation import Series, Topic
from ...edition.formats import FORMATS
from ...edition.model import Post
from ...edition.pictures.texts import find_picture
from ...text.collation import build_sort_key
from ...text.markup import strip_markdown
from .. import inbox_headlines
from ..catalog import Catalog
from ..page import OpmlPage, Page, SiteMeta, build_html_page, build_list_meta, build_list_pages
from ..post_lists import sort_upcoming
from ..template_inputs import PageMeta, SeriesCard, Shelf, SourceCard, TopicCard
from .feeds import build_feed_link, build_topic_feed_link
from .podcasts import find_podcast
from .share_cards import find_card_path

SHELF_SIZE = 6
RELATED_TOPIC_LIMIT = 3
TOPIC_PAGE_HEADLINES = 12
SOURCES_PAGE_HEADLINES = 60


def plan_topic_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the list of topics, each topic's page, and the lists of those formats that do not fit on it."""
    if catalog.topics:
        meta = build_list_meta(site, site.paths.topics(), "Topics")
        yield build_html_page(site, meta, "topics", topics=build_topic_cards(catalog))
    for topic in catalog.topics:
        shelves = _build_shelves(topic, catalog, site)
        yield _build_topic_page(topic, shelves, catalog, site)
        for shelf in shelves:
            if shelf.path and catalog.may_change("topic_format", f"{topic.id}/{shelf.format}"):
                yield from _plan_topic_format_pages(topic, shelf.format, catalog, site)


def build_topic_cards(catalog: Catalog) -> tuple[TopicCard, ...]:
    """Return all topics as lists show them, in their order."""
    return tuple(
        TopicCard(
            topic=topic,
            count=len(posts),
            newest=posts[0] if posts else None,
            picture=find_picture(topic.image, catalog.pictures.values()),
        )
        for topic in catalog.topics
        for posts in [catalog.lists("topic").find(topic.id)]
    )


def _build_topic_page(topic: Topic, shelves: tuple[Shelf, ...], catalog: Catalog, site: SiteMeta) -> Page:
    meta = PageMeta(
        path=site.paths.topic(topic),
        title=topic.name,
        kind="topic",
        lang=site.lang,
        description=topic.question or strip_markdown(topic.intro),
        feeds=(build_topic_feed_link(topic, site),),
        card=find_card_path(site.paths.topic(topic), site),
    )
    people = {person.id: person for person in catalog.people}
    # A story stands under the topics of its newest item; its other items follow it there.
    stories = [story for story in catalog.inbox_stories if topic.id in story[0].topics]
    return build_html_page(
        site,
        meta,
        "topic",
        topic=topic,
        picture=find_picture(topic.image, catalog.pictures.values()),
        curators=tuple(people[person_id] for person_id in topic.curators),
        pinned=_find_pinned(topic, catalog),
        upcoming=_find_upcoming(topic, catalog),
        shelves=shelves,
        headlines=inbox_headlines.build_headlines(stories, TOPIC_PAGE_HEADLINES),
        sources=build_source_cards(catalog, topic),
        related=_find_related_topics(topic, catalog),
    )


def _build_shelves(topic: Topic, catalog: Catalog, site: SiteMeta) -> tuple[Shelf, ...]:
    """Return the latest posts of each format, without pinned and upcoming ones, which the page shows above them."""
    shown = {post.uid for post in (*_find_pinned(topic, catalog), *_find_upcoming(topic, catalog))}
    shelves = []
    for format in FORMATS:
        listed = catalog.lists("topic_format").find(f"{topic.id}/{format.id}")
        posts = tuple(islice((post for post in listed if post.uid not in shown), SHELF_SIZE + 1))
        if posts:
            # A list of its own only if the shelf does not hold all posts.
            path = site.paths.topic_format(topic, format.id) if len(posts) > SHELF_SIZE else ""
            shelves.append(Shelf(format=format.id, path=path, posts=posts[:SHELF_SIZE]))
    return tuple(shelves)


def _plan_topic_format_pages(topic: Topic, format_id: str, catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    meta = build_list_meta(site, site.paths.topic_format(topic, format_id), topic.name)
    posts = catalog.lists("topic_format")[f"{topic.id}/{format_id}"]
    yield from build_list_pages(site, meta, "topic_format", posts, topic=topic, format=format_id)


def _find_pinned(topic: Topic, catalog: Catalog) -> tuple[Post, ...]:
    """Return the posts to begin with, in the editors' order, without those that are not published or hidden."""
    pinned = map(catalog.index.find_post, topic.pinned)
    return tuple(post for post in pinned if post and not post.hidden)


def _find_upcoming(topic: Topic, catalog: Catalog) -> tuple[Post, ...]:
    """Return the upcoming talks on a topic that are not pinned, the next one first."""
    return tuple(sort_upcoming(catalog.lists("topic").find(topic.id).without(topic.pinned)))


def _find_related_topics(topic: Topic, catalog: Catalog) -> tuple[Topic, ...]:
    """Return the topics that share most posts with this one; of equals, the first in the order of topics."""
    shared = catalog.lists("topic_pair").counts
    counted = [(other, shared.get(f"{topic.id}/{other.id}", 0)) for other in catalog.topics]
    others = sorted((pair for pair in counted if pair[1]), key=lambda pair: -pair[1])
    return tuple(other for other, _ in others[:RELATED_TOPIC_LIMIT])


def plan_series_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the list of series and each series' page; nothing if no post is in a series."""
    if not catalog.series:
        return
    cards = tuple(_build_series_card(series, catalog.by_series[series.id]) for series in catalog.series)
    yield build_html_page(site, build_list_meta(site, site.paths.all_series(), "Series"), "all_series", cards=cards)
    for series in catalog.series:
        meta = PageMeta(
            path=site.paths.series(series.id),
            title=series.name,
            kind="list",
            lang=site.lang,
            description=strip_markdown(series.intro),
            feeds=(build_feed_link(series.name, site.paths.series(series.id), site),),
        )
        episodes = catalog.by_series[series.id]
        yield build_html_page(
            site,
            meta,
            "series",
            series=series,
            podcast=find_podcast(series.id, catalog, site),
            upcoming=tuple(sort_upcoming(episodes)),
            episodes=tuple(post for post in episodes if not post.upcoming),
        )


def _build_series_card(series: Series, episodes: list[Post]) -> SeriesCard:
    upcoming = next((post for post in episodes if post.upcoming), None)
    newest = next((post for post in reversed(episodes) if not post.upcoming), None)
    return SeriesCard(series=series, count=len(episodes), upcoming=upcoming, newest=newest)


def plan_source_pages(catalog: Catalog, site: SiteMeta) -> Iterator[Page]:
    """Yield the page of sources and their OPML list; nothing if we follow none."""
    if not catalog.followed_sources:
        return
    yield build_html_page(
        site,
        build_list_meta(site, site.paths.sources(), "Sources"),
        "sources",
        sources=build_source_cards(catalog),
        headlines=inbox_headlines.build_headlines(catalog.inbox_stories, SOURCES_PAGE_HEADLINES),
    )
    meta = PageMeta(path=site.paths.opml(), title=site.name, kind="opml", lang=site.lang)
    yield OpmlPage(path=meta.path, site=site, meta=meta, sources=catalog.followed_sources)


def build_source_cards(catalog: Catalog, topic: Topic | None = None) -> tuple[SourceCard, ...]:
    """Return the sources we follow, or those for `topic`: most recommended first, then by name and id."""
    cards = [
        SourceCard(source=source, recommendation_count=len(posts), newest=posts[0] if posts else None)
        for source in catalog.followed_sources
        if topic is None or topic.id in source.topics
        for posts in [catalog.lists("source").find(source.id)]
    ]
    return tuple(
        sorted(cards, key=lambda card: (-card.recommendation_count, build_sort_key(card.source.name), card.source.id))
    )
