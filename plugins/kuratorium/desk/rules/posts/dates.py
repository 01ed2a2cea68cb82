"""The checks of dates: one has the offset of the site's clocks, changes come after it, and both are past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ....edition import loader
from ....edition.fields import Violation
from ....edition.loader import Edition
from ....edition.model import PostFile
from ....edition.registry import Registry
from ....edition.rules.post import list_moments
from ....edition.yaml import YamlPath
from ....errors import Problem
from ....local_time import find_day, has_offset_of, move_to, put_on_clock

_LONG_EVENT = timedelta(days=14)  # a slip of the month or the year makes it longer than any talk
_LONG_PERIOD = timedelta(days=366)  # the longest that a digest sums up is a year


def check_offsets(post: PostFile, registry: Registry) -> Iterator[Violation]:
    """Find moments whose offset is not that of the site's time zone then: the page shows another hour than the file.

    Most often the offset is that of the other half of the year, or the hour is the one that clocks skip in spring.
    """
    for path, moment in list_moments(post.meta):
        if 1900 <= moment.year < 3000 and not has_offset_of(moment, registry.zone):
            yield Violation(path, *_describe(moment, registry.zone))


def check_modified(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find posts that were changed before their date."""
    if post.meta.modified and post.meta.modified < post.meta.date:
        yield Violation(("modified",), "this is before the post's date", "Correct one of them, or delete this line.")


def check_spans(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find events of more than two weeks and digests of more than a year: one of the two dates is mistyped."""
    event, period = post.meta.event, post.meta.period
    if event and event.end and event.end - event.start > _LONG_EVENT:
        message = f"the event ends {(event.end - event.start).days} days after it begins"
        yield Violation(("event", "end"), message, "Correct the year or the month of one of the two.")
    if period and period.until - period.since > _LONG_PERIOD:
        message = f"the period ends {(period.until - period.since).days} days after it begins"
        yield Violation(("period", "to"), message, "Correct the year or the month of one of the two.")


def check_future_dates(edition: Edition, now: datetime | None) -> Iterator[Problem]:
    """Find days of published posts that are still to come; without `now` none."""
    if now:
        as_of = edition.resolve_as_of(None, now)
        posts = [post for post in edition.post_files if not post.meta.is_withheld and post.meta.date <= as_of]
        found = [(post, violation) for post in posts for violation in _find_future_dates(post, as_of, edition.registry)]
        yield from loader.report_violations(edition.root, found)


def _find_future_dates(post: PostFile, as_of: datetime, registry: Registry) -> Iterator[Violation]:
    """Find days of a published post that are still to come, although readers see already what they tell of."""
    meta, today = post.meta, find_day(as_of, registry.zone)
    if meta.modified and meta.modified > as_of:
        yield Violation(("modified",), "this is in the future", "Write the time of the change, or delete this line.")
    days: list[tuple[YamlPath, date | None]] = [
        (("corrections", index, "date"), correction.date) for index, correction in enumerate(meta.corrections)
    ]
    for index, work in enumerate(meta.bookmark_of):
        days += [(("bookmark_of", index, field), getattr(work, field)) for field in ("published", "accessed")]
    for path, day in days:
        if day and day > today:
            yield Violation(path, f"{day} is in the future, and readers see it already", "Correct the day.")


def _describe(moment: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return message and hint for a moment with another offset."""
    on_clock = put_on_clock(moment, zone)
    if on_clock.replace(tzinfo=None) != moment.replace(tzinfo=None):
        return f"clocks in {zone.key} skip {moment:%H:%M} on this day", f"Write {on_clock.isoformat()}."
    message = f"the offset {_get_offset(moment)} is not that of {zone.key} on this day"
    hint = f"Write {on_clock.isoformat()}, or {move_to(moment, zone).isoformat()} for the same moment."
    return message, hint


def _get_offset(moment: datetime) -> str:
    return moment.isoformat()[-6:]
