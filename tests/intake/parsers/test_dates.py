from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.parsers import dates, dispatch


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
        ("Tue,06 Oct 2026 10:00 EST", "2026-10-06T14:00:00Z"),
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
        ("06.10.2026 - 23:30 Uhr", "2026-10-06T23:30:00Z"),
        ("06.10.26, 9 Uhr", "2026-10-06T09:00:00Z"),
        ("am Dienstag, den 6. Okt. 2026, um 10.30 Uhr", "2026-10-06T10:30:00Z"),
        ("6. Oktober 2026 | 10:30", "2026-10-06T10:30:00Z"),
        ("Do, 12. Mär. 2026", "2026-03-12T00:00:00Z"),
        ("12. Ma\u0308rz 2026", "2026-03-12T00:00:00Z"),
        ("Donnerstag, 31. Dezember 2026", "2026-12-31T00:00:00Z"),
        # the year first, or the month and the day by numbers of which only one can be a month
        ("2026.10.06 10:00", "2026-10-06T10:00:00Z"),
        ("2026. 10. 6.", "2026-10-06T00:00:00Z"),
        ("2026年10月6日(火) 10時30分", "2026-10-06T10:30:00Z"),
        ("２０２６年１０月０６日 午後3:05", "2026-10-06T15:05:00Z"),
        ("2026년 10월 6일 오전 9:05:10", "2026-10-06T09:05:10Z"),
        ("24-10-2026 10:00", "2026-10-24T10:00:00Z"),
        ("Sa, 24/10/2026 - 10:00", "2026-10-24T10:00:00Z"),
        ("10/24/2026", "2026-10-24T00:00:00Z"),
        ("10-10-2026", "2026-10-10T00:00:00Z"),
        ("Tue, 10/06/2026 - 10:00", "2026-10-06T10:00:00Z"),
        ("Di, 06/10/2026", "2026-10-06T00:00:00Z"),
        # Greek
        ("Τρί, 06 Οκτ 2026 10:00:00 GMT", "2026-10-06T10:00:00Z"),
        ("7 Ιουλίου 2026", "2026-07-07T00:00:00Z"),
        # Unix times
        ("1791273600", "2026-10-06T08:00:00Z"),
        ("1791273600123", "2026-10-06T08:00:00Z"),
        ("1791273600.5", "2026-10-06T08:00:00Z"),
    ],
)
def test_dates_of_feeds(text: str, moment: str) -> None:
    """Dates are read as feeds write them, in English, German or Greek, or with East Asian units."""
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
    """An offset counts if it is well-formed and in use on Earth; else the time is a local one."""
    for text in (f"2026-10-06T10:00:00{offset}", f"Tue, 06 Oct 2026 10:00:00 {offset}"):
        written = dates.read_date(text)
        assert written is not None
        assert written.moment.hour == hour
        assert (written.offset is None) is (hour == 10)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "No date found.",
        "2026-02-30",
        "2026-13",
        "2026-366",
        "2026-000",
        "30 Foo 2026",
        "2026-10-06T25:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9" * 500,
        "9999999999999",
        "100000000",
        # only a part of them is a date, or what they mean is uncertain: no part is guessed
        "2026",
        "2026-26-10",
        "2026/26/10",
        "20262610",
        "05-06-2026",
        "06/05/2026",
        "Sun, 06/05/2026",
        "26-10-26",
        "26 marras 2026",
        "2026-10-00",
        "2026年10月32日",
        "2026-10-06T10:75:00Z",
    ],
)
def test_texts_that_are_no_dates(text: str) -> None:
    """A text that is no date, or a date that does not exist, gives None, and an entry in any format no date."""
    assert dates.parse_date(text) is None
    item = f"<item><title>x</title><pubDate>{text}</pubDate><updated>{text}</updated></item>"
    for broken in ("", "<br>"):
        document = f'<rss version="2.0"><channel>{broken}{item}</channel></rss>'
        assert dispatch.parse_feed(document.encode()).entries[0].date is None


