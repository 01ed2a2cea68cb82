"""The feeds of the site: everything, and by topic, format, person, series, language and tag.

FEEDS is the table of feeds, FEED_TYPES (in `page`) that of the ways in which each is written. A feed by something else
is a function that yields Feed records, and one line in FEEDS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from ...edition.curation import Person, Topic
from ...edition.model import Post
from ...translations import N_
from ..catalog import Catalog
from ..page import ATOM, FEED_TYPES, JSON_FEED, FeedPage, FeedType, SiteMeta, get_feed_path
from ..post_lists import LISTS, NO_FACTS, PostList
from ..template_inputs import Link, PageMeta, Tombstone
from ..urls import tag_slug
from . import lookbacks

FEED_LENGTH = 50


class Feed(Struct, frozen=True, kw_only=True):
    """A feed: its name and path (as RSS), what it says of itself, and the HTML page with its posts.

    `read_posts` returns these posts: after an edit most feeds are only named, and their lists are not read. In place of
    `name` stands `name_label`, which the theme's catalogue translates, for a format; both are empty for the feed of
    everything. `lists` are the lists (kind and key) that its posts come from.
    """

    path: str
    name: str = ""
    name_label: str = ""
    description: str
    html_path: str
    read_posts: Callable[[], PostList]
    lists: tuple[tuple[str, str], ...]
    lang: str = ""


FeedLister = Callable[[Catalog, SiteMeta], Iterator[Feed]]


def list_site_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of all posts."""
    yield Feed(
        path=site.paths.feed,
        description=site.subtitle,
        html_path=site.paths.home,
        read_posts=lambda: catalog.listed,
        lists=(("all", ""),),
    )


def list_topic_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of each topic; a topic without posts has one, too, so that readers can subscribe early."""
    for topic in catalog.topics:
        yield _build_feed(
            topic.name,
            site.paths.topic(topic),
            partial(catalog.lists("topic").find, topic.id),
            topic.question or site.subtitle,
            (("topic", topic.id),),
        )


def list_format_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of each format that has posts: that of digests is the one of the issues."""
    for format in catalog.formats:
        read_posts = partial(catalog.lists("format").find, format.id)
        feed = _build_feed("", site.paths.format(format.id), read_posts, site.subtitle, (("format", format.id),))
        yield replace(feed, name_label=format.plural)


def list_person_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of each person who signed a post or took part in a conversation."""
    for person in catalog.people:
        if has_posts(person, catalog):
            read_posts = partial(_read_posts_of_person, person, catalog)
            lists = (("author", person.id), ("speaker", person.id))
            yield _build_feed(person.name, site.paths.person(person), read_posts, person.role or site.subtitle, lists)


def list_series_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of each series that has posts."""
    for series in catalog.series:
        read_posts = partial(catalog.lists("series").find, series.id)
        lists = (("series", series.id),)
        yield _build_feed(series.name, site.paths.series(series.id), read_posts, site.subtitle, lists)


def list_language_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of each language; none if all posts are in one."""
    languages = catalog.lists("lang")
    for lang in sorted(languages) if len(languages) > 1 else ():
        yield Feed(
            path=site.paths.language_feed(lang),
            name=lang,
            description=site.subtitle,
            html_path=site.paths.language(lang),
            read_posts=partial(languages.find, lang),
            lists=(("lang", lang),),
            lang=lang,
        )


def list_tag_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[Feed]:
    """Yield the feed of each tag if the policy asks for them: there may be thousands."""
    for tag in catalog.by_tag if site.has_tag_feeds else ():
        read_posts = partial(catalog.lists("tag").find, tag_slug(tag))
        yield _build_feed(tag, site.paths.tag(tag), read_posts, site.subtitle, (("tag", tag_slug(tag)),))


def _build_feed(
    name: str, html_path: str, read_posts: Callable[[], PostList], description: str, lists: tuple[tuple[str, str], ...]
) -> Feed:
    path = get_feed_path(html_path)
    return Feed(path=path, name=name, description=description, html_path=html_path, read_posts=read_posts, lists=lists)


FEEDS: dict[str, FeedLister] = {
    N_("Everything"): list_site_feeds,
    N_("By topic"): list_topic_feeds,
    N_("By format"): list_format_feeds,
    N_("By person"): list_person_feeds,
    N_("By series"): list_series_feeds,
    N_("By language"): list_language_feeds,
    N_("By tag"): list_tag_feeds,
}
"""Heading on the page for subscribers -> function that lists feeds of one kind."""


def plan_feeds(catalog: Catalog, site: SiteMeta) -> Iterator[FeedPage]:
    """Yield every feed in every type, with its archives."""
    for list_feeds in FEEDS.values():
        for feed in list_feeds(catalog, site):
            if any(catalog.may_change(kind, key) for kind, key in feed.lists):
                posts = feed.read_posts()
                for feed_type in FEED_TYPES:
                    yield from _build_feed_pages(feed, posts, feed_type, catalog, site)


def build_feed_link(name: str, html_path: str, site: SiteMeta) -> Link:
    """Return the name and address of the feed with the posts of an HTML page."""
    return Link(f"{site.name}: {name}", get_feed_path(html_path))


def build_topic_feed_link(topic: Topic, site: SiteMeta) -> Link:
    """Return the name and address of a topic's feed."""
    return build_feed_link(topic.name, site.paths.topic(topic), site)


