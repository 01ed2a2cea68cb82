"""Dates of feeds and pages -> aware datetimes in UTC; what cannot be one is None."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, tzinfo

_DAY = re.compile(r"\A\s*(\d{4}-\d\d-\d\d)(?!\d)")


def of_struct(parsed: time.struct_time | None) -> datetime | None:
    """Turn feedparser's time (UTC) into a datetime."""
    if parsed is None:
        return None
    try:
        return datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def of_iso(text: str) -> datetime | None:
    """Read an ISO 8601 or RFC 3339 date; without an offset it is taken as UTC."""
    try:
        parsed = datetime.fromisoformat(text.strip())
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day_of(moment: datetime, zone: tzinfo | None) -> date:
    """Tell on which day something came out, as people in `zone` say it."""
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date()  # midnight in UTC is how a day without a time comes out of a parser
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def first_day(text: str) -> date | None:
    """Read the day that an ISO date begins with, as it is written there."""
    match = _DAY.match(text)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
