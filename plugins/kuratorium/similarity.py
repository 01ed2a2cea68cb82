"""Group texts that tell the same story: equal titles, or mostly the same words. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from math import ceil

MIN_WORDS = 48  # different words of a text; two shorter ones may share most of theirs by chance
MIN_OVERLAP = 0.8  # the share of the larger set of words that the smaller set must contain
MAX_CANDIDATES = 200  # texts with which one is compared: more than a story has, and few enough for a full inbox
_MIN_TITLE_WORDS = 2  # "Editorial" or "Kurzmeldungen" is the title of many different stories


def group_similar_texts(
    texts: Sequence[tuple[str, str]],
    related: Iterable[tuple[int, int]] = (),
    may_join: Callable[[int, int], bool] = lambda *_: True,
) -> list[list[int]]:
    """Group texts, each given as its title and the text below it, in a time that grows with their number.

    `related` are pairs of indexes that belong together in any case; `may_join` says whether two indexes whose texts
    resemble each other do.

    Returns lists of indexes into `texts`. Every index is in exactly one list; lists and indexes are in order. Groups
    are transitive: a text that resembles one member of a group belongs to it. A text is compared with at most
    MAX_CANDIDATES others that share rare words with it, the nearest before it.
    """
    parents = list(range(len(texts)))  # union-find: the root of a group is its lowest index

    def find_root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]  # halves the path, so that long chains are not walked again
            index = parents[index]
        return index

    def join(left: int, right: int) -> None:
        low, high = sorted((find_root(left), find_root(right)))
        parents[high] = low

    for left, right in chain(_find_equal_titles(title for title, _ in texts), related):
        join(left, right)
    word_sets = [frozenset(_split_words(f"{title} {text}")) for title, text in texts]
    for left, right in find_candidate_pairs(word_sets):
        # Of a hundred equal texts, one is enough to join the group.
        if find_root(left) == find_root(right) or not may_join(left, right):
            continue
        if measure_overlap(word_sets[left], word_sets[right]) >= MIN_OVERLAP:
            join(left, right)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(texts)):
        groups[find_root(index)].append(index)
    return list(groups.values())


def normalize_title(title: str) -> str:
    """Return a title without case, accents and punctuation, so that two spellings of it compare equal."""
    return " ".join(_split_words(title))


def measure_overlap(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the share of the larger set of words that the smaller one contains; 0 if it has fewer than MIN_WORDS."""
    if min(len(first), len(second)) < MIN_WORDS:
        return 0.0
    return len(first & second) / max(len(first), len(second))


def contains_text(first: str, second: str) -> bool:
    """Return whether one of two texts has most words of the other, as an article has those of its teaser."""
    words, other_words = (frozenset(_split_words(text)) for text in (first, second))
    smaller = min(len(words), len(other_words))
    return smaller > 0 and len(words & other_words) >= MIN_OVERLAP * smaller


def _find_equal_titles(titles: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of indexes of equal titles: enough of them to connect each group, not every pair."""
    first_by_title: dict[str, int] = {}
    for index, title in enumerate(titles):
        normalized = normalize_title(title)
        if normalized.count(" ") + 1 >= _MIN_TITLE_WORDS:
            first = first_by_title.setdefault(normalized, index)
            if first != index:
                yield first, index


def find_candidate_pairs(word_sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts that may overlap enough, without comparing each with each.

    Prefix filtering, as in set-similarity joins: a set of n words with an overlap of 0.8 lacks at most a fifth of them
    in the other set. So of its n/5 + 1 rarest words at least one is in the other set, too.
    """
    frequency = Counter(word for words in word_sets for word in words)
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, words in enumerate(word_sets):
        if len(words) < MIN_WORDS:
            continue
        # The word itself breaks ties: all sets must rank their words in one order.
        rarest_first = sorted(words, key=lambda word: (frequency[word], word))
        prefix = rarest_first[: len(words) - ceil(MIN_OVERLAP * len(words)) + 1]
        # Rare words first: texts that share one are the most alike. Where thousands share them all (a source with one
        # teaser for all entries), all pairs would take minutes.
        earlier = chain.from_iterable(reversed(by_word[word]) for word in prefix)
        yield from ((other, index) for other in dict.fromkeys(islice(earlier, MAX_CANDIDATES)))
        for word in prefix:
            by_word[word].append(index)


def _split_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(character for character in plain if not unicodedata.combining(character)))
