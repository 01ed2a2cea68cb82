"""What belongs together, without guessing: posts that share works, people, tags and topics, and who mentions whom."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from ..edition.model import Post
from ..similarity import normalize_title
from ..urls import normalize_url
from .urls import tag_slug

RELATED_POST_LIMIT = 3
FEATURE_WEIGHTS = {"work": 8, "person": 4, "tag": 3, "topic": 2, "curator": 1}
"""What a shared thing counts: the same original most, the same curator least, and alone not at all."""

_CANDIDATE_LIMIT = 20  # posts to weigh: those that share what is rare are found first
_NEIGHBOUR_LIMIT = 10  # in time, on each side, where a topic or tag has hundreds

Feature = tuple[str, str]
FeatureNumbers = frozenset[int]


class RelatedPosts:
    """The relations of listed `posts` (newest first); `leads` maps a post's uid to those that its text links to."""

    def __init__(self, posts: Sequence[Post], outgoing_links: Mapping[str, tuple[str, ...]]) -> None:
        self._posts = posts
        self._outgoing_links = outgoing_links
        self._tag_slug, self._normal_name = cache(tag_slug), cache(normalize_title)  # many posts share few of them
        self._feature_numbers: dict[Feature, int] = {}
        self._weights: list[int] = []
        self._features_by_place = [self._number_features(post) for post in posts]
        self._features_by_uid = {post.uid: keys for post, keys in zip(posts, self._features_by_place, strict=True)}
        self._places_by_feature: dict[int, list[int]] = defaultdict(list)
        for place, keys in enumerate(self._features_by_place):
            for key in keys:
                self._places_by_feature[key].append(place)
        self._timestamps = [-post.date.timestamp() for post in posts]
        self._mentions_by_uid: dict[str, list[Post]] = defaultdict(list)
        self._same_work_by_uid: dict[str, tuple[Post, ...]] = {}  # by uid: what is asked for three times a post
        for post in posts:
            for uid in outgoing_links.get(post.uid, ()):
                self._mentions_by_uid[uid].append(post)

    def find_mentions(self, post: Post) -> tuple[Post, ...]:
        """The posts whose text links to this one, newest first, but for those told as recommending the same work."""
        found = self._mentions_by_uid.get(post.uid, ())
        known = {post.uid, *(one.uid for one in self.find_same_work(post))} if found else ()
        return tuple([one for one in found if one.uid not in known])

    def find_same_work(self, post: Post) -> tuple[Post, ...]:
        """The other posts that recommend one of its works, newest first; no translation and no look-back of it."""
        if post.uid not in self._same_work_by_uid:
            self._same_work_by_uid[post.uid] = self._search_same_work(post)
        return self._same_work_by_uid[post.uid]

    def _search_same_work(self, post: Post) -> tuple[Post, ...]:
        works = {self._assign_number(("work", normalize_url(work.url))) for work in post.works}
        places = sorted({place for key in works for place in self._places_by_feature.get(key, ())})
        others = [self._posts[place] for place in places if self._posts[place].uid != post.uid]
        return tuple([other for other in others if not _is_translation_or_lookback(post, other)])

    def find_related(self, post: Post) -> tuple[Post, ...]:
        """The posts that share most with it; of equals the nearest in time, then by uid.

        Those that are linked with it otherwise are not repeated: mentions, the same work, translations, look-backs.
        """
        keys = self._features_by_uid.get(post.uid) or self._number_features(post)
        apart = {post.uid, *self._outgoing_links.get(post.uid, ())}
        apart.update(one.uid for one in (*self.find_mentions(post), *self.find_same_work(post)))
        time, times, weigh = -post.date.timestamp(), self._timestamps, self._weights.__getitem__
        weighed = sorted(
            (
                -sum(map(weigh, keys & self._features_by_place[place])),
                abs(times[place] - time),
                self._posts[place].uid,
                place,
            )
            for place in self._find_candidates(keys, time)
        )
        found = (self._posts[place] for weight, _, uid, place in weighed if weight < -1 and uid not in apart)
        return tuple(
            islice((other for other in found if not _is_translation_or_lookback(post, other)), RELATED_POST_LIMIT)
        )

    def _find_candidates(self, keys: Iterable[int], time: float) -> set[int]:
        """Find the places of posts that share something with a post of this time: what is rare first."""
        found: set[int] = set()
        for key in sorted(keys, key=lambda key: (len(self._places_by_feature.get(key, ())), key)):
            if self._weights[key] > 1:
                found.update(self._select_nearest(self._places_by_feature.get(key, []), time))
            if len(found) > _CANDIDATE_LIMIT:
                break
        return found

    def _select_nearest(self, places: list[int], time: float) -> list[int]:
        if len(places) <= 2 * _NEIGHBOUR_LIMIT:
            return places
        middle = bisect_left(places, time, key=self._timestamps.__getitem__)
        return places[max(middle - _NEIGHBOUR_LIMIT, 0) : middle + _NEIGHBOUR_LIMIT]

    def _number_features(self, post: Post) -> FeatureNumbers:
        return frozenset([self._assign_number(key) for key in self._list_features(post)])

    def _assign_number(self, feature: Feature) -> int:
        number = self._feature_numbers.setdefault(feature, len(self._weights))
        if number == len(self._weights):
            self._weights.append(FEATURE_WEIGHTS[feature[0]])
        return number

    def _list_features(self, post: Post) -> Iterator[Feature]:
        yield from (("topic", topic.id) for topic in post.topics)
        yield from (("tag", self._tag_slug(tag)) for tag in post.tags)
        yield from (("curator", person.id) for person in post.authors)
        yield from (("person", self._normal_name(one.name)) for one in post.guests)
        for work in post.works:
            yield "work", normalize_url(work.url)
            yield from (("person", self._normal_name(name)) for name in work.authors)


def _is_translation_or_lookback(post: Post, other: Post) -> bool:
    """Tell whether one is the other in another language, or looks back on it."""
    if not (post.translation_of or other.translation_of or post.lookback_of or other.lookback_of):
        return False
    same = (post.translation_of or post.uid) == (other.translation_of or other.uid)
    return same or post.lookback_of == other.uid or other.lookback_of == post.uid
