"""When a source is pulled again, when it is given up, where it moved, and the state that is stored of all this.

Pure decisions: the clock is passed in. Moments are aware; durations in headers and feeds are in seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, zip_longest
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition.curation import Source
from ..errors import SourceError
from .http.errors import LONGEST_WAIT, PostponedError
from .http.headers import parse_seconds

FIRST_WAIT = timedelta(minutes=30)
LONGEST_BACK_OFF = timedelta(days=7)
GIVE_UP_AFTER = timedelta(days=7)  # of nothing but 410: a lone 410 is often a mistake of the server
MOVE_CONFIRMED_AFTER = timedelta(days=7)  # of the same permanent redirect: a captive portal's is gone by then
JITTER = 0.1
_SLOW_SECONDS = 1.0  # a source that took longer last time is fetched first, for it probably will again
_PAUSE = timedelta(days=30)
_AFTER_PAUSE = timedelta(days=1)  # in which editors can look at what was pulled, or set the clock
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # when a source that was given up is due

# The values of sy:updatePeriod in the RSS 1.0 syndication module, in hours.
_PERIOD_HOURS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}
# Failures without a response: they do not show whether a source that answered 410 before is back.
_NO_RESPONSE_REASONS = {"timeout", "unreachable", "no-host", "no-look-up", "tls", "broken-answer", "private-address"}

# Archives of earlier versions use these keys: a renamed field must not lose what is stored.
_STORED_NAMES = {
    "seen_digest": "seen",
    "last_error_message": "last_words",
    "bad_guid_share": "bad_guids",
    "update_interval": "pace",
    "fetch_seconds": "took",
}


class SourceState(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_STORED_NAMES):
    """What the archive stores of a source between pulls; valid only for the feed `address`.

    `etag`, `last_modified` (as the server wrote them) and `body_hash` belong to the last good response; they are valid
    while the source's seen file has the digest `seen_digest`. `last_error` is the reason code of the latest failure,
    `last_error_message` its message, `failing_since` the moment of the first of the `failures` in a row; a success
    resets all four. `resumed` is the moment of the last success that came after thirty days without one. `not_before`
    is the moment that Retry-After set. `moved_to` is where permanent redirects have led since `moved_since`;
    `gone_since` is when the server first answered 410. `bad_guid_share` is the share (0 to 1) of entries whose guid is
    blank or repeated, `held_back` the number of entries that a flood holds back, `update_interval` the seconds that the
    feed sets between two pulls, `fetch_seconds` the duration of the last fetch.
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
    resumed: datetime | None = None

    def without_validators(self) -> SourceState:
        """Return the state without ETag, Last-Modified and body hash, so that the next response has the whole feed."""
        return replace(self, etag="", last_modified="", body_hash="")


def reset_if_stale(state: SourceState | None, address: str, seen_digest: str) -> SourceState:
    """Return the part of a stored state that is valid for a pull from `address`, with this digest of the seen file."""
    # Validators belong to a seen file: if git reverts it, a 304 would hide entries that have become unknown again.
    if state is None or state.address != address:
        return SourceState(address=address)
    return state if state.seen_digest == seen_digest else state.without_validators()


def correct_clock(state: SourceState, now: datetime) -> SourceState:
    """Return a stored state without what only a wrong clock can have written: one pull in 2030 must not silence us.

    A due time or a Retry-After that is further away than its own limit does not count, nor a past that lies ahead.
    What such a pull made of the feed is decided anew, for which the whole feed is needed.
    """
    if state.last_success and not state.last_success <= now <= state.last_success + _PAUSE:
        state = state.without_validators()
    gone_since = _drop_future(state.gone_since, now)
    is_gone = state.next_due == NEVER and is_given_up(gone_since, state.last_error, now)
    return replace(
        state,
        last_success=_drop_future(state.last_success, now),
        failing_since=now if state.failing_since and state.failing_since > now else state.failing_since,
        next_due=state.next_due if is_gone else _drop_future(state.next_due, now + LONGEST_BACK_OFF),
        not_before=_drop_future(state.not_before, now + LONGEST_WAIT),
        moved_since=now if state.moved_since and state.moved_since > now else state.moved_since,
        gone_since=gone_since,
        resumed=_drop_future(state.resumed, now),
    )


def is_after_pause(states: Iterable[SourceState], now: datetime) -> bool:
    """Return whether no source was read for thirty days until yesterday, or the clock has jumped ahead.

    Then nothing is too old yet. False if none was ever read, as in a new clone.
    """
    known_states = [*states]
    last_moments = [state.last_success for state in known_states if state.last_success]
    return bool(last_moments) and (
        _is_pause(max(last_moments), now)
        or any(state.resumed and now - state.resumed < _AFTER_PAUSE for state in known_states)
    )


def _is_pause(since: datetime, now: datetime) -> bool:
    """Return whether so much time has passed that editors may not have seen the inbox; or the clock is wrong."""
    return now - since > _PAUSE


def _drop_future(moment: datetime | None, latest: datetime) -> datetime | None:
    return None if moment and moment > latest else moment


def record_failure(source_id: str, state: SourceState, error: SourceError, now: datetime) -> SourceState:
    """Return the state after a failure: its reason and message, and when the source is due again."""
    failures = state.failures + 1
    until = error.until if isinstance(error, PostponedError) else None
    next_due = next_due_after_failure(source_id, failures, now, until=until)
    return replace(
        state,
        last_error=error.reason,
        last_error_message=str(error),
        failing_since=state.failing_since or now,
        failures=failures,
        next_due=NEVER if is_given_up(state.gone_since, error.reason, now) else next_due,
        not_before=until,
        gone_since=update_gone_since(state.gone_since, error.reason, now),
    )


