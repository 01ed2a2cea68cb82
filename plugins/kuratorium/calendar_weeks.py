"""Which days of earlier years come round again in a week of the calendar."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime, time, timedelta

from msgspec import Struct

_DAYS_PER_YEAR = 365.2425  # days


class Week(Struct, frozen=True):
    """A week of the calendar, from its Monday to its Sunday."""

    monday: Day
    sunday: Day

    def get_anniversary_years(self, day: Day) -> int:
        """Tell how many years ago `day` was when it comes round again in this week; 0 where it does not."""
        for year in range(self.monday.year, self.sunday.year + 1):
            if day.year < year and self.monday <= _move_to_year(day, year) <= self.sunday:
                return year - day.year
        return 0


def get_week(moment: datetime) -> Week:
    """Find the week that a moment lies in, where its time zone is."""
    monday = moment.date() - timedelta(days=moment.weekday())
    return Week(monday, monday + timedelta(days=6))


def get_week_bounds(moment: datetime) -> tuple[datetime, datetime]:
    """Tell when the week of a moment began, and when the next one begins."""
    monday = get_week(moment).monday
    begun, next_begins = (datetime.combine(day, time(), moment.tzinfo) for day in (monday, monday + timedelta(days=7)))
    return begun, next_begins


def years_between(earlier: datetime, later: datetime) -> int:
    """Count the years between two moments, to the nearest whole one."""
    return round((later - earlier).days / _DAYS_PER_YEAR)


def _move_to_year(day: Day, year: int) -> Day:
    """Move a day to another year; the 29th of February is the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
