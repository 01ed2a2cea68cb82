"""FeedDescription: the facts of a feed by which an editor decides whether to follow it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from ..identity import MAX_BAD_GUID_SHARE
from ..parsers import names
from ..parsers.model import Entry, Feed

_DORMANT_AFTER = timedelta(days=365)
_FUTURE_TOLERANCE = timedelta(days=1)  # dates without a time zone may lie that far ahead


class FeedDescription(Struct, frozen=True, kw_only=True):
    """A feed's title and language, its number of entries, its rate, the day of its last entry, its problems in words.

    `per_week` is None if fewer than two entries have a date, `last_date` is None if none has one in the past.
    """

    title: str = ""
    lang: str = ""
    entry_count: int = 0
    per_week: float | None = None
    last_date: date | None = None
    problems: tuple[str, ...] = ()


def describe_feed(feed: Feed, now: datetime) -> FeedDescription:
    """Return what a feed holds as of `now` (aware)."""
    dates = sorted(entry.date for entry in feed.entries if entry.date)
    past_dates = [moment for moment in dates if moment <= now + _FUTURE_TOLERANCE]
    future_count = len(dates) - len(past_dates)
    return FeedDescription(
        title=names.limit_name(feed.title),
        lang=feed.lang,
        entry_count=len(feed.entries),
        per_week=_calculate_weekly_rate(past_dates),
        last_date=past_dates[-1].date() if past_dates else None,
        problems=tuple(_find_problems(feed.entries, past_dates, future_count, now)),
    )


def _calculate_weekly_rate(dates: Sequence[datetime]) -> float | None:
    """Return how many entries come per week, from their sorted dates; None for fewer than two."""
    if len(dates) < 2:
        return None
    span = max((dates[-1] - dates[0]).total_seconds(), timedelta(days=1).total_seconds())
    return (len(dates) - 1) * timedelta(weeks=1).total_seconds() / span


def _find_problems(
    entries: Sequence[Entry], past_dates: Sequence[datetime], future_count: int, now: datetime
) -> Iterator[str]:
    count = len(entries)
    if not count:
        yield "it holds no entries"
        return
    if past_dates and now - past_dates[-1] > _DORMANT_AFTER:
        yield f"nothing new since {past_dates[-1]:%Y-%m-%d}"
    flaws = (
        (sum(entry.date is None for entry in entries), "no date: they count as new on the day they are first seen"),
        (sum(not entry.title for entry in entries), "no title"),
        (sum(not entry.link for entry in entries), "no link"),
        (future_count, "a date in the future"),
    )
    for number, flaw in flaws:
        if number:
            yield f"{'all' if number == count else f'{number} of {count}'} entries have {flaw}"
    bad_count = count - len({entry.id for entry in entries if entry.id})
    if bad_count > MAX_BAD_GUID_SHARE * count:
        yield f"{bad_count} of {count} ids are blank or repeated: entries are told apart by their links instead"
