"""The edition's files -> the posts that are due, with all that lists, feeds and relations need of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from ..calendar_weeks import Week, get_week
from ..edition.curation import Person, Series, Source, Topic
from ..edition.formats import FORMATS, Format
from ..edition.model import FrontMatter, Post, PostSummary, Speaker, StandalonePageSummary
from ..edition.registry import Registry
from . import inbox_headlines
from .posts import EditionSummary
from .related import RelatedPosts
from .urls import Paths, tag_slug

K = TypeVar("K")


class PublishedStandalonePage(Struct, frozen=True, kw_only=True):
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
    standalone_pages: tuple[PublishedStandalonePage, ...]
    topics: tuple[Topic, ...]
    people: tuple[Person, ...]
    aliases: dict[str, str]
    source_urls: dict[str, str]
    week: Week | None = None
    series: tuple[Series, ...] = ()
    followed_sources: tuple[Source, ...] = ()
    outgoing_links: dict[str, tuple[str, ...]] = {}
    quoted_names: dict[str, tuple[str, ...]] = {}
    inbox_stories: tuple[inbox_headlines.Story, ...] = ()

    @cached_property
    def by_uid(self) -> dict[str, Post]:
        """Uid -> post, the hidden ones too."""
        return {post.uid: post for post in (*self.posts, *self.hidden)}

    @cached_property
    def lookbacks(self) -> dict[str, list[Post]]:
        """Uid -> the listed posts that look back on it."""
        return _group_posts(self.posts, lambda post: (post.lookback_of,) if post.lookback_of else ())

    @cached_property
    def by_topic(self) -> dict[str, list[Post]]:
        """Topic id -> its posts."""
        return _group_posts(self.posts, lambda post: (topic.id for topic in post.topics))

    @cached_property
    def upcoming(self) -> tuple[Post, ...]:
        """The talks that are to come, the next one first (ties by uid)."""
        return tuple(sorted((post for post in self.posts if post.upcoming), key=_start_key))

    @cached_property
    def by_format(self) -> dict[str, list[Post]]:
        """Format id -> its posts."""
        return _group_posts(self.posts, lambda post: (post.format,))

    @cached_property
    def by_author(self) -> dict[str, list[Post]]:
        """Person id -> what they signed."""
        return _group_posts(self.posts, lambda post: (person.id for person in post.authors))

    @cached_property
    def by_speaker(self) -> dict[str, list[Post]]:
        """Person id -> the conversations they took part in."""
        return _group_posts(
            self.posts,
            lambda post: {one.id: None for one in (*post.guests, *post.hosts) if isinstance(one, Person)},
        )

    @cached_property
    def by_tag(self) -> dict[str, list[Post]]:
        """Tag -> its posts; spellings with one slug are one tag, by the name most posts give it."""
        by_slug = _group_posts(self.posts, lambda post: {tag_slug(tag): None for tag in post.tags})
        spellings: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for post in self.posts:
            for tag in post.tags:
                spellings[tag_slug(tag)][tag] += 1
        names = {slug: min(used, key=lambda tag: (-used[tag], tag)) for slug, used in spellings.items()}
        return {names[slug]: by_slug[slug] for slug in sorted(by_slug)}

    @cached_property
    def by_year(self) -> dict[int, list[Post]]:
        """Year -> its posts, the newest year first."""
        return _group_posts(self.posts, lambda post: (post.date.year,))

    @cached_property
    def by_original(self) -> dict[str, list[Post]]:
        """Uid of an original -> it and its translations, it first, then by language (ties by uid)."""
        families = _group_posts(self.posts, lambda post: (post.translation_of or post.uid,))
        return {
            uid: sorted(posts, key=lambda post: (post.uid != uid, post.lang, post.uid))
            for uid, posts in families.items()
            if len(posts) > 1 or posts[0].translation_of
        }

    @cached_property
    def by_series(self) -> dict[str, list[Post]]:
        """Series id -> its posts in their order."""
        posts = sorted(self.posts, key=lambda post: (post.series.position if post.series else 0, post.uid))
        return _group_posts(posts, lambda post: (post.series.id,) if post.series else ())

    @cached_property
    def by_source(self) -> dict[str, list[Post]]:
        """Source id -> the posts that recommend a work of it."""
        return _group_posts(self.posts, lambda post: {work.source: None for work in post.works if work.source})

    @cached_property
    def relations(self) -> RelatedPosts:
        """What belongs together."""
        return RelatedPosts(self.posts, self.outgoing_links)

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """The formats that have posts."""
        return tuple(format for format in FORMATS if format.id in self.by_format)


def build_catalog(summary: EditionSummary, paths: Paths, lang: str, as_of: datetime) -> Catalog:
    """Make the catalog of what is published at `as_of`, in the site's time zone; `lang` is its language."""
    known = summary.registry
    due = [listed for listed in summary.posts if is_due(listed, as_of)]
    posts = sorted((resolve_post(listed, known, paths, lang, as_of) for listed in due), key=_newest_first_key)
    aliases = {
        alias.strip("/"): paths.post(listed.format, listed.slug) for listed in due for alias in listed.meta.aliases
    }
    return Catalog(
        posts=tuple(post for post in posts if not post.hidden),
        hidden=tuple(post for post in posts if post.hidden),
        standalone_pages=tuple(
            _resolve_standalone_page(leaf, paths, lang) for leaf in _sort_standalone_pages(summary.standalone_pages)
        ),
        topics=tuple(sorted(known.topics.values(), key=lambda topic: (topic.order, topic.id))),
        people=tuple(known.people.values()),
        aliases=aliases,
        source_urls={source.id: _source_url(source) for source in known.sources.values()},
        week=get_week(as_of),
        series=_find_used_series(known, posts),
        followed_sources=tuple(source for source in known.sources.values() if not source.rights.opt_out),
        outgoing_links=_resolve_links(due),
        quoted_names={listed.meta.uid: listed.quoted_names for listed in due if listed.quoted_names},
        inbox_stories=inbox_headlines.group_stories(
            summary.inbox_items, known, (work.url for post in posts for work in post.works)
        ),
    )


