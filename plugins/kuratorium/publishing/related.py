"""Relations between posts: those that share works, people, tags and topics, and those that link to each other.

Only what editors wrote counts, no similarity of texts: an editor can see why two posts are related.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from ..edition.model import Post
from .post_lists import LISTS, NO_FACTS, Entry, PostIndex, make_entry

RELATED_POST_LIMIT = 3
FEATURE_WEIGHTS = {"work": 8, "name": 4, "tag": 3, "topic": 2, "author": 1}
"""How much a shared list counts: the same original most, the same curator least, and alone not at all."""

# Comparing every post with every other would cost 100 million comparisons at 10,000 posts. Candidates are looked for in
# the shortest lists first, until there are enough; of each list, only the nearest in time count. Lengths are compared
# by their logarithm: so a new post changes the related posts of its neighbours in its lists, and hardly any others.
_CANDIDATE_LIMIT = 20
_NEIGHBOUR_LIMIT = 10  # on each side

Feature = tuple[str, str]
"""Kind and key of a list that a post is in."""


class RelatedPosts:
    """The relations between the listed posts of `index`.

    Features are numbered, because sets of integers are faster than sets of tuples.
    """

    def __init__(self, index: PostIndex) -> None:
        self._index = index
        self._feature_numbers: dict[Feature, int] = {}
        self._features: list[Feature] = []
        self._weights: list[int] = []
        self._ranks: list[tuple[int, Feature]] = []
        self._features_by_uid: dict[str, frozenset[int]] = {}
        self._same_work_by_uid: dict[str, tuple[Post, ...]] = {}  # needed three times per post

    def find_mentions(self, post: Post) -> tuple[Post, ...]:
        """Return the posts whose text links to this one, newest first, except those that recommend the same work.

        A page lists these anyway, and should not name a post twice.
        """
        entries = self._index.read("mention", post.uid)
        listed = {post.uid, *(other.uid for other in self.find_same_work(post))} if entries else ()
        return tuple([self._index.load_post(uid) for _, uid in entries if uid not in listed])

    def find_same_work(self, post: Post) -> tuple[Post, ...]:
        """Return the other posts on one of its works, newest first, without its translations and look-backs."""
        if post.uid not in self._same_work_by_uid:
            self._same_work_by_uid[post.uid] = self._search_same_work(post)
        return self._same_work_by_uid[post.uid]

    def _search_same_work(self, post: Post) -> tuple[Post, ...]:
        keys = LISTS["work"](post, NO_FACTS)
        entries = sorted({entry for key in keys for entry in self._index.read("work", key) if entry[1] != post.uid})
        others = [self._index.load_post(uid) for _, uid in entries]
        return tuple([other for other in others if not _is_translation_or_lookback(post, other)])

    def find_related(self, post: Post) -> tuple[Post, ...]:
        """Return the posts that share most with it; of equals the nearest in time, then by uid.

        The page links mentions, posts on the same work, translations and look-backs elsewhere: they are not repeated.
        """
        features = self._find_features(post)
        linked = {post.uid, *self._index.find_facts(post.uid).outgoing_links}
        linked.update(other.uid for other in (*self.find_mentions(post), *self.find_same_work(post)))
        own_entry, get_weight, load_post = make_entry(post), self._weights.__getitem__, self._index.load_post
        ranking = sorted(
            (-sum(map(get_weight, features & self._find_features(load_post(uid)))), abs(time - own_entry[0]), uid)
            for time, uid in self._find_candidates(features, own_entry)
        )
        # Weights are negative here, for sorting: a shared curator alone (-1) relates nothing.
        related = (load_post(uid) for weight, _, uid in ranking if weight < -1 and uid not in linked)
        return tuple(
            islice((other for other in related if not _is_translation_or_lookback(post, other)), RELATED_POST_LIMIT)
        )

    def find_affected(self, post: Post) -> set[str] | None:
        """Return the uids of the listed posts to which a post that has just joined its lists may be related.

        None if these may be too many: one of the lists has grown so long that it is looked through later than before.
        """
        affected: set[str] = set()
        for number in self._find_features(post):
            if self._weights[number] > 1:
                entries = self._index.read(*self._features[number])
                if _rank_length(len(entries)) != _rank_length(len(entries) - 1):
                    if len(entries) > _AFFECTED_LIMIT:
                        return None
                    affected.update(uid for _, uid in entries)
                affected.update(uid for _, uid in _select_nearest(entries, make_entry(post)))
        return affected - {post.uid}

    def _find_candidates(self, features: frozenset[int], own_entry: Entry) -> set[Entry]:
        """Return the entries of posts that share a list with the post of an entry, from short lists first."""
        candidates: set[Entry] = set()
        for number in sorted(features, key=self._ranks.__getitem__):
            if self._weights[number] > 1:
                candidates.update(_select_nearest(self._index.read(*self._features[number]), own_entry))
            if len(candidates) > _CANDIDATE_LIMIT:
                break
        return candidates

    def _find_features(self, post: Post) -> frozenset[int]:
        if post.uid not in self._features_by_uid:
            self._features_by_uid[post.uid] = frozenset(map(self._assign_number, _list_features(post)))
        return self._features_by_uid[post.uid]

    def _assign_number(self, feature: Feature) -> int:
        number = self._feature_numbers.setdefault(feature, len(self._features))
        if number == len(self._features):
            self._features.append(feature)
            self._weights.append(FEATURE_WEIGHTS[feature[0]])
            self._ranks.append((_rank_length(len(self._index.read(*feature))), feature))
        return number


_AFFECTED_LIMIT = 200


def _list_features(post: Post) -> Iterator[Feature]:
    for kind in FEATURE_WEIGHTS:
        for key in LISTS[kind](post, NO_FACTS):
            yield kind, key


def _rank_length(length: int) -> int:
    """Return the rank of a list by its length: two lengths with one logarithm (base 2, whole) have one rank."""
    return length.bit_length()


def _select_nearest(entries: list[Entry], own_entry: Entry) -> list[Entry]:
    """Return the entries nearest to a post's own, which may be among them."""
    middle = bisect_left(entries, own_entry)
    # The post itself takes one place of those after it.
    return entries[max(middle - _NEIGHBOUR_LIMIT, 0) : middle + _NEIGHBOUR_LIMIT + 1]


def _is_translation_or_lookback(post: Post, other: Post) -> bool:
    """Return whether one of two posts is a translation of the other or looks back on it, or both translate a third."""
    if not (post.translation_of or other.translation_of or post.lookback_of or other.lookback_of):
        return False  # true of nearly all pairs, and this runs for every candidate of every post
    is_translation = (post.translation_of or post.uid) == (other.translation_of or other.uid)
    return is_translation or post.lookback_of == other.uid or other.lookback_of == post.uid