def record_success(state: SourceState, moved_to: str, fresh_seconds: float, now: datetime) -> SourceState:
    """Return the state after a response: failures are reset, and the source is due when the response is stale.

    `moved_to` is where permanent redirects led (or empty), `fresh_seconds` how long the response's headers call it
    fresh. Validators and what the feed says are recorded by the caller.
    """
    return replace(
        state,
        last_success=now,
        resumed=now if state.last_success and _is_pause(state.last_success, now) else state.resumed,
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


def is_due(
    now: datetime, *, next_due: datetime | None, not_before: datetime | None, ignore_schedule: bool = False
) -> bool:
    """Return whether to pull a source now. `ignore_schedule` overrides `next_due`, but never `not_before`."""
    if not_before and now < not_before:
        return False
    return ignore_schedule or next_due is None or now >= next_due


def next_due_after_success(now: datetime, *hints: float) -> datetime:
    """Return when a source that answered is due: not before any of `hints` (cache headers, ttl, sy:update*; seconds).

    Without hints the source is due at once.
    """
    # At most two days (LONGEST_WAIT) per hint: some servers call a feed fresh for a year.
    longest = LONGEST_WAIT.total_seconds()
    return now + timedelta(seconds=max((min(hint, longest) for hint in hints if hint > 0), default=0.0))


def next_due_after_failure(source_id: str, failures: int, now: datetime, *, until: datetime | None = None) -> datetime:
    """Return when a source that failed `failures` times in a row is due: not before `until` (from Retry-After).

    The wait is 30 minutes, doubled with each failure up to seven days, and up to a tenth more or less, so that sources
    that failed together do not come back together.
    """
    doubled: timedelta = FIRST_WAIT * 2 ** min(max(failures, 1) - 1, 20)  # 2 ** 10_000 overflows a timedelta
    wait = min(min(doubled, LONGEST_BACK_OFF) * _compute_jitter(source_id, failures), LONGEST_BACK_OFF)
    return max(now + wait, until) if until else now + wait


def update_gone_since(since: datetime | None, reason: str, now: datetime) -> datetime | None:
    """Return since when a source has answered nothing but 410 (reason `gone`); a success has an empty reason.

    Any other response ends that time; a failure without a response (a timeout, for one) does not.
    """
    if reason == "gone":
        return since or now
    return since if reason in _NO_RESPONSE_REASONS else None


def is_given_up(since: datetime | None, reason: str, now: datetime) -> bool:
    """Return whether a source is given up after this failure: 410 `since` seven days ago or more, and 410 now."""
    return reason == "gone" and since is not None and now - since >= GIVE_UP_AFTER


def is_local_failure(successes: Iterable[bool]) -> bool:
    """Return whether this machine is to blame: two or more sources were fetched, and none succeeded (True).

    Such failures are not recorded: a laptop without a network must not put off every source.
    """
    outcomes = list(successes)
    return len(outcomes) > 1 and not any(outcomes)


def update_moved_since(
    previous_target: str, previous_since: datetime | None, target: str, now: datetime
) -> datetime | None:
    """Return since when a source has redirected to `target`; None if it does not redirect."""
    if not target:
        return None
    return previous_since if target == previous_target and previous_since else now


def is_https_upgrade(address: str, target: str) -> bool:
    """Return whether two addresses differ in nothing but http and https."""
    return address.startswith("http://") and target == "https://" + address.removeprefix("http://")


def is_move_confirmed(address: str, target: str, since: datetime | None, now: datetime) -> bool:
    """Return whether to take over the address `target`: after seven days of redirects, or at once for https."""
    if not target or target == address:
        return False
    return is_https_upgrade(address, target) or (since is not None and now - since >= MOVE_CONFIRMED_AFTER)


def read_update_period(period: str, frequency: str = "1") -> float:
    """Return the seconds between two updates by sy:updatePeriod and sy:updateFrequency; 0 if the period is unknown."""
    hours = _PERIOD_HOURS.get(period.strip().lower(), 0)
    times = parse_seconds(frequency.strip()) or 1
    return hours * 3600 / times


def _compute_jitter(source_id: str, failures: int) -> float:
    """Return a factor around 1 that depends on nothing but the source and its number of failures."""
    digest = hashlib.sha256(f"{source_id} {failures}".encode()).digest()
    return 1 - JITTER + 2 * JITTER * int.from_bytes(digest[:4], "big") / 0xFFFFFFFF


def order_sources(sources: Sequence[Source], states: dict[str, SourceState]) -> list[Source]:
    """Return the sources in the order to fetch them: those that were slow last time, then one of each host in turn."""
    slow_seconds = {
        source.id: state.fetch_seconds
        for source in sources
        if (state := states.get(source.id)) and state.fetch_seconds > _SLOW_SECONDS
    }
    return sorted(_interleave_hosts(sources), key=lambda source: -slow_seconds.get(source.id, 0.0))


def _interleave_hosts(sources: Sequence[Source]) -> list[Source]:
    """Return the sources with those of one host far apart."""
    # Only two of a host are fetched at a time: side by side, the others would occupy the slots of other hosts.
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(urlsplit(source.feed).netloc if urls.is_http_url(source.feed) else "", []).append(source)
    return [source for source in chain.from_iterable(zip_longest(*by_host.values())) if source is not None]
