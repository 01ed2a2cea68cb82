"""`kuratorium lookback`: which posts of earlier years come round again this week, and a look-back on one begun."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from babel.dates import format_date
from msgspec import Struct

from ..calendar_weeks import get_week, years_between
from ..edition import prose
from ..edition.loader import Edition
from ..edition.model import PostFile
from ..edition.settings import SiteSettings
from ..errors import UsageError
from . import draft
from .inbox import MIN_ID_LENGTH, get_single_match, shorten_uids

_EXCLUDED_FORMATS = {"lookback", "digest"}
"""Formats of posts that look at others: nobody looks back on them."""

_TITLE_TEMPLATES = {
    "de": ("Vor {years} Jahren: {title}", "Wiedergelesen: {title}"),
    "en": ("{years} years ago: {title}", "Read again: {title}"),
}
_INSTRUCTIONS = {
    "de": """\
<!--
Was stand damals da, was davon gilt noch? Schreiben Sie es unter diesen Kommentar, in eigenen Worten.
changed_since: je Eintrag ein Satz darüber, was seither anders ist; ohne ihn erscheint der Rückblick nicht.
Wenn er fertig ist, löschen Sie die Zeile «status: draft».

Damals, am {day}: {sentence}
{file}
-->
""",
    "en": """\
<!--
What did it say then, and what of it still holds? Say so below this comment, in your own words.
changed_since: one sentence each on what is different by now; without any the look-back is not published.
When it is done, delete the line «status: draft».

Then, on {day}: {sentence}
{file}
-->
""",
}


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
    title = _build_title(past, site, now)
    values = {
        "authors": [*authors],
        "topics": [*past.meta.topics],
        "tags": [*past.meta.tags],
        "lookback_of": past.meta.uid,
        "changed_since": [],
    }
    body = _build_instructions(past, site)
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


def _build_title(past: PostFile, site: SiteSettings, now: datetime) -> str:
    counted, plain = _TITLE_TEMPLATES.get(site.lang.partition("-")[0], _TITLE_TEMPLATES["en"])
    years = years_between(past.meta.date, now)
    return (counted if years > 1 else plain).format(years=years, title=past.meta.title)


def _build_instructions(past: PostFile, site: SiteSettings) -> str:
    language = site.lang.partition("-")[0]
    guide = _INSTRUCTIONS.get(language, _INSTRUCTIONS["en"])
    day = format_date(past.meta.date.date(), "long", locale=language if language in _INSTRUCTIONS else "en")
    sentence = prose.extract_first_sentence(past.body).replace("-->", "→")
    return guide.format(day=day, sentence=sentence, file=past.file)
