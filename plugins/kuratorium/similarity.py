"""Group texts that tell the same story: equal titles, or mostly the same words. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import ceil

MIN_WORDS = 48  # different words of a text; two shorter ones may share most of theirs by chance
MIN_OVERLAP = 0.8  # the share of the larger set of words that the smaller set must contain
_MIN_TITLE_WORDS = 2  # "Editorial" or "Kurzmeldungen" is the title of many different stories


def group_similar_texts(texts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Group texts, each given as its title and the text below it.

    Returns lists of indexes into `texts`. Every index is in exactly one list; lists and indexes are in order. Groups
    are transitive: a text that resembles one member of a group belongs to it.
    """
    parents = list(range(len(texts)))  # union-find: the root of a group is its lowest index

    def find_root(index: int) -> int:
        while parents[index] != index:
            index = parents[index]
        return index

    for left, right in _find_similar_pairs(texts):
        low, high = sorted((find_root(left), find_root(right)))
        parents[high] = low
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


def _find_similar_pairs(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Yield pairs of indexes of similar texts: enough of them to connect each group, not every pair."""
    by_title: dict[str, list[int]] = defaultdict(list)
    for index, (title, _) in enumerate(texts):
        normalized = normalize_title(title)
        if normalized.count(" ") + 1 >= _MIN_TITLE_WORDS:
            by_title[normalized].append(index)
    for indexes in by_title.values():
        yield from ((indexes[0], index) for index in indexes[1:])
    word_sets = [frozenset(_split_words(f"{title} {text}")) for title, text in texts]
    for left, right in _find_candidate_pairs(word_sets):
        if measure_overlap(word_sets[left], word_sets[right]) >= MIN_OVERLAP:
            yield left, right


def _find_candidate_pairs(word_sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts that may overlap enough, without comparing each with each.

    Prefix filtering, as in set-similarity joins: a set of n words with an overlap of 0.8 lacks at most a fifth of them
    in the other set. So of its n/5 + 1 rarest words at least one is in the other set, too.
    """
    frequency = Counter(word for words in word_sets for word in words)
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, words in enumerate(word_sets):
        if len(words) >= MIN_WORDS:
            # The word itself breaks ties: all sets must rank their words in one order.
            rarest_first = sorted(words, key=lambda word: (frequency[word], word))
            for word in rarest_first[: len(words) - ceil(MIN_OVERLAP * len(words)) + 1]:
                by_word[word].append(index)
    yield from {pair for indexes in by_word.values() for pair in combinations(indexes, 2)}


def _split_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(character for character in plain if not unicodedata.combining(character)))
