"""The command `kuratorium lookback`: posts of this week in earlier years, and the draft of a look-back on one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as Day
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path

from babel.dates import format_date
from msgspec import Struct

from ..calendar_weeks import get_week, years_between
from ..dates import parse_locale
from ..edition import prose
from ..edition.loader import Edition
from ..edition.model import PostFile
from ..edition.works import PastWork
from ..errors import UsageError
from ..local_time import find_day
from ..translations import get_language, read_translations
from ..urls import is_http_url, normalize_url
from . import draft
from .drafting.templates import read_template
from .drafting.works import FoundWork, find_works, read_context
from .inbox import MIN_ID_LENGTH, get_single_match, shorten_uids

_EXCLUDED_FORMATS = {"lookback", "digest"}  # posts about other posts, on which a look-back makes no sense


class LookbackCandidate(Struct, frozen=True, kw_only=True):
    """A published post of an earlier year, and the day of its publication.

    `short_id` is the beginning of its uid, `earlier_lookbacks` are the files of look-backs on it.
    """

    short_id: str
    years_ago: int
    day: Day
    post: PostFile
    earlier_lookbacks: tuple[str, ...] = ()


class LookbackDraft(Struct, frozen=True, kw_only=True):
    """A new look-back: its file from the root, title and day of its subject, earlier look-backs on the same.

    `found`: its subject, if that is a work elsewhere.
    """

    file: str
    title: str
    day: Day | None
    found: FoundWork | None = None
    earlier_lookbacks: tuple[str, ...] = ()


def list_candidates(edition: Edition, now: datetime) -> list[LookbackCandidate]:
    """Return the posts that were published in the calendar week of `now` in an earlier year.

    Those without a look-back come first, the latest year first.
    """
    week = get_week(now)
    posts = _list_original_posts(edition, now)
    short_ids = shorten_uids(post.meta.uid for post in posts)
    candidates = [
        LookbackCandidate(
            short_id=short_ids[post.meta.uid],
            years_ago=years,
            day=day,
            post=post,
            earlier_lookbacks=_find_earlier_lookbacks(edition, post),
        )
        for post in posts
        if (years := week.get_anniversary_years(day := find_day(post.meta.date, edition.registry.zone)))
    ]
    return sorted(candidates, key=_get_candidate_order)


def _get_candidate_order(candidate: LookbackCandidate) -> tuple[bool, int, datetime, str]:
    meta = candidate.post.meta
    return bool(candidate.earlier_lookbacks), candidate.years_ago, meta.date, meta.uid


def propose_lookbacks(root: Path, *, as_of: datetime | None, clock: Callable[[], datetime]) -> list[LookbackCandidate]:
    """Return the candidates of the edition at `root`; raise EditionError if it cannot be read.

    `clock` returns the current time; `as_of` and the date that policy.yaml pins take precedence over it.
    """
    edition, _, now = draft.load_edition_and_site(root, as_of, clock)
    return list_candidates(edition, now)


def begin_lookback(
    root: Path, reference: str, *, author_ids: Sequence[str], as_of: datetime | None, clock: Callable[[], datetime]
) -> LookbackDraft:
    """Write the draft of a look-back on a post.

    `reference` is the beginning of the post's uid, its slug or its file, or the address of a work elsewhere. Raises
    UsageError if it matches no published post or several, SourceError if there is no page at the address, EditionError
    if the edition cannot be read.
    """
    if is_http_url(reference):
        return _begin_lookback_elsewhere(root, reference, author_ids, as_of, clock)
    edition, site, now = draft.load_edition_and_site(root, as_of, clock)
    past = _find_post(_list_original_posts(edition, now), reference)
    authors = draft.choose_authors(edition.registry.people, author_ids, past.meta.authors, draft.read_git_name(root))
    translations = read_translations(root / site.theme, site.lang)
    day = find_day(past.meta.date, edition.registry.zone)
    title = _build_title(past.meta.title, years_between(day, now.date()), translations)
    values = {
        "authors": [*authors],
        "topics": [*past.meta.topics],
        "tags": [*past.meta.tags],
        "lookback_of": past.meta.uid,
        "changed_since": [],
    }
    file = draft.write_draft(
        edition,
        site,
        now,
        format_id="lookback",
        title=title,
        values=values,
        template=read_template(root, "lookback", translations),
        names={"reminder": _build_reminder(past, day, translations), "original": past.file},
    )
    return LookbackDraft(
        file=file, title=past.meta.title, day=day, earlier_lookbacks=_find_earlier_lookbacks(edition, past)
    )


def _begin_lookback_elsewhere(
    root: Path, address: str, author_ids: Sequence[str], as_of: datetime | None, clock: Callable[[], datetime]
) -> LookbackDraft:
    """Write the draft of a look-back on a work elsewhere, with what is known of it; its inbox item stays."""
    context, now = read_context(root, as_of, clock)
    (found,) = find_works(context, [address])
    work, edition = found.work, context.edition
    template = read_template(root, "lookback", context.translations)
    authors = draft.choose_authors(edition.registry.people, author_ids, (), draft.read_git_name(root))
    years = years_between(work.published, now.date()) if work.published else 0
    known = {key: value for key, value in draft.to_plain_values(work).items() if key not in ("item", "source")}
    credit = {"date" if key == "published" else key: value for key, value in known.items()}
    values = {
        "authors": [*authors],
        "topics": [*found.topics],
        "lookback_of": credit | {"accessed": now.date().isoformat()},
        "changed_since": [],
    }
    title = _build_title(work.title, years, context.translations)
    file = draft.write_draft(
        edition,
        context.site,
        now,
        format_id="lookback",
        title=title,
        values=values,
        template=template,
        names={"original": draft.build_attribution(work)},
    )
    earlier = [
        post.file
        for post in edition.post_files
        if isinstance(post.meta.lookback_of, PastWork)
        and normalize_url(post.meta.lookback_of.url) == normalize_url(work.url)
    ]
    return LookbackDraft(file=file, title=work.title, day=work.published, found=found, earlier_lookbacks=tuple(earlier))


def _list_original_posts(edition: Edition, now: datetime) -> list[PostFile]:
    """Return the posts that readers can find now, except those about other posts."""
    return [post for post in draft.list_published_posts(edition, now) if post.format not in _EXCLUDED_FORMATS]


def _find_post(posts: Sequence[PostFile], reference: str) -> PostFile:
    path = reference.removeprefix("./")
    matches = [
        post
        for post in posts
        if path in (post.file, post.slug, Path(post.file).name)
        or (len(reference) >= MIN_ID_LENGTH and post.meta.uid.startswith(reference))
    ]
    if match := get_single_match(matches, reference, lambda post: f"{post.meta.uid}  {post.meta.title}"):
        return match
    raise UsageError(f'no published post matches "{reference}": give a uid, a slug or a file.')


def _find_earlier_lookbacks(edition: Edition, past: PostFile) -> tuple[str, ...]:
    return tuple(post.file for post in edition.post_files if post.meta.lookback_of == past.meta.uid)


def _build_title(title: str, years: int, translations: NullTranslations) -> str:
    if years > 1:
        return translations.gettext("{years} years ago: {title}").format(years=years, title=title)
    return translations.gettext("Read again: {title}").format(title=title)


def _build_reminder(past: PostFile, day: Day, translations: NullTranslations) -> str:
    day_in_words = format_date(day, "long", locale=parse_locale(get_language(translations)))
    sentence = prose.extract_first_sentence(past.body).replace("-->", "→")
    return translations.gettext("Then, on {day}: {sentence}").format(day=day_in_words, sentence=sentence)
