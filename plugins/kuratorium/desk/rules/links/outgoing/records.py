"""What is known of an address after visits, and when to visit it again: pure functions of answers and a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz.distance import Indel

_LONGEST_PAUSE = timedelta(days=64)  # between two visits to an address at which nothing changes
_DAY = timedelta(days=1)
_MARGIN = timedelta(hours=1)  # a visit a day at the same hour is never too early by some minutes
_DAYS_OF_FAILURE = 3  # after so many days without an answer an address counts as dead
_SAME = 0.95  # share of the words that stay; below it a work has changed
_GONE = frozenset({"not-found", "gone", "other-page"})
# The server answers, but not to programs: nothing can be said of what readers see.
_REFUSED = frozenset({"forbidden", "too-many-requests", "http-405", "http-406", "private-address", "too-large"})
LOCAL_REASONS = frozenset({"no-look-up", "unreachable", "timeout", "no-host"})
"""Why a visit fails that a machine without network would see at every address."""


class Visit(Struct, frozen=True, kw_only=True):
    """The answer of an address: a page, or why there is none.

    `reason` and `message` are those of a SourceError; empty after an answer. `is_unchanged`: the server says that
    nothing changed since the last visit. `moved_to`: where permanent redirects lead. `is_read`: a text was looked for,
    as for works. `text`: the main text of a page, empty for anything else. `until`: no visit before that moment.
    """

    reason: str = ""
    message: str = ""
    until: datetime | None = None
    is_unchanged: bool = False
    moved_to: str = ""
    paywall: bool = False
    is_read: bool = False
    text: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


class LinkRecord(Struct, frozen=True, kw_only=True):
    """What is known of an address.

    `due`: when to visit it again. `calm_visits`: answers in a row that brought nothing new. `failed_since` and
    `failed_days`: the first failure of the present ones, and on how many days it failed. `changed`: the day on which
    its text was first seen to differ from the one of the first visit. `copy`: where the Internet Archive has one of a
    dead page, empty if it has none, None if it was not asked. The rest is that of the last answer.
    """

    visited: datetime
    due: datetime
    calm_visits: int = 0
    reason: str = ""
    message: str = ""
    failed_since: datetime | None = None
    failed_days: int = 0
    moved_to: str = ""
    paywall: bool = False
    is_read: bool = False
    changed: date | None = None
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    copy: str | None = None

    @property
    def is_dead(self) -> bool:
        """Whether readers find nothing there: it is said to be gone, or has not answered for days."""
        return self.reason in _GONE or (
            bool(self.reason) and not self.is_refused and self.failed_days >= _DAYS_OF_FAILURE
        )

    @property
    def is_refused(self) -> bool:
        """Whether the server does not let programs in."""
        return self.reason in _REFUSED


class KnownTexts(Struct, frozen=True):
    """The text of a page when it was visited first, or read again by an editor, and that of the last visit."""

    first: str = ""
    last: str = ""


def is_due(record: LinkRecord | None, now: datetime) -> bool:
    """Return whether to visit an address now; a record of the future is not believed."""
    return record is None or now >= record.due - _MARGIN or record.visited > now + _DAY


def judge_visit(
    record: LinkRecord | None, texts: KnownTexts, visit: Visit, now: datetime, accessed: date | None = None
) -> tuple[LinkRecord, KnownTexts]:
    """Return what is known of an address after a visit; `accessed` is when an editor last read the work there."""
    if visit.reason:
        return _judge_failure(record, visit, now), texts
    if visit.is_unchanged and record:
        visit = replace(visit, text=texts.last, paywall=record.paywall, is_read=record.is_read)
    texts = _update_texts(record, texts, visit.text, accessed)
    changed = None
    if texts.first and texts.last and find_similarity(texts.first, texts.last) < _SAME:
        changed = record.changed if record and record.changed else now.date()
    news = record is None or record.reason or (record.moved_to, record.changed) != (visit.moved_to, changed)
    calm_visits = 0 if news or record is None else record.calm_visits + 1
    return LinkRecord(
        visited=now,
        due=now + min(_LONGEST_PAUSE, _DAY * 2 ** min(calm_visits, 10)),
        calm_visits=calm_visits,
        moved_to=visit.moved_to,
        paywall=visit.paywall,
        is_read=visit.is_read,
        changed=changed,
        etag=visit.etag,
        last_modified=visit.last_modified,
        body_hash=visit.body_hash,
    ), texts


def find_similarity(first: str, second: str) -> float:
    """Return the share of the words of two texts that both have in the same order, from 0 to 1."""
    return Indel.normalized_similarity(first.split(), second.split())


def _judge_failure(record: LinkRecord | None, visit: Visit, now: datetime) -> LinkRecord:
    since = record.failed_since if record and record.failed_since else now
    is_new_day = record is None or not record.failed_since or record.visited.date() != now.date()
    known = record or LinkRecord(visited=now, due=now)
    return replace(
        known,
        visited=now,
        due=max(now + _DAY, visit.until or now),
        calm_visits=0,
        reason=visit.reason,
        message=visit.message,
        failed_since=since,
        failed_days=known.failed_days + is_new_day,
    )


def _update_texts(record: LinkRecord | None, texts: KnownTexts, text: str, accessed: date | None) -> KnownTexts:
    """Return the texts after a visit: what an editor read after a change was seen is the new first text."""
    if not text:
        return texts
    is_read_again = (
        record is not None and record.changed is not None and accessed is not None and accessed >= record.changed
    )
    return KnownTexts(text if not texts.first or is_read_again else texts.first, text)
