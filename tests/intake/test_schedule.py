from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake import schedule
from kuratorium.intake.http.headers import parse_retry_after

NOW = datetime(2026, 10, 14, 7, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
IDS = st.from_regex(r"\A[a-z0-9]{1,12}\Z")


# --- when a source is due -----------------------------------------------------------------------


def test_a_source_that_says_nothing_is_due_at_once() -> None:
    """Whoever pulls, pulls: only servers, feeds and failures keep us away."""
    assert schedule.next_due_after_success(NOW) == NOW
    assert schedule.next_due_after_success(NOW, 0, -5.0) == NOW


@given(MOMENTS, st.lists(st.floats(0, 1e12), max_size=4))
def test_every_hint_is_a_floor_up_to_two_days(now: datetime, hints: list[float]) -> None:
    """A source is not asked before what its headers and its feed say, and never kept away for more than two days."""
    due = schedule.next_due_after_success(now, *hints)
    assert now <= due <= now + 2 * DAY
    assert all(due >= now + timedelta(seconds=min(hint, 2 * 86400)) for hint in hints)


@given(IDS, st.integers(1, 10_000), MOMENTS)
def test_back_off(source: str, failures: int, now: datetime) -> None:
    """After n failures 30 min × 2^(n-1), a tenth more or less, at most seven days; always the same for the same."""
    due = schedule.next_due_after_failure(source, failures, now)
    plain = min(30 * MINUTE * 2 ** min(failures - 1, 30), 7 * DAY)
    assert plain * 0.9 - MINUTE / 60 <= due - now <= min(plain * 1.1 + MINUTE / 60, 7 * DAY)
    assert due == schedule.next_due_after_failure(source, failures, now)


def test_back_off_spreads() -> None:
    """Sources that failed together do not come back together, nor does one keep its place among them."""
    waits = {schedule.next_due_after_failure(f"s{number}", 3, NOW) - NOW for number in range(200)}
    assert len(waits) == 200
    assert min(waits) < 1.82 * HOUR < 2.18 * HOUR < max(waits)
    shares = {
        (schedule.next_due_after_failure("one", count, NOW) - NOW) / (30 * MINUTE * 2 ** (count - 1))
        for count in (1, 2)
    }
    assert len(shares) == 2


@given(IDS, st.integers(1, 50), MOMENTS, st.timedeltas(-2 * DAY, 2 * DAY))
def test_retry_after_is_a_floor_of_the_back_off(source: str, failures: int, now: datetime, wait: timedelta) -> None:
    """What the server asks for can lengthen the back-off, never shorten it."""
    due = schedule.next_due_after_failure(source, failures, now, until=now + wait)
    assert due == max(schedule.next_due_after_failure(source, failures, now), now + wait)


@given(MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS, st.booleans())
def test_due(now: datetime, next_due: datetime | None, not_before: datetime | None, anyway: bool) -> None:
    """`--now` passes over due times, never over Retry-After."""
    due = schedule.is_due(now, next_due=next_due, not_before=not_before, ignore_schedule=anyway)
    asked_to_wait = not_before is not None and now < not_before
    assert due == (not asked_to_wait and (anyway or next_due is None or next_due <= now))


@given(st.text(max_size=40) | st.integers(0, 10**30).map(str) | MOMENTS.map(format_datetime), MOMENTS)
def test_no_header_keeps_us_away_for_long(header: str, now: datetime) -> None:
    """Whatever Retry-After says, it is a moment within the next two days, or nothing."""
    until = parse_retry_after(header, now)
    assert until is None or now < until <= now + 2 * DAY


# --- when it is given up ------------------------------------------------------------------------


def play(*answers: tuple[float, str]) -> tuple[datetime | None, bool]:
    """Let a source answer, (day, reason; "" for success) each; gives since when it is gone, and whether given up."""
    since, given_up = None, False
    for day, reason in answers:
        now = NOW + day * DAY
        since = schedule.update_gone_since(since, reason, now)
        given_up = schedule.is_given_up(since, reason, now)
    return since, given_up


@pytest.mark.parametrize(
    ("answers", "given_up"),
    [
        ([(0, "gone")], False),
        ([(0, "gone"), (6.99, "gone")], False),
        ([(0, "gone"), (7, "gone")], True),
        ([(0, "gone"), (3, "timeout"), (5, "unreachable"), (7, "gone")], True),
        ([(0, "gone"), (3, ""), (7, "gone")], False),
        ([(0, "gone"), (3, "not-found"), (7, "gone")], False),
        ([(0, "gone"), (9, "timeout")], False),
        ([(0, "not-found"), (7, "not-found"), (90, "not-found")], False),
        ([(0, "gone"), (7, "gone"), (8, "")], False),
    ],
)
def test_death(answers: list[tuple[float, str]], given_up: bool) -> None:
    """A lone 404 or 410 is not death; seven days of 410 are, and 410 it must be at the end; silence tells nothing."""
    assert play(*answers)[1] is given_up


def test_dead_is_never_due() -> None:
    """A source that was given up is asked only by `--now`."""
    assert not schedule.is_due(NOW + 9999 * DAY, next_due=schedule.NEVER, not_before=None)
    assert schedule.is_due(NOW, next_due=schedule.NEVER, not_before=None, ignore_schedule=True)


# --- where it moved -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "hops"),
    [([], 0), ([301], 1), ([308, 301], 2), ([301, 302, 301], 1), ([302, 301], 0), ([307], 0), ([303, 308], 0)],
)
def test_moved_for_good(statuses: list[int], hops: int) -> None:
    """Only the unbroken run of 301 and 308 at the beginning counts."""
    way = [(status, f"https://{place}.example/") for place, status in enumerate(statuses, 1)]
    assert schedule.find_permanent_target(way) == (f"https://{hops}.example/" if hops else "")


