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


def test_a_source_without_hints_is_due_at_once() -> None:
    """Only servers, feeds and failures delay the next pull."""
    assert schedule.next_due_after_success(NOW) == NOW
    assert schedule.next_due_after_success(NOW, 0, -5.0) == NOW


@given(MOMENTS, st.lists(st.floats(0, 1e12), max_size=4))
def test_every_hint_is_a_floor_up_to_two_days(now: datetime, hints: list[float]) -> None:
    """A source is not due before its headers and its feed say, and always within two days."""
    due = schedule.next_due_after_success(now, *hints)
    assert now <= due <= now + 2 * DAY
    assert all(due >= now + timedelta(seconds=min(hint, 2 * 86400)) for hint in hints)


@given(IDS, st.integers(1, 10_000), MOMENTS)
def test_back_off(source: str, failures: int, now: datetime) -> None:
    """After n failures the wait is 30 min × 2^(n-1), give or take a tenth, at most seven days; it is reproducible."""
    due = schedule.next_due_after_failure(source, failures, now)
    without_jitter = min(30 * MINUTE * 2 ** min(failures - 1, 30), 7 * DAY)
    assert without_jitter * 0.9 - MINUTE / 60 <= due - now <= min(without_jitter * 1.1 + MINUTE / 60, 7 * DAY)
    assert due == schedule.next_due_after_failure(source, failures, now)


def test_back_off_spreads() -> None:
    """Sources that failed together are not due together, and each failure changes their order."""
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
    """Retry-After can lengthen the back-off, never shorten it."""
    due = schedule.next_due_after_failure(source, failures, now, until=now + wait)
    assert due == max(schedule.next_due_after_failure(source, failures, now), now + wait)


@given(MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS, st.booleans())
def test_due(now: datetime, next_due: datetime | None, not_before: datetime | None, ignore_schedule: bool) -> None:
    """`--now` overrides due times, never Retry-After."""
    due = schedule.is_due(now, next_due=next_due, not_before=not_before, ignore_schedule=ignore_schedule)
    asked_to_wait = not_before is not None and now < not_before
    assert due == (not asked_to_wait and (ignore_schedule or next_due is None or next_due <= now))


@given(st.text(max_size=40) | st.integers(0, 10**30).map(str) | MOMENTS.map(format_datetime), MOMENTS)
def test_no_retry_after_exceeds_two_days(header: str, now: datetime) -> None:
    """Whatever Retry-After says, the result is a moment within the next two days, or None."""
    until = parse_retry_after(header, now)
    assert until is None or now < until <= now + 2 * DAY


# --- when a source is given up ---------------------------------------------------------------------


def play(*answers: tuple[float, str]) -> tuple[datetime | None, bool]:
    """Apply responses (day, reason; "" for success); returns since when it is gone, and whether it is given up."""
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
def test_seven_days_of_410_end_a_source(answers: list[tuple[float, str]], given_up: bool) -> None:
    """A source is given up after seven days of 410 that end with a 410; missing responses do not interrupt them."""
    assert play(*answers)[1] is given_up


def test_a_source_that_was_given_up_is_never_due() -> None:
    """Only `--now` pulls a source that was given up."""
    assert not schedule.is_due(NOW + 9999 * DAY, next_due=schedule.NEVER, not_before=None)
    assert schedule.is_due(NOW, next_due=schedule.NEVER, not_before=None, ignore_schedule=True)


# --- where it moved -----------------------------------------------------------------------------


def test_moved_since() -> None:
    """The days of a move are counted from the first redirect to the same address."""
    assert schedule.update_moved_since("", None, "https://a.example/", NOW) == NOW
    assert schedule.update_moved_since("https://a.example/", NOW - DAY, "https://a.example/", NOW) == NOW - DAY
    assert schedule.update_moved_since("https://b.example/", NOW - DAY, "https://a.example/", NOW) == NOW
    assert schedule.update_moved_since("https://a.example/", NOW - DAY, "", NOW) is None


@pytest.mark.parametrize(
    ("target", "days", "confirmed"),
    [
        ("https://b.example/feed", 6.9, False),
        ("https://b.example/feed", 7, True),
        ("https://b.example/feed", None, False),
        ("https://a.example/feed", 0, True),  # http -> https, nothing else
        ("https://a.example/other", 0, False),
        ("http://a.example/feed", 99, False),  # its present address
        ("", 99, False),
    ],
)
def test_a_move_is_confirmed(target: str, days: float | None, confirmed: bool) -> None:
    """A new address is confirmed after seven days, and at once if only http becomes https."""
    since = None if days is None else NOW - days * DAY
    assert schedule.is_move_confirmed("http://a.example/feed", target, since, NOW) is confirmed


# --- whether this machine is to blame ----------------------------------------------------------------------------


@given(st.lists(st.booleans(), max_size=20))
def test_no_success_at_all_is_a_local_failure(outcomes: list[bool]) -> None:
    """If two or more sources were fetched and none succeeded, this machine is to blame."""
    assert schedule.is_local_failure(outcomes) == (len(outcomes) >= 2 and outcomes.count(True) == 0)


# --- what headers and feeds say -----------------------------------------------------------------


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
    """sy:updatePeriod is divided by sy:updateFrequency, which counts as 1 if it is not a positive number."""
    assert schedule.read_update_period(period, frequency) == seconds
