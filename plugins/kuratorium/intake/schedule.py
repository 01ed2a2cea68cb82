"""When a source is asked again, when it is given up, where it moved: pure decisions, the clock passed in.

Times are aware, spans of time in headers and feeds are seconds.

What is known of a source, and what an answer or a failure makes of it: pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct
from msgspec.structs import replace

from ..errors import SourceError
from .http.errors import LONGEST_WAIT, PostponedError

FIRST_WAIT = timedelta(minutes=30)
LONGEST_BACK_OFF = timedelta(days=7)
GIVE_UP_AFTER = timedelta(days=7)  # of nothing but 410
MOVE_CONFIRMED_AFTER = timedelta(days=7)  # of the same permanent redirect
JITTER = 0.1
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # when a source that was given up is due

_PERMANENT_REDIRECTS = {301, 308}
_PERIOD_HOURS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}  # hours


def next_due_after_success(now: datetime, *hints: float) -> datetime:
    """Tell when a source that answered is due: each of `hints` (cache headers, ttl, sy:update*) is a floor.

    Nobody keeps us away for more than two days; without hints it is due at once.
    """
    longest = LONGEST_WAIT.total_seconds()
    return now + timedelta(seconds=max((min(hint, longest) for hint in hints if hint > 0), default=0.0))


def next_due_after_failure(source_id: str, failures: int, now: datetime, *, until: datetime | None = None) -> datetime:
    """Tell when a source that failed `failures` times in a row is due; `until` is what Retry-After asks for.

    30 minutes, doubled with each failure, at most seven days; a tenth more or less, so that not all come at once.
    """
    doubled: timedelta = FIRST_WAIT * 2 ** min(max(failures, 1) - 1, 20)
    wait = min(min(doubled, LONGEST_BACK_OFF) * _jitter(source_id, failures), LONGEST_BACK_OFF)
    return max(now + wait, until) if until else now + wait


def is_due(
    now: datetime, *, next_due: datetime | None, not_before: datetime | None, ignore_schedule: bool = False
) -> bool:
    """Tell whether to ask a source; `anyway` passes over when it is due, never over what its server asked for."""
    if not_before and now < not_before:
        return False
    return ignore_schedule or next_due is None or now >= next_due


def update_gone_since(since: datetime | None, reason: str, now: datetime) -> datetime | None:
    """Tell since when a source has answered nothing but 410 (reason `gone`); success has an empty reason.

    An answer of any other kind ends that; when there is no answer at all (timeout, …), nothing is known.
    """
    if reason == "gone":
        return since or now
    return since if reason in _NO_RESPONSE_REASONS else None


_NO_RESPONSE_REASONS = {"timeout", "unreachable", "no-host", "tls", "broken-answer", "private-address"}


def is_given_up(since: datetime | None, reason: str, now: datetime) -> bool:
    """Tell, at an answer, whether a source is dead: 410 `since` seven days and again now. It is then due NEVER."""
    return reason == "gone" and since is not None and now - since >= GIVE_UP_AFTER


def find_permanent_target(hops: Sequence[tuple[int, str]]) -> str:
    """Tell where a source moved for good: the end of the unbroken run of 301 and 308 that the `hops` begin with.

    A hop is a status and where it leads. Empty if the first is none of these.
    """
    target = ""
    for status, address in hops:
        if status not in _PERMANENT_REDIRECTS:
            break
        target = address
    return target


def update_moved_since(
    previous_target: str, previous_since: datetime | None, target: str, now: datetime
) -> datetime | None:
    """Tell since when a source has redirected `to` there, given where it did before; None if it does not."""
    if not target:
        return None
    return previous_since if target == previous_target and previous_since else now


def is_https_upgrade(address: str, target: str) -> bool:
    """Tell whether a source moved from http to https, and in nothing else."""
    return address.startswith("http://") and target == "https://" + address.removeprefix("http://")


def is_move_confirmed(address: str, target: str, since: datetime | None, now: datetime) -> bool:
    """Tell whether to take over the address that a source moved `to`: after seven days, or at once to https."""
    if not target or target == address:
        return False
    return is_https_upgrade(address, target) or (since is not None and now - since >= MOVE_CONFIRMED_AFTER)


def is_local_failure(successes: Iterable[bool]) -> bool:
    """Tell whether this machine is to blame: of several sources that were asked, not one succeeded (True).

    Then nothing is held against any of them.
    """
    outcomes = list(successes)
    return len(outcomes) > 1 and not any(outcomes)


def read_freshness_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Read how many seconds an answer stays fresh, by Cache-Control and Age, else Expires; 0 where it says nothing."""
    control = [part.strip().lower().partition("=") for part in headers.get("cache-control", "").split(",")]
    directives = {name.strip(): value.strip(' "') for name, _, value in control}
    if directives.keys() & {"no-cache", "no-store"}:
        return 0.0
    if "max-age" in directives:
        return max(0.0, _parse_seconds(directives["max-age"]) - _parse_seconds(headers.get("age", "").strip()))
    expires = _parse_http_date(headers.get("expires", ""))
    begin = _parse_http_date(headers.get("date", "")) or now
    return max(0.0, (expires - begin).total_seconds()) if expires else 0.0


