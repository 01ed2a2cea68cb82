"""What texts must keep among one another: all texts -> the text that is wrong, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..model import FrontMatter, Written
from ..records import Misfit


def duplicates(texts: Iterable[Written]) -> Iterator[tuple[Written, Misfit]]:
    """No two posts share a uid or a slug, and no two pages a slug."""
    holders: dict[tuple[str, type, str], list[Written]] = defaultdict(list)
    for text in texts:
        holders["slug", type(text.meta), text.slug].append(text)
        if isinstance(text.meta, FrontMatter):
            holders["uid", FrontMatter, text.meta.uid].append(text)
    for (field, _, value), sharing in holders.items():
        for text in sharing[1:]:
            what = f"the {field} «{value}» is already that of {sharing[0].file}"
            mend = "A uid is made once and never copied: make a new one." if field == "uid" else "Choose another."
            yield text, Misfit((field,), what, mend)
