"""Looks over everything in curation/ and content/; adding a rule is one function and a line in CHECKS.

Links between the edition's own texts that readers would follow to nothing.

What an issue lists is labelled in it, too: advertisements, gifts, relations.

Whose words a note is made of: own ones and quoted ones are counted apart, these by the work they come from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..edition import loader, prose
from ..edition.formats import by_id
from ..edition.loader import Edition
from ..edition.model import Document, Leaf
from ..edition.registry import Registry
from ..edition.rules import media
from ..edition.validation import Misfit
from ..errors import Problem
from . import inbox
from .digest_text import said
from .inbox import Candidate


def to_withheld(found: Edition) -> Iterator[Problem]:
    """Tell links from what is published to drafts, and to interviews that wait for their release."""
    texts: list[Document | Leaf] = [*found.documents, *found.leaves]
    waiting = {text.file: _reason(text) for text in texts if text.meta.withheld}
    if waiting:
        misfits = [(text, misfit) for text in texts if not text.meta.withheld for misfit in _misfits(text, waiting)]
        yield from loader.place(found.root, misfits)


def _misfits(text: Document | Leaf, waiting: dict[str, str]) -> Iterator[Misfit]:
    for number, (word, path), target in media.links(text):
        if target in waiting:
            what = f"{{{word}}}{path} leads to {waiting[target]}: readers will find no page there"
            mend = "Publish both together, or take the link out until then."
            yield Misfit((), what, mend, text.body_line + number)


def _reason(text: Document | Leaf) -> str:
    return "a draft" if text.meta.status == "draft" else "an interview that is not released"


def unlabelled(known: Edition) -> Iterator[Problem]:
    """Find the lines of issues that lead to a post with a disclosure, and lack its label."""
    posts = {document.file: document for document in known.documents}
    for issue in known.documents:
        if issue.meta.period:
            lines = issue.body.split("\n")
            for number, _, target in media.links(issue):
                if label := _missing(posts.get(target or ""), lines[number], issue.meta.lang):
                    what = "this leads to a post with a disclosure, and does not say so"
                    mend = f"Write «{label}: » before the link, as the post itself does."
                    yield Problem(issue.file, issue.body_line + number, "", what, mend)


def _missing(post: Document | None, line: str, lang: str) -> str:
    """The label that a line should have and has not."""
    if post is None or not post.meta.disclosure:
        return ""
    label = said(lang).labels[post.meta.disclosure.kind]
    return "" if label.casefold() in line.casefold() else label


_ADDRESS = re.compile(r"\]\(<?(https?://[^\s)>]+)|<(https?://[^\s>]+)>")


class Tally(Struct, frozen=True, kw_only=True):
    """The words of a note. `works` are the quoted ones by the address of their work ("" where none is named)."""

    file: str
    date: datetime
    own: int
    works: dict[str, int]

    @property
    def quoted(self) -> int:
        """All quoted words."""
        return sum(self.works.values())

    @property
    def most(self) -> int:
        """The words quoted from the work that most were taken from."""
        return max(self.works.values(), default=0)


def of(note: Document) -> Tally:
    """Count the words of a note."""
    works: dict[str, int] = {}
    for quotation in prose.quotations(note.body):
        source = source_of(quotation)
        works[source] = works.get(source, 0) + prose.count(quotation.text)
    return Tally(file=note.file, date=note.meta.date, own=prose.own_words(note.body), works=works)


def source_of(quotation: prose.Quotation) -> str:
    """Tell the address that a quotation's attribution leads to; "" where it leads nowhere."""
    match = _ADDRESS.search(quotation.attribution)
    return (match[1] or match[2]) if match else ""


Level = Literal["error", "warning"]

_OLD_LAWS = {
    r"TMG|Telemediengesetz": "the TMG is no longer in force: its § 5 is now § 5 DDG",
    r"RStV|Rundfunkstaatsvertrag": "the RStV is no longer in force: its § 55 is now § 18 MStV",
    r"TTDSG": "the TTDSG is now called TDDDG",
}
_UNFINISHED = re.compile(r"\[(?:Bitte ergänzen|Please complete)[:\]]")


class Desk(Struct, frozen=True):
    """What is looked over: the edition, the inbox, and what could not be read of both."""

    edition: Edition
    problems: list[Problem]
    inbox: list[Candidate]
    inbox_problems: list[Problem]


class Check(Struct, frozen=True):
    """A rule: `error` keeps the site from being built, `warning` is for the editor to judge."""

    name: str
    level: Level
    find: Callable[[Desk], Iterable[Problem]]


