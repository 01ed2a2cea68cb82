"""Time codes (mm:ss, h:mm:ss): where in a recording something begins."""

from __future__ import annotations

import re

_TIMECODE = re.compile(r"\A(?:\d{1,3}:)?[0-5]?\d:[0-5]\d\Z")


def is_timecode(time: str) -> bool:
    """Tell whether this is a time code; one of more than an hour names its hours (1:15:10, not 75:10)."""
    return bool(_TIMECODE.match(time))


def parse_timecode(time: str) -> int:
    """Turn a time code into seconds."""
    total = 0
    for part in time.split(":"):
        total = total * 60 + int(part)
    return total


def format_timecode(seconds: int) -> str:
    """Turn seconds into a time code: mm:ss, from an hour on as h:mm:ss."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"
