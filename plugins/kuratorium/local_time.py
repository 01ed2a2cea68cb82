"""Moments on the clocks of a place: their calendar day there."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime, tzinfo


def find_day(moment: datetime, zone: tzinfo) -> Day:
    """Return the calendar day of a moment in a time zone: 23:30 UTC on December 31 is January 1 in Berlin."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:  # near the first and the last day of Python's calendar
        return moment.date()
