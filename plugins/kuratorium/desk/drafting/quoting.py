"""The passage of a work that an editor quotes by its first and last words, unaltered as the work has it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct
from rapidfuzz import fuzz

from ...errors import UsageError

_GAP = re.compile(r"\s*(?:…|\.{3}|\[…\]|\[\.{3}\])\s*")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_MAX_SHOWN = 240  # characters of a passage in a message
_MAX_PASSAGE_WORDS = 400  # between the first and last words; a quotation of more is none
_OPENING, _CLOSING = "„“\"‚‘'«»›‹([", "“”\"‘’'»«›‹)].,;:!?…"


class QuotedPassage(Struct, frozen=True):
    """A passage, and the index of the text that holds it."""

    index: int
    text: str


def find_passage(asked: str, texts: Sequence[str]) -> QuotedPassage:
    """Return the passage from the first to the last words of `asked`, which "…" separates, in one of the texts.

    Without "…", it is the passage of these words. Case, punctuation and blanks of `asked` do not count. Raises
    UsageError if no text has the words, with the passage that is most like them, or if several places have them.
    """
    parts = [_list_words(part) for part in _GAP.split(asked.strip().strip(_OPENING + _CLOSING))]
    parts = [part for part in parts if part]
    if not parts or len(parts) > 2:
        raise UsageError(f'--quote "{asked}": write the first words, "…" and the last words of the passage.')
    if not any(texts):
        raise UsageError(
            f'--quote "{asked}": the text of the work is neither in the archive nor on its page: put it in by hand.'
        )
    found = [
        QuotedPassage(index, passage) for index, text in enumerate(texts) for passage in _find_passages(parts, text)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        shown = "".join(f"\n  {_shorten(passage.text)}" for passage in found[:5])
        raise UsageError(f'--quote "{asked}": {len(found)} places have these words; give more of them:{shown}')
    nearest = _find_nearest(parts, texts)
    raise UsageError(
        f'--quote "{asked}": the text has no such passage.' + (f" The nearest is:\n  {nearest}" if nearest else "")
    )


def _find_passages(parts: Sequence[Sequence[str]], text: str) -> list[str]:
    """Return the passages of a text: each place of the first words, with the nearest last words behind them."""
    matches = list(_WORD.finditer(text))
    words = [_fold(match[0]) for match in matches]
    first, last = parts[0], parts[-1]
    passages = []
    for start in _find_places(first, words):
        end = start + len(first)
        if len(parts) > 1:
            ends = (place + len(last) for place in _find_places(last, words) if place >= end)
            end = next(ends, 0)
        if start < end <= start + _MAX_PASSAGE_WORDS:
            passages.append(_cut(text, matches[start].start(), matches[end - 1].end()))
    return passages


def _find_places(asked: Sequence[str], words: Sequence[str]) -> list[int]:
    size = len(asked)
    return [place for place in range(len(words) - size + 1) if words[place : place + size] == asked]


def _cut(text: str, start: int, end: int) -> str:
    """Return a passage with the marks that stand at its words, such as its full stop."""
    while start > 0 and text[start - 1] in _OPENING and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return " ".join(text[start:end].split())


def _find_nearest(parts: Sequence[Sequence[str]], texts: Sequence[str]) -> str:
    """Return the words of a text that are most like the first words, else like the last; empty if none are."""
    for part in (parts[0], parts[-1]):
        asked = " ".join(part)
        for text in texts:
            # Letter by letter, since folding may change their number (ß becomes ss).
            lower = "".join(letter.lower()[:1] for letter in text)
            aligned = fuzz.partial_ratio_alignment(asked, lower, score_cutoff=60)
            if aligned:
                begin = text.rfind(" ", 0, aligned.dest_start + 1) + 1
                return _shorten(" ".join(text[begin : aligned.dest_end + 80].split()))
    return ""


def _list_words(text: str) -> list[str]:
    return [_fold(word) for word in _WORD.findall(text)]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold().replace("’", "'")


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN].rsplit(' ', 1)[0]} …"
