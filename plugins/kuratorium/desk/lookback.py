"""`kuratorium lookback`: which posts of earlier years come round again this week, and a look-back on one begun."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from babel.dates import format_date
from msgspec import Struct

from ..calendar_weeks import week_of, years_between
from ..edition import prose
from ..edition.loader import Edition
from ..edition.model import Document
from ..edition.settings import Site
from ..errors import UsageError
from . import draft
from .inbox import SHORTEST, only_one, short_ids

_DERIVED = {"lookback", "digest"}
"""Formats of posts that look at others: nobody looks back on them."""

_TITLES = {
    "de": ("Vor {years} Jahren: {title}", "Wiedergelesen: {title}"),
    "en": ("{years} years ago: {title}", "Read again: {title}"),
}
_GUIDES = {
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


class Candidate(Struct, frozen=True, kw_only=True):
    """A published post of an earlier year; `short` stands for its uid, `again`: files that look back on it already."""

    short: str
    years: int
    post: Document
    again: tuple[str, ...] = ()


class Begun(Struct, frozen=True, kw_only=True):
    """A look-back that was begun: its file from the root, and what it looks back on."""

    file: str
    past: Document
    again: tuple[str, ...] = ()


def candidates(known: Edition, now: datetime) -> list[Candidate]:
    """List the posts that still stand and come round again in the week of `now`: those nobody looked back on first."""
    week = week_of(now)
    posts = _published(known, now)
    short = short_ids(document.meta.uid for document in posts)
    found = [
        Candidate(short=short[post.meta.uid], years=years, post=post, again=_again(known, post))
        for post in posts
        if (years := week.years_since(post.meta.date.date()))
    ]
    return sorted(found, key=lambda one: (bool(one.again), one.years, one.post.meta.date, one.post.meta.uid))


def propose(root: Path, *, as_of: datetime | None, clock: Callable[[], datetime]) -> list[Candidate]:
    """List the candidates of the edition at `root`; raises EditionError where it cannot be read."""
    known, _, now = draft.setting(root, as_of, clock)
    return candidates(known, now)


def begin(root: Path, item: str, *, by: Sequence[str], as_of: datetime | None, clock: Callable[[], datetime]) -> Begun:
    """Begin a look-back on `item`: the beginning of a uid, a slug or a file. Raises UsageError, EditionError."""
    known, site, now = draft.setting(root, as_of, clock)
    past = _named(_published(known, now), item)
    authors = draft.sign(known.registry.people, by, past.meta.authors, draft.git_name(root))
    title = _title(past, site, now)
    values = {
        "authors": [*authors],
        "topics": [*past.meta.topics],
        "tags": [*past.meta.tags],
        "lookback_of": past.meta.uid,
        "changed_since": [],
    }
    body = _guide(past, site)
    file = draft.write(known, site, now, format_id="lookback", title=title, values=values, body=body)
    return Begun(file=file, past=past, again=_again(known, past))


def _published(known: Edition, now: datetime) -> list[Document]:
    """Keep the posts that readers can find now, but for those that look at others themselves."""
    return [document for document in draft.published(known, now) if document.format not in _DERIVED]


def _named(posts: Sequence[Document], item: str) -> Document:
    path = item.removeprefix("./")
    matches = [
        post
        for post in posts
        if path in (post.file, post.slug, Path(post.file).name)
        or (len(item) >= SHORTEST and post.meta.uid.startswith(item))
    ]
    if only := only_one(matches, item, lambda post: f"{post.meta.uid}  {post.meta.title}"):
        return only
    raise UsageError(f"no published post is called «{item}»: name its uid, its slug or its file.")


def _again(known: Edition, past: Document) -> tuple[str, ...]:
    return tuple(document.file for document in known.documents if document.meta.lookback_of == past.meta.uid)


def _title(past: Document, site: Site, now: datetime) -> str:
    counted, plain = _TITLES.get(site.lang.partition("-")[0], _TITLES["en"])
    years = years_between(past.meta.date, now)
    return (counted if years > 1 else plain).format(years=years, title=past.meta.title)


def _guide(past: Document, site: Site) -> str:
    language = site.lang.partition("-")[0]
    guide = _GUIDES.get(language, _GUIDES["en"])
    day = format_date(past.meta.date.date(), "long", locale=language if language in _GUIDES else "en")
    sentence = prose.first_sentence(past.body).replace("-->", "→")
    return guide.format(day=day, sentence=sentence, file=past.file)
