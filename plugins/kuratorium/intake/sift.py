"""The decision what to do with a source's entries: pure, without clock or disk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from ..model import Filter, Source
from .entry import Entry
from .keywords import mentioned

BASELINE = 10
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Keyed(Struct, frozen=True):
    """An entry with its key."""

    key: str
    entry: Entry


class Sifted(Struct, frozen=True, kw_only=True):
    """What becomes of the entries that were not known: each is in one of these, in the feed's order."""

    new: tuple[Keyed, ...] = ()
    held_back: tuple[Keyed, ...] = ()
    dropped: tuple[Keyed, ...] = ()

    @property
    def all(self) -> tuple[Keyed, ...]:
        """Every entry that is known from now on."""
        return (*self.new, *self.held_back, *self.dropped)


def sift(entries: Sequence[Keyed], known: Collection[str], source: Source, *, first: bool) -> Sifted:
    """Decide which entries are new, held back or dropped by the source's filters; `known` are keys.

    The `first` pull of a source is its baseline: only the newest ten go on, for nobody triages an archive.
    """
    once = {one.key: one for one in reversed(entries)}  # of equal keys the first in the feed counts
    unique = [one for one in entries if once[one.key] is one]
    wanted = [one for one in unique if passes(one.entry, source)]
    newest = _newest(wanted) if first else {one.key for one in wanted}
    fresh = [one for one in wanted if one.key not in known]
    passed = {one.key for one in wanted}
    return Sifted(
        new=tuple(one for one in fresh if one.key in newest),
        held_back=tuple(one for one in fresh if one.key not in newest),
        dropped=tuple(one for one in unique if one.key not in passed and one.key not in known),
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


def _newest(entries: list[Keyed]) -> set[str]:
    """Choose the keys of the newest entries; those without a date keep the feed's order, after the others."""
    ranked = sorted(entries, key=lambda one: one.entry.date or _LONG_AGO, reverse=True)
    return {one.key for one in ranked[:BASELINE]}
