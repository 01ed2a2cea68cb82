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


def series_positions(texts: Iterable[Written]) -> Iterator[tuple[Written, Misfit]]:
    """No two posts of a series have one position in it; a draft may, for its turn has not come."""
    holders: dict[tuple[str, int], Written] = {}
    for text in texts:
        meta = text.meta
        if isinstance(meta, FrontMatter) and meta.series and meta.status != "draft":
            first = holders.setdefault((meta.series.id, meta.series.position), text)
            if first is not text:
                what = f"position {meta.series.position} of «{meta.series.id}» is already that of {first.file}"
                yield text, Misfit(("series", "position"), what, "Give one of them another position.")
