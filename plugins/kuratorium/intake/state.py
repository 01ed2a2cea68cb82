"""What is known of a source, and what an answer or a failure makes of it: pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ..errors import SourceError
from . import schedule
from .failures import PostponedError


class State(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a source; it holds for `address` only: when the editors change that, it is void.

    `etag`, `last_modified` (as the server wrote them) and `body_hash` are the last good answer's; they count while
    the source's seen file is the one they vouch for (`seen`: its digest). `last_error` is the code of the failures
    since `failing_since`, `last_words` tells it in words; all are empty after a success. `moved_to` is where permanent
    redirects lead since `moved_since`, `gone_since` when the server first answered 410. `bad_guids` is the share
    (0 to 1) of entries whose guid is blank or repeated, `held_back` how many a flood holds, `pace` the seconds that
    the feed wants between two pulls, `took` the seconds that the last one took. Moments are aware.
    """

    address: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    seen: str = ""
    last_success: datetime | None = None
    last_error: str = ""
    last_words: str = ""
    failing_since: datetime | None = None
    failures: int = 0
    next_due: datetime | None = None
    not_before: datetime | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    gone_since: datetime | None = None
    bad_guids: float = 0.0
    held_back: int = 0
    pace: float = 0.0
    took: float = 0.0

    def unconditional(self) -> State:
        """Forget the last answer, so that the next one comes whole."""
        return replace(self, etag="", last_modified="", body_hash="")


def known_at(state: State | None, address: str, seen: str) -> State:
    """Take what is known of a source for a pull from `address`, while the digest of its seen file is `seen`."""
    if state is None or state.address != address:
        return State(address=address)
    return state if state.seen == seen else state.unconditional()


def after_failure(source_id: str, known: State, error: SourceError, now: datetime) -> State:
    """Note a failure: since when, how often, and when to try again."""
    failures = known.failures + 1
    until = error.until if isinstance(error, PostponedError) else None
    dead = schedule.is_given_up(known.gone_since, error.reason, now)
    due = schedule.after_failure(source_id, failures, now, until=until)
    return replace(
        known,
        last_error=error.reason,
        last_words=str(error),
        failing_since=known.failing_since or now,
        failures=failures,
        next_due=schedule.NEVER if dead else due,
        not_before=until,
        gone_since=schedule.gone_since(known.gone_since, error.reason, now),
    )


def after_answer(known: State, moved_to: str, expires: float, now: datetime) -> State:
    """Note that a source answered: failures are over. What the answer said is as known, but for where it moved.

    `expires`: for so many seconds its server calls the answer fresh.
    """
    return replace(
        known,
        last_success=now,
        last_error="",
        last_words="",
        failing_since=None,
        failures=0,
        next_due=schedule.after_success(now, expires, known.pace),
        not_before=None,
        moved_to=moved_to,
        moved_since=schedule.moved_since(known.moved_to, known.moved_since, moved_to, now),
        gone_since=None,
    )
