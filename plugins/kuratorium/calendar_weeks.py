"""Calendar weeks, and the anniversaries that fall into one."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime, time, timedelta

from msgspec import Struct


class Week(Struct, frozen=True):
    """A calendar week, from Monday to Sunday (ISO 8601)."""

    monday: Day
    sunday: Day

    def get_anniversary_years(self, day: Day) -> int:
        """Return how many years ago `day` was if its anniversary falls into this week, else 0."""
        for year in range(self.monday.year, self.sunday.year + 1):  # a week at the turn of the year lies in two years
            if day.year < year and self.monday <= _move_to_year(day, year) <= self.sunday:
                return year - day.year
        return 0


def get_week(moment: datetime) -> Week:
    """Return the week of a moment, in the moment's own time zone."""
    monday = moment.date() - timedelta(days=moment.weekday())
    return Week(monday, monday + timedelta(days=6))


def get_week_bounds(moment: datetime) -> tuple[datetime, datetime]:
    """Return the midnights at which the week of `moment` begins and at which the next one begins."""
    # Combined from days, not counted in hours: a week in which the clocks change has 167 or 169 hours.
    monday = get_week(moment).monday
    this, following = (datetime.combine(day, time(), moment.tzinfo) for day in (monday, monday + timedelta(days=7)))
    return this, following


def years_between(earlier: Day, later: Day) -> int:
    """Return the whole years that have passed between two days, counted to the end of the later one's week.

    So what is written in the week of an anniversary counts it, as `Week.get_anniversary_years` does.
    """
    sunday = later + timedelta(days=6 - later.weekday())
    return max(sunday.year - earlier.year - (_move_to_year(earlier, sunday.year) > sunday), 0)


def _move_to_year(day: Day, year: int) -> Day:
    """Return the same day of another year; February 29 becomes February 28 if that year has none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
