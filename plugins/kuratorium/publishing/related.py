"""What belongs together, without guessing: posts that share works, people, tags and topics, and who mentions whom."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from ..edition.model import Post
from ..similarity import normal_title
from ..urls import normal
from .urls import tag_slug

RELATED = 3
WEIGHTS = {"work": 8, "person": 4, "tag": 3, "topic": 2, "curator": 1}
"""What a shared thing counts: the same original most, the same curator least, and alone not at all."""

_ENOUGH = 20  # posts to weigh: those that share what is rare are found first
_NEAR = 10  # in time, on each side, where a topic or tag has hundreds

Key = tuple[str, str]
Keys = frozenset[int]


class Relations:
    """The relations of listed `posts` (newest first); `leads` maps a post's uid to those that its text links to."""

    def __init__(self, posts: Sequence[Post], leads: Mapping[str, tuple[str, ...]]) -> None:
        self._posts = posts
        self._leads = leads
        self._tag, self._name = cache(tag_slug), cache(normal_title)  # many posts share few of them
        self._numbers: dict[Key, int] = {}
        self._weights: list[int] = []
        self._sets = [self._keys_of(post) for post in posts]
        self._keys = {post.uid: keys for post, keys in zip(posts, self._sets, strict=True)}
        self._holders: dict[int, list[int]] = defaultdict(list)
        for place, keys in enumerate(self._sets):
            for key in keys:
                self._holders[key].append(place)
        self._times = [-post.date.timestamp() for post in posts]
        self._mentions: dict[str, list[Post]] = defaultdict(list)
        self._same: dict[str, tuple[Post, ...]] = {}  # by uid: what is asked for three times a post
        for post in posts:
            for uid in leads.get(post.uid, ()):
                self._mentions[uid].append(post)

    def mentions(self, post: Post) -> tuple[Post, ...]:
        """The posts whose text links to this one, newest first, but for those told as recommending the same work."""
        found = self._mentions.get(post.uid, ())
        known = {post.uid, *(one.uid for one in self.same_work(post))} if found else ()
        return tuple([one for one in found if one.uid not in known])

    def same_work(self, post: Post) -> tuple[Post, ...]:
        """The other posts that recommend one of its works, newest first; no translation and no look-back of it."""
        if post.uid not in self._same:
            self._same[post.uid] = self._with_work_of(post)
        return self._same[post.uid]

    def _with_work_of(self, post: Post) -> tuple[Post, ...]:
        works = {self._number(("work", normal(work.url))) for work in post.works}
        places = sorted({place for key in works for place in self._holders.get(key, ())})
        others = [self._posts[place] for place in places if self._posts[place].uid != post.uid]
        return tuple([other for other in others if not _are_bound(post, other)])

    def related(self, post: Post) -> tuple[Post, ...]:
        """The posts that share most with it; of equals the nearest in time, then by uid.

        Those that are linked with it otherwise are not repeated: mentions, the same work, translations, look-backs.
        """
        keys = self._keys.get(post.uid) or self._keys_of(post)
        apart = {post.uid, *self._leads.get(post.uid, ())}
        apart.update(one.uid for one in (*self.mentions(post), *self.same_work(post)))
        time, times, weigh = -post.date.timestamp(), self._times, self._weights.__getitem__
        weighed = sorted(
            (-sum(map(weigh, keys & self._sets[place])), abs(times[place] - time), self._posts[place].uid, place)
            for place in self._candidates(keys, time)
        )
        found = (self._posts[place] for weight, _, uid, place in weighed if weight < -1 and uid not in apart)
        return tuple(islice((other for other in found if not _are_bound(post, other)), RELATED))

    def _candidates(self, keys: Iterable[int], time: float) -> set[int]:
        """Find the places of posts that share something with a post of this time: what is rare first."""
        found: set[int] = set()
        for key in sorted(keys, key=lambda key: (len(self._holders.get(key, ())), key)):
            if self._weights[key] > 1:
                found.update(self._near(self._holders.get(key, []), time))
            if len(found) > _ENOUGH:
                break
        return found

    def _near(self, places: list[int], time: float) -> list[int]:
        if len(places) <= 2 * _NEAR:
            return places
        middle = bisect_left(places, time, key=self._times.__getitem__)
        return places[max(middle - _NEAR, 0) : middle + _NEAR]

    def _keys_of(self, post: Post) -> Keys:
        return frozenset([self._number(key) for key in self._things_of(post)])

    def _number(self, key: Key) -> int:
        number = self._numbers.setdefault(key, len(self._weights))
        if number == len(self._weights):
            self._weights.append(WEIGHTS[key[0]])
        return number

    def _things_of(self, post: Post) -> Iterator[Key]:
        yield from (("topic", topic.id) for topic in post.topics)
        yield from (("tag", self._tag(tag)) for tag in post.tags)
        yield from (("curator", person.id) for person in post.authors)
        yield from (("person", self._name(one.name)) for one in post.guests)
        for work in post.works:
            yield "work", normal(work.url)
            yield from (("person", self._name(name)) for name in work.authors)


def _are_bound(one: Post, other: Post) -> bool:
    """Tell whether one is the other in another language, or looks back on it."""
    if not (one.translation_of or other.translation_of or one.lookback_of or other.lookback_of):
        return False
    same = (one.translation_of or one.uid) == (other.translation_of or other.uid)
    return same or one.lookback_of == other.uid or other.lookback_of == one.uid
