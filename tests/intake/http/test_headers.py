from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kuratorium.intake.http.headers import parse_http_date, parse_retry_after

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
