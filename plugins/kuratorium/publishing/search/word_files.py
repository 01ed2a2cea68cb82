"""The files of words of an index, made of the words of many pages, and made anew where the words of a few changed.

Pagefind loads one file for each word of a query, and finds longer words that begin with it in that file only: words
with the same first letters stay together. Between such families, a file ends where the digest of the next one's letters
says so, and around a family with so many pages that it has a file of its own. So an edit changes the files of its own
words only, and gives what an index of all pages would have.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from zlib import crc32

from msgspec import Struct

from .pagefind import Hits, Word, pack_list, pack_word

_FIRST_LETTERS = 4
"""How many letters the words of a family begin with: fewer make files larger, more make short queries find less."""

_LARGE_FAMILY = 6_000
"""Bytes of a family that has a file of its own, before they are packed."""

_by_text = attrgetter("text")


class WordFile(Struct, frozen=True, array_like=True):
    """A file of words: the first and the last of them, and the part of its name that is made of its bytes."""

    first: str
    last: str
    name: str


class NewWordFile(Struct, frozen=True):
    """A file of words that is not written yet."""

    first: str
    last: str
    data: bytes


class _Family(Struct, frozen=True):
    """Words with the same first letters, as they stand in a file."""

    texts: list[str]
    data: list[bytes]

    @property
    def letters(self) -> str:
        return _letters(self.texts[0])

    @property
    def is_large(self) -> bool:
        return sum(map(len, self.data)) > _LARGE_FAMILY


def _letters(text: str) -> str:
    return text[:_FIRST_LETTERS]


def choose_group_size(page_count: int) -> int:
    """Return how many families a file has on average: fewer in a large site, where each has more pages."""
    return max(16, 256 >> max(0, page_count.bit_length() - 9) // 2)


def merge_words(sources: Sequence[Iterable[Word]]) -> Iterator[Word]:
    """Yield the words of several sources, each in the order of its words, with the pages of all."""
    for text, group in groupby(heapq.merge(*sources, key=_by_text), _by_text):
        words = list(group)
        hits = [hit for word in words for hit in word.hits]
        spellings: dict[str, Hits] = {}
        for word in words:
            for spelling, own in word.spellings.items():
                spellings.setdefault(spelling, []).extend(own)
        if len(words) > 1:
            for own in (hits, *spellings.values()):
                own.sort(key=lambda hit: hit[0])
        yield Word(text, hits, spellings)


def move_pages(
    words: Iterable[Word], numbers: Sequence[int | None], fields: Sequence[int], *, is_renamed: bool
) -> Iterator[Word]:
    """Yield words with other numbers of pages and of fields of meta data; without pages whose number is None."""

    def move(hits: Hits) -> Hits:
        moved = []
        for number, places, own in hits:
            new = numbers[number]
            if new is not None:
                # A negative number names a field, places in it follow.
                named = [-1 - fields[-1 - place] if place < 0 else place for place in own] if is_renamed else own
                moved.append([new, places, named])
        moved.sort(key=lambda hit: hit[0])
        return moved

    for word in words:
        hits = move(word.hits)
        spellings = {spelling: moved for spelling, own in word.spellings.items() if (moved := move(own))}
        if hits or spellings:
            yield Word(word.text, hits, spellings)


def cut_words(words: Iterable[Word], group_size: int) -> Iterator[NewWordFile]:
    """Yield the files of all words, which come in their order."""
    return _join(_pack_families(words), group_size)


def _pack_families(words: Iterable[Word]) -> Iterator[_Family]:
    for _, group in groupby(words, lambda word: _letters(word.text)):
        family = list(group)
        yield _Family([word.text for word in family], [pack_word(word) for word in family])


def _join(families: Iterable[_Family], group_size: int) -> Iterator[NewWordFile]:
    group: list[_Family] = []
    for family in families:
        if group and (group[-1].is_large or family.is_large or crc32(family.letters.encode()) % group_size == 0):
            yield _make_file(group)
            group = []
        group.append(family)
    if group:
        yield _make_file(group)


def _make_file(families: Sequence[_Family]) -> NewWordFile:
    words = [word for family in families for word in family.data]
    return NewWordFile(families[0].texts[0], families[-1].texts[-1], pack_list([pack_list(words)]))


class Edit(Struct, frozen=True):
    """The words of pages that go, the words of new pages, and the number that each page has (None: gone)."""

    gone: set[str]
    new: list[Word]
    numbers: Sequence[int | None]


def edit_words(
    files: Sequence[WordFile],
    read: Callable[[WordFile], Iterable[Word]],
    edit: Edit,
    group_size: int,
) -> Iterator[WordFile | NewWordFile]:
    """Yield the files of words after an edit: those that it leaves as they are, and new ones.

    Reads no more files than it must.
    """
    additions = {word.text: word for word in edit.new}
    first_letters = [_letters(file.first) for file in files]
    changes: defaultdict[int, set[str]] = defaultdict(set)
    for text in {*edit.gone, *additions}:
        changes[max(0, bisect_right(first_letters, _letters(text)) - 1)].add(text)
    edited: dict[int, list[_Family]] = {}
    for position, changed in changes.items():
        before = list(read(files[position]))
        ends = _find_ends(list(_pack_families(before)))
        kept = [word for word in before if word.text not in changed]
        moved = move_pages([word for word in before if word.text in changed], edit.numbers, (), is_renamed=False)
        added = [additions[text] for text in sorted(changed & additions.keys())]
        edited[position] = list(_pack_families(merge_words([kept, moved, added])))
        # Where a file begins or ends with another family, the files beside it may be cut in another place, too.
        if ends != _find_ends(edited[position]):
            for neighbour in {position - 1, position + 1} & set(range(len(files))) - changes.keys():
                edited[neighbour] = list(_pack_families(read(files[neighbour])))
    for is_edited, run in groupby(range(len(files)), edited.__contains__):
        if is_edited:
            yield from _join((family for position in run for family in edited[position]), group_size)
        else:
            yield from (files[position] for position in run)


def _find_ends(families: Sequence[_Family]) -> list[tuple[str, bool]]:
    return [(family.letters, family.is_large) for family in (*families[:1], *families[-1:])]
