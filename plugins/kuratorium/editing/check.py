"""Looks over everything in curation/ and content/; adding a rule is one function and a line in CHECKS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from .. import edition, words
from ..edition import Edition
from ..errors import Problem
from ..formats import by_id
from ..model import Document, Leaf
from ..records import Misfit
from ..registry import Registry
from . import deadends, labelled, tally, triage
from .tally import Tally
from .triage import Candidate

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
    desk = Desk(*edition.read(root), *triage.read(root))
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
    counted = [tally.of(document) for document in found.documents if by_id(document.format).notes]
    return tuple(sorted(counted, key=lambda one: (-one.date.timestamp(), one.file)))


def attribution(document: Document, _: Registry) -> Iterator[Misfit]:
    """A quotation carries its source: one linked line under it."""
    for quotation in words.quotations(document.body):
        if not tally.source_of(quotation):
            what = "this quotation has no linked line that names its source"
            mend = "Put under it: > — Publication, Author: [Title](https://…)"
            yield Misfit((), what, mend, document.body_line + quotation.line)


def quote_budget(document: Document, registry: Registry) -> Iterator[Misfit]:
    """A note says more than it quotes, and quotes no more of a work than the policy allows."""
    if not by_id(document.format).notes:
        return
    counted = tally.of(document)
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
    if ours and not any(turn.time for turn in words.turns(document.body)):
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
        return edition.place(desk.edition.root, [(post, misfit) for post in posts for misfit in rule(post, known)])

    return find


def _pages(rule: Callable[[Leaf], Iterator[Misfit]]) -> Callable[[Desk], Iterable[Problem]]:
    def find(desk: Desk) -> Iterable[Problem]:
        leaves = desk.edition.leaves
        return edition.place(desk.edition.root, [(leaf, misfit) for leaf in leaves for misfit in rule(leaf)])

    return find


CHECKS: tuple[Check, ...] = (
    Check("edition", "error", lambda desk: desk.problems),
    Check("inbox", "error", lambda desk: desk.inbox_problems),
    Check("labels", "error", lambda desk: labelled.unlabelled(desk.edition)),
    Check("waiting-twice", "warning", waiting_twice),
    Check("dead-ends", "warning", lambda desk: deadends.to_withheld(desk.edition)),
    Check("attribution", "warning", _posts(attribution)),
    Check("quote-budget", "warning", _posts(quote_budget)),
    Check("topics", "warning", _posts(topics)),
    Check("captions", "warning", _posts(captions)),
    Check("old-laws", "warning", _pages(old_laws)),
    Check("unfinished", "warning", _pages(unfinished)),
)
