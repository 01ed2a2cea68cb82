"""The posts that are published at a date, with all that lists, feeds and relations need of them.

`build_catalog` builds a Catalog from the summaries of the edition's files; nothing here reads a file.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from ..calendar_weeks import Week, get_week
from ..edition.curation import Person, Podcast, Policy, Series, Source, Topic
from ..edition.formats import FORMATS, Format
from ..edition.model import FrontMatter, Post, PostSummary, Speaker, StandalonePageSummary, Withdrawal
from ..edition.pictures.model import Picture
from ..edition.pictures.texts import collect_pictures, find_picture
from ..edition.podcasts.model import Media
from ..edition.registry import Registry
from ..local_time import find_day
from ..similarity import normalize_title
from ..text.collation import build_sort_key
from ..urls import normalize_url
from . import inbox_headlines
from .post_lists import (
    LISTS,
    ListsByKey,
    MemoryIndex,
    PostIndex,
    PostList,
    TextFacts,
    get_series_order,
    get_start_key,
    make_entry,
    sort_upcoming,
)
from .posts import CALENDAR_DAYS, EditionSummary, describe_unpublished, is_published_at
from .related import RelatedPosts
from .urls import Paths, tag_slug

NEWS_PERIOD = timedelta(days=2)  # for which search engines for news take a post from a sitemap


class PublishedStandalonePage(Struct, frozen=True, kw_only=True):
    """What navigation and its own page need of a standalone page such as the imprint."""

    file: str
    path: str
    title: str
    lang: str
    summary: str
    hidden: bool
    blocks: tuple[str, ...] = ()


class Catalog(Struct, frozen=True, dict=True, kw_only=True):
    """All that is published: posts newest first (of equals, by uid), with indexes.

    `aliases` maps former addresses to present ones, `source_urls` source ids to where a source can be read.
    `followed_sources` are those that did not opt out. `text_facts` are by uid, of the posts that have any.
    `inbox_stories` are the works that wait for a note. Without `podcast` no series is one. `as_of` is the date of the
    build; None: no talk is past. `news` are the listed posts of the last two days, if the policy wants their sitemap.
    `drawn_files` are the files that cards show or need, by address in the site, with a digest of each; `pictures` are
    all that the site shows, by file. Without `has_relations` posts have no related ones: half the time of a plan.

    `stored_index` takes the place of lists that are made of `posts`, and `planned_posts` are those that need a page
    then: see `post_lists`. `added` is a post that the last build did not show; only what it may change is planned.

    The lists are cached (which needs `dict=True`), since every list page asks for some of them.
    """

    posts: Sequence[Post]
    hidden: tuple[Post, ...]
    standalone_pages: tuple[PublishedStandalonePage, ...]
    topics: tuple[Topic, ...]
    people: tuple[Person, ...]
    aliases: dict[str, str]
    source_urls: dict[str, str]
    week: Week | None = None
    as_of: datetime | None = None
    series: tuple[Series, ...] = ()
    followed_sources: tuple[Source, ...] = ()
    text_facts: dict[str, TextFacts] = {}
    inbox_stories: tuple[inbox_headlines.Story, ...] = ()
    podcast: Podcast | None = None
    policy: Policy | None = None
    news: tuple[Post, ...] = ()
    drawn_files: Mapping[str, str] = {}
    bundle_paths: tuple[str, ...] = ()
    pictures: Mapping[str, Picture] = {}
    has_relations: bool = True
    withdrawn: tuple[tuple[Post, Withdrawal], ...] = ()
    stored_index: PostIndex | None = None
    added: Post | None = None
    planned_posts: tuple[Post, ...] = ()

    @cached_property
    def index(self) -> PostIndex:
        """All lists of posts."""
        return self.stored_index or MemoryIndex(self.posts, self.hidden, self.text_facts)

    @cached_property
    def _lists(self) -> dict[str, ListsByKey]:
        entry = make_entry(self.added) if self.added else None
        return {kind: ListsByKey(self.index, kind, entry) for kind in LISTS}

    def lists(self, kind: str) -> ListsByKey:
        """Return the lists of a kind (see LISTS) by key."""
        return self._lists[kind]

    def may_change(self, kind: str, key: str) -> bool:
        """Return whether pages made of this list may differ from the last build's, as far as it is known."""
        return self.added is None or key in self._added_keys[kind]

    @cached_property
    def _added_keys(self) -> dict[str, set[str]]:
        if not self.added:
            return {}
        facts = self.index.find_facts(self.added.uid)
        return {kind: set(find_keys(self.added, facts)) for kind, find_keys in LISTS.items()}

    @property
    def listed(self) -> PostList:
        """All listed posts."""
        return self.lists("all").find("")

    @property
    def posts_with_pages(self) -> Iterable[Post]:
        """The posts whose pages are planned: all, hidden ones too, if no post was added."""
        return self.planned_posts if self.added else (*self.posts, *self.hidden)

    @cached_property
    def upcoming(self) -> tuple[Post, ...]:
        """The upcoming talks, the next one first (of equals, by uid)."""
        return tuple(sort_upcoming(self.listed))

    @cached_property
    def calendar_posts(self) -> tuple[Post, ...]:
        """The talks of the calendar, by their start (of equals, by uid): to come, or over for less than 30 days.

        A cancelled or postponed one stays as long as any other: subscribers must see that it does not take place.
        """
        talks = self.lists("event").find("")
        current = [post for post in talks if not self.as_of or _has_calendar_entry(post, self.as_of)]
        return tuple(sorted(current, key=get_start_key))

    @cached_property
    def by_tag(self) -> dict[str, PostList]:
        """Posts by tag, in the order of names; spellings with one slug are one tag, named as most posts spell it."""
        spellings: dict[str, dict[str, int]] = defaultdict(dict)
        for tag, count in self.lists("spelling").counts.items():
            spellings[tag_slug(tag)][tag] = count
        names = {slug: min(counts, key=lambda tag: (-counts[tag], tag)) for slug, counts in spellings.items()}
        slugs = sorted(names, key=lambda slug: (build_sort_key(names[slug]), slug))
        return {names[slug]: self.lists("tag").find(slug) for slug in slugs}

    def find_family(self, uid: str) -> list[Post]:
        """Return a listed original and its translations: itself first, then by language (of equals, by uid)."""
        if not (translations := self.lists("translation").find(uid)):
            return []
        original = self.index.find_post(uid)
        family = [*translations, *([original] if original and not original.hidden else [])]
        return sorted(family, key=lambda post: (post.uid != uid, post.lang, post.uid))

    @cached_property
    def by_series(self) -> dict[str, list[Post]]:
        """The posts of a series by series id, in the series' order."""
        return {key: sorted(posts, key=get_series_order) for key, posts in self.lists("series").items()}

    @cached_property
    def names_of_people(self) -> dict[str, str]:
        """The normalised name of each person by id, without names that several people share.

        Works and quotations have names, no ids: a shared name would credit the wrong person.
        """
        names = {person.id: normalize_title(person.name) for person in self.people}
        counts = Counter(names.values())
        return {person_id: name for person_id, name in names.items() if counts[name] == 1}

    @cached_property
    def relations(self) -> RelatedPosts:
        """The relations between posts."""
        return RelatedPosts(self.index if self.has_relations else MemoryIndex((), (), {}))

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """The formats that have posts, in the order of FORMATS."""
        return tuple(format for format in FORMATS if format.id in self.lists("format"))


