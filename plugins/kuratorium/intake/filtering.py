"""The decision what to do with a source's entries: pure, without clock or disk.

Which words of a list a text mentions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from .. import urls
from ..edition.curation import Filter, Source
from .parsers.model import Entry

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


BASELINE = 10
BASELINE_AGE = timedelta(days=14)
FLOOD = 50
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Keyed(Struct, frozen=True):
    """An entry with its key."""

    key: str
    entry: Entry

    @property
    def link(self) -> str:
        """The article's own address where its feed names it, else the entry's link."""
        return self.entry.canonical or self.entry.link

    @property
    def detour(self) -> str:
        """The entry's link, where it names the article, too, and is not its own address; else empty."""
        entry = self.entry
        if not (entry.canonical and entry.link):
            return ""
        name = urls.normal(entry.link)
        return entry.link if urls.is_telling(name) and name != urls.normal(entry.canonical) else ""


class Sifted(Struct, frozen=True, kw_only=True):
    """What becomes of the entries that were not known: each is in one of these, in the feed's order.

    `archive`: what a first pull passes over. `elsewhere`: another source brought the article before. `flood`: too many
    at once; they stay unknown until somebody lets them through.
    """

    new: tuple[Keyed, ...] = ()
    archive: tuple[Keyed, ...] = ()
    dropped: tuple[Keyed, ...] = ()
    elsewhere: tuple[Keyed, ...] = ()
    flood: tuple[Keyed, ...] = ()


def sift(
    entries: Sequence[Keyed],
    known: Collection[str],
    source: Source,
    *,
    now: datetime,
    first: bool,
    elsewhere: Collection[str] = (),
    flood: bool = False,
) -> Sifted:
    """Decide what becomes of entries; `known` are keys, as are those that were delivered `elsewhere`.

    The `first` pull of a source is its baseline: the newest ten of two weeks go on, for nobody triages an archive.
    Later, more than fifty at once are held back, unless a `flood` is let through.
    """
    once = {one.key: one for one in reversed(entries)}  # of equal keys the first in the feed counts
    unique = [one for one in entries if once[one.key] is one]
    wanted = [one for one in unique if passes(one.entry, source)]
    passed = {one.key for one in wanted}
    newest = _newest(wanted, now) if first else passed
    fresh = [one for one in wanted if one.key not in known and one.key not in elsewhere]
    new = tuple(one for one in fresh if one.key in newest)
    held = not first and not flood and len(new) > FLOOD
    return Sifted(
        new=() if held else new,
        archive=tuple(one for one in fresh if one.key not in newest),
        dropped=tuple(one for one in unique if one.key not in passed and one.key not in known),
        elsewhere=tuple(one for one in wanted if one.key in elsewhere and one.key not in known),
        flood=new if held else (),
    )


def passes(entry: Entry, source: Source) -> bool:
    """Tell whether the source's filters let an entry through: `keep` must match where it is given, `drop` must not."""
    kept = source.keep is None or _matches(entry, source.keep)
    return kept and not (source.drop and _matches(entry, source.drop))


def _matches(entry: Entry, filters: Filter) -> bool:
    wanted = {category.casefold() for category in filters.categories}
    if any(category.casefold() in wanted for category in entry.categories):
        return True
    return bool(mentioned(filters.words, f"{entry.title}\n{entry.summary}\n{entry.content}"))


def _newest(entries: list[Keyed], now: datetime) -> set[str]:
    """Choose the keys of the newest entries; those without a date keep the feed's order, after the others."""
    first = now.date() - BASELINE_AGE
    recent = [one for one in entries if one.entry.date is None or one.entry.date.date() >= first]
    ranked = sorted(recent, key=lambda one: one.entry.date or _LONG_AGO, reverse=True)
    return {one.key for one in ranked[:BASELINE]}
