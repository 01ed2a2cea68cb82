"""`kuratorium digest`: the posts of a period, the strongest first -> the draft of an issue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as Day
from datetime import datetime, timedelta
from gettext import NullTranslations
from pathlib import Path

from msgspec import Struct

from ..dates import format_date_range, parse_locale
from ..edition.loader import Edition
from ..edition.model import Period, PostFile
from ..edition.settings import SiteSettings
from ..errors import UsageError
from ..translations import get_language, read_translations
from . import digest_text, draft

_SIX_DAYS = timedelta(days=6)


class DigestDraft(Struct, frozen=True, kw_only=True):
    """An issue that was begun: its file from the root, its period and the number of its posts."""

    file: str
    period: Period
    posts: int


def begin_digest(
    root: Path,
    *,
    since: Day | None,
    until: Day | None,
    author_ids: Sequence[str],
    as_of: datetime | None,
    clock: Callable[[], datetime],
) -> DigestDraft:
    """Draft the issue of a period, by default of the seven days up to now; raises UsageError, EditionError."""
    known, site, now = draft.load_edition_and_site(root, as_of, clock)
    period = complete_period(since, until, now.date())
    posts = select_posts(known, period, now)
    if not posts:
        raise UsageError(f"nothing was published from {period.since} to {period.until}: choose other days.")
    authors = draft.choose_authors(known.registry.people, author_ids, (), draft.read_git_name(root))
    translations = read_translations(root / site.theme, site.lang)
    file = _write_digest(
        known,
        site,
        period,
        translations=translations,
        text=digest_text.build_digest_text(posts, known.registry, translations),
        authors=authors,
        now=now,
    )
    return DigestDraft(file=file, period=period, posts=len(posts))


def complete_period(since: Day | None, until: Day | None, today: Day) -> Period:
    """Complete a period: it lasts a week, and ends today, where nothing else is said. Raises UsageError."""
    last = until or (since + _SIX_DAYS if since else today)
    first = since or last - _SIX_DAYS
    if last < first:
        raise UsageError(f"--from {first} is after --to {last}: name the earlier day first.")
    return Period(since=first, until=last)


def select_posts(edition: Edition, period: Period, now: datetime) -> list[PostFile]:
    """List what was published in a period, but for other issues: the strongest first, then the newest (ties by uid)."""
    found = [
        document
        for document in draft.list_published_posts(edition, now)
        if not document.meta.period and period.since <= document.meta.date.astimezone(now.tzinfo).date() <= period.until
    ]
    return sorted(found, key=lambda one: (-(one.meta.strength or 0), -one.meta.date.timestamp(), one.meta.uid))


def _write_digest(
    known: Edition,
    site: SiteSettings,
    period: Period,
    *,
    translations: NullTranslations,
    text: str,
    authors: Sequence[str],
    now: datetime,
) -> str:
    days_in_words = format_date_range(period.since, period.until, parse_locale(get_language(translations)))
    title = translations.gettext("Digest: {period}").format(period=days_in_words)
    days = {"from": period.since.isoformat(), "to": period.until.isoformat()}
    values = {"authors": [*authors], "period": days}
    return draft.write_draft(known, site, now, format_id="digest", title=title, values=values, body=text)