def read_update_period(period: str, frequency: str = "1") -> float:
    """Read sy:updatePeriod and sy:updateFrequency: seconds between two updates; 0 where they say nothing."""
    hours = _PERIOD_HOURS.get(period.strip().lower(), 0)
    times = _parse_seconds(frequency.strip()) or 1
    return hours * 3600 / times


def _jitter(source_id: str, failures: int) -> float:
    """Make a factor around 1 that is the same whenever it is asked for, and another for every source and failure."""
    digest = hashlib.sha256(f"{source_id} {failures}".encode()).digest()
    return 1 - JITTER + 2 * JITTER * int.from_bytes(digest[:4], "big") / 0xFFFFFFFF


def _parse_seconds(text: str) -> int:
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _parse_http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


# Keys of archives that earlier versions wrote: a renamed field must not lose what is stored.
_STORED_NAMES = {
    "seen_digest": "seen",
    "last_error_message": "last_words",
    "bad_guid_share": "bad_guids",
    "update_interval": "pace",
    "fetch_seconds": "took",
}


class SourceState(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_STORED_NAMES):
    """What is known of a source; it holds for `address` only: when the editors change that, it is void.

    `etag`, `last_modified` (as the server wrote them) and `body_hash` are the last good answer's; they count while
    the source's seen file is the one they vouch for (`seen_digest`). `last_error` is the code of the failures since
    `failing_since`, `last_error_message` tells it in words; all are empty after a success. `moved_to` is where
    permanent redirects lead since `moved_since`, `gone_since` when the server first answered 410. `bad_guid_share`
    is the share (0 to 1) of entries whose guid is blank or repeated, `held_back` how many a flood holds,
    `update_interval` the seconds that the feed wants between two pulls, `fetch_seconds` the seconds that the last one
    took. Moments are aware.
    """

    address: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    seen_digest: str = ""
    last_success: datetime | None = None
    last_error: str = ""
    last_error_message: str = ""
    failing_since: datetime | None = None
    failures: int = 0
    next_due: datetime | None = None
    not_before: datetime | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    gone_since: datetime | None = None
    bad_guid_share: float = 0.0
    held_back: int = 0
    update_interval: float = 0.0
    fetch_seconds: float = 0.0

    def without_validators(self) -> SourceState:
        """Forget the last answer, so that the next one comes whole."""
        return replace(self, etag="", last_modified="", body_hash="")


def reset_if_stale(state: SourceState | None, address: str, seen_digest: str) -> SourceState:
    """Take what is known of a source for a pull from `address`, while the digest of its seen file is `seen`."""
    if state is None or state.address != address:
        return SourceState(address=address)
    return state if state.seen_digest == seen_digest else state.without_validators()


def record_failure(source_id: str, state: SourceState, error: SourceError, now: datetime) -> SourceState:
    """Note a failure: since when, how often, and when to try again."""
    failures = state.failures + 1
    until = error.until if isinstance(error, PostponedError) else None
    dead = is_given_up(state.gone_since, error.reason, now)
    due = next_due_after_failure(source_id, failures, now, until=until)
    return replace(
        state,
        last_error=error.reason,
        last_error_message=str(error),
        failing_since=state.failing_since or now,
        failures=failures,
        next_due=NEVER if dead else due,
        not_before=until,
        gone_since=update_gone_since(state.gone_since, error.reason, now),
    )


def record_success(state: SourceState, moved_to: str, fresh_seconds: float, now: datetime) -> SourceState:
    """Note that a source answered: failures are over. What the answer said is as known, but for where it moved.

    `expires`: for so many seconds its server calls the answer fresh.
    """
    return replace(
        state,
        last_success=now,
        last_error="",
        last_error_message="",
        failing_since=None,
        failures=0,
        next_due=next_due_after_success(now, fresh_seconds, state.update_interval),
        not_before=None,
        moved_to=moved_to,
        moved_since=update_moved_since(state.moved_to, state.moved_since, moved_to, now),
        gone_since=None,
    )
