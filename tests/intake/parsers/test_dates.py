from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.parsers import dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 06 Oct 2026 10:00:00 +0200", "2026-10-06T08:00:00Z"),
        ("2026-10-06T10:00:00.123+02:00", "2026-10-06T08:00:00Z"),
        ("2026-10-06T10:00:00Z", "2026-10-06T10:00:00Z"),
        ("2026-10-06", "2026-10-06T00:00:00Z"),
        ("20261006T100000Z", "2026-10-06T10:00:00Z"),
        ("2026-10-06 10:00", "2026-10-06T10:00:00Z"),
        ("2026/10/6 10:00:00", "2026-10-06T10:00:00Z"),
        ("2026-10-06T24:00:00Z", "2026-10-07T00:00:00Z"),
        ("2026-12-31T23:59:60Z", "2026-12-31T23:59:59Z"),
        # common mistakes in RFC 822
        ("Tue, 6 October 2026 10:00:00 GMT+0200", "2026-10-06T08:00:00Z"),
        ("Tue,06 Oct 2026 10:00 EST", "2026-10-06T15:00:00Z"),
        ("06 Oct 26 10:00:00 +0200 (CEST)", "2026-10-06T08:00:00Z"),
        ("Tue, 06 Oct 2026", "2026-10-06T00:00:00Z"),
        ("Tue, 06-Oct-2026 10:00:00 UTC", "2026-10-06T10:00:00Z"),
        ("Tuesday, October 6, 2026 04:42 PM", "2026-10-06T16:42:00Z"),
        ("Oct 6th, 2026, 12:05 a.m.", "2026-10-06T00:05:00Z"),
        ("Tue Oct  6 10:00:00 2026", "2026-10-06T10:00:00Z"),
        ("Tue Oct 6 10:00:00 CEST 2026", "2026-10-06T08:00:00Z"),
        # German
        ("6. Oktober 2026", "2026-10-06T00:00:00Z"),
        ("Dienstag, 6. Oktober 2026, 10:30 Uhr", "2026-10-06T10:30:00Z"),
        ("Di, 06 Okt 2026 10:00:00 MESZ", "2026-10-06T08:00:00Z"),
        ("Do, 12 Mrz 2026 10:00:00 MEZ", "2026-03-12T09:00:00Z"),
        ("12. März 2026 um 10.30 Uhr", "2026-03-12T10:30:00Z"),
        ("24. Dez. 2026", "2026-12-24T00:00:00Z"),
        ("1. Jänner 2026", "2026-01-01T00:00:00Z"),
        ("06.10.2026 10:00", "2026-10-06T10:00:00Z"),
    ],
)
def test_dates_of_feeds(text: str, moment: str) -> None:
    """Dates are read as feeds write them, in English or German."""
    assert dates.parse_date(text) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("offset", "hour"),
    [
        ("+1400", 20),
        ("-1200", 22),
        ("+0530", 4),
        ("+02", 8),
        ("+1401", 10),
        ("-1300", 10),
        ("+9900", 10),
        ("+200", 10),
        ("+0275", 10),
    ],
)
def test_offsets(offset: str, hour: int) -> None:
    """An offset counts if it is well-formed and in use on Earth; else the time is taken as UTC."""
    for text in (f"2026-10-06T10:00:00{offset}", f"Tue, 06 Oct 2026 10:00:00 {offset}"):
        moment = dates.parse_date(text)
        assert moment is not None
        assert moment.hour == hour


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "No date found.",
        "2026-02-30",
        "30 Foo 2026",
        "2026-10-06T25:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9" * 500,
    ],
)
def test_texts_that_are_no_dates(text: str) -> None:
    """A text that is no date, or a date that does not exist, gives None."""
    assert dates.parse_date(text) is None


@given(st.text(max_size=90) | st.from_regex(r"[0-9TZ:+. -]{4,40}"))
def test_any_text(text: str) -> None:
    """Any text gives a moment in UTC or None, never an error."""
    moment = dates.parse_date(text)
    assert moment is None or moment.tzinfo is UTC
