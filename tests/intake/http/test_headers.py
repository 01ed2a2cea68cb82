from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.http.headers import parse_http_date, parse_retry_after, read_freshness_seconds
from kuratorium.intake.schedule import next_due_after_success

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 14 Oct 2026 07:00:00 GMT",
        "Wednesday, 14-Oct-26 07:00:00 GMT",
        "Wed Oct 14 07:00:00 2026",
        "Wed, 14 Oct 2026 09:00:00 +0200",
    ],
)
def test_http_dates(text: str) -> None:
    """All three forms of RFC 9110 are read, and offsets, which servers should not write."""
    assert parse_http_date(text) == CLOCK


@pytest.mark.parametrize("text", ["", "0", "-1", "soon", "Wed, 99 Oct 2026 07:00:00 GMT", "Wed, 14 Oct"])
def test_texts_that_are_no_dates(text: str) -> None:
    """A text that is no HTTP date gives None; Expires is often 0 or -1."""
    assert parse_http_date(text) is None


@pytest.mark.parametrize(
    ("header", "until"),
    [
        ("", None),
        ("soon", None),
        ("0", None),
        ("-5", None),
        ("Wed, 14 Oct 2020 07:00:00 GMT", None),
        ("999999999999999999999", CLOCK + timedelta(days=2)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", CLOCK + timedelta(days=2)),
        ("²", None),
    ],
)
def test_retry_after_limits(header: str, until: datetime | None) -> None:
    """An invalid or past Retry-After gives None, and none gives more than two days."""
    assert parse_retry_after(header, CLOCK) == until


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": 'public, Max-Age="600", must-revalidate', "age": "100"}, 500),
        ({"cache-control": "max-age=60", "age": "100"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age=-1", "expires": "Wed, 14 Oct 2026 09:00:00 GMT"}, 0),
        ({"expires": "Wed, 14 Oct 2026 09:00:00 GMT"}, 7200),
        ({"expires": "Wed, 14 Oct 2026 09:00:00 GMT", "date": "Wed, 14 Oct 2026 08:59:00 GMT"}, 60),
        ({"expires": "0"}, 0),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    ],
)
def test_cache_headers(headers: dict[str, str], seconds: float) -> None:
    """Freshness is max-age less Age, else Expires less Date, in seconds; 0 if no header tells."""
    assert read_freshness_seconds(headers, CLOCK) == seconds


@given(st.dictionaries(st.sampled_from(["cache-control", "age", "expires", "date"]), st.text(max_size=60)), MOMENTS)
def test_hostile_cache_headers(headers: dict[str, str], now: datetime) -> None:
    """Whatever the headers say, the seconds are not negative, and give a due time within two days."""
    seconds = read_freshness_seconds(headers, now)
    assert seconds >= 0
    assert now <= next_due_after_success(now, seconds) <= now + timedelta(days=2)
