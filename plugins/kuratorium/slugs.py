"""Names and titles -> slugs, the ASCII words of addresses, file names and turn markers."""

from __future__ import annotations

import re
import unicodedata

_TRANSLITERATIONS = str.maketrans(  # German letters, and those of our neighbours that Unicode does not take apart
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d"}
    | {"þ": "th", "\u0131": "i"}
)


def slugify(text: str, limit: int = 80) -> str:
    """Make the slug of `text`, cut at a word within `limit` characters; empty if nothing is left of it."""
    plain = _decompose(text).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
    if len(slug) <= limit:
        return slug
    return slug[: limit + 1].rsplit("-", 1)[0][:limit]


def loses_letters(text: str) -> bool:
    """Tell whether `text` has letters or digits of which its slug can keep nothing, such as 日本."""
    return any(char.isalnum() and not char.isascii() for char in _decompose(text))


def _decompose(text: str) -> str:
    """Spell out German letters and split accents off the others."""
    lowered = unicodedata.normalize("NFC", text).lower().translate(_TRANSLITERATIONS)
    return unicodedata.normalize("NFKD", lowered)
