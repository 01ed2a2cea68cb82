"""`kuratorium lookback`: which posts of earlier years come round again this week, and a look-back on one begun."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from ..errors import UsageError
from ..translations import N_, get_language, read_translations
from . import draft
from .inbox import MIN_ID_LENGTH, get_single_match, shorten_uids

_EXCLUDED_FORMATS = {"lookback", "digest"}
"""Formats of posts that look at others: nobody looks back on them."""

# What a new look-back asks of its editor, a paragraph each.
_INSTRUCTIONS = (
    N_("What did it say then, and what of it still holds? Say so below this comment, in your own words."),
    N_("changed_since: one sentence each on what is different by now; without any the look-back is not published."),
    N_("When it is done, delete the line «status: draft»."),
)


class LookbackCandidate(Struct, frozen=True, kw_only=True):
    """A published post of an earlier year; `short` stands for its uid, `again`: files that look back on it already."""

    short_id: str
    years_ago: int
    post: PostFile
    earlier_lookbacks: tuple[str, ...] = ()


class LookbackDraft(Struct, frozen=True, kw_only=True):
    """A look-back that was begun: its file from the root, and what it looks back on."""

    file: str
    original_post: PostFile
    earlier_lookbacks: tuple[str, ...] = ()


def list_candidates(edition: Edition, now: datetime) -> list[LookbackCandidate]:
    """List the posts that still stand and come round again in the week of `now`: those nobody looked back on first."""
    week = get_week(now)
    posts = _list_original_posts(edition, now)
    short = shorten_uids(document.meta.uid for document in posts)
    found = [
        LookbackCandidate(
            short_id=short[post.meta.uid],
            years_ago=years,
            post=post,
            earlier_lookbacks=_find_earlier_lookbacks(edition, post),
        )
        for post in posts
        if (years := week.get_anniversary_years(post.meta.date.date()))
    ]
    return sorted(
        found, key=lambda one: (bool(one.earlier_lookbacks), one.years_ago, one.post.meta.date, one.post.meta.uid)
    )


def propose_lookbacks(root: Path, *, as_of: datetime | None, clock: Callable[[], datetime]) -> list[LookbackCandidate]:
    """List the candidates of the edition at `root`; raises EditionError where it cannot be read."""
    known, _, now = draft.load_edition_and_site(root, as_of, clock)
    return list_candidates(known, now)


def begin_lookback(
    root: Path, reference: str, *, author_ids: Sequence[str], as_of: datetime | None, clock: Callable[[], datetime]
) -> LookbackDraft:
    """Begin a look-back on `item`: the beginning of a uid, a slug or a file. Raises UsageError, EditionError."""
    known, site, now = draft.load_edition_and_site(root, as_of, clock)
    past = _find_post(_list_original_posts(known, now), reference)
    authors = draft.choose_authors(known.registry.people, author_ids, past.meta.authors, draft.read_git_name(root))
    translations = read_translations(root / site.theme, site.lang)
    title = _build_title(past, now, translations)
    values = {
        "authors": [*authors],
        "topics": [*past.meta.topics],
        "tags": [*past.meta.tags],
        "lookback_of": past.meta.uid,
        "changed_since": [],
    }
    body = _build_instructions(past, translations)
    file = draft.write_draft(known, site, now, format_id="lookback", title=title, values=values, body=body)
    return LookbackDraft(file=file, original_post=past, earlier_lookbacks=_find_earlier_lookbacks(known, past))


def _list_original_posts(known: Edition, now: datetime) -> list[PostFile]:
    """Keep the posts that readers can find now, but for those that look at others themselves."""
    return [document for document in draft.list_published_posts(known, now) if document.format not in _EXCLUDED_FORMATS]


def _find_post(posts: Sequence[PostFile], item: str) -> PostFile:
    path = item.removeprefix("./")
    matches = [
        post
        for post in posts
        if path in (post.file, post.slug, Path(post.file).name)
        or (len(item) >= MIN_ID_LENGTH and post.meta.uid.startswith(item))
    ]
    if only := get_single_match(matches, item, lambda post: f"{post.meta.uid}  {post.meta.title}"):
        return only
    raise UsageError(f"no published post is called «{item}»: name its uid, its slug or its file.")


def _find_earlier_lookbacks(known: Edition, past: PostFile) -> tuple[str, ...]:
    return tuple(document.file for document in known.post_files if document.meta.lookback_of == past.meta.uid)


def _build_title(past: PostFile, now: datetime, translations: NullTranslations) -> str:
    years = years_between(past.meta.date, now)
    if years > 1:
        return translations.gettext("{years} years ago: {title}").format(years=years, title=past.meta.title)
    return translations.gettext("Read again: {title}").format(title=past.meta.title)


def _build_instructions(past: PostFile, translations: NullTranslations) -> str:
    day = format_date(past.meta.date.date(), "long", locale=parse_locale(get_language(translations)))
    sentence = prose.extract_first_sentence(past.body).replace("-->", "→")
    reminder = translations.gettext("Then, on {day}: {sentence}").format(day=day, sentence=sentence)
    return draft.build_instructions(_INSTRUCTIONS, translations, reminder, past.file)
