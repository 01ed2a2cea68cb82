"""Fit a text into a box: in which size, and where its lines break. Pure functions of the widths of words.

A word too long for a line is first set smaller, then hyphenated by the dictionary of its language, and only then broken
where the line ends. What does not fit in the smallest size ends with an ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from functools import lru_cache

import pyphen
from msgspec import Struct

Measure = Callable[[str], float]
"""Text -> its width in pixels."""

SOFT_HYPHEN = "\u00ad"
_BREAK_AFTER = re.compile(r"(?<=[-–—/])(?=\w)")
_LONE_DASH = re.compile(r" (?=[–—] )")  # stays with the word before it
_SHORTEST_PART = 3  # letters before and after a hyphen
# Down to this part of the largest size, a smaller text looks better than a broken word.
_SMALLER_UNTIL = 0.62


class Break(IntEnum):
    """How words are broken, the better ways first."""

    NONE = 0
    HYPHEN = 1
    ANYWHERE = 2


class FittedText(Struct, frozen=True):
    """The lines of a text, and the size in which they fit."""

    size: int
    lines: tuple[str, ...]


def fit_text(
    text: str,
    measure: Callable[[str, int], float],
    sizes: Sequence[int],
    *,
    width: float,
    height: float,
    leading: float,
    lang: str = "",
) -> FittedText:
    """Return a text in the largest of `sizes` (falling) in which its lines fit into a box.

    `leading` is the height of a line, as a multiple of the size.
    """
    broken: dict[Break, FittedText] = {}
    for size in sizes:
        limit, count = _bind(measure, size), int(height // (size * leading))
        lines, worst = break_lines(text, limit, width, lang)
        # A broken word in much larger letters is better than a whole one in tiny letters.
        if broken and size < sizes[0] * _SMALLER_UNTIL:
            break
        if worst is Break.ANYWHERE and max(map(limit, lines)) > width:
            continue  # not even a letter fits
        if len(lines) <= count and worst is Break.NONE:
            return FittedText(size, _balance(text, lines, limit, width, lang))
        if len(lines) <= count:
            broken.setdefault(worst, FittedText(size, lines))
    if broken:
        return broken[min(broken)]
    size = sizes[-1]
    limit = _bind(measure, size)
    lines, _ = break_lines(text, limit, width, lang)
    return FittedText(size, shorten(lines, max(1, int(height // (size * leading))), limit, width))


def _bind(measure: Callable[[str, int], float], size: int) -> Measure:
    return lambda text: measure(text, size)


def break_lines(text: str, measure: Measure, width: float, lang: str = "") -> tuple[tuple[str, ...], Break]:
    """Return the lines of a text, none wider than `width`, and how its words had to be broken at worst."""
    breaker = _LineBreaker(measure, width, lang)
    for word in filter(None, _LONE_DASH.sub("\u00a0", text).split(" ")):
        for number, part in enumerate(_BREAK_AFTER.split(word)):
            breaker.add(part, is_new_word=not number)
    return tuple(filter(None, breaker.lines)), breaker.worst_break


class _LineBreaker:
    """Lines while they grow word by word."""

    def __init__(self, measure: Measure, width: float, lang: str) -> None:
        self.lines = [""]
        self.worst_break = Break.NONE
        self._measure = measure
        self._width = width
        self._lang = lang
        self._space = measure(" ")
        self._room = width  # right of the last line

    def add(self, word: str, *, is_new_word: bool) -> None:
        """Add a word, or a part of one, to the last line or to a new one; break it if it is wider than a line."""
        plain = word.replace(SOFT_HYPHEN, "")
        gap = " " if is_new_word and self.lines[-1] else ""
        width = self._measure(plain)
        if width + (self._space if gap else 0) <= self._room:
            self._append(gap + plain, width + (self._space if gap else 0))
        elif width <= self._width:
            self._begin_line()
            self._append(plain, width)
        else:
            self._add_broken(word, gap)

    def _append(self, text: str, width: float) -> None:
        self.lines[-1] += text
        self._room -= width

    def _begin_line(self) -> None:
        self.lines.append("")
        self._room = self._width

    def _add_broken(self, word: str, gap: str) -> None:
        """Add a word that is wider than a line, broken at the last place that fits into each."""
        while (width := self._measure(word.replace(SOFT_HYPHEN, ""))) > self._room or gap:
            room = self._room - (self._space if gap else 0)
            cut = next((cut for cut in _list_cuts(word, self._lang) if self._measure(cut[0]) <= room), None)
            kind = Break.HYPHEN
            if not cut and not self.lines[-1]:
                kind = Break.ANYWHERE
                cut = _cut_anywhere(word.replace(SOFT_HYPHEN, ""), self._measure, self._width)
            if cut:
                self.lines[-1] += gap + cut[0]
                word = cut[1]
                self.worst_break = max(self.worst_break, kind)
            self._begin_line()
            gap = ""
        self._append(word.replace(SOFT_HYPHEN, ""), width)


def _list_cuts(word: str, lang: str) -> Iterator[tuple[str, str]]:
    """Yield a word's beginning with a hyphen, and its rest, for each place where it may be broken, the last first.

    An editor's own soft hyphens count instead of the dictionary.
    """
    if SOFT_HYPHEN in word:
        places = [index for index, sign in enumerate(word) if sign == SOFT_HYPHEN]
        yield from ((word[:at].replace(SOFT_HYPHEN, "") + "-", word[at + 1 :]) for at in reversed(places))
    elif dictionary := _load_dictionary(lang.replace("-", "_")):
        for place in reversed(dictionary.positions(word)):
            if _SHORTEST_PART <= place <= len(word) - _SHORTEST_PART:
                yield word[:place] + "-", word[place:]


@lru_cache(16)
def _load_dictionary(lang: str) -> pyphen.Pyphen | None:
    code = pyphen.language_fallback(lang) if lang else None
    return pyphen.Pyphen(lang=code) if code else None


def _cut_anywhere(word: str, measure: Measure, width: float) -> tuple[str, str]:
    """Return the part of a word that fills a line, at least a letter, and its rest."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(word[:middle]) <= width else (low, middle - 1)
    return word[:low], word[low:]


def _balance(text: str, lines: tuple[str, ...], measure: Measure, width: float, lang: str) -> tuple[str, ...]:
    """Return the lines of about equal width, in the same number: no last line of one short word."""
    low, high = width / 2, width
    for _ in range(6):
        middle = (low + high) / 2
        narrower, worst = break_lines(text, measure, middle, lang)
        if len(narrower) == len(lines) and worst is Break.NONE:
            lines, high = narrower, middle
        else:
            low = middle
    return lines


def shorten(lines: Sequence[str], count: int, measure: Measure, width: float) -> tuple[str, ...]:
    """Return at most `count` lines, the last one no wider than `width`; if a part is left out, it ends with "…"."""
    last = lines[count - 1] if len(lines) >= count else ""
    if len(lines) < count or (len(lines) == count and measure(last) <= width):
        return tuple(lines)
    while last and measure(f"{last}…") > width:
        last = last[:-1].rstrip(" ,;:-–")
    return (*lines[: count - 1], f"{last}…")
