"""The decision which entries of a feed are new, held back or dropped. Pure: the date is passed in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from datetime import date as Day
from functools import lru_cache

from msgspec import Struct

from ..edition.curation import Filter, Source
from ..local_time import find_day
from ..text.collation import fold_words
from .identity import IdentifiedEntry
from .parsers.model import Entry, SuggestionForm

# Limits of the first pull of a source, whose whole archive would bury the inbox.
BASELINE_SIZE = 10
BASELINE_MAX_AGE = timedelta(days=14)
# More new entries than these at once are held back: a relaunched site often gives its whole archive new guids.
FLOOD_THRESHOLD = 50
# A keyword up to this length (KI, OZG) must be a whole word; a longer one may also begin a compound or an inflection
# (Vergabe in Vergaberecht). No keyword matches inside a word: exit is not in Brexit.
_SHORT_KEYWORD_LENGTH = 3
_CLOCK_TOLERANCE = timedelta(days=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class FilterResult(Struct, frozen=True, kw_only=True):
    """The unknown entries of a feed in groups; each group keeps the feed's order.

    `new` reach the inbox; `backlog` are those that a first pull passes over; `dropped` did not pass the source's
    filters; `delivered_elsewhere` are about articles that another source delivered before; `flood` are too many new
    ones at once: they stay unknown until a pull with `allow_flood` delivers them.
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
    """Return the unknown entries of a feed in groups, by what becomes of them.

    `known_keys` are the keys that this source delivered or passed over before, `elsewhere_keys` those whose articles
    another source delivered. The first pull delivers the ten newest entries of the last two weeks. Later pulls hold
    back more than fifty new entries at once, unless `allow_flood` is set.
    """
    first_by_key = {entry.key: entry for entry in reversed(entries)}  # of equal keys the first in the feed counts
    unique = [entry for entry in entries if first_by_key[entry.key] is entry]
    passed = [entry for entry in unique if passes_filters(entry.entry, source)]
    passed_keys = {entry.key for entry in passed}
    # Known entries count towards the ten, so that a first pull that was killed goes on where it ended.
    deliverable_keys = _select_newest_keys(passed, now) if is_first_pull else passed_keys
    fresh = [entry for entry in passed if entry.key not in known_keys and entry.key not in elsewhere_keys]
    new = tuple(entry for entry in fresh if entry.key in deliverable_keys)
    is_flood = not is_first_pull and not allow_flood and len(new) > FLOOD_THRESHOLD
    return FilterResult(
        new=() if is_flood else new,
        backlog=tuple(entry for entry in fresh if entry.key not in deliverable_keys),
        dropped=tuple(entry for entry in unique if entry.key not in passed_keys and entry.key not in known_keys),
        delivered_elsewhere=tuple(
            entry for entry in passed if entry.key in elsewhere_keys and entry.key not in known_keys
        ),
        flood=new if is_flood else (),
    )


def find_waiting_months(
    entries: Iterable[IdentifiedEntry], suggestions: Mapping[str, SuggestionForm], per_month: int, now: datetime
) -> dict[str, Day]:
    """Return by key the first day of the month from which a suggestion may reach the desk, of those that must wait.

    A person has `per_month` of them in a month (0: any number), the earliest first; the others move on by a month.
    """
    months: dict[str, Day] = {}
    taken: Counter[tuple[str, Day]] = Counter()
    today = now.date().replace(day=1)
    for entry in sorted(entries, key=lambda entry: (min(entry.entry.date or now, now), entry.key)):
        person = suggestions[entry.entry.id].person
        month = find_day(min(entry.entry.date or now, now), now.tzinfo or UTC).replace(day=1)
        while per_month and taken[person, month] >= per_month:
            month = (month + timedelta(days=31)).replace(day=1)
        taken[person, month] += 1
        if month > today:
            months[entry.key] = month
    return months


def passes_filters(entry: Entry, source: Source) -> bool:
    """Return whether a source's filters let an entry pass: `keep`, if present, must match and `drop` must not."""
    is_kept = source.keep is None or _matches_filter(entry, source.keep)
    return is_kept and not (source.drop and _matches_filter(entry, source.drop))


def find_keywords(keywords: Iterable[str], text: str) -> tuple[str, ...]:
    """Return the keywords that `text` mentions, in their given order.

    Case and spelling do not matter: ß or ss, ä or ae, blank or hyphen.
    """
    return find_folded_keywords(keywords, fold_words(text))


def find_folded_keywords(keywords: Iterable[str], folded_text: str) -> tuple[str, ...]:
    """Return what `find_keywords` does, for a text that `fold_words` has returned."""
    return tuple(keyword for keyword in keywords if _compile_keyword(keyword).search(folded_text))


@lru_cache(maxsize=4096)  # every entry of every feed is searched for the same keywords
def _compile_keyword(keyword: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in fold_words(keyword).split())
    # Lookarounds instead of \b: a keyword such as c++ ends with a character that is no word character.
    return re.compile(rf"(?<!\w){words}" + (r"(?!\w)" if len(keyword) <= _SHORT_KEYWORD_LENGTH else ""))


def _matches_filter(entry: Entry, filters: Filter) -> bool:
    categories = {fold_words(category) for category in filters.categories}
    if any(fold_words(category) in categories for category in entry.categories):
        return True
    return bool(find_keywords(filters.words, f"{entry.title}\n{entry.summary}\n{entry.content}"))


def _select_newest_keys(entries: list[IdentifiedEntry], now: datetime) -> set[str]:
    """Return the keys of the newest entries; entries without a date come last, in the feed's order."""
    first_day = now.date() - BASELINE_MAX_AGE
    recent = [entry for entry in entries if entry.entry.date is None or entry.entry.date.date() >= first_day]
    # A date far in the future is a mistake or an event's: it must not displace what was published today.
    ranked = sorted(recent, key=lambda entry: _find_believable_date(entry, now), reverse=True)
    return {entry.key for entry in ranked[:BASELINE_SIZE]}


def _find_believable_date(entry: IdentifiedEntry, now: datetime) -> datetime:
    """Return the date of an entry; long ago if it has none, or one further ahead than clocks differ."""
    date = entry.entry.date
    return date if date and date <= now + _CLOCK_TOLERANCE else _LONG_AGO
