import pytest

from kuratorium.text.timecodes import is_timecode, parse_timecode


def test_time_codes_are_converted_to_seconds() -> None:
    """Both forms, mm:ss and h:mm:ss, are converted."""
    assert [parse_timecode("00:07"), parse_timecode("12:30"), parse_timecode("1:00:01")] == [7, 750, 3601]


@pytest.mark.parametrize(
    ("time", "is_valid"),
    [("0:07", True), ("59:59", True), ("1:00:00", True), ("75:10", False), ("1:75", False), ("12", False), ("", False)],
)
def test_minutes_and_seconds_end_at_59(time: str, is_valid: bool) -> None:
    """From one hour on, a time code has its hours."""
    assert is_timecode(time) is is_valid
