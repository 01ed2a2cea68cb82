"""Names and titles -> slugs, the ASCII words of addresses, file names and turn markers."""

from __future__ import annotations

import re
import unicodedata

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slug_of(text: str, limit: int = 80) -> str:
    """Make the slug of `text`, cut at a word within `limit` characters; empty if nothing is left of it."""
    lowered = unicodedata.normalize("NFC", text).lower().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))
    if len(slug) <= limit:
        return slug
    return slug[: limit + 1].rsplit("-", 1)[0][:limit]
