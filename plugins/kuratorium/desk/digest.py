"""`kuratorium digest`: the posts of a period, the strongest first -> the draft of an issue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as Day
from datetime import datetime, timedelta
from pathlib import Path

from babel import Locale
from msgspec import Struct

from ..dates import span
from ..edition.loader import Edition
from ..edition.model import Document, Period
from ..edition.settings import Site
from ..errors import UsageError
from . import digest_text, draft

_WEEK = timedelta(days=6)


class Begun(Struct, frozen=True, kw_only=True):
    """An issue that was begun: its file from the root, its period and the number of its posts."""

    file: str
    period: Period
    posts: int


def begin(
    root: Path,
    *,
    since: Day | None,
    until: Day | None,
    by: Sequence[str],
    as_of: datetime | None,
    clock: Callable[[], datetime],
) -> Begun:
    """Draft the issue of a period, by default of the seven days up to now; raises UsageError, EditionError."""
    known, site, now = draft.setting(root, as_of, clock)
    period = period_of(since, until, now.date())
    posts = posts_of(known, period, now)
    if not posts:
        raise UsageError(f"nothing was published from {period.since} to {period.until}: choose other days.")
    authors = draft.sign(known.registry.people, by, (), draft.git_name(root))
    file = _write(
        known, site, period, text=digest_text.body(posts, known.registry, site.lang), authors=authors, now=now
    )
    return Begun(file=file, period=period, posts=len(posts))


def period_of(since: Day | None, until: Day | None, today: Day) -> Period:
    """Complete a period: it lasts a week, and ends today, where nothing else is said. Raises UsageError."""
    last = until or (since + _WEEK if since else today)
    first = since or last - _WEEK
    if last < first:
        raise UsageError(f"--from {first} is after --to {last}: name the earlier day first.")
    return Period(since=first, until=last)


def posts_of(known: Edition, period: Period, now: datetime) -> list[Document]:
    """List what was published in a period, but for other issues: the strongest first, then the newest (ties by uid)."""
    found = [
        document
        for document in draft.published(known, now)
        if not document.meta.period and period.since <= document.meta.date.astimezone(now.tzinfo).date() <= period.until
    ]
    return sorted(found, key=lambda one: (-(one.meta.strength or 0), -one.meta.date.timestamp(), one.meta.uid))


def _write(known: Edition, site: Site, period: Period, *, text: str, authors: Sequence[str], now: datetime) -> str:
    says = digest_text.said(site.lang)
    title = says.title.format(period=span(period.since, period.until, Locale(says.locale)))
    days = {"from": period.since.isoformat(), "to": period.until.isoformat()}
    values = {"authors": [*authors], "period": days}
    return draft.write(known, site, now, format_id="digest", title=title, values=values, body=text)
