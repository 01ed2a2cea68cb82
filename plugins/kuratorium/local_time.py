"""Moments on the clocks of a place: their day, their offset, and how people write them."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from datetime import date as Day

_DAY_PATTERNS = (
    re.compile(r"(?P<year>[0-9]{4})[-./](?P<month>[0-9]{1,2})[-./](?P<day>[0-9]{1,2})(?![0-9])"),
    re.compile(r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4}|[0-9]{2})(?![0-9])"),
    # A day in the American order only if it can be no other: 10/11/2026 is October or November.
    re.compile(r"(?<![0-9/])(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2[0-9]|3[01])/(?P<year>[0-9]{4})(?![0-9])"),
    re.compile(r"(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th)?\s+(?P<month>[^\W\d_]{3,10})\.?,?\s+(?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[^\W\d_]{3,10})\.?\s+(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>[0-9]{4})"),
)
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))(?![0-9])|(?P<full>[0-9]{1,2})\s?(?:Uhr|h)\b")
_MAX_LENGTH = 80  # characters of a text that may be a date
_MONTH_LANGUAGES = ("de", "de_AT", "en")  # Jänner is January in Austria


def find_day(moment: datetime, zone: tzinfo) -> Day:
    """Return the calendar day of a moment in a time zone: 23:30 UTC on December 31 is January 1 in Berlin."""
    return move_to(moment, zone).date()


def move_to(moment: datetime, zone: tzinfo) -> datetime:
    """Return the same moment with the offset of a time zone."""
    try:
        return moment.astimezone(zone)
    except OverflowError:  # near the first and the last day of Python's calendar
        return moment


def find_end(day: Day, zone: tzinfo) -> datetime:
    """Return the moment at which a day ends in a time zone."""
    last = Day.max - timedelta(days=2)  # "for good" is often written as the last day of the calendar
    return datetime.combine(min(day, last) + timedelta(days=1), time(), zone)


def has_offset_of(moment: datetime, zone: tzinfo) -> bool:
    """Return whether the offset of a moment is that of a time zone then."""
    return moment.utcoffset() == move_to(moment, zone).utcoffset()


def put_on_clock(moment: datetime, zone: tzinfo) -> datetime:
    """Return the moment at which the clocks of a time zone show what `moment` is written as, its offset ignored.

    An hour that the clocks skip counts on from the hour before: 02:30 becomes 03:30.
    """
    return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def propose_day(text: str) -> Day | None:
    """Return the day that a person probably means, in German, English or numbers; None if it has no year and day.

    A day that its month does not have becomes the last one: 31 June is June 30.
    """
    match = next((match for pattern in _DAY_PATTERNS if (match := pattern.search(text[:_MAX_LENGTH]))), None)
    year = int(match["year"]) if match else 0
    year += 2000 if match and len(match["year"]) == 2 else 0
    month = _parse_month(match["month"]) if match else 0
    if not match or not 1 <= month <= 12 or not 1900 <= year < 3000:
        return None
    return Day(year, month, min(max(int(match["day"]), 1), calendar.monthrange(year, month)[1]))


def propose_moment(text: str, zone: tzinfo) -> datetime | None:
    """Return the moment that a person probably means, with the offset of the time zone then; None if it has no day.

    Without a time of day it is nine o'clock; 24:00 is the begin of the next day.
    """
    day = propose_day(text)
    if not day:
        return None
    rest = text[:_MAX_LENGTH]
    for pattern in _DAY_PATTERNS:
        rest = pattern.sub(" ", rest)
    match = _TIME.search(rest)
    hour = int(match["hour"] or match["full"]) if match else 9
    minute = int(match["minute"] or 0) if match else 0
    if (hour, minute) == (24, 0):
        day, hour = day + timedelta(days=1), 0
    if hour > 23 or minute > 59:
        hour, minute = 9, 0
    return put_on_clock(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC), zone)


def _parse_month(text: str) -> int:
    """Return the number of a month that is written as a number or a name; 0 if there is no such month."""
    if text.isdecimal():
        return int(text)
    from babel import Locale  # noqa: PLC0415 - 0.1 s to import, and only a message about a mistake needs it

    for lang in _MONTH_LANGUAGES:
        for number, name in Locale.parse(lang).months["format"]["wide"].items():
            if text[:3].lower() == name[:3].lower():
                return int(number)
    return 0