@given(st.lists(st.sampled_from([301, 302, 303, 307, 308]), max_size=5))
def test_moved_is_a_prefix(statuses: list[int]) -> None:
    """Where it moved for good is reached by permanent redirects alone, and no longer such run exists."""
    way = [(status, str(place)) for place, status in enumerate(statuses)]
    moved = schedule.find_permanent_target(way)
    length = int(moved) + 1 if moved else 0
    assert all(status in {301, 308} for status in statuses[:length])
    assert length == len(statuses) or statuses[length] in {302, 303, 307}


def test_moved_since() -> None:
    """The days are counted from the first time that it led to the same place."""
    assert schedule.update_moved_since("", None, "https://a.example/", NOW) == NOW
    assert schedule.update_moved_since("https://a.example/", NOW - DAY, "https://a.example/", NOW) == NOW - DAY
    assert schedule.update_moved_since("https://b.example/", NOW - DAY, "https://a.example/", NOW) == NOW
    assert schedule.update_moved_since("https://a.example/", NOW - DAY, "", NOW) is None


@pytest.mark.parametrize(
    ("to", "days", "settled"),
    [
        ("https://b.example/feed", 6.9, False),
        ("https://b.example/feed", 7, True),
        ("https://b.example/feed", None, False),
        ("https://a.example/feed", 0, True),  # http -> https, nothing else
        ("https://a.example/other", 0, False),
        ("http://a.example/feed", 99, False),  # where it is already
        ("", 99, False),
    ],
)
def test_settled(to: str, days: float | None, settled: bool) -> None:
    """A new address is taken over after seven days, from http to https at once."""
    since = None if days is None else NOW - days * DAY
    assert schedule.is_move_confirmed("http://a.example/feed", to, since, NOW) is settled


# --- who is to blame ----------------------------------------------------------------------------


@given(st.lists(st.booleans(), max_size=20))
def test_machine_fault(outcomes: list[bool]) -> None:
    """If of several sources not one succeeds, the fault is here; a lone source may well be at fault itself."""
    assert schedule.is_local_failure(outcomes) == (len(outcomes) >= 2 and outcomes.count(True) == 0)


# --- what headers and feeds say -----------------------------------------------------------------


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
    """Cache-Control less Age, else Expires less Date, in seconds; what says nothing is 0."""
    assert schedule.read_freshness_seconds(headers, NOW) == seconds


@given(st.dictionaries(st.sampled_from(["cache-control", "age", "expires", "date"]), st.text(max_size=60)), MOMENTS)
def test_hostile_cache_headers(headers: dict[str, str], now: datetime) -> None:
    """Whatever headers hold, the seconds are no less than none, and a due time comes of them."""
    seconds = schedule.read_freshness_seconds(headers, now)
    assert seconds >= 0
    assert now <= schedule.next_due_after_success(now, seconds) <= now + 2 * DAY


@pytest.mark.parametrize(
    ("period", "frequency", "seconds"),
    [
        ("hourly", "1", 3600),
        (" Hourly\n", " 2 ", 1800),
        ("daily", "", 86400),
        ("weekly", "0", 7 * 86400),
        ("monthly", "many", 30 * 86400),
        ("yearly", "-1", 365 * 86400),
        ("sometimes", "1", 0),
        ("", "", 0),
    ],
)
def test_update_period(period: str, frequency: str, seconds: float) -> None:
    """sy:updatePeriod is divided by sy:updateFrequency; what is no number is one."""
    assert schedule.read_update_period(period, frequency) == seconds
