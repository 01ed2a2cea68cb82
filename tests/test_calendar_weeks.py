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


def test_years_between_are_rounded() -> None:
    """Ten years and a day are ten years, and so are ten years minus a week."""
    then = datetime(2016, 10, 13, tzinfo=UTC)
    assert years_between(then, datetime(2026, 10, 14, tzinfo=UTC)) == 10
    assert years_between(then, datetime(2026, 10, 6, tzinfo=UTC)) == 10
    assert years_between(then, datetime(2017, 1, 1, tzinfo=UTC)) == 0
