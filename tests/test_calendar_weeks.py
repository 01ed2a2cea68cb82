from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kuratorium.calendar_weeks import get_week, get_week_bounds, years_between

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "day", "years"),
    [
        ("2026-10-14", "2016-10-12", 10),
        ("2026-10-14", "2016-10-18", 10),
        ("2026-10-14", "2016-10-11", 0),
        ("2026-10-14", "2016-10-19", 0),
        ("2026-10-14", "2026-10-13", 0),
        ("2027-01-01", "2025-12-28", 1),
        ("2027-01-01", "2026-01-03", 1),
        ("2027-01-01", "2026-12-31", 0),
        ("2026-02-28", "2024-02-29", 2),
        ("2028-03-01", "2024-02-29", 4),
    ],
)
def test_a_day_has_its_anniversary_in_a_week(now: str, day: str, years: int) -> None:
    """Weeks run from Monday to Sunday, also over the turn of the year; February 29 is else February 28."""
    week = get_week(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert week.get_anniversary_years(date.fromisoformat(day)) == years


def test_a_week_begins_at_midnight_of_the_site() -> None:
    """It begins and ends in the site's time zone, also when the clocks change."""
    late = datetime(2026, 10, 25, 22, 59, tzinfo=UTC).astimezone(BERLIN)
    begin, end = get_week_bounds(late)
    assert (begin.isoformat(), end.isoformat()) == ("2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00")
    assert get_week(late).sunday == date(2026, 10, 25)
    assert get_week(end).monday == date(2026, 10, 26)


@pytest.mark.parametrize(
    ("then", "now", "years"),
    [
        ("2016-10-13", "2026-10-14", 10),
        ("2016-10-16", "2026-10-12", 10),
        ("2016-10-13", "2026-10-06", 9),
        ("2010-03-05", "2026-10-14", 16),
        ("2016-10-13", "2017-01-01", 0),
        ("2024-02-29", "2026-02-23", 2),
        ("2026-10-14", "2026-10-12", 0),
        ("2026-12-01", "2026-10-12", 0),
    ],
    ids=["just passed", "later in the week", "next week", "sixteen and a half", "months", "leap day", "now", "future"],
)
def test_years_between_are_whole_years_passed(then: str, now: str, years: int) -> None:
    """Sixteen years and a half are sixteen; an anniversary counts from the Monday of its week."""
    assert years_between(date.fromisoformat(then), date.fromisoformat(now)) == years
