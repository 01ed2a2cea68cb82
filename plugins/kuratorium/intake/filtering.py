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
_SHORT_KEYWORD_LENGTH = 3


def find_keywords(keywords: Iterable[str], text: str) -> tuple[str, ...]:
    """List the keywords that `text` mentions, in their order; case does not matter."""
    folded = text.casefold()
    return tuple(keyword for keyword in keywords if _compile_keyword(keyword).search(folded))


def _compile_keyword(keyword: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in keyword.casefold().split())
    return re.compile(rf"(?<!\w){words}" + (r"(?!\w)" if len(keyword) <= _SHORT_KEYWORD_LENGTH else ""))


BASELINE_SIZE = 10
BASELINE_MAX_AGE = timedelta(days=14)
FLOOD_THRESHOLD = 50
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class IdentifiedEntry(Struct, frozen=True):
    """An entry with its key."""

    key: str
    entry: Entry

    @property
    def link(self) -> str:
        """The article's own address where its feed names it, else the entry's link."""
        return self.entry.canonical or self.entry.link

    @property
    def alternate_link(self) -> str:
        """The entry's link, where it names the article, too, and is not its own address; else empty."""
        entry = self.entry
        if not (entry.canonical and entry.link):
            return ""
        name = urls.normalize_url(entry.link)
        return entry.link if urls.is_article_url(name) and name != urls.normalize_url(entry.canonical) else ""


class FilterResult(Struct, frozen=True, kw_only=True):
    """What becomes of the entries that were not known: each is in one of these, in the feed's order.

    `archive`: what a first pull passes over. `elsewhere`: another source brought the article before. `flood`: too many
    at once; they stay unknown until somebody lets them through.
    """

    new: tuple[IdentifiedEntry, ...] = ()
    backlog: tuple[IdentifiedEntry, ...] = ()
    dropped: tuple[IdentifiedEntry, ...] = ()
    delivered_elsewhere: tuple[IdentifiedEntry, ...] = ()
    flood: tuple[IdentifiedEntry, ...] = ()


def filter_entries(
    entries: Sequence[IdentifiedEntry],
    known_keys: Collection[str],
    source: Source,
    *,
    now: datetime,
    is_first_pull: bool,
    elsewhere_keys: Collection[str] = (),
    allow_flood: bool = False,
) -> FilterResult:
    """Decide what becomes of entries; `known` are keys, as are those that were delivered `elsewhere`.

    The `first` pull of a source is its baseline: the newest ten of two weeks go on, for nobody triages an archive.
    Later, more than fifty at once are held back, unless a `flood` is let through.
    """
    once = {one.key: one for one in reversed(entries)}  # of equal keys the first in the feed counts
    unique = [one for one in entries if once[one.key] is one]
    wanted = [one for one in unique if passes_filters(one.entry, source)]
    passed = {one.key for one in wanted}
    newest = _select_newest_keys(wanted, now) if is_first_pull else passed
    fresh = [one for one in wanted if one.key not in known_keys and one.key not in elsewhere_keys]
    new = tuple(one for one in fresh if one.key in newest)
    held = not is_first_pull and not allow_flood and len(new) > FLOOD_THRESHOLD
    return FilterResult(
        new=() if held else new,
        backlog=tuple(one for one in fresh if one.key not in newest),
        dropped=tuple(one for one in unique if one.key not in passed and one.key not in known_keys),
        delivered_elsewhere=tuple(one for one in wanted if one.key in elsewhere_keys and one.key not in known_keys),
        flood=new if held else (),
    )


def passes_filters(entry: Entry, source: Source) -> bool:
    """Tell whether the source's filters let an entry through: `keep` must match where it is given, `drop` must not."""
    kept = source.keep is None or _matches_filter(entry, source.keep)
    return kept and not (source.drop and _matches_filter(entry, source.drop))


def _matches_filter(entry: Entry, filters: Filter) -> bool:
    wanted = {category.casefold() for category in filters.categories}
    if any(category.casefold() in wanted for category in entry.categories):
        return True
    return bool(find_keywords(filters.words, f"{entry.title}\n{entry.summary}\n{entry.content}"))


def _select_newest_keys(entries: list[IdentifiedEntry], now: datetime) -> set[str]:
    """Choose the keys of the newest entries; those without a date keep the feed's order, after the others."""
    first = now.date() - BASELINE_MAX_AGE
    recent = [one for one in entries if one.entry.date is None or one.entry.date.date() >= first]
    ranked = sorted(recent, key=lambda one: one.entry.date or _LONG_AGO, reverse=True)
    return {one.key for one in ranked[:BASELINE_SIZE]}