def is_due(post: PostSummary, as_of: datetime) -> bool:
    """Tell whether a post is published at `as_of`: no draft, not dated later, its interview released."""
    meta = post.meta
    return meta.date <= as_of and not meta.is_withheld


def find_change_times(post: PostSummary) -> Iterator[datetime]:
    """Yield when a post changes by itself: when it falls due, and when its event is over."""
    meta = post.meta
    if not meta.is_withheld:
        yield meta.date
        if meta.event:
            yield meta.event.end or meta.event.start


def resolve_post(summary: PostSummary, registry: Registry, paths: Paths, lang: str, as_of: datetime) -> Post:
    """Resolve a post's ids."""
    meta = summary.meta
    people, topics = registry.people, registry.topics
    return Post(
        uid=meta.uid,
        format=summary.format,
        path=paths.post(summary.format, summary.slug),
        title=meta.title,
        date=meta.date,
        modified=find_last_modified(meta),
        lang=meta.lang or lang,
        summary=summary.summary,
        authors=tuple([people[one] for one in meta.authors]),
        topics=tuple([topics[one] for one in meta.topics]),
        tags=meta.tags,
        works=meta.bookmark_of,
        strength=meta.strength,
        why_now=meta.why_now,
        via=meta.via,
        disclosure=meta.disclosure,
        series=meta.series,
        guests=_resolve_speakers(meta.guests, registry) if meta.guests else (),
        hosts=_resolve_speakers(meta.hosts, registry) if meta.hosts else (),
        event=meta.event,
        upcoming=bool(meta.event and (meta.event.end or meta.event.start) > as_of),
        media=meta.media,
        image=meta.image,
        corrections=tuple(sorted(meta.corrections, key=lambda one: one.date)),
        syndication=meta.syndication,
        hidden=meta.status == "hidden",
        minutes=summary.minutes,
        has_timecodes=summary.has_timecodes,
        series_name=registry.get_series(meta.series.id).name if meta.series else "",
        translation_of=meta.translation_of,
        lookback_of=meta.lookback_of,
        changed_since=meta.changed_since,
        period=meta.period,
    )


def find_last_modified(meta: FrontMatter) -> datetime | None:
    """Tell when a post was changed last, as it says itself, or by its latest correction.

    A correction has a day and no time: that day's first moment counts, and on the day of publishing the next second.
    """
    corrected = [
        max(datetime.combine(one.date, time(), meta.date.tzinfo), meta.date + timedelta(seconds=1))
        for one in meta.corrections
    ]
    return max([*corrected, *([meta.modified] if meta.modified else [])], default=None)


def _find_used_series(registry: Registry, posts: Iterable[Post]) -> tuple[Series, ...]:
    """The series that posts belong to: in the order of series.yaml, then by id."""
    used = {post.series.id for post in posts if post.series and not post.hidden}
    named = [one for one in registry.series if one in used]
    return tuple(registry.get_series(one) for one in (*named, *sorted(used - registry.series.keys())))


def _resolve_links(due: Iterable[PostSummary]) -> dict[str, tuple[str, ...]]:
    """Uid -> the uids of the posts that its text links to."""
    due = list(due)
    uids = {listed.file: listed.meta.uid for listed in due}
    found = {
        one.meta.uid: tuple(uids[file] for file in one.linked_files if file in uids) for one in due if one.linked_files
    }
    return {uid: leads for uid, leads in found.items() if leads}


def _source_url(source: Source) -> str:
    """Where a source can be read: its feed, or its site where the feed is a file of the edition."""
    return source.feed if source.feed.startswith(("http://", "https://")) else source.site


def _resolve_speakers(speakers: Iterable[str | Speaker], registry: Registry) -> tuple[Person | Speaker, ...]:
    return tuple(registry.people[one] if isinstance(one, str) else one for one in speakers)


def _resolve_standalone_page(page: StandalonePageSummary, paths: Paths, lang: str) -> PublishedStandalonePage:
    return PublishedStandalonePage(
        file=page.file,
        path=paths.standalone_page(page.slug),
        title=page.meta.title,
        lang=page.meta.lang or lang,
        summary=page.summary,
        hidden=page.meta.status == "hidden",
    )


def _sort_standalone_pages(pages: Iterable[StandalonePageSummary]) -> list[StandalonePageSummary]:
    return sorted((leaf for leaf in pages if not leaf.meta.is_withheld), key=lambda leaf: (leaf.meta.order, leaf.file))


def _start_key(post: Post) -> tuple[float, str]:
    return post.event.start.timestamp() if post.event else 0.0, post.uid


def _newest_first_key(post: Post) -> tuple[float, str]:
    return -post.date.timestamp(), post.uid


def _group_posts(posts: Iterable[Post], keys: Callable[[Post], Iterable[K]]) -> dict[K, list[Post]]:
    groups: dict[K, list[Post]] = defaultdict(list)
    for post in posts:
        for key in keys(post):
            groups[key].append(post)
    return dict(groups)
