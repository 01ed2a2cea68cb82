from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kuratorium.local_time import find_day, propose_day, propose_moment, put_on_clock

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2024-12-31T23:30:00+00:00", "Europe/Berlin", date(2025, 1, 1)),
        ("2024-12-31T23:30:00+00:00", "America/New_York", date(2024, 12, 31)),
        ("2025-01-01T00:30:00+02:00", "Europe/Berlin", date(2024, 12, 31)),
        ("2025-01-01T08:00:00+01:00", "Asia/Tokyo", date(2025, 1, 1)),
        ("0001-01-01T00:00:00+00:00", "America/New_York", date(1, 1, 1)),
    ],
)
def test_a_moment_has_its_day_in_a_time_zone(moment: str, zone: str, day: date) -> None:
    """The offset that a moment is written with does not matter."""
    assert find_day(datetime.fromisoformat(moment), ZoneInfo(zone)) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("3. Oktober 2026", "2026-10-03T09:00:00+02:00"),
        ("Samstag, 3. Okt. 2026, 19.30 Uhr", "2026-10-03T19:30:00+02:00"),
        ("3. März 2026 um 7 Uhr", "2026-03-03T07:00:00+01:00"),
        ("3.12.26", "2026-12-03T09:00:00+01:00"),
        ("3. Jänner 2026", "2026-01-03T09:00:00+01:00"),
        ("03.12.2026 18:05", "2026-12-03T18:05:00+01:00"),
        ("October 3rd, 2026 at 19:30", "2026-10-03T19:30:00+02:00"),
        ("2026-10-03", "2026-10-03T09:00:00+02:00"),
        ("2026-12-03T18:05:00", "2026-12-03T18:05:00+01:00"),
        ("2026-07-01T18:05:00+01:00", "2026-07-01T18:05:00+02:00"),
        ("2026-06-31 08:00", "2026-06-30T08:00:00+02:00"),
        ("31. Februar 2028", "2028-02-29T09:00:00+01:00"),
        ("2026-03-29T02:30:00", "2026-03-29T03:30:00+02:00"),
        ("2026-10-03T25:00:00", "2026-10-03T09:00:00+02:00"),
    ],
)
def test_what_people_write_becomes_a_moment(text: str, moment: str) -> None:
    """A proposal has a day that exists and the offset of the site's clocks on that day."""
    proposed = propose_moment(text, BERLIN)
    assert proposed
    assert proposed.isoformat() == moment
    assert propose_day(text) == proposed.date()


@pytest.mark.parametrize("text", ["", "bald", "2026", "2026-13-01", "13. Brumaire 1799", "3. Oktober", "0000-01-01"])
def test_what_has_no_day_is_no_date(text: str) -> None:
    """A text without year, month and day proposes nothing."""
    assert propose_moment(text, BERLIN) is None


def test_an_hour_that_clocks_skip_counts_on() -> None:
    """Half past two does not exist on a spring day; it is half past three."""
    written = datetime.fromisoformat("2026-03-29T02:30:00+01:00")
    assert put_on_clock(written, BERLIN).isoformat() == "2026-03-29T03:30:00+02:00"
    assert put_on_clock(written, ZoneInfo("Asia/Tokyo")).isoformat() == "2026-03-29T02:30:00+09:00"
