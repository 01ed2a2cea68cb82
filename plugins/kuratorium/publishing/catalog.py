"""The edition's files -> the posts that are due, with all that lists, feeds and relations need of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from ..formats import FORMATS, Format
from ..model import Listed, ListedLeaf, Person, Post, Source, Speaker, Topic
from ..registry import Registry
from .listing import Listing
from .paths import Paths, tag_slug

K = TypeVar("K")


class Standing(Struct, frozen=True, kw_only=True):
    """A standing page such as the imprint: what navigation and its own page need of it."""

    file: str
    path: str
    title: str
    lang: str
    summary: str
    hidden: bool


class Catalog(Struct, frozen=True, dict=True, kw_only=True):
    """All that is published: posts newest first (ties by uid), and what they can be found by."""

    posts: tuple[Post, ...]
    hidden: tuple[Post, ...]
    standing: tuple[Standing, ...]
    topics: tuple[Topic, ...]
    people: tuple[Person, ...]
    aliases: dict[str, str]
    sources: dict[str, str]

    @cached_property
    def by_topic(self) -> dict[str, list[Post]]:
        """Topic id -> its posts."""
        return _group(self.posts, lambda post: (topic.id for topic in post.topics))

    @cached_property
    def order(self) -> dict[str, int]:
        """Uid -> its place among all posts, hidden ones too, the newest first."""
        all_posts = sorted((*self.posts, *self.hidden), key=_newest_first) if self.hidden else self.posts
        return {post.uid: place for place, post in enumerate(all_posts)}

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Topic id -> the places of its posts, to find one among them."""
        return {topic: [self.order[post.uid] for post in posts] for topic, posts in self.by_topic.items()}

    @cached_property
    def by_format(self) -> dict[str, list[Post]]:
        """Format id -> its posts."""
        return _group(self.posts, lambda post: (post.format,))

    @cached_property
    def by_author(self) -> dict[str, list[Post]]:
        """Person id -> what they signed."""
        return _group(self.posts, lambda post: (person.id for person in post.authors))

    @cached_property
    def by_speaker(self) -> dict[str, list[Post]]:
        """Person id -> the conversations they took part in."""
        return _group(
            self.posts,
            lambda post: {one.id: None for one in (*post.guests, *post.hosts) if isinstance(one, Person)},
        )

    @cached_property
    def by_tag(self) -> dict[str, list[Post]]:
        """Tag -> its posts; spellings with one slug are one tag, by the name most posts give it."""
        by_slug = _group(self.posts, lambda post: {tag_slug(tag): None for tag in post.tags})
        spellings: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for post in self.posts:
            for tag in post.tags:
                spellings[tag_slug(tag)][tag] += 1
        names = {slug: min(used, key=lambda tag: (-used[tag], tag)) for slug, used in spellings.items()}
        return {names[slug]: by_slug[slug] for slug in sorted(by_slug)}

    @cached_property
    def by_year(self) -> dict[int, list[Post]]:
        """Year -> its posts, the newest year first."""
        return _group(self.posts, lambda post: (post.date.year,))

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """The formats that have posts."""
        return tuple(format for format in FORMATS if format.id in self.by_format)


def make(listing: Listing, paths: Paths, lang: str, as_of: datetime) -> Catalog:
    """Make the catalog of what is published at `as_of`, in a site of language `lang`."""
    known = listing.registry
    due = [listed for listed in listing.posts if is_due(listed, as_of)]
    posts = sorted((post_of(listed, known, paths, lang, as_of) for listed in due), key=_newest_first)
    aliases = {
        alias.strip("/"): paths.post(listed.format, listed.slug) for listed in due for alias in listed.meta.aliases
    }
    return Catalog(
        posts=tuple(post for post in posts if not post.hidden),
        hidden=tuple(post for post in posts if post.hidden),
        standing=tuple(_standing(leaf, paths, lang) for leaf in _in_order(listing.leaves)),
        topics=tuple(sorted(known.topics.values(), key=lambda topic: (topic.order, topic.id))),
        people=tuple(known.people.values()),
        aliases=aliases,
        sources={source.id: _address(source) for source in known.sources.values()},
    )


def is_due(listed: Listed, as_of: datetime) -> bool:
    """Tell whether a post is published at `as_of`: no draft, not dated later, its interview released."""
    meta = listed.meta
    return meta.status != "draft" and meta.date <= as_of and meta.release != "open"


def moments(listed: Listed) -> Iterator[datetime]:
    """Yield when a post changes by itself: when it falls due, and when its event is over."""
    meta = listed.meta
    if meta.status != "draft" and meta.release != "open":
        yield meta.date
        if meta.event:
            yield meta.event.end or meta.event.start


def post_of(listed: Listed, known: Registry, paths: Paths, lang: str, as_of: datetime) -> Post:
    """Resolve a post's ids."""
    meta = listed.meta
    people, topics = known.people, known.topics
    return Post(
        uid=meta.uid,
        format=listed.format,
        path=paths.post(listed.format, listed.slug),
        title=meta.title,
        date=meta.date,
        modified=meta.modified,
        lang=meta.lang or lang,
        summary=listed.summary,
        authors=tuple([people[one] for one in meta.authors]),
        topics=tuple([topics[one] for one in meta.topics]),
        tags=meta.tags,
        works=meta.bookmark_of,
        strength=meta.strength,
        why_now=meta.why_now,
        via=meta.via,
        disclosure=meta.disclosure,
        series=meta.series,
        guests=_speakers(meta.guests, known) if meta.guests else (),
        hosts=_speakers(meta.hosts, known) if meta.hosts else (),
        event=meta.event,
        upcoming=bool(meta.event and (meta.event.end or meta.event.start) > as_of),
        media=meta.media,
        image=meta.image,
        corrections=meta.corrections,
        syndication=meta.syndication,
        hidden=meta.status == "hidden",
        minutes=listed.minutes,
    )


def _address(source: Source) -> str:
    """Where a source can be read: its feed, or its site where the feed is a file of the edition."""
    return source.feed if source.feed.startswith(("http://", "https://")) else source.site


def _speakers(named: Iterable[str | Speaker], known: Registry) -> tuple[Person | Speaker, ...]:
    return tuple(known.people[one] if isinstance(one, str) else one for one in named)


def _standing(leaf: ListedLeaf, paths: Paths, lang: str) -> Standing:
    return Standing(
        file=leaf.file,
        path=paths.leaf(leaf.slug),
        title=leaf.meta.title,
        lang=leaf.meta.lang or lang,
        summary=leaf.summary,
        hidden=leaf.meta.status == "hidden",
    )


def _in_order(leaves: Iterable[ListedLeaf]) -> list[ListedLeaf]:
    return sorted(
        (leaf for leaf in leaves if leaf.meta.status != "draft"), key=lambda leaf: (leaf.meta.order, leaf.file)
    )


def _newest_first(post: Post) -> tuple[float, str]:
    return -post.date.timestamp(), post.uid


def _group(posts: Iterable[Post], keys: Callable[[Post], Iterable[K]]) -> dict[K, list[Post]]:
    groups: dict[K, list[Post]] = defaultdict(list)
    for post in posts:
        for key in keys(post):
            groups[key].append(post)
    return dict(groups)
