"""The edition's files -> the posts that are due, with all that lists, feeds and relations need of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from ..calendar_weeks import Week, week_of
from ..edition.curation import NamedSeries, Person, Source, Topic
from ..edition.formats import FORMATS, Format
from ..edition.model import FrontMatter, Listed, ListedLeaf, Post, Speaker
from ..edition.registry import Registry
from . import inbox_headlines
from .posts import Listing
from .related import Relations
from .urls import Paths, tag_slug

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
    """All that is published: posts newest first (ties by uid), and what they can be found by.

    `followed`: the sources that readers are told of; `leads` and `quoted` (by uid): the posts that a text links to, and
    whom it quotes; `fresh`: what waits for a note, by story.
    """

    posts: tuple[Post, ...]
    hidden: tuple[Post, ...]
    standing: tuple[Standing, ...]
    topics: tuple[Topic, ...]
    people: tuple[Person, ...]
    aliases: dict[str, str]
    sources: dict[str, str]
    week: Week | None = None
    series: tuple[NamedSeries, ...] = ()
    followed: tuple[Source, ...] = ()
    leads: dict[str, tuple[str, ...]] = {}
    quoted: dict[str, tuple[str, ...]] = {}
    fresh: tuple[inbox_headlines.Story, ...] = ()

    @cached_property
    def by_uid(self) -> dict[str, Post]:
        """Uid -> post, the hidden ones too."""
        return {post.uid: post for post in (*self.posts, *self.hidden)}

    @cached_property
    def seen_again(self) -> dict[str, list[Post]]:
        """Uid -> the listed posts that look back on it."""
        return _group(self.posts, lambda post: (post.lookback_of,) if post.lookback_of else ())

    @cached_property
    def by_topic(self) -> dict[str, list[Post]]:
        """Topic id -> its posts."""
        return _group(self.posts, lambda post: (topic.id for topic in post.topics))

    @cached_property
    def upcoming(self) -> tuple[Post, ...]:
        """The talks that are to come, the next one first (ties by uid)."""
        return tuple(sorted((post for post in self.posts if post.upcoming), key=_start))

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
    def by_original(self) -> dict[str, list[Post]]:
        """Uid of an original -> it and its translations, it first, then by language (ties by uid)."""
        families = _group(self.posts, lambda post: (post.translation_of or post.uid,))
        return {
            uid: sorted(posts, key=lambda post: (post.uid != uid, post.lang, post.uid))
            for uid, posts in families.items()
            if len(posts) > 1 or posts[0].translation_of
        }

    @cached_property
    def by_series(self) -> dict[str, list[Post]]:
        """Series id -> its posts in their order."""
        posts = sorted(self.posts, key=lambda post: (post.series.position if post.series else 0, post.uid))
        return _group(posts, lambda post: (post.series.id,) if post.series else ())

    @cached_property
    def by_source(self) -> dict[str, list[Post]]:
        """Source id -> the posts that recommend a work of it."""
        return _group(self.posts, lambda post: {work.source: None for work in post.works if work.source})

    @cached_property
    def relations(self) -> Relations:
        """What belongs together."""
        return Relations(self.posts, self.leads)

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """The formats that have posts."""
        return tuple(format for format in FORMATS if format.id in self.by_format)


def make(listing: Listing, paths: Paths, lang: str, as_of: datetime) -> Catalog:
    """Make the catalog of what is published at `as_of`, in the site's time zone; `lang` is its language."""
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
        week=week_of(as_of),
        series=_named(known, posts),
        followed=tuple(source for source in known.sources.values() if not source.rights.opt_out),
        leads=_leads(due),
        quoted={listed.meta.uid: listed.quoted for listed in due if listed.quoted},
        fresh=inbox_headlines.stories(listing.waiting, known, (work.url for post in posts for work in post.works)),
    )


def is_due(listed: Listed, as_of: datetime) -> bool:
    """Tell whether a post is published at `as_of`: no draft, not dated later, its interview released."""
    meta = listed.meta
    return meta.date <= as_of and not meta.withheld


def moments(listed: Listed) -> Iterator[datetime]:
    """Yield when a post changes by itself: when it falls due, and when its event is over."""
    meta = listed.meta
    if not meta.withheld:
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
        modified=modified(meta),
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
        corrections=tuple(sorted(meta.corrections, key=lambda one: one.date)),
        syndication=meta.syndication,
        hidden=meta.status == "hidden",
        minutes=listed.minutes,
        timed=listed.timed,
        series_name=known.series_of(meta.series.id).name if meta.series else "",
        translation_of=meta.translation_of,
        lookback_of=meta.lookback_of,
        changed_since=meta.changed_since,
        period=meta.period,
    )


def modified(meta: FrontMatter) -> datetime | None:
    """Tell when a post was changed last, as it says itself, or by its latest correction.

    A correction has a day and no time: that day's first moment counts, and on the day of publishing the next second.
    """
    corrected = [
        max(datetime.combine(one.date, time(), meta.date.tzinfo), meta.date + timedelta(seconds=1))
        for one in meta.corrections
    ]
    return max([*corrected, *([meta.modified] if meta.modified else [])], default=None)


def _named(known: Registry, posts: Iterable[Post]) -> tuple[NamedSeries, ...]:
    """The series that posts belong to: in the order of series.yaml, then by id."""
    used = {post.series.id for post in posts if post.series and not post.hidden}
    named = [one for one in known.series if one in used]
    return tuple(known.series_of(one) for one in (*named, *sorted(used - known.series.keys())))


def _leads(due: Iterable[Listed]) -> dict[str, tuple[str, ...]]:
    """Uid -> the uids of the posts that its text links to."""
    due = list(due)
    uids = {listed.file: listed.meta.uid for listed in due}
    found = {one.meta.uid: tuple(uids[file] for file in one.leads if file in uids) for one in due if one.leads}
    return {uid: leads for uid, leads in found.items() if leads}


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
    return sorted((leaf for leaf in leaves if not leaf.meta.withheld), key=lambda leaf: (leaf.meta.order, leaf.file))


def _start(post: Post) -> tuple[float, str]:
    return post.event.start.timestamp() if post.event else 0.0, post.uid


def _newest_first(post: Post) -> tuple[float, str]:
    return -post.date.timestamp(), post.uid


def _group(posts: Iterable[Post], keys: Callable[[Post], Iterable[K]]) -> dict[K, list[Post]]:
    groups: dict[K, list[Post]] = defaultdict(list)
    for post in posts:
        for key in keys(post):
            groups[key].append(post)
    return dict(groups)
