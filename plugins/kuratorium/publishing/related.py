"""Relations between posts: those that share works, people, tags and topics, and those that link to each other.

Only what editors wrote counts, no similarity of texts: an editor can see why two posts are related.
"""

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
"""How much a shared feature counts: the same original most, the same curator least, and alone not at all."""

# Comparing every post with every other would cost 100 million comparisons at 10,000 posts. Candidates are looked for by
# their rarest features first, until there are enough; of a feature that hundreds share, only the nearest in time count.
_CANDIDATE_LIMIT = 20
_NEIGHBOUR_LIMIT = 10  # on each side

Feature = tuple[str, str]
FeatureNumbers = frozenset[int]


class RelatedPosts:
    """The relations of listed `posts` (newest first); `outgoing_links` maps a uid to the uids that its text links to.

    Places are indexes in `posts`. Features are numbered, because sets of integers are faster than sets of tuples.
    """

    def __init__(self, posts: Sequence[Post], outgoing_links: Mapping[str, tuple[str, ...]]) -> None:
        self._posts = posts
        self._outgoing_links = outgoing_links
        # Cached, because posts share tags and names.
        self._tag_slug, self._normal_name = cache(tag_slug), cache(normalize_title)
        self._feature_numbers: dict[Feature, int] = {}
        self._weights: list[int] = []
        self._features_by_place = [self._number_features(post) for post in posts]
        self._features_by_uid = {
            post.uid: features for post, features in zip(posts, self._features_by_place, strict=True)
        }
        self._places_by_feature: dict[int, list[int]] = defaultdict(list)
        for place, features in enumerate(self._features_by_place):
            for feature in features:
                self._places_by_feature[feature].append(place)
        self._timestamps = [-post.date.timestamp() for post in posts]
        self._mentions_by_uid: dict[str, list[Post]] = defaultdict(list)
        self._same_work_by_uid: dict[str, tuple[Post, ...]] = {}  # needed three times per post
        for post in posts:
            for uid in outgoing_links.get(post.uid, ()):
                self._mentions_by_uid[uid].append(post)

    def find_mentions(self, post: Post) -> tuple[Post, ...]:
        """Return the posts whose text links to this one, newest first, except those that recommend the same work.

        A page lists these anyway, and should not name a post twice.
        """
        mentions = self._mentions_by_uid.get(post.uid, ())
        listed = {post.uid, *(other.uid for other in self.find_same_work(post))} if mentions else ()
        return tuple([mention for mention in mentions if mention.uid not in listed])

    def find_same_work(self, post: Post) -> tuple[Post, ...]:
        """Return the other posts on one of its works, newest first, without its translations and look-backs."""
        if post.uid not in self._same_work_by_uid:
            self._same_work_by_uid[post.uid] = self._search_same_work(post)
        return self._same_work_by_uid[post.uid]

    def _search_same_work(self, post: Post) -> tuple[Post, ...]:
        if not self._posts:
            return ()
        works = {self._assign_number(("work", normalize_url(work.url))) for work in post.works}
        places = sorted({place for work in works for place in self._places_by_feature.get(work, ())})
        others = [self._posts[place] for place in places if self._posts[place].uid != post.uid]
        return tuple([other for other in others if not _is_translation_or_lookback(post, other)])

    def find_related(self, post: Post) -> tuple[Post, ...]:
        """Return the posts that share most with it; of equals the nearest in time, then by uid.

        The page links mentions, posts on the same work, translations and look-backs elsewhere: they are not repeated.
        """
        if not self._posts:
            return ()
        # A hidden post is not among the listed ones, and has related posts all the same.
        features = self._features_by_uid.get(post.uid) or self._number_features(post)
        linked = {post.uid, *self._outgoing_links.get(post.uid, ())}
        linked.update(other.uid for other in (*self.find_mentions(post), *self.find_same_work(post)))
        time, times, get_weight = -post.date.timestamp(), self._timestamps, self._weights.__getitem__
        ranking = sorted(
            (
                -sum(map(get_weight, features & self._features_by_place[place])),
                abs(times[place] - time),
                self._posts[place].uid,
                place,
            )
            for place in self._find_candidates(features, time)
        )
        # Weights are negative here, for sorting: a shared curator alone (-1) relates nothing.
        related = (self._posts[place] for weight, _, uid, place in ranking if weight < -1 and uid not in linked)
        return tuple(
            islice((other for other in related if not _is_translation_or_lookback(post, other)), RELATED_POST_LIMIT)
        )

    def _find_candidates(self, features: Iterable[int], time: float) -> set[int]:
        """Return the places of posts that share a feature with a post of this time, rare features first."""
        candidates: set[int] = set()
        for feature in sorted(features, key=lambda feature: (len(self._places_by_feature.get(feature, ())), feature)):
            if self._weights[feature] > 1:
                candidates.update(self._select_nearest(self._places_by_feature.get(feature, []), time))
            if len(candidates) > _CANDIDATE_LIMIT:
                break
        return candidates

    def _select_nearest(self, places: list[int], time: float) -> list[int]:
        """Return the places of the posts nearest in time; places are sorted by time, as the posts are."""
        if len(places) <= 2 * _NEIGHBOUR_LIMIT:
            return places
        middle = bisect_left(places, time, key=self._timestamps.__getitem__)
        return places[max(middle - _NEIGHBOUR_LIMIT, 0) : middle + _NEIGHBOUR_LIMIT]

    def _number_features(self, post: Post) -> FeatureNumbers:
        return frozenset([self._assign_number(feature) for feature in self._list_features(post)])

    def _assign_number(self, feature: Feature) -> int:
        number = self._feature_numbers.setdefault(feature, len(self._weights))
        if number == len(self._weights):
            self._weights.append(FEATURE_WEIGHTS[feature[0]])
        return number

    def _list_features(self, post: Post) -> Iterator[Feature]:
        yield from (("topic", topic.id) for topic in post.topics)
        yield from (("tag", self._tag_slug(tag)) for tag in post.tags)
        yield from (("curator", person.id) for person in post.authors)
        yield from (("person", self._normal_name(guest.name)) for guest in post.guests)
        for work in post.works:
            yield "work", normalize_url(work.url)
            yield from (("person", self._normal_name(name)) for name in work.authors)


def _is_translation_or_lookback(post: Post, other: Post) -> bool:
    """Return whether one of two posts is a translation of the other or looks back on it, or both translate a third."""
    if not (post.translation_of or other.translation_of or post.lookback_of or other.lookback_of):
        return False  # true of nearly all pairs, and this runs for every candidate of every post
    is_translation = (post.translation_of or post.uid) == (other.translation_of or other.uid)
    return is_translation or post.lookback_of == other.uid or other.lookback_of == post.uid
