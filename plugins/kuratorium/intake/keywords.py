"""Which words of a list a text mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A short word («KI», «OZG») is meant as it stands; a longer one also begins compounds and inflections
# («Vergabe» in «Vergaberecht»). Within a word none counts: «exit» is not in «Brexit».
_SHORT = 3


def mentioned(keywords: Iterable[str], text: str) -> tuple[str, ...]:
    """List the keywords that `text` mentions, in their order; case does not matter."""
    folded = text.casefold()
    return tuple(keyword for keyword in keywords if _pattern(keyword).search(folded))


def _pattern(keyword: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in keyword.casefold().split())
    return re.compile(rf"(?<!\w){words}" + (r"(?!\w)" if len(keyword) <= _SHORT else ""))
