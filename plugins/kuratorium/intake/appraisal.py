"""What a feed holds, told by the facts by which an editor decides whether to follow it: pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from .entry import Entry, Feed

_ASLEEP = timedelta(days=365)
_AHEAD = timedelta(days=1)
_FEW = 0.05  # of ids may be blank or repeated


class Facts(Struct, frozen=True, kw_only=True):
    """A feed's own title and language, its number of entries, how many come a week, the day of the last.

    `per_week` is None where fewer than two entries have a date; `problems` are in words.
    """

    title: str = ""
    lang: str = ""
    entries: int = 0
    per_week: float | None = None
    last: date | None = None
    problems: tuple[str, ...] = ()


def appraise(feed: Feed, now: datetime) -> Facts:
    """Tell what `feed` holds as of `now` (aware)."""
    dates = sorted(entry.date for entry in feed.entries if entry.date)
    past = [moment for moment in dates if moment <= now + _AHEAD]
    return Facts(
        title=feed.title,
        lang=feed.lang,
        entries=len(feed.entries),
        per_week=per_week(past),
        last=past[-1].date() if past else None,
        problems=tuple(_problems(feed.entries, past, len(dates) - len(past), now)),
    )


def per_week(dates: Sequence[datetime]) -> float | None:
    """Tell how many come a week; `dates` are sorted."""
    if len(dates) < 2:
        return None
    span = max((dates[-1] - dates[0]).total_seconds(), timedelta(days=1).total_seconds())
    return (len(dates) - 1) * timedelta(weeks=1).total_seconds() / span


def _problems(entries: Sequence[Entry], past: Sequence[datetime], ahead: int, now: datetime) -> Iterator[str]:
    count = len(entries)
    if not count:
        yield "it holds no entries"
        return
    if past and now - past[-1] > _ASLEEP:
        yield f"nothing new since {past[-1]:%Y-%m-%d}"
    undated = sum(entry.date is None for entry in entries)
    lacks = (
        (undated, "no date: they count as new on the day they are first seen"),
        (sum(not entry.title for entry in entries), "no title"),
        (sum(not entry.link for entry in entries), "no link"),
        (ahead, "a date in the future"),
    )
    for number, what in lacks:
        if number:
            yield f"{'all' if number == count else f'{number} of {count}'} entries have {what}"
    ids = [entry.id for entry in entries]
    if (bad := count - len({one for one in ids if one})) > _FEW * count:
        yield f"{bad} of {count} ids are blank or repeated: entries are told apart by their links instead"
