"""Slugs: the ASCII words of addresses, file names and turn markers, derived from names and titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

# German letters, and letters of neighbouring languages that Unicode does not decompose into base letter and accent.
_TRANSLITERATIONS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d",
    "þ": "th", "\u0131": "i",
}  # fmt: skip


def slugify(text: str, limit: int = 80) -> str:
    """Return the slug of `text`, cut between words to at most `limit` characters; empty if no ASCII letter is left."""
    plain = spell_out(text).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))  # "it's" is one word: its
    if len(slug) <= limit:
        return slug
    return slug[: limit + 1].rsplit("-", 1)[0][:limit]  # one character more, to keep a word that ends at the limit


def find_free_name(base: str, taken: Collection[str]) -> str:
    """Return `base`, a slug or an id; if it is taken, `base` with the first free number from 2."""
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def loses_letters(text: str) -> bool:
    """Return whether `text` has letters or digits that its slug cannot keep, such as 日本."""
    return any(char.isalnum() and not char.isascii() for char in spell_out(text))


def spell_out(text: str) -> str:
    """Return a text in lower case with German letters spelled out (ä as ae), and accents split off all others."""
    # NFC first: macOS names files with decomposed umlauts, which the table would not match.
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFC", text).lower()
    return unicodedata.normalize("NFKD", replace_characters(lowered, _TRANSLITERATIONS))


def replace_characters(text: str, replacements: Mapping[str, str]) -> str:
    """Return a text with each character in `replacements` replaced; no replacement holds one of these characters."""
    # Few of them are in a text, and str.translate takes ten times as long where a text is not ASCII.
    for character in replacements.keys() & set(text):
        text = text.replace(character, replacements[character])
    return text
