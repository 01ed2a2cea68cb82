"""The command `kuratorium digest`: the posts of a period -> the draft of a digest."""

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
from ..local_time import find_day
from ..translations import get_language, read_translations
from . import digest_text, draft
from .drafting.templates import DraftTemplate, read_template

_SIX_DAYS = timedelta(days=6)  # from the first to the last day of a week


class DigestDraft(Struct, frozen=True, kw_only=True):
    """A new digest: its file from the root, its period, and the number of its posts."""

    file: str
    period: Period
    post_count: int


def begin_digest(
    root: Path,
    *,
    since: Day | None,
    until: Day | None,
    author_ids: Sequence[str],
    as_of: datetime | None,
    clock: Callable[[], datetime],
) -> DigestDraft:
    """Write the draft of a digest, by default of the seven days up to today.

    `clock` returns the current time; `as_of` and the date that policy.yaml pins take precedence over it. Raises
    UsageError if nothing was published in the period, EditionError if the edition cannot be read.
    """
    edition, site, now = draft.load_edition_and_site(root, as_of, clock)
    period = complete_period(since, until, now.date())
    posts = select_posts(edition, period, now)
    if not posts:
        raise UsageError(f"nothing was published from {period.since} to {period.until}: choose other days.")
    # Without suggestions, because the posts of a digest may have many authors.
    authors = draft.choose_authors(edition.registry.people, author_ids, (), draft.read_git_name(root))
    translations = read_translations(root / site.theme, site.lang)
    template = read_template(root, "digest", translations)
    file = _write_digest(
        edition,
        site,
        period,
        translations=translations,
        template=template,
        posts=digest_text.build_digest_text(posts, edition.registry, translations),
        authors=authors,
        now=now,
    )
    return DigestDraft(file=file, period=period, post_count=len(posts))


def complete_period(since: Day | None, until: Day | None, today: Day) -> Period:
    """Return the period between two days, each of which may be missing.

    A period without a first or last day is a week long; without both, it ends today. Raises UsageError if the first
    day comes after the last.
    """
    last = until or (since + _SIX_DAYS if since else today)
    first = since or last - _SIX_DAYS
    if last < first:
        raise UsageError(f"--from {first} is after --to {last}: name the earlier day first.")
    return Period(since=first, until=last)


def select_posts(edition: Edition, period: Period, now: datetime) -> list[PostFile]:
    """Return the posts published in a period except digests: the strongest first, of equals the newest.

    Days are those of the site's time zone.
    """
    zone = edition.registry.zone
    posts = [
        post
        for post in draft.list_published_posts(edition, now)
        if not post.meta.period and period.since <= find_day(post.meta.date, zone) <= period.until
    ]
    # The uid makes the order the same in every run, even for posts of the same second.
    return sorted(posts, key=lambda post: (-(post.meta.strength or 0), -post.meta.date.timestamp(), post.meta.uid))


def _write_digest(
    edition: Edition,
    site: SiteSettings,
    period: Period,
    *,
    translations: NullTranslations,
    template: DraftTemplate,
    posts: str,
    authors: Sequence[str],
    now: datetime,
) -> str:
    days_in_words = format_date_range(period.since, period.until, parse_locale(get_language(translations)))
    title = translations.gettext("Digest: {period}").format(period=days_in_words)
    days = {"from": period.since.isoformat(), "to": period.until.isoformat()}
    values = {"authors": [*authors], "period": days}
    names = {"posts": posts}
    return draft.write_draft(
        edition, site, now, format_id="digest", title=title, values=values, template=template, names=names
    )
