"""Lists of posts: which posts are on a topic, of a month, by a person, on a work.

LISTS is the table of them. A list holds entries, which are sorted as the site sorts posts and need no post in memory:
so a build after one new post reads from the cache only the lists that this post joins, and only the posts it shows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Protocol, overload

from msgspec import Struct

from ..edition.curation import Person
from ..edition.model import Post
from ..similarity import normalize_title
from ..urls import get_host, normalize_url
from .urls import tag_slug

Entry = tuple[float, str]
"""Negative timestamp and uid of a post: sorted, the newest post comes first, and of equals the first by uid."""


class TextFacts(Struct, frozen=True):
    """What lists need of a post's text: the uids of the published posts it links to, and the names it quotes."""

    outgoing_links: tuple[str, ...] = ()
    quoted_names: tuple[str, ...] = ()


NO_FACTS = TextFacts()

# Cached, because posts share names, and are asked for their works more than once.
_normalize_name, _normalize_url = lru_cache(20_000)(normalize_title), lru_cache(20_000)(normalize_url)

KeyFinder = Callable[[Post, TextFacts], Iterable[str]]


def _list_pick_keys(post: Post) -> Iterator[str]:
    """Yield month, group and name of what a post recommends, for each work or for the post, as one key each."""
    month = post.day.isoformat()[:7]
    for work in post.works:
        yield f"{month}/outlet/{work.publication or get_host(work.url)}"
        yield f"{month}/language/{work.lang or post.lang}"
        yield f"{month}/access/{'paywall' if work.paywall else 'free'}"
    yield from [f"{month}/topic/{topic.id}" for topic in post.topics]
    yield f"{month}/money/{'paid' if post.disclosure and post.disclosure.kind == 'sponsor' else 'own'}"


LISTS: Mapping[str, KeyFinder] = {
    "all": lambda *_: ("",),
    "upcoming": lambda post, _: ("",) if post.upcoming else (),
    "featured": lambda post, _: ("",) if post.featured else (),
    "event": lambda post, _: ("",) if post.event else (),
    "format": lambda post, _: (post.format,),
    "topic": lambda post, _: [topic.id for topic in post.topics],
    "topic_format": lambda post, _: [f"{topic.id}/{post.format}" for topic in post.topics],
    # The other topics of posts on a topic.
    "topic_pair": lambda post, _: [f"{one.id}/{two.id}" for one in post.topics for two in post.topics if one != two],
    "author": lambda post, _: [person.id for person in post.authors],
    # A dict, because a person may be guest and host of the same post.
    "speaker": lambda post, _: {
        person.id: None for person in (*post.guests, *post.hosts) if isinstance(person, Person)
    },
    "tag": lambda post, _: {tag_slug(tag): None for tag in post.tags},
    "spelling": lambda post, _: dict.fromkeys(post.tags),
    "year": lambda post, _: (post.day.isoformat()[:4],),
    "month": lambda post, _: (post.day.isoformat()[:7],),
    "lang": lambda post, _: (post.lang,),
    "lang_format": lambda post, _: (f"{post.lang}/{post.format}",),
    "series": lambda post, _: (post.series.id,) if post.series else (),
    # The episodes of a podcast, by series.
    "podcast": lambda post, _: (
        (post.series.id,) if post.series and post.media and post.media.audio and not post.upcoming else ()
    ),
    "source": lambda post, _: {work.source: None for work in post.works if work.source},
    "work": lambda post, _: {_normalize_url(work.url): None for work in post.works if work.url},
    # Guests and authors of works, by normalised name.
    "name": lambda post, _: dict.fromkeys(
        _normalize_name(name)
        for name in (*(guest.name for guest in post.guests), *(name for work in post.works for name in work.authors))
    ),
    # An entry for each work.
    "recommended": lambda post, _: [_normalize_name(name) for work in post.works for name in work.authors],
    # An entry for each work, and for the post.
    "pick": lambda post, _: _list_pick_keys(post),
    "quoted": lambda _, facts: dict.fromkeys(_normalize_name(name) for name in facts.quoted_names),
    "mention": lambda _, facts: dict.fromkeys(facts.outgoing_links),
    "lookback": lambda post, _: (post.lookback_of,) if post.lookback_of else (),
    "translation": lambda post, _: (post.translation_of,) if post.translation_of else (),
}
"""Kind of list -> the keys of the lists of that kind in which a listed post stands."""


def make_entry(post: Post) -> Entry:
    """Return the entry of a post."""
    return -post.date.timestamp(), post.uid


class PostIndex(Protocol):
    """All lists of LISTS."""

    def read(self, kind: str, key: str) -> list[Entry]:
        """Return the sorted entries of a list; empty if there is no such list."""

    def count(self, kind: str) -> Mapping[str, int]:
        """Return key -> number of entries of each list of a kind."""

    def load_post(self, uid: str) -> Post:
        """Return the post of an entry."""

    def find_post(self, uid: str) -> Post | None:
        """Return the published post with this uid, also if it is hidden; None if there is none."""

    def find_facts(self, uid: str) -> TextFacts:
        """Return what lists need of the text of a post."""