def has_posts(person: Person, catalog: Catalog) -> bool:
    """Return whether a person signed a post or took part in a conversation."""
    return any(person.id in catalog.lists(kind).counts for kind in ("author", "speaker"))


def _read_posts_of_person(person: Person, catalog: Catalog) -> PostList:
    return catalog.lists("author").find(person.id).merge(catalog.lists("speaker").find(person.id))


def _build_feed_pages(
    feed: Feed, posts: PostList, feed_type: FeedType, catalog: Catalog, site: SiteMeta
) -> Iterator[FeedPage]:
    """Yield a feed of the newest posts, and its archives (RFC 5005, section 4).

    Archives are counted from the oldest post, so they never change once they are full. The newest one and the feed
    itself share posts, so that none is in neither.
    """
    path = get_feed_path(feed.path, feed_type)
    archive_type = _find_archive_type(feed_type, feed, site)
    count = len(posts) // FEED_LENGTH if archive_type and len(posts) > FEED_LENGTH else 0

    def get_archive_path(number: int) -> str:
        return site.paths.feed_archive(feed.path, number, archive_type.ending) if archive_type and number else ""

    build_page = partial(_build_feed_page, feed, feed_type, catalog, site)
    yield build_page(path=path, items=posts[:FEED_LENGTH], older_path=get_archive_path(count))
    # The first archive comes with one post more than it holds: not only the page of this post is new then.
    added_place = None if len(posts) == FEED_LENGTH + 1 else posts.added_place
    for number in range(count, 0, -1) if archive_type is feed_type else ():
        start = len(posts) - number * FEED_LENGTH
        if added_place is not None and start > added_place:
            break
        yield build_page(
            path=get_archive_path(number),
            items=posts[start : start + FEED_LENGTH],
            older_path=get_archive_path(number - 1),
            is_archive=True,
        )


def _list_tombstones(feed: Feed, catalog: Catalog) -> tuple[Tombstone, ...]:
    """Return those of the withdrawn posts that a feed would list, the newest first (RFC 6721)."""
    gone = [
        # A reader ignores a tombstone that is older than its copy of the entry.
        Tombstone(post.uid, max(datetime.combine(day.date, time(), post.date.tzinfo), post.last_updated))
        for post, day in catalog.withdrawn
        if any(key in LISTS[kind](post, NO_FACTS) for kind, key in feed.lists)
    ]
    gone.sort(key=lambda tombstone: (-tombstone.since.timestamp(), tombstone.uid))
    return tuple(gone[:FEED_LENGTH])


def _find_archive_type(feed_type: FeedType, feed: Feed, site: SiteMeta) -> FeedType | None:
    """Return the type of the archives to which a feed links, None if it has none.

    In every type and for all feeds, archives would be larger than the rest of the site. RSS may link to Atom, for which
    the RFC is written. A JSON Feed may not: only that of everything has archives.
    """
    if feed_type is not JSON_FEED:
        return ATOM
    return JSON_FEED if feed.path == site.paths.feed else None


def _build_feed_page(
    feed: Feed,
    feed_type: FeedType,
    catalog: Catalog,
    site: SiteMeta,
    *,
    path: str,
    items: tuple[Post, ...],
    older_path: str,
    is_archive: bool = False,
) -> FeedPage:
    # Only the sources of these items: another source's new address must not change this feed.
    used_sources = {work.source for post in items for work in post.works}
    return FeedPage(
        path=path,
        body_keys=tuple(post.uid for post in items),
        serialisation=feed_type.serialisation,
        site=site,
        meta=PageMeta(
            path=path,
            title=site.name if feed.path == site.paths.feed else f"{site.name}: {feed.name}",
            kind="feed",
            lang=feed.lang or site.lang,
            description=feed.description,
        ),
        name_label=feed.name_label,
        html_path=feed.html_path,
        current_path=get_feed_path(feed.path, feed_type),
        older_path=older_path,
        is_archive=is_archive,
        items=items,
        sources={source: url for source, url in catalog.source_urls.items() if source in used_sources},
        lookback_targets=lookbacks.map_lookback_targets(items, catalog),
        tombstones=_list_tombstones(feed, catalog) if feed_type is ATOM and not is_archive else (),
    )
