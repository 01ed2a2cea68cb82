"""Looks over everything in curation/ and content/; adding a rule is one function and a line in CHECKS.

Links between the edition's own texts that readers would follow to nothing.

What an issue lists is labelled in it, too: advertisements, gifts, relations.

Whose words a note is made of: own ones and quoted ones are counted apart, these by the work they come from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..edition import loader, prose, settings
from ..edition.formats import get_format
from ..edition.labels import DISCLOSURES
from ..edition.loader import Edition
from ..edition.model import PostFile, StandalonePage
from ..edition.registry import Registry, find_removed_fields
from ..edition.rules import media
from ..edition.validation import Violation
from ..errors import Problem
from ..translations import read_translations
from . import inbox
from .inbox import InboxItem


def check_links_to_withheld(edition: Edition) -> Iterator[Problem]:
    """Tell links from what is published to drafts, and to interviews that wait for their release."""
    texts: list[PostFile | StandalonePage] = [*edition.post_files, *edition.standalone_pages]
    waiting = {text.file: _describe_withheld(text) for text in texts if text.meta.is_withheld}
    if waiting:
        misfits = [
            (text, misfit)
            for text in texts
            if not text.meta.is_withheld
            for misfit in _find_links_to_withheld(text, waiting)
        ]
        yield from loader.report_violations(edition.root, misfits)


def _find_links_to_withheld(text: PostFile | StandalonePage, waiting: dict[str, str]) -> Iterator[Violation]:
    for number, (word, path), target in media.find_links(text):
        if target in waiting:
            what = f"{{{word}}}{path} leads to {waiting[target]}: readers will find no page there"
            mend = "Publish both together, or take the link out until then."
            yield Violation((), what, mend, text.body_line + number)


def _describe_withheld(text: PostFile | StandalonePage) -> str:
    return "a draft" if text.meta.status == "draft" else "an interview that is not released"


def check_disclosure_labels(edition: Edition) -> Iterator[Problem]:
    """Find the lines of issues that lead to a post with a disclosure, and lack its label."""
    disclosures = {post.file: post.meta.disclosure for post in edition.post_files if post.meta.disclosure}
    # Few editions have such a link: a catalogue is read when the first one turns up.
    find_translations = cache(lambda lang: _read_translations(edition.root, lang))
    for issue in edition.post_files:
        if issue.meta.period:
            for number, _, target in media.find_links(issue):
                if target in disclosures:
                    message = DISCLOSURES[disclosures[target].kind]
                    yield from _require_label(issue, number, find_translations(issue.meta.lang).gettext(message))


def _require_label(issue: PostFile, number: int, label: str) -> Iterator[Problem]:
    """Report line `number` of an issue's body if it lacks `label`."""
    if label.casefold() not in issue.body.split("\n")[number].casefold():
        what = "this leads to a post with a disclosure, and does not say so"
        mend = f"Write «{label}: » before the link, as the post itself does."
        yield Problem(issue.file, issue.body_line + number, "", what, mend)


def _read_translations(root: Path, lang: str) -> NullTranslations:
    """Read the catalogue of a post's language; a post that names none is in the site's."""
    site = settings.read_site_settings(root)
    return read_translations(root / site.theme, lang or site.lang)


_LINK_ADDRESS = re.compile(r"\]\(<?(https?://[^\s)>]+)|<(https?://[^\s>]+)>")


class WordCount(Struct, frozen=True, kw_only=True):
    """The words of a note. `works` are the quoted ones by the address of their work ("" where none is named)."""

    file: str
    date: datetime
    own_words: int
    quoted_by_work: dict[str, int]

    @property
    def quoted_words(self) -> int:
        """All quoted words."""
        return sum(self.quoted_by_work.values())

    @property
    def max_quoted_words(self) -> int:
        """The words quoted from the work that most were taken from."""
        return max(self.quoted_by_work.values(), default=0)


