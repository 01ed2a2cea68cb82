"""Compare words of a post with the text of a work: what a quotation changes, and what is copied without its marks."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct
from rapidfuzz.distance import Levenshtein, Opcode

from ....errors import Problem

_WORD = re.compile(r"\w+(?:['’‘]\w+)*")
# What stands for words that are left out, or is the editor's own: "[…]", "(...)", "[die Stadt]", "[D]ie".
_GAP = re.compile(r"\w*\[[^\[\]\n]{0,200}\]\w*|\((?:…|\.{3})\)|…|\.{3,}")
_INLINE_QUOTATION = re.compile(r"„([^„“”\"]{1,2000})[“”\"]|“([^“”]{1,2000})”|»([^»«]{1,2000})«|«([^»«]{1,2000})»")
_STRAIGHT_QUOTATION = re.compile(r'(?<!\w)"([^"\n]{1,2000})"(?!\w)')
_SEED_WORDS = 3  # in a row, that both texts have: where a changed quotation may be in its source
# With fewer of a quotation's words, or groups of them, the source does not hold it, or not in the archive.
_MIN_SEED_SHARE, _MIN_EQUAL_SHARE = 0.2, 0.55
_MIN_WORDS = 5  # shorter passages are expressions, and any two texts share them
_CONTEXT = 3  # words around a difference


class SourceText(Struct, frozen=True, dict=True):
    """The text of a work, with its words in the form in which they are compared."""

    text: str

    @cached_property
    def words(self) -> list[str]:
        """The folded words, in order."""
        return _split_words(self.text)

    @cached_property
    def line(self) -> str:
        """The folded words with a blank around each."""
        return f" {' '.join(self.words)} "

    @cached_property
    def seeds(self) -> dict[tuple[str, ...], list[int]]:
        """The places of all groups of three words."""
        places: dict[tuple[str, ...], list[int]] = {}
        for place, seed in enumerate(zip(*(self.words[skipped:] for skipped in range(_SEED_WORDS)), strict=False)):
            places.setdefault(seed, []).append(place)
        return places


class Difference(Struct, frozen=True):
    """How a quotation differs from its source: `diff` has [-words of the source-] and {+words of the quotation+}.

    `is_cut`: it only leaves out words, without a mark.
    """

    diff: str
    is_cut: bool


class Comparison(Struct, frozen=True):
    """Where a post is not what its works say, and where it has their words without quotation marks."""

    altered: list[Problem]
    copied: list[Problem]


class CopiedPassage(Struct, frozen=True):
    """Words in a row that a post has from a work, without quotation marks: their number, and as the post has them."""

    word_count: int
    text: str


def find_inline_quotations(text: str) -> Iterator[str]:
    """Yield the words within quotation marks in a plain text."""
    for pattern in (_INLINE_QUOTATION, _STRAIGHT_QUOTATION):
        for match in pattern.finditer(text):
            yield next(group for group in match.groups() if group)


def blank_inline_quotations(text: str) -> str:
    """Return a plain text with a mark that is no word in place of what is quoted in it."""
    return _STRAIGHT_QUOTATION.sub(" … ", _INLINE_QUOTATION.sub(" … ", text))


def has_passage(quotation: str, source: SourceText) -> bool:
    """Return whether a source holds the words of a quotation unaltered, apart from what its marks leave out."""
    return all(f" {' '.join(words)} " in source.line for words in _split_at_gaps(quotation))


def compare_quotation(quotation: str, source: SourceText) -> list[Difference] | None:
    """Return how a quotation differs from its source; None if the source does not hold it at all.

    Case, punctuation and hyphens do not count, nor what stands in square brackets.
    """
    differences: list[Difference] = []
    is_found = False
    for words in _split_at_gaps(quotation):
        if f" {' '.join(words)} " in source.line:
            is_found = True
        elif len(words) >= _MIN_WORDS and (window := _find_window(words, source)):
            is_found = True
            differences += _compare_words(words, window)
    return differences if is_found else None


def find_copied_passages(own_text: str, source: SourceText, min_words: int) -> Iterator[CopiedPassage]:
    """Yield the passages of at least `min_words` words that a text shares with a source, without what it quotes."""
    text = blank_inline_quotations(own_text)
    for part in text.split(" … "):
        matches = list(_WORD.finditer(part))
        words = [_fold(match[0]) for match in matches]
        step, end = max(1, min_words // 2), 0
        # Each passage holds a whole group of `step` words: searching for these costs little in a text without any.
        for start in range(0, len(words) - step + 1, step):
            if start >= end and f" {' '.join(words[start : start + step])} " in source.line:
                first, end = _grow(words, start, start + step, source)
                if end - first >= min_words:
                    yield CopiedPassage(end - first, part[matches[first].start() : matches[end - 1].end()])


def _grow(words: Sequence[str], first: int, end: int, source: SourceText) -> tuple[int, int]:
    """Return the bounds of the longest passage around words[first:end] that the source holds."""
    while end < len(words) and f" {' '.join(words[first : end + 1])} " in source.line:
        end += 1
    while first > 0 and f" {' '.join(words[first - 1 : end])} " in source.line:
        first -= 1
    return first, end


def _split_at_gaps(quotation: str) -> Iterator[list[str]]:
    for part in _GAP.split(quotation):
        if words := _split_words(part):
            yield words


def _find_window(words: Sequence[str], source: SourceText) -> list[str] | None:
    """Return the words of the source among which a changed quotation is; None if there is no such place."""
    seeds = sorted(
        (there, here)
        for here in range(len(words) - _SEED_WORDS + 1)
        for there in source.seeds.get(tuple(words[here : here + _SEED_WORDS]), ())
    )
    if not seeds:
        return None
    places = [there for there, _ in seeds]
    width = 2 * len(words) + 60  # a long sentence may be left out
    best: Sequence[tuple[int, int]] = ()
    best_count = 0
    for first in range(len(seeds)):
        group = seeds[first : bisect_right(places, places[first] + width)]
        if (count := len({here for _, here in group})) > best_count:
            best, best_count = group, count
    if best_count < _MIN_SEED_SHARE * (len(words) - _SEED_WORDS + 1):
        return None
    first_there, first_here = best[0]
    last_there, last_here = best[-1]
    return source.words[max(0, first_there - first_here) : last_there + len(words) - last_here]


def _compare_words(words: Sequence[str], window: Sequence[str]) -> Iterator[Difference]:
    """Yield the differences within a quotation; what the window has before and behind it is none."""
    codes = [code for code in Levenshtein.opcodes(window, words) if code.tag != "equal"]
    changes = [
        code
        for code in codes
        # Words of the window before the first and behind the last of the quotation.
        if not (code.tag == "delete" and (code.dest_start == 0 or code.dest_start == len(words)))
        # A text without a blank where a line broke, or with a hyphen: the same letters.
        and "".join(window[code.src_start : code.src_end]) != "".join(words[code.dest_start : code.dest_end])
    ]
    changed_words = sum(code.dest_end - code.dest_start for code in changes)
    if changes and changed_words <= (1 - _MIN_EQUAL_SHARE) * len(words):
        yield Difference(_format_diff(words, window, changes), all(code.tag == "delete" for code in changes))


def _format_diff(words: Sequence[str], window: Sequence[str], changes: Sequence[Opcode]) -> str:
    """Return the changed words with a few around them, as `git diff --word-diff` shows them."""
    parts: list[str] = []
    place = 0
    for code in changes:
        before = words[max(place, code.dest_start - _CONTEXT) : code.dest_start]
        if code.dest_start - place > _CONTEXT:
            behind = words[place : min(place + _CONTEXT, code.dest_start - _CONTEXT)] if place else []
            parts += [*behind, "…"]
        parts += before
        removed, added = window[code.src_start : code.src_end], words[code.dest_start : code.dest_end]
        parts += [f"[-{' '.join(removed)}-]"] if removed else []
        parts += [f"{{+{' '.join(added)}+}}"] if added else []
        place = code.dest_end
    rest = words[place : place + _CONTEXT]
    return " ".join([*parts, *rest, *(["…"] if place + _CONTEXT < len(words) else [])])


def _split_words(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared."""
    return _WORD.findall(_fold(text))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold().replace("’", "'").replace("‘", "'")


def is_within(passage: CopiedPassage, titles: Iterable[str]) -> bool:
    """Return whether a passage is a part of one of these titles, which a post may name as they are."""
    words = " ".join(_split_words(passage.text))
    return any(words in SourceText(title).line for title in titles)
