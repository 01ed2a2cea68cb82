"""What every post must keep, for `check` and for the build alike: documents -> misfits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import PurePosixPath

from . import words
from .formats import by_id
from .model import Document, FrontMatter, Leaf, Listed, Written
from .records import Misfit, nearest
from .registry import Registry, unknown
from .slugs import slug_of
from .yaml12 import Path

Rule = Callable[[Document, Registry], Iterator[Misfit]]

_EXAMPLES = {
    "authors": "authors: [id-of-a-curator]",
    "bookmark_of": "bookmark_of: [{url: https://…, title: …}]",
    "guests": "guests: [id-of-a-person] or guests: [{name: …, role: …}]",
    "hosts": "hosts: [id-of-a-person]",
    "event": "event: {start: 2026-11-05T17:00:00+01:00, end: …}",
    "release": "release: given, once the partner has released the text (until then release: open)",
}
_LINK = re.compile(r"(?:[(<\"']|\]:\s+)\{(?P<what>filename|static|attach)\}(?P<path>[^)>\"'\s#?]+)")


def references(document: Document | Listed, registry: Registry) -> Iterator[Misfit]:
    """Every id names a person, topic or source that is there."""
    meta = document.meta
    for field, kind in (("authors", "people"), ("topics", "topics"), ("guests", "people"), ("hosts", "people")):
        for index, one in enumerate(getattr(meta, field)):
            if isinstance(one, str) and one not in getattr(registry, kind):
                yield unknown((field, index), kind, one, getattr(registry, kind))
    for index, work in enumerate(meta.bookmark_of):
        if work.source and work.source not in registry.sources:
            yield unknown(("bookmark_of", index, "source"), "sources", work.source, registry.sources)


def needs(document: Document, _: Registry) -> Iterator[Misfit]:
    """A post has what its format cannot do without."""
    if document.meta.status == "draft":
        return
    for field in by_id(document.format).needs:
        if not getattr(document.meta, field):
            what = f"is missing: {_a(document.format)} cannot do without it"
            yield Misfit((field,), what, f"Add {_EXAMPLES[field]}.")


def format_fits_folder(document: Document, _: Registry) -> Iterator[Misfit]:
    """The folder gives the format; a field that says otherwise is a mistake."""
    if document.meta.format not in ("", document.format):
        what = f"this is «{document.meta.format}», but the file lies in {by_id(document.format).folder}/"
        yield Misfit(("format",), what, "Move the file, or delete this line: the folder gives the format.")


def own_words(document: Document, _: Registry) -> Iterator[Misfit]:
    """A note says why; every post has something to read."""
    if document.meta.status == "draft":
        return
    if by_id(document.format).notes and not words.own_words(document.body):
        what = "this note has no words of your own"
        mend = "Say below the front matter why it is worth reading; until then set status: draft."
        yield Misfit((), what, mend, document.body_line)
    elif not document.body.strip():
        mend = "Write below the front matter; until then set status: draft."
        yield Misfit((), "there is no text", mend, document.body_line)


def address(document: Document | Leaf, _: Registry) -> Iterator[Misfit]:
    """The last part of a post's or page's address is a slug, from the file's name, too."""
    slug = slug_of(document.slug, 120)
    if slug != document.slug:
        mend = f"Rename the file, or add a line «slug: {slug or 'some-words-like-these'}»."
        yield Misfit(("slug",), f"the file's name «{document.slug}» is no slug", mend)


def dates(document: Document, _: Registry) -> Iterator[Misfit]:
    """A date is of our time; one of the year 0226 is mistyped, and calendars end at 9999."""
    meta, event = document.meta, document.meta.event
    moments: list[tuple[Path, datetime | None]] = [(("date",), meta.date), (("modified",), meta.modified)]
    moments += [(("event", "start"), event.start), (("event", "end"), event.end)] if event else []
    for path, moment in moments:
        if moment and not 1900 <= moment.year < 3000:
            mend = "Correct the year, as in 2026-09-30T09:00:00+02:00."
            yield Misfit(path, f"the year {moment.year:04} is not of our time", mend)


def event_runs_forward(document: Document, _: Registry) -> Iterator[Misfit]:
    """An event ends after it begins."""
    event = document.meta.event
    if event and event.end and event.end <= event.start:
        yield Misfit(("event", "end"), "the event ends before it begins", "Correct start or end.")


def speakers(document: Document, registry: Registry) -> Iterator[Misfit]:
    """Who speaks in a conversation is one of its guests, hosts or authors."""
    if not by_id(document.format).dialogue:
        return
    meta = document.meta
    present = {one if isinstance(one, str) else slug_of(one.name) for one in (*meta.hosts, *meta.guests, *meta.authors)}
    for line, speaker, _ in words.turns(document.body):
        if speaker not in present:
            what = f"«@{speaker}» is neither guest, host nor author of this conversation"
            known = speaker in registry.people
            mend = f"Add {speaker} to guests or hosts." if known else nearest(speaker, present)
            yield Misfit((), what, mend, document.body_line + line)


RULES: tuple[Rule, ...] = (
    references,
    needs,
    format_fits_folder,
    own_words,
    address,
    dates,
    event_runs_forward,
    speakers,
)


def broken_links(document: Document | Leaf, files: Callable[[str], bool]) -> Iterator[Misfit]:
    """A link to another file of the edition leads to a file: `files` tells by path from the root."""
    for number, (word, path), target in links(document):
        if target is None or not files(target):
            what = f"{{{word}}}{path} leads nowhere"
            mend = "Name a file of the edition, from this file's folder or, with a leading /, from content/."
            yield Misfit((), what, mend, document.body_line + number)


def links(document: Document | Leaf) -> Iterator[tuple[int, tuple[str, str], str | None]]:
    """Yield line (from 0), word and path of every link to a file, and where it leads, from the root (None: outside)."""
    if "{" not in document.body:
        return
    for number, line in enumerate(document.body.split("\n")):
        for match in _LINK.finditer(line):
            yield number, (match["what"], match["path"]), target_of(document.file, match["path"])


def target_of(file: str, path: str) -> str | None:
    """Tell which file a link in `file` leads to, from the root; None where that is outside of the edition."""
    base = PurePosixPath("content") if path.startswith("/") else PurePosixPath(file).parent
    return _resolve(base / path.lstrip("/"))


def duplicates(texts: Iterable[Written]) -> Iterator[tuple[Written, Misfit]]:
    """No two posts share a uid or a slug, and no two pages a slug."""
    holders: dict[tuple[str, type, str], list[Written]] = defaultdict(list)
    for text in texts:
        holders["slug", type(text.meta), text.slug].append(text)
        if isinstance(text.meta, FrontMatter):
            holders["uid", FrontMatter, text.meta.uid].append(text)
    for (field, _, value), sharing in holders.items():
        for text in sharing[1:]:
            what = f"the {field} «{value}» is already that of {sharing[0].file}"
            mend = "A uid is made once and never copied: make a new one." if field == "uid" else "Choose another."
            yield text, Misfit((field,), what, mend)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _resolve(path: PurePosixPath) -> str | None:
    steps: list[str] = []
    for step in path.parts:
        if step != "..":
            steps.append(step)
        elif not steps:
            return None
        else:
            steps.pop()
    return "/".join(steps)