def count_note_words(note: PostFile) -> WordCount:
    """Count the words of a note."""
    works: dict[str, int] = {}
    for quotation in prose.find_quotations(note.body):
        source = find_quoted_address(quotation)
        works[source] = works.get(source, 0) + prose.count_words(quotation.text)
    return WordCount(
        file=note.file, date=note.meta.date, own_words=prose.count_own_words(note.body), quoted_by_work=works
    )


def find_quoted_address(quotation: prose.Quotation) -> str:
    """Tell the address that a quotation's attribution leads to; "" where it leads nowhere."""
    match = _LINK_ADDRESS.search(quotation.attribution)
    return (match[1] or match[2]) if match else ""


Level = Literal["error", "warning"]

_LAPSED_LAWS = {
    r"TMG|Telemediengesetz": "the TMG is no longer in force: its § 5 is now § 5 DDG",
    r"RStV|Rundfunkstaatsvertrag": "the RStV is no longer in force: its § 55 is now § 18 MStV",
    r"TTDSG": "the TTDSG is now called TDDDG",
}
_PLACEHOLDER = re.compile(r"\[(?:Bitte ergänzen|Please complete)[:\]]")


class CheckInput(Struct, frozen=True):
    """What is looked over: the edition, the inbox, and what could not be read of both."""

    edition: Edition
    edition_problems: list[Problem]
    inbox_items: list[InboxItem]
    inbox_problems: list[Problem]


class Check(Struct, frozen=True):
    """A rule: `error` keeps the site from being built, `warning` is for the editor to judge."""

    name: str
    level: Level
    find_problems: Callable[[CheckInput], Iterable[Problem]]


