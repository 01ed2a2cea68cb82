from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kuratorium.local_time import find_day


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