@given(st.text(max_size=90) | st.from_regex(r"[0-9TZ:+. -]{4,40}"))
def test_any_text(text: str) -> None:
    """Any text gives a moment in UTC or None, never an error."""
    moment = dates.parse_date(text)
    assert moment is None or moment.tzinfo is UTC


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "offset", "moment", "day"),
    [
        ("12.10.2026 - 23:30 Uhr", None, "2026-10-12T21:30:00Z", 12),
        ("2026-10-12 00:30", None, "2026-10-11T22:30:00Z", 12),
        ("12. Oktober 2026", None, "2026-10-11T22:00:00Z", 12),
        ("2026-12-12 00:30", None, "2026-12-11T23:30:00Z", 12),
        ("2026-10-12T23:30:00-04:00", -240, "2026-10-13T03:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 EDT", -240, "2026-10-13T03:30:00Z", 12),
        ("2026-10-12T22:30:00Z", 0, "2026-10-12T22:30:00Z", 13),
        ("2026-10-12T00:00:00Z", 0, "2026-10-12T00:00:00Z", 12),
        ("Mon, 12 Oct 2026 21:30:00 GMT", 0, "2026-10-12T21:30:00Z", 12),
        ("2026-10-12T10:00:00+9900", None, "2026-10-12T08:00:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 XYZ", None, "2026-10-12T21:30:00Z", 12),
        # a day alone has no time of day, so it must not lie in another one
        ("2026-10", None, "2026-09-30T22:00:00Z", 1),
        ("2026-W41", None, "2026-10-04T22:00:00Z", 5),
        ("2026-285", None, "2026-10-11T22:00:00Z", 12),
        ("2026-285T23:30:00Z", 0, "2026-10-12T23:30:00Z", 13),
        # software that writes "MEZ" or "EST" all year means the clock on the wall
        ("Mon, 06 Jul 2026 23:30:00 MEZ", 120, "2026-07-06T21:30:00Z", 6),
        ("Mon, 06 Jul 2026 00:30:00 CET", 120, "2026-07-05T22:30:00Z", 6),
        ("Sun, 06 Dec 2026 00:30:00 MESZ", 60, "2026-12-05T23:30:00Z", 6),
        ("Mon, 06 Jul 2026 23:30:00 EST", -240, "2026-07-07T03:30:00Z", 6),
        ("Mon, 06 Jul 2026 23:30 ET", -240, "2026-07-07T03:30:00Z", 6),
        ("Mon, 12 Oct 2026 23:30 GMT+2", 120, "2026-10-12T21:30:00Z", 12),
        ("2026-10-12T23:30:00 Europe/Berlin", 120, "2026-10-12T21:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 UTC+2:00", 120, "2026-10-12T21:30:00Z", 12),
        ("2026-10-12T23:30:00\u221203:00", -180, "2026-10-13T02:30:00Z", 12),
        ("2026-10-12T23:30:00[Europe/Athens]", 180, "2026-10-12T20:30:00Z", 12),
        ("2026-10-12T23:30:00+03:00[Europe/Athens]", 180, "2026-10-12T20:30:00Z", 12),
        ("2026-10-12T21:30:00Z[UTC]", 0, "2026-10-12T21:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 JST", 540, "2026-10-12T14:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 KST", 540, "2026-10-12T14:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 HST", -600, "2026-10-13T09:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 AKST", -480, "2026-10-13T07:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 NZDT", 780, "2026-10-12T10:30:00Z", 12),
        ("Mon, 12 Oct 2026 23:30:00 SAST", 120, "2026-10-12T21:30:00Z", 12),
        ("Sat, 12 Dec 2026 23:30:00 WET", 0, "2026-12-12T23:30:00Z", 13),
        ("12 Dec 2026 23:30 America/New_York", -300, "2026-12-13T04:30:00Z", 12),
    ],
)
def test_the_day_is_that_of_the_source(text: str, offset: int | None, moment: str, day: int) -> None:
    """A time without an offset is the source's; with one, the day is as written; UTC says nothing of the source."""
    written = dates.read_date(text)
    assert written
    assert written.offset == offset
    local = dates.localize(written.moment, written.offset, BERLIN)
    assert local == datetime.fromisoformat(moment)
    assert dates.get_written_day(local, written.offset, BERLIN).day == day


@pytest.mark.parametrize("place", ["America/Indiana", "Europe/Nowhere", "Am/Abend"])
def test_a_place_without_a_time_zone_is_no_date(place: str) -> None:
    """Some names are folders of the time zone files."""
    assert dates.read_date(f"2026-10-12 10:00 {place}") is None


def test_the_zone_of_a_source() -> None:
    """The zone is the source's own, else that of its language, else the site's."""
    site = ZoneInfo("America/New_York")
    zones = [("Europe/Vienna", "de"), ("", "de-AT"), ("", "de-LI"), ("", "de"), ("", "en"), ("", "")]
    assert [str(dates.find_zone(zone, lang, site)) for zone, lang in zones] == [
        "Europe/Vienna", "Europe/Vienna", "Europe/Berlin", "Europe/Berlin", "America/New_York", "America/New_York"
    ]  # fmt: skip


@given(st.datetimes(), st.none() | st.integers(-720, 840))
def test_any_moment_has_a_day(moment: datetime, offset: int | None) -> None:
    """Every moment has a day, also the first and the last that there are."""
    aware = moment.replace(tzinfo=UTC)
    day = dates.get_written_day(dates.localize(aware, offset, BERLIN), offset, BERLIN)
    assert abs((day - moment.date()).days) <= 1