def build_catalog(
    summary: EditionSummary, paths: Paths, lang: str, as_of: datetime, drawn_files: Mapping[str, str] | None = None
) -> Catalog:
    """Return the catalog of what is published at `as_of` (in the site's time zone); `lang` is the site's language."""
    registry = summary.registry
    due = [post for post in summary.posts if is_published_at(post, as_of)]
    withdrawn = [(post, withdrawal) for post in summary.posts if (withdrawal := post.meta.withdrawn)]
    posts = sorted((resolve_post(post, registry, paths, lang, as_of) for post in due), key=make_entry)
    return Catalog(
        posts=tuple(post for post in posts if not post.hidden),
        hidden=tuple(post for post in posts if post.hidden),
        standalone_pages=tuple(
            _resolve_standalone_page(page, paths, lang) for page in _sort_standalone_pages(summary.standalone_pages)
        ),
        topics=tuple(sorted(registry.topics.values(), key=lambda topic: topic.sort_key)),
        people=tuple(registry.people.values()),
        # Hidden and withdrawn posts, too: their former addresses may be linked from elsewhere.
        aliases={
            normalize_alias(alias): paths.post(post.format, post.slug)
            for post in (*due, *(post for post, _ in withdrawn))
            for alias in post.meta.aliases
        },
        withdrawn=tuple((resolve_post(post, registry, paths, lang, as_of), day) for post, day in withdrawn),
        source_urls={source.id: _source_url(source) for source in registry.sources.values()},
        week=get_week(as_of),
        as_of=as_of,
        series=_find_used_series(registry, {post.series.id for post in posts if post.series and not post.hidden}),
        followed_sources=tuple(source for source in registry.sources.values() if source.is_followed),
        policy=registry.policy,
        news=tuple(_find_news(posts, as_of)) if registry.policy and registry.policy.news_sitemap else (),
        drawn_files=drawn_files or {},
        pictures=collect_pictures(registry.pictures.values(), (*due, *summary.standalone_pages)),
        text_facts=_find_text_facts(due),
        inbox_stories=inbox_headlines.group_stories(
            summary.inbox_items, registry, (work.url for post in posts for work in post.works if work.url)
        ),
        podcast=registry.policy.podcast if registry.policy else None,
    )


