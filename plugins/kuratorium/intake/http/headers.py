"""Moments in HTTP headers: dates, and the end of the pause that a server asks for (RFC 9110)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from .errors import LONGEST_WAIT

_MAX_DIGITS = 9  # of a number of seconds: more than 30 years, and small enough for timedelta


def parse_http_date(text: str) -> datetime | None:
    """Return an HTTP date (RFC 9110, 5.6.7) in UTC; None if the text is no such date."""
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):  # each of them occurs, depending on what is malformed
        return None


def parse_retry_after(header: str, now: datetime) -> datetime | None:
    """Return when the next request is allowed by Retry-After, which has seconds or a date (RFC 9110, 10.2.3).

    At most LONGEST_WAIT after `now` (aware); None if the header is empty, malformed or not in the future.
    """
    if header.isascii() and header.isdigit():
        until: datetime | None = now + min(timedelta(seconds=int(header[:_MAX_DIGITS])), LONGEST_WAIT)
    else:
        until = parse_http_date(header)
    return min(until, now + LONGEST_WAIT) if until and until > now else None
