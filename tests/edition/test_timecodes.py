import pytest

from kuratorium.edition.timecodes import is_timecode, parse_timecode


def test_time_codes_are_counted_in_seconds() -> None:
    """mm:ss and h:mm:ss alike."""
    assert [parse_timecode("00:07"), parse_timecode("12:30"), parse_timecode("1:00:01")] == [7, 750, 3601]


@pytest.mark.parametrize(
    ("time", "whole"),
    [("0:07", True), ("59:59", True), ("1:00:00", True), ("75:10", False), ("1:75", False), ("12", False), ("", False)],
)
def test_minutes_and_seconds_end_at_59(time: str, whole: bool) -> None:
    """More than an hour is written with its hours."""
    assert is_timecode(time) is whole