def _find_news(posts: Iterable[Post], as_of: datetime) -> Iterator[Post]:
    """Yield the listed posts that are news at `as_of`; `posts` are sorted newest first."""
    for post in takewhile(lambda post: post.date > as_of - NEWS_PERIOD, posts):
        if not post.hidden:
            yield post


def extend_catalog(
    base: Catalog, index: PostIndex, registry: Registry, *, added: Post, planned: tuple[Post, ...]
) -> Catalog:
    """Return the catalog to plan what the listed post `added` changes; it loads only the posts that pages show.

    `base` is the catalog of an edition without posts, of which `index` has the lists. `planned` are the posts whose
    pages may change.
    """
    return replace(
        base,
        posts=PostList(index.read("all", ""), index),
        series=_find_used_series(registry, index.count("series").keys()),
        stored_index=index,
        added=added,
        planned_posts=planned,
    )


def find_waiting_items(
    items: Iterable[inbox_headlines.PublicInboxItem], index: PostIndex
) -> list[inbox_headlines.PublicInboxItem]:
    """Return the items of the inbox whose work no published post recommends."""
    hidden = [index.load_post(uid) for _, uid in index.read("hidden", "")]
    hidden_works = {normalize_url(work.url) for post in hidden for work in post.works if work.url}
    return [
        item
        for item in items
        if not any(url in hidden_works or index.read("work", url) for url in map(normalize_url, item.addresses))
    ]


def normalize_alias(alias: str) -> str:
    """Return a former address as a path from the site's root: one spelling of /old/, old//  and ./old."""
    return posixpath.normpath(alias).strip("/")


def resolve_post(summary: PostSummary, registry: Registry, paths: Paths, lang: str, as_of: datetime) -> Post:
    """Return the post of a summary, with records in place of ids; `lang` is that of posts that name none.

    Every id must be in the registry, as the rules check before; KeyError otherwise.
    """
    meta = summary.meta
    people, topics = registry.people, registry.topics
    return Post(
        uid=meta.uid,
        format=summary.format,
        path=paths.post(summary.format, summary.slug),
        title=meta.title,
        date=meta.date,
        day=find_day(meta.date, registry.zone),
        modified=find_last_modified(meta, registry.zone),
        lang=meta.lang or lang,
        summary=summary.summary,
        authors=tuple([people[person_id] for person_id in meta.authors]),  # a list first: faster than a generator
        topics=tuple([topics[topic_id] for topic_id in meta.topics]),
        tags=meta.tags,
        works=meta.works,
        strength=meta.strength,
        why_now=meta.why_now,
        via=meta.via,
        disclosure=meta.disclosure,
        series=meta.series,
        guests=_resolve_speakers(meta.guests, registry) if meta.guests else (),
        hosts=_resolve_speakers(meta.hosts, registry) if meta.hosts else (),
        event=meta.event,
        upcoming=bool(meta.event and (meta.event.end or meta.event.start) > as_of),
        live=bool(meta.event and meta.event.end and meta.event.start <= as_of < meta.event.end),
        featured=bool(meta.featured) and is_featured(meta, as_of, registry.zone),
        media=_draw_poster(meta.media, summary) if meta.media and meta.media.video else meta.media,
        image=meta.image,
        picture=find_picture(meta.image, summary.pictures),
        # Editors may add a correction at either end of the list; readers see the order of time.
        corrections=tuple(sorted(meta.corrections, key=lambda correction: correction.date)),
        syndication=meta.syndication,
        hidden=meta.status == "hidden",
        minutes=summary.minutes,
        has_timecodes=summary.has_timecodes,
        series_name=registry.get_series(meta.series.id).name if meta.series else "",
        translation_of=meta.translation_of,
        lookback_of=meta.lookback_of if isinstance(meta.lookback_of, str) else "",
        changed_since=meta.changed_since,
        period=meta.period,
        unpublished=describe_unpublished(summary, as_of) if summary.shown_early else "",
    )