class MemoryIndex:
    """The lists of `posts`, which must be sorted newest first; `hidden` ones stand in none. `text_facts` are by uid."""

    def __init__(
        self, posts: Sequence[Post], hidden: Sequence[Post] = (), text_facts: Mapping[str, TextFacts] | None = None
    ) -> None:
        self._posts = {post.uid: post for post in posts}
        self._by_uid = {**self._posts, **{post.uid: post for post in hidden}}
        self._entries = [make_entry(post) for post in self._posts.values()]
        self._text_facts = text_facts or {}
        self._lists: dict[str, dict[str, list[Entry]]] = {}

    def read(self, kind: str, key: str) -> list[Entry]:
        """Return the sorted entries of a list; empty if there is no such list."""
        return self.read_all(kind).get(key, [])

    def read_all(self, kind: str) -> Mapping[str, list[Entry]]:
        """Return key -> entries of each list of a kind."""
        if kind not in self._lists:
            lists: dict[str, list[Entry]] = defaultdict(list)
            find_keys = LISTS[kind]
            for entry, post in zip(self._entries, self._posts.values(), strict=True):
                for key in find_keys(post, self.find_facts(post.uid)):
                    lists[key].append(entry)
            self._lists[kind] = dict(lists)
        return self._lists[kind]

    def count(self, kind: str) -> Mapping[str, int]:
        """Return key -> number of entries of each list of a kind."""
        return {key: len(entries) for key, entries in self.read_all(kind).items()}

    def load_post(self, uid: str) -> Post:
        """Return the post of an entry."""
        return self._posts[uid]

    def find_post(self, uid: str) -> Post | None:
        """Return the published post with this uid, also if it is hidden; None if there is none."""
        return self._by_uid.get(uid)

    def find_facts(self, uid: str) -> TextFacts:
        """Return what lists need of the text of a post."""
        return self._text_facts.get(uid, NO_FACTS)


class PostList(Sequence[Post]):
    """The posts of a list of `index`, each loaded when it is asked for.

    `added` is the entry of a post that has just come to the site, None if no list got longer.
    """

    def __init__(self, entries: list[Entry], index: PostIndex, added: Entry | None = None) -> None:
        self.entries = entries
        self._index = index
        self._added = added

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, place: int) -> Post: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Post, ...]: ...
    def __getitem__(self, place: int | slice) -> Post | tuple[Post, ...]:
        if isinstance(place, slice):
            return tuple([self._index.load_post(uid) for _, uid in self.entries[place]])
        return self._index.load_post(self.entries[place][1])

    def __iter__(self) -> Iterator[Post]:
        return (self._index.load_post(uid) for _, uid in self.entries)

    @property
    def uids(self) -> list[str]:
        """The uids of the posts."""
        return [uid for _, uid in self.entries]

    @property
    def added_place(self) -> int | None:
        """The place of the added post, -1 if it is not in this list; None if no post was added."""
        if self._added is None:
            return None
        place = self._find_place(self._added)
        return -1 if place is None else place

    def without(self, uids: Collection[str]) -> PostList:
        """Return the list without the posts with these uids, and any other post once."""
        entries = [entry for entry in dict.fromkeys(self.entries) if entry[1] not in uids]
        return PostList(entries, self._index, self._added)

    def merge(self, other: PostList) -> PostList:
        """Return the list of the posts of both lists."""
        return PostList(sorted({*self.entries, *other.entries}), self._index, self._added)

    def find_upcoming(self) -> list[Post]:
        """Return the upcoming talks of the list."""
        entries = self._index.read("upcoming", "")
        return [self._index.load_post(entry[1]) for entry in entries if self._find_place(entry) is not None]

    def find_neighbours(self, post: Post) -> tuple[Post | None, Post | None]:
        """Return the posts before and after a post; None where there is none, or if the list does not hold the post."""
        place = self._find_place(make_entry(post))
        if place is None:
            return None, None
        return self[place - 1] if place else None, self[place + 1] if place + 1 < len(self) else None

    def _find_place(self, entry: Entry) -> int | None:
        place = bisect_left(self.entries, entry)
        return place if self.entries[place : place + 1] == [entry] else None


class ListsByKey(Mapping[str, PostList]):
    """The lists of one kind by key; `added` as in PostList."""

    def __init__(self, index: PostIndex, kind: str, added: Entry | None = None) -> None:
        self._index = index
        self._kind = kind
        self._added = added

    def __getitem__(self, key: str) -> PostList:
        if entries := self._index.read(self._kind, key):
            return PostList(entries, self._index, self._added)
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(self._index.read(self._kind, key))

    def __iter__(self) -> Iterator[str]:
        return iter(self.counts)

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def counts(self) -> Mapping[str, int]:
        """Key -> number of entries, without reading the lists."""
        return self._index.count(self._kind)

    def find(self, key: str) -> PostList:
        """Return a list; an empty one if there is none."""
        return PostList(self._index.read(self._kind, key), self._index, self._added)


def put_upcoming_first(posts: Iterable[Post]) -> list[Post]:
    """Return the upcoming talks, the next one first, then all other posts in their order."""
    posts = list(posts)
    return [*sort_upcoming(posts), *(post for post in posts if not post.upcoming)]


def sort_upcoming(posts: Iterable[Post]) -> list[Post]:
    """Return the upcoming talks among posts, the next one first (of equals, by uid)."""
    candidates = posts.find_upcoming() if isinstance(posts, PostList) else posts
    return sorted((post for post in candidates if post.upcoming), key=get_start_key)


def get_series_order(post: Post) -> tuple[tuple[int, int], str]:
    """Return the key by which the posts of a series are sorted."""
    return post.series.order if post.series else (0, 0), post.uid


def get_start_key(post: Post) -> tuple[float, str]:
    """Return the key by which talks are sorted: their start, of equals the uid."""
    return post.event.start.timestamp() if post.event else 0.0, post.uid
