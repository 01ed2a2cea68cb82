"""The edition's files -> the posts that are due, with all that lists, feeds and relations need of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from .. import words
from ..edition import Edition
from ..formats import FORMATS, Format
from ..model import Document, Leaf, Person, Post, Source, Speaker, Topic
from ..registry import Registry
from .paths import Paths, tag_slug

K = TypeVar("K")

WORDS_A_MINUTE = 200


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


def make(edition: Edition, paths: Paths, lang: str, as_of: datetime) -> Catalog:
    """Make the catalog of the edition as it is published at `as_of`, in a site of language `lang`."""
    due = [document for document in edition.documents if is_due(document, as_of)]
    posts = sorted((post_of(document, edition.registry, paths, lang, as_of) for document in due), key=_newest_first)
    aliases = {alias.strip("/"): post_path(document, paths) for document in due for alias in document.meta.aliases}
    return Catalog(
        posts=tuple(post for post in posts if not post.hidden),
        hidden=tuple(post for post in posts if post.hidden),
        standing=tuple(_standing(leaf, paths, lang) for leaf in _in_order(edition.leaves)),
        topics=tuple(sorted(edition.registry.topics.values(), key=lambda topic: (topic.order, topic.id))),
        people=tuple(edition.registry.people.values()),
        aliases=aliases,
        sources={source.id: _address(source) for source in edition.registry.sources.values()},
    )


def is_due(document: Document, as_of: datetime) -> bool:
    """Tell whether a post is published at `as_of`: no draft, not dated later, its interview released."""
    meta = document.meta
    return meta.status != "draft" and meta.date <= as_of and meta.release != "open"


def post_path(document: Document, paths: Paths) -> str:
    """Tell where a post's page lies."""
    return paths.post(document.format, document.slug)


def post_of(document: Document, known: Registry, paths: Paths, lang: str, as_of: datetime) -> Post:
    """Resolve a post's ids and derive what is not written."""
    meta = document.meta
    return Post(
        uid=meta.uid,
        format=document.format,
        path=post_path(document, paths),
        title=meta.title,
        date=meta.date,
        modified=meta.modified,
        lang=meta.lang or lang,
        summary=meta.summary or words.first_sentence(document.body),
        authors=tuple(known.people[one] for one in meta.authors),
        topics=tuple(known.topics[one] for one in meta.topics),
        tags=meta.tags,
        works=meta.bookmark_of,
        strength=meta.strength,
        why_now=meta.why_now,
        via=meta.via,
        disclosure=meta.disclosure,
        series=meta.series,
        guests=_speakers(meta.guests, known),
        hosts=_speakers(meta.hosts, known),
        event=meta.event,
        upcoming=bool(meta.event and (meta.event.end or meta.event.start) > as_of),
        media=meta.media,
        image=meta.image,
        corrections=meta.corrections,
        syndication=meta.syndication,
        hidden=meta.status == "hidden",
        minutes=max(1, round(len(document.body.split()) / WORDS_A_MINUTE)),
    )


def _address(source: Source) -> str:
    """Where a source can be read: its feed, or its site where the feed is a file of the edition."""
    return source.feed if source.feed.startswith(("http://", "https://")) else source.site


def _speakers(named: Iterable[str | Speaker], known: Registry) -> tuple[Person | Speaker, ...]:
    return tuple(known.people[one] if isinstance(one, str) else one for one in named)


def _standing(leaf: Leaf, paths: Paths, lang: str) -> Standing:
    return Standing(
        file=leaf.file,
        path=paths.leaf(leaf.slug),
        title=leaf.meta.title,
        lang=leaf.meta.lang or lang,
        summary=leaf.meta.summary or words.first_sentence(leaf.body),
        hidden=leaf.meta.status == "hidden",
    )


def _in_order(leaves: Iterable[Leaf]) -> list[Leaf]:
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
