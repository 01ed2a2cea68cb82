"""Time codes (mm:ss, h:mm:ss): positions in a recording."""

from __future__ import annotations

import re

# Minutes end at 59 also without hours, so that every moment has one spelling.
_TIMECODE = re.compile(r"\A(?:\d{1,3}:)?[0-5]?\d:[0-5]\d\Z")


def is_timecode(time: str) -> bool:
    """Return whether `time` is a time code; from one hour on it has its hours (1:15:10, not 75:10)."""
    return bool(_TIMECODE.match(time))


def parse_timecode(time: str) -> int:
    """Return the seconds of a time code."""
    total = 0
    for part in time.split(":"):
        total = total * 60 + int(part)
    return total


def format_timecode(seconds: int) -> str:
    """Return seconds as a time code: mm:ss, from one hour on h:mm:ss."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"
