"""Dates of feeds and pages -> aware datetimes in UTC; what cannot be one is None."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

_ISO_DAY = re.compile(r"\A\s*(\d{4}-\d\d-\d\d)(?!\d)")
_TIME_OF_DAY = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?(?:uhr\b)?"
)
_TIME_ZONE = r"(?:(?:gmt|utc?)?(?P<offset>[+-]\d+(?::\d+)?)|(?:etc/)?(?P<zone>[a-z]{1,5}))?(?:\s*\([\w +:-]*\))?"
_TIME_AND_ZONE = rf"(?:(?:\s*,|\s+um|\s+at|\s+-|t)?\s*{_TIME_OF_DAY})?\s*{_TIME_ZONE}"
_WEEKDAY = (
    r"(?:[a-zäöüß]{2,10}\.?\s*,\s*"
    r"|(?:mon|die|mit|don|fre|sam|son|tue|wed|thu|fri|sat|sun)[a-zäöü]*\.?\s+|(?:mo|di|mi|do|fr|sa|so)\.?\s+)?"
)
_MONTH_NAME = r"(?P<month>[a-zäöü]{3,10})"
_DAY_OF_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_SEPARATOR = r"(?:\s+|-|/)"
_DATE_FORMATS = tuple(
    re.compile(form)
    for form in (
        rf"(?P<year>\d{{4}})[-/](?P<number>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_DAY_OF_MONTH}[.,]?{_SEPARATOR}\s*{_MONTH_NAME}[.,]?{_SEPARATOR}(?P<year>\d{{4}}|\d\d){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_MONTH_NAME}\.?\s+{_DAY_OF_MONTH}\s*,?\s+(?P<year>\d{{4}}){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.\s?(?P<number>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_TIME_AND_ZONE}",
        rf"{_WEEKDAY}{_MONTH_NAME}\s+{_DAY_OF_MONTH}\s+{_TIME_OF_DAY}\s*{_TIME_ZONE}\s*(?P<year>\d{{4}})",  # asctime
    )
)
# By the first three letters, in English and German; «mrz» is how German software shortens March.
_MONTH_NUMBERS = {
    name: number
    for number, names in (
        (1, "jan jän"), (2, "feb"), (3, "mar mär mrz mae"), (4, "apr"), (5, "may mai"), (6, "jun"),
        (7, "jul"), (8, "aug"), (9, "sep"), (10, "oct okt"), (11, "nov"), (12, "dec dez"),
    )
    for name in names.split()
}  # fmt: skip
# Hours east of Greenwich. A name that is not here means nothing certain: its time is taken as UTC.
_ZONE_OFFSETS = {
    "met": 1, "mez": 1, "cet": 1, "bst": 1, "west": 1, "mest": 2, "mesz": 2, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "adt": -3, "ast": -4, "at": -4, "edt": -4, "est": -5, "et": -5, "cdt": -5, "cst": -6, "ct": -6,
    "mdt": -6, "mst": -7, "mt": -7, "pdt": -7, "pst": -8, "pt": -8,
}  # fmt: skip
_MAX_OFFSET, _MIN_OFFSET = timedelta(hours=14), timedelta(hours=-12)


@lru_cache(maxsize=2048)
def parse_date(text: str) -> datetime | None:
    """Read a date as feeds write it: RFC 3339 and RFC 822 with their usual slips, English and German month names.

    An offset counts only if it is whole (hours and minutes) and of this earth, from -12 to +14 hours; without one,
    the time is taken as UTC. None where the text is no date, or one that cannot be.
    """
    line = " ".join(text.split()).lower()
    if len(line) > 80:
        return None
    match = next((match for form in _DATE_FORMATS if (match := form.fullmatch(line))), None)
    try:
        return _build_datetime(match) if match else _parse_rare_iso_date(line)
    except (ValueError, OverflowError):
        return None


def _build_datetime(match: re.Match[str]) -> datetime | None:
    """Put together what a form has found; raises ValueError where there is no such day or time."""
    found = match.groupdict()
    month = int(found["number"]) if "number" in found else _MONTH_NUMBERS.get(found["month"][:3], 0)
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < 90 else 1900
    hour, days = int(found["hour"] or 0), 0
    if half := found["half"]:
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    elif hour == 24:
        hour, days = 0, 1
    second = min(int(found["second"] or 0), 59)
    local = datetime(year, month, int(found["day"]), hour, int(found["minute"] or 0), second, tzinfo=UTC)
    return local + timedelta(days=days) - _parse_offset(found["offset"], found["zone"])


def _parse_rare_iso_date(line: str) -> datetime | None:
    """Read the rarer forms of ISO 8601 (`20260930T081500Z`, `2026-W40-3`)."""
    told = datetime.fromisoformat(line.upper()) if line[:4].isdigit() else None
    offset = told.utcoffset() if told else None
    if told is None or offset is None or not _MIN_OFFSET <= offset <= _MAX_OFFSET:
        return told and told.replace(tzinfo=UTC)
    return told.astimezone(UTC)


def _parse_offset(written: str | None, name: str | None) -> timedelta:
    if not written:
        return timedelta(hours=_ZONE_OFFSETS.get(name or "", 0))
    digits = written[1:].replace(":", "")
    if len(digits) not in {2, 4} or int(digits[2:] or 0) > 59:
        return timedelta()
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    offset = -size if written[0] == "-" else size
    return offset if _MIN_OFFSET <= offset <= _MAX_OFFSET else timedelta()


def clamp_to_first_seen(published: datetime | None, first_seen: datetime) -> datetime:
    """Tell when an entry came out: as its feed says, but not after we first saw it; without a word of it, then."""
    return min(published, first_seen) if published else first_seen


def convert_struct_time(struct_time: time.struct_time | None) -> datetime | None:
    """Turn feedparser's time (UTC) into a datetime."""
    if struct_time is None:
        return None
    try:
        return datetime(*struct_time[:5], min(struct_time[5], 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def to_local_day(moment: datetime, zone: tzinfo | None) -> date:
    """Tell on which day something came out, as people in `zone` say it."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date()  # midnight in UTC is how a day without a time comes out of a parser
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def parse_leading_day(text: str) -> date | None:
    """Read the day that an ISO date begins with, as it is written there."""
    match = _ISO_DAY.match(text)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
