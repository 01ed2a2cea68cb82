"""How words are compared: whether two spellings are the same word, and which of two comes first. Pure.

German first: ß is ss, and ä is found as ae, but stands beside a in lists.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import product

from ..slugs import replace_characters, spell_out

# Characters that join words, each one blank: hyphen, non-breaking hyphen and the dashes that people type for them.
_JOINTS = dict.fromkeys("-\u00a0\u2010\u2011\u2012\u2013\u2212", " ")
_INVISIBLE = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")  # soft hyphen, zero-width characters
_TABLE = _JOINTS | _INVISIBLE
# In a folded word: what may be an umlaut, or ß, in a text. In "neue" and "Quelle" ue is none.
_AMBIGUOUS = re.compile(r"(?<![aeiouq])[aou]e|ss")
_MAX_AMBIGUOUS = 4  # in one word; 16 spellings are enough for "Straßenausbaubeiträge"
# Old fonts, and texts copied from PDFs, have these as one character; the longest first.
_LIGATURES = (("ffi", "\ufb03"), ("ffl", "\ufb04"), ("ff", "\ufb00"), ("fi", "\ufb01"), ("fl", "\ufb02"))
# Letters that an index keeps: joined ones of French and Danish, and the wide ones of East Asian typography.
_JOINED_LETTERS = (("oe", "\u0153"), ("ae", "\u00e6"))
_WIDE_LETTERS = {place: place + 0xFEE0 for place in range(0x21, 0x7F)}
# Where a word may be written as two: "NIS2", "OpenSource".
_SEAM = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-z\u00df-\u00ff])(?=[A-Z\u00c0-\u00de])")
_MAX_JOINED_WORDS = 3  # of a query, which may be one word in a text
_NOT_LETTERS = re.compile(r"[\W_]+")
# Letters of neighbouring languages that Unicode does not decompose.
_BASE_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"})
SortKey = tuple[str, str, str]


def fold_words(text: str) -> str:
    """Return a text in which all spellings of a word are equal, line by line.

    Case, accents, soft hyphens, ß and ss, ä and ae, and one character or two for a letter make no difference, nor does
    what joins two words: blank, hyphen or non-breaking hyphen.
    """
    if text.isascii():
        return text.lower().replace("-", " ")
    decomposed = spell_out(replace_characters(text, _TABLE))
    if decomposed.isascii():
        return decomposed
    return replace_characters(decomposed, dict.fromkeys(filter(unicodedata.combining, set(decomposed)), ""))


def list_spellings(word: str) -> tuple[str, ...]:
    """Return the spellings of a word that a full-text index may hold which keeps ß and drops accents ("größe": große).

    Ligatures (U+FB01) and wide letters are letters of their own to the index. A word with a seam, such as "NIS2", is
    also spelled as two words. A word with more than a few places that may be spelled in two ways has only some of its
    spellings.
    """
    folded = fold_words(word)
    matches = list(_AMBIGUOUS.finditer(folded))[:_MAX_AMBIGUOUS]
    spellings = {folded: None, unicodedata.normalize("NFC", word).lower(): None}
    with_ligatures = folded
    for letters, ligature in _LIGATURES:
        with_ligatures = with_ligatures.replace(letters, ligature)
    spellings[with_ligatures] = None
    with_joined = folded
    for letters, joined in _JOINED_LETTERS:
        with_joined = with_joined.replace(letters, joined)
    parted = " ".join(_SEAM.sub(" ", unicodedata.normalize("NFKC", word)).split()).lower()
    spellings |= dict.fromkeys((with_joined, folded.translate(_WIDE_LETTERS), parted))
    for choice in product((False, True), repeat=len(matches)):
        parts, position = [], 0
        for match, is_other in zip(matches, choice, strict=True):
            other = "ß" if match[0] == "ss" else match[0][0]
            parts += [folded[position : match.start()], other if is_other else match[0]]
            position = match.end()
        spellings["".join([*parts, folded[position:]])] = None
    return tuple(spellings)


def build_search_query(text: str) -> str:
    """Return a query of SQLite's FTS5 for entries that hold all words of a text, or words that begin with them.

    Words that a hyphen joins, or up to three words in all, may also be one word. Empty for a text without words.
    """
    # A letter with its accent as a character of its own is no end of a word.
    plain = unicodedata.normalize("NFC", text).replace("\u00ad", "")
    groups = [words for group in plain.split() if (words := re.findall(r"\w+", group))]
    query = " AND ".join(_join_words(words) for words in groups)
    words = [word for group in groups for word in group]
    if len(groups) > 1 and len(words) <= _MAX_JOINED_WORDS:
        return f"({query}) OR {_match_any(''.join(words))}"
    return query


def _join_words(words: list[str]) -> str:
    all_words = " AND ".join(map(_match_any, words))
    return all_words if len(words) == 1 else f"(({all_words}) OR {_match_any(''.join(words))})"


def _match_any(word: str) -> str:
    # Quoted prefixes: AND, NEAR( or a colon are operators of FTS5 only outside of quotes.
    return "(" + " OR ".join(f'"{spelling}"*' for spelling in list_spellings(word)) + ")"


def build_sort_key(text: str) -> SortKey:
    """Return the key by which lists are sorted, after DIN 5007-1: ä as a, ß as ss, signs and case last.

    Of words that differ only by umlauts and accents, the plain one comes first. Add what is unique behind the key.
    """
    lowered = unicodedata.normalize("NFKD", text.casefold())
    base = "".join(character for character in lowered if not unicodedata.combining(character)).translate(_BASE_LETTERS)
    return _NOT_LETTERS.sub(" ", base).strip(), lowered, text
