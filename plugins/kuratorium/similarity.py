"""Which texts tell the same story: one normalised title, or mostly the same words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import ceil

ENOUGH = 48  # words; of fewer, a shared set says nothing
SHARE = 0.8  # of the larger set of words must be in the other one, too
_TELLING = 2  # words of a title; «Editorial» or «Kurzmeldungen» stands over many stories


def groups(texts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Group texts, each a title and what follows it: lists of their places, each place in one list, in their order."""
    head = list(range(len(texts)))

    def first(place: int) -> int:
        while head[place] != place:
            place = head[place]
        return place

    for one, other in _pairs(texts):
        low, high = sorted((first(one), first(other)))
        head[high] = low
    found: dict[int, list[int]] = defaultdict(list)
    for place in range(len(texts)):
        found[first(place)].append(place)
    return list(found.values())


def normal_title(title: str) -> str:
    """Write a title so that two spellings of it compare equal: case, accents and punctuation go."""
    return " ".join(_words(title))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Tell which share of the larger set of words is in the other one; 0 where one of them has too few."""
    if min(len(one), len(other)) < ENOUGH:
        return 0.0
    return len(one & other) / max(len(one), len(other))


def _pairs(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    by_title: dict[str, list[int]] = defaultdict(list)
    for place, (title, _) in enumerate(texts):
        name = normal_title(title)
        if name.count(" ") + 1 >= _TELLING:
            by_title[name].append(place)
    for places in by_title.values():
        yield from ((places[0], place) for place in places[1:])
    sets = [frozenset(_words(f"{title} {text}")) for title, text in texts]
    yield from (pair for pair in _likely(sets) if overlap(sets[pair[0]], sets[pair[1]]) >= SHARE)


def _likely(sets: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Find the pairs that may overlap: two that do share one of the rarest words of each.

    Who shares four fifths of n words lacks a fifth of them at most, so one of the rarest fifth plus one is shared.
    """
    frequency = Counter(word for words in sets for word in words)
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(sets):
        if len(words) >= ENOUGH:
            ranked = sorted(words, key=lambda word: (frequency[word], word))
            for word in ranked[: len(words) - ceil(SHARE * len(words)) + 1]:
                by_word[word].append(place)
    yield from {pair for places in by_word.values() for pair in combinations(places, 2)}


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(character for character in plain if not unicodedata.combining(character)))
