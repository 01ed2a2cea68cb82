"""Which texts tell the same story: one normalised title, or mostly the same words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import ceil

MIN_WORDS = 48  # words; of fewer, a shared set says nothing
MIN_OVERLAP = 0.8  # of the larger set of words must be in the other one, too
_MIN_TITLE_WORDS = 2  # words of a title; «Editorial» or «Kurzmeldungen» stands over many stories


def group_similar_texts(texts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Group texts, each a title and what follows it: lists of their places, each place in one list, in their order."""
    head = list(range(len(texts)))

    def first(place: int) -> int:
        while head[place] != place:
            place = head[place]
        return place

    for one, other in _find_similar_pairs(texts):
        low, high = sorted((first(one), first(other)))
        head[high] = low
    found: dict[int, list[int]] = defaultdict(list)
    for place in range(len(texts)):
        found[first(place)].append(place)
    return list(found.values())


def normalize_title(title: str) -> str:
    """Write a title so that two spellings of it compare equal: case, accents and punctuation go."""
    return " ".join(_split_words(title))


def measure_overlap(first: frozenset[str], second: frozenset[str]) -> float:
    """Tell which share of the larger set of words is in the other one; 0 where one of them has too few."""
    if min(len(first), len(second)) < MIN_WORDS:
        return 0.0
    return len(first & second) / max(len(first), len(second))


def _find_similar_pairs(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    by_title: dict[str, list[int]] = defaultdict(list)
    for place, (title, _) in enumerate(texts):
        name = normalize_title(title)
        if name.count(" ") + 1 >= _MIN_TITLE_WORDS:
            by_title[name].append(place)
    for places in by_title.values():
        yield from ((places[0], place) for place in places[1:])
    sets = [frozenset(_split_words(f"{title} {text}")) for title, text in texts]
    yield from (
        pair for pair in _find_candidate_pairs(sets) if measure_overlap(sets[pair[0]], sets[pair[1]]) >= MIN_OVERLAP
    )


def _find_candidate_pairs(sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Find the pairs that may overlap: two that do share one of the rarest words of each.

    Who shares four fifths of n words lacks a fifth of them at most, so one of the rarest fifth plus one is shared.
    """
    frequency = Counter(word for words in sets for word in words)
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(sets):
        if len(words) >= MIN_WORDS:
            ranked = sorted(words, key=lambda word: (frequency[word], word))
            for word in ranked[: len(words) - ceil(MIN_OVERLAP * len(words)) + 1]:
                by_word[word].append(place)
    yield from {pair for places in by_word.values() for pair in combinations(places, 2)}


def _split_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(character for character in plain if not unicodedata.combining(character)))