class CheckResult(Struct, frozen=True, kw_only=True):
    """What was found, and how much was looked at; `notes` are their words, the newest first, drafts too."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    posts: int
    pages: int
    sources: int
    word_counts: tuple[WordCount, ...] = ()
    quote_budget: int = 0


def run_checks(root: Path) -> CheckResult:
    """Hold the edition at `root` against all CHECKS."""
    desk = CheckInput(*loader.read_edition(root), *inbox.read_inbox(root))
    found: dict[Level, set[Problem]] = {"error": set(), "warning": set()}
    for check in CHECKS:
        found[check.level].update(check.find_problems(desk))
    return CheckResult(
        errors=tuple(sorted(found["error"])),
        warnings=tuple(sorted(found["warning"])),
        posts=len(desk.edition.post_files),
        pages=len(desk.edition.standalone_pages),
        sources=len(desk.edition.registry.sources),
        word_counts=_count_all_notes(desk.edition),
        quote_budget=desk.edition.registry.policy.quote_budget if desk.edition.registry.policy else 0,
    )


def _count_all_notes(edition: Edition) -> tuple[WordCount, ...]:
    counted = [count_note_words(document) for document in edition.post_files if get_format(document.format).is_note]
    return tuple(sorted(counted, key=lambda one: (-one.date.timestamp(), one.file)))


def check_attribution(document: PostFile, _: Registry) -> Iterator[Violation]:
    """A quotation carries its source: one linked line under it."""
    for quotation in prose.find_quotations(document.body):
        if not find_quoted_address(quotation):
            what = "this quotation has no linked line that names its source"
            mend = "Put under it: > — Publication, Author: [Title](https://…)"
            yield Violation((), what, mend, document.body_line + quotation.line)


def check_quote_budget(document: PostFile, registry: Registry) -> Iterator[Violation]:
    """A note says more than it quotes, and quotes no more of a work than the policy allows."""
    if not get_format(document.format).is_note:
        return
    counted = count_note_words(document)
    budget = registry.policy.quote_budget if registry.policy else 0
    mend = "Quote less; a quotation is free only as far as your own argument needs it."
    if counted.quoted_words > counted.own_words > 0:
        what = f"{counted.quoted_words} quoted words stand against {counted.own_words} of your own"
        yield Violation((), what, mend, document.body_line)
    for source, quoted in counted.quoted_by_work.items():
        if budget and quoted > budget:
            what = f"{quoted} words quoted from {source or 'one source'} are over the quote_budget of policy.yaml"
            yield Violation((), f"{what} ({budget})", mend, document.body_line)


def check_captions(document: PostFile, _: Registry) -> Iterator[Violation]:
    """Who cannot hear a recording of ours can read it."""
    media = document.meta.media
    ours = media and ((media.audio and media.audio.file) or (media.video and media.video.file))
    if ours and not any(turn.time for turn in prose.find_turns(document.body)):
        mend = "Write what is said as turns with time codes, or name a WebVTT file: transcript: media/….vtt."
        yield Violation(("media",), "this recording has neither captions nor a transcript", mend)


def check_topics(document: PostFile, _: Registry) -> Iterator[Violation]:
    """A post is found by its topics; a digest sums up all of them."""
    if not document.meta.topics and not document.meta.period:
        mend = "Add topics: [id], with ids of curation/topics.yaml; else no topic's page and feed will show it."
        yield Violation(("topics",), "this post has no topic", mend)


def check_lapsed_laws(page: StandalonePage) -> Iterator[Violation]:
    """Imprint and privacy page name the laws that are in force."""
    for line, text in enumerate(page.body.splitlines(), page.body_line):
        for pattern, what in _LAPSED_LAWS.items():
            if re.search(rf"\b(?:{pattern})\b", text):
                yield Violation(
                    (), what, "Name the law of today, and have the passage read by someone who knows it.", line
                )


def check_placeholders(page: StandalonePage) -> Iterator[Violation]:
    """What `kuratorium start` could not know is filled in before readers see it."""
    for line, text in enumerate(page.body.splitlines(), page.body_line):
        if _PLACEHOLDER.search(text):
            yield Violation((), "something is still to be completed here", "Write it in place of the brackets.", line)


def check_duplicate_items(check_input: CheckInput) -> Iterator[Problem]:
    """What the inbox offers is not offered twice, and is no note yet."""
    seen = {document.meta.uid: document.file for document in check_input.edition.post_files}
    for candidate in sorted(check_input.inbox_items, key=lambda one: one.file):
        other = seen.setdefault(candidate.meta.uid, candidate.file)
        if other != candidate.file:
            mend = "Delete this file, if nothing was written in it."
            yield Problem(candidate.file, 0, "", f"this is already {other} (both have the same uid)", mend)


def _wrap_post_rule(
    rule: Callable[[PostFile, Registry], Iterator[Violation]],
) -> Callable[[CheckInput], Iterable[Problem]]:
    def find(desk: CheckInput) -> Iterable[Problem]:
        known = desk.edition.registry
        posts = [document for document in desk.edition.post_files if document.meta.status != "draft"]
        return loader.report_violations(
            desk.edition.root, [(post, misfit) for post in posts for misfit in rule(post, known)]
        )

    return find


def _wrap_page_rule(rule: Callable[[StandalonePage], Iterator[Violation]]) -> Callable[[CheckInput], Iterable[Problem]]:
    def find(desk: CheckInput) -> Iterable[Problem]:
        leaves = desk.edition.standalone_pages
        return loader.report_violations(desk.edition.root, [(leaf, misfit) for leaf in leaves for misfit in rule(leaf)])

    return find


CHECKS: tuple[Check, ...] = (
    Check("edition", "error", lambda desk: desk.edition_problems),
    Check("inbox", "error", lambda desk: desk.inbox_problems),
    Check("labels", "error", lambda desk: check_disclosure_labels(desk.edition)),
    Check("waiting-twice", "warning", check_duplicate_items),
    Check("dead-ends", "warning", lambda desk: check_links_to_withheld(desk.edition)),
    Check("attribution", "warning", _wrap_post_rule(check_attribution)),
    Check("quote-budget", "warning", _wrap_post_rule(check_quote_budget)),
    Check("topics", "warning", _wrap_post_rule(check_topics)),
    Check("captions", "warning", _wrap_post_rule(check_captions)),
    Check("old-laws", "warning", _wrap_page_rule(check_lapsed_laws)),
    Check("unfinished", "warning", _wrap_page_rule(check_placeholders)),
    Check("removed-fields", "warning", lambda desk: find_removed_fields(desk.edition.root)),
)