class Result(Struct, frozen=True, kw_only=True):
    """What was found, and how much was looked at; `notes` are their words, the newest first, drafts too."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    posts: int
    pages: int
    sources: int
    notes: tuple[Tally, ...] = ()
    budget: int = 0


def run(root: Path) -> Result:
    """Hold the edition at `root` against all CHECKS."""
    desk = Desk(*loader.read(root), *inbox.read(root))
    found: dict[Level, set[Problem]] = {"error": set(), "warning": set()}
    for check in CHECKS:
        found[check.level].update(check.find(desk))
    return Result(
        errors=tuple(sorted(found["error"])),
        warnings=tuple(sorted(found["warning"])),
        posts=len(desk.edition.documents),
        pages=len(desk.edition.leaves),
        sources=len(desk.edition.registry.sources),
        notes=_notes(desk.edition),
        budget=desk.edition.registry.policy.quote_budget if desk.edition.registry.policy else 0,
    )


def _notes(found: Edition) -> tuple[Tally, ...]:
    counted = [of(document) for document in found.documents if by_id(document.format).notes]
    return tuple(sorted(counted, key=lambda one: (-one.date.timestamp(), one.file)))


def attribution(document: Document, _: Registry) -> Iterator[Misfit]:
    """A quotation carries its source: one linked line under it."""
    for quotation in prose.quotations(document.body):
        if not source_of(quotation):
            what = "this quotation has no linked line that names its source"
            mend = "Put under it: > — Publication, Author: [Title](https://…)"
            yield Misfit((), what, mend, document.body_line + quotation.line)


def quote_budget(document: Document, registry: Registry) -> Iterator[Misfit]:
    """A note says more than it quotes, and quotes no more of a work than the policy allows."""
    if not by_id(document.format).notes:
        return
    counted = of(document)
    budget = registry.policy.quote_budget if registry.policy else 0
    mend = "Quote less; a quotation is free only as far as your own argument needs it."
    if counted.quoted > counted.own > 0:
        what = f"{counted.quoted} quoted words stand against {counted.own} of your own"
        yield Misfit((), what, mend, document.body_line)
    for source, quoted in counted.works.items():
        if budget and quoted > budget:
            what = f"{quoted} words quoted from {source or 'one source'} are over the quote_budget of policy.yaml"
            yield Misfit((), f"{what} ({budget})", mend, document.body_line)


def captions(document: Document, _: Registry) -> Iterator[Misfit]:
    """Who cannot hear a recording of ours can read it."""
    media = document.meta.media
    ours = media and ((media.audio and media.audio.file) or (media.video and media.video.file))
    if ours and not any(turn.time for turn in prose.turns(document.body)):
        mend = "Write what is said as turns with time codes, or name a WebVTT file: transcript: media/….vtt."
        yield Misfit(("media",), "this recording has neither captions nor a transcript", mend)


def topics(document: Document, _: Registry) -> Iterator[Misfit]:
    """A post is found by its topics; a digest sums up all of them."""
    if not document.meta.topics and not document.meta.period:
        mend = "Add topics: [id], with ids of curation/topics.yaml; else no topic's page and feed will show it."
        yield Misfit(("topics",), "this post has no topic", mend)


def old_laws(leaf: Leaf) -> Iterator[Misfit]:
    """Imprint and privacy page name the laws that are in force."""
    for line, text in enumerate(leaf.body.splitlines(), leaf.body_line):
        for pattern, what in _OLD_LAWS.items():
            if re.search(rf"\b(?:{pattern})\b", text):
                yield Misfit(
                    (), what, "Name the law of today, and have the passage read by someone who knows it.", line
                )


def unfinished(leaf: Leaf) -> Iterator[Misfit]:
    """What `kuratorium start` could not know is filled in before readers see it."""
    for line, text in enumerate(leaf.body.splitlines(), leaf.body_line):
        if _UNFINISHED.search(text):
            yield Misfit((), "something is still to be completed here", "Write it in place of the brackets.", line)


def waiting_twice(desk: Desk) -> Iterator[Problem]:
    """What the inbox offers is not offered twice, and is no note yet."""
    seen = {document.meta.uid: document.file for document in desk.edition.documents}
    for candidate in sorted(desk.inbox, key=lambda one: one.file):
        other = seen.setdefault(candidate.meta.uid, candidate.file)
        if other != candidate.file:
            mend = "Delete this file, if nothing was written in it."
            yield Problem(candidate.file, 0, "", f"this is already {other} (both have the same uid)", mend)


def _posts(rule: Callable[[Document, Registry], Iterator[Misfit]]) -> Callable[[Desk], Iterable[Problem]]:
    def find(desk: Desk) -> Iterable[Problem]:
        known = desk.edition.registry
        posts = [document for document in desk.edition.documents if document.meta.status != "draft"]
        return loader.place(desk.edition.root, [(post, misfit) for post in posts for misfit in rule(post, known)])

    return find


def _pages(rule: Callable[[Leaf], Iterator[Misfit]]) -> Callable[[Desk], Iterable[Problem]]:
    def find(desk: Desk) -> Iterable[Problem]:
        leaves = desk.edition.leaves
        return loader.place(desk.edition.root, [(leaf, misfit) for leaf in leaves for misfit in rule(leaf)])

    return find


CHECKS: tuple[Check, ...] = (
    Check("edition", "error", lambda desk: desk.problems),
    Check("inbox", "error", lambda desk: desk.inbox_problems),
    Check("labels", "error", lambda desk: unlabelled(desk.edition)),
    Check("waiting-twice", "warning", waiting_twice),
    Check("dead-ends", "warning", lambda desk: to_withheld(desk.edition)),
    Check("attribution", "warning", _posts(attribution)),
    Check("quote-budget", "warning", _posts(quote_budget)),
    Check("topics", "warning", _posts(topics)),
    Check("captions", "warning", _posts(captions)),
    Check("old-laws", "warning", _pages(old_laws)),
    Check("unfinished", "warning", _pages(unfinished)),
)
