"""What belongs together, without guessing: posts that share works, people, tags and topics, and who mentions whom."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from ..alike import normal_title
from ..links import normal
from ..model import Post
from .paths import tag_slug

RELATED = 3
WEIGHTS = {"work": 8, "person": 4, "tag": 3, "topic": 2, "curator": 1}
"""What a shared thing counts: the same original most, the same curator least, and alone not at all."""

_ENOUGH = 48  # posts to weigh: in a small edition all that share anything
_NEAR = 12  # in time, on each side, where a topic or tag has hundreds

Key = tuple[str, str]


class Relations:
    """The relations of listed `posts` (newest first); `leads` maps a post's uid to those that its text links to."""

    def __init__(self, posts: Sequence[Post], leads: Mapping[str, tuple[str, ...]]) -> None:
        self._posts = posts
        self._leads = leads
        self._tag = cache(tag_slug)
        self._keys = [frozenset(self._keys_of(post)) for post in posts]
        self._holders: dict[Key, list[int]] = defaultdict(list)
        for place, keys in enumerate(self._keys):
            for key in keys:
                self._holders[key].append(place)
        self._dates = [-post.date.timestamp() for post in posts]
        self._mentions: dict[str, list[Post]] = defaultdict(list)
        for post in posts:
            for uid in leads.get(post.uid, ()):
                self._mentions[uid].append(post)

    def mentions(self, post: Post) -> tuple[Post, ...]:
        """The posts whose text links to this one, newest first, but for those told as recommending the same work."""
        known = {post.uid, *(one.uid for one in self.same_work(post))}
        return tuple([one for one in self._mentions.get(post.uid, ()) if one.uid not in known])

    def same_work(self, post: Post) -> tuple[Post, ...]:
        """The other posts that recommend one of its works, newest first; no translation and no look-back of it."""
        works = [key for key in self._keys_of(post) if key[0] == "work"]
        places = sorted({place for key in works for place in self._holders.get(key, ())})
        others = [self._posts[place] for place in places if self._posts[place].uid != post.uid]
        return tuple([other for other in others if not _are_bound(post, other)])

    def related(self, post: Post) -> tuple[Post, ...]:
        """The posts that share most with it; of equals the nearest in time, then by uid.

        Those that are linked with it otherwise are not repeated: mentions, the same work, translations, look-backs.
        """
        keys = frozenset(self._keys_of(post))
        apart = {post.uid, *self._leads.get(post.uid, ())}
        apart |= {one.uid for one in (*self.mentions(post), *self.same_work(post))}
        weighed = []
        for place in self._candidates(keys, -post.date.timestamp()):
            other = self._posts[place]
            if other.uid not in apart and not _are_bound(post, other):
                weight = sum(WEIGHTS[kind] for kind, _ in keys & self._keys[place])
                weighed.append((-weight, abs((other.date - post.date).total_seconds()), other.uid, place))
        return tuple([self._posts[place] for weight, _, _, place in sorted(weighed)[:RELATED] if -weight > 1])

    def _candidates(self, keys: Iterable[Key], date: float) -> set[int]:
        """Find the places of posts that share something with a post of this date: what is rare first."""
        found: set[int] = set()
        shared = sorted((len(self._holders.get(key, ())), key) for key in keys if key[0] != "curator")
        for _, key in shared:
            if len(found) > _ENOUGH:
                break
            places = self._holders.get(key, [])
            middle = bisect_left(places, date, key=self._dates.__getitem__)
            found.update(places[max(middle - _NEAR, 0) : middle + _NEAR])
        return found

    def _keys_of(self, post: Post) -> Iterator[Key]:
        yield from (("topic", topic.id) for topic in post.topics)
        yield from (("tag", self._tag(tag)) for tag in post.tags)
        yield from (("curator", person.id) for person in post.authors)
        yield from (("person", normal_title(one.name)) for one in post.guests)
        for work in post.works:
            yield "work", normal(work.url)
            yield from (("person", normal_title(name)) for name in work.authors)


def _are_bound(one: Post, other: Post) -> bool:
    """Tell whether one is the other in another language, or looks back on it."""
    family = {one.translation_of or one.uid} & {other.translation_of or other.uid}
    return bool(family) or one.lookback_of == other.uid or other.lookback_of == one.uid