def _draw_poster(media: Media, summary: PostSummary) -> Media:
    """Return the recordings of a post; the still of its video is the file that is drawn of it."""
    video = media.video
    still = find_picture(video.poster, summary.pictures) if video else None
    return replace(media, video=replace(video, poster=still.path)) if video and still else media


def is_featured(meta: FrontMatter, as_of: datetime, zone: tzinfo) -> bool:
    """Return whether a post leads the front page at `as_of`; `zone` is that of the day that it may name."""
    return find_day(as_of, zone) <= meta.featured if isinstance(meta.featured, date) else meta.featured


def find_last_modified(meta: FrontMatter, zone: tzinfo) -> datetime | None:
    """Return when a post was changed last: its `modified`, or its latest correction; None if it never was.

    A correction has a day and no time: it counts from that day's first moment in the site's time zone `zone`. On the
    day of publishing that would be before the post itself, and feed readers would not show it again; so it counts from
    the second after.
    """
    correction_times = [
        max(datetime.combine(correction.date, time(), zone), meta.date + timedelta(seconds=1))
        for correction in meta.corrections
    ]
    return max([*correction_times, *([meta.modified] if meta.modified else [])], default=None)


def _has_calendar_entry(post: Post, as_of: datetime) -> bool:
    return bool(post.event and (post.event.end or post.event.start) + timedelta(days=CALENDAR_DAYS) > as_of)


def _find_used_series(registry: Registry, used: Set[str]) -> tuple[Series, ...]:
    """Return the series with ids `used`: in the order of series.yaml, then the others by id."""
    # A series without a record is allowed, see Registry.get_series.
    named = [series_id for series_id in registry.series if series_id in used]
    return tuple(registry.get_series(series_id) for series_id in (*named, *sorted(used - registry.series.keys())))


def _find_text_facts(due: Sequence[PostSummary]) -> dict[str, TextFacts]:
    """Map the uid of each post to what lists need of its text."""
    uids = {post.file: post.meta.uid for post in due}
    return {
        post.meta.uid: TextFacts(tuple(uids[file] for file in post.linked_files if file in uids), post.quoted_names)
        for post in due
        if post.linked_files or post.quoted_names
    }


def _source_url(source: Source) -> str:
    """Return where a source can be read: its feed, or its site if the feed is a file of the edition."""
    is_read = source.type != "suggestions" and source.feed.startswith(("http://", "https://"))
    return source.feed if is_read else source.site


def _resolve_speakers(speakers: Iterable[str | Speaker], registry: Registry) -> tuple[Person | Speaker, ...]:
    return tuple(registry.people[speaker] if isinstance(speaker, str) else speaker for speaker in speakers)


def _resolve_standalone_page(page: StandalonePageSummary, paths: Paths, lang: str) -> PublishedStandalonePage:
    return PublishedStandalonePage(
        file=page.file,
        path=paths.standalone_page(page.slug),
        title=page.meta.title,
        lang=page.meta.lang or lang,
        summary=page.summary,
        hidden=page.meta.status == "hidden",
        blocks=page.blocks,
    )


def _sort_standalone_pages(pages: Iterable[StandalonePageSummary]) -> list[StandalonePageSummary]:
    return sorted((page for page in pages if not page.meta.is_withheld), key=lambda page: (page.meta.order, page.file))
