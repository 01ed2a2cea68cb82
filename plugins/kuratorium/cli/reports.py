"""What each command says of what it did: results -> lines and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import EditionError, KuratoriumError, Problem
from . import intake_reports, terminal
from .terminal import counted, say, tell

if TYPE_CHECKING:
    from ..desk.check import Result as Checked
    from ..desk.check import Tally
    from ..desk.digest import Begun as Digested
    from ..desk.draft import Draft
    from ..desk.inbox import Card
    from ..desk.lookback import Begun as LookedBack
    from ..desk.lookback import Candidate
    from ..intake.report import Report
    from ..publishing.build.result import Built, Timings

_SCREENFUL = 20  # items; what a person takes in at once
_LATEST = 5  # notes; those that an editor is at
_ALIKE = 3  # of those that tell the same story


@contextmanager
def busy(what: str) -> Iterator[None]:
    """Show at a terminal that something takes a while."""
    with terminal.err().status(what):
        yield


def warning(words: str) -> None:
    """Tell what should be known beside the result."""
    tell(f"warning: {words}", "yellow")


def site(report: Report, made: Built) -> None:
    """The sum of a pull and a build, and where to look."""
    intake_reports.total(report)
    for one in report.failed:
        say(f"  {one.id} failed ({one.reason}): {one.words}", "yellow")
    if report.failed:
        say("  The site was built all the same: what was published before stays.")
    built(made)


def built(made: Built) -> None:
    """What a build made, and where to look."""
    size = f"{counted(made.posts, 'post')} on {counted(made.pages, 'page')}"
    if made.written or made.deleted:
        changes = f"{made.written} written, {made.unchanged} unchanged, {made.deleted} deleted"
        say(f"Built {size} in {made.seconds:.1f} s ({changes}).")
    else:
        say(f"Nothing changed: {size} are as they were ({made.seconds:.1f} s).")
    if made.pelican:
        say(f"The whole site went through Pelican, for pelicanconf.py needs it: {made.pelican}.")
    say(f"Look at {made.index}", "bold")


def timings(watch: Timings) -> None:
    """Where the time of a build went, a line for each phase, on stderr."""
    for name, seconds in watch.seconds.items():
        things = watch.things[name]
        tell(f"{seconds:8.3f} s  {name}{f' ({things})' if things else ''}")


def lines(said: Sequence[str]) -> None:
    """Say some lines as they are."""
    for line in said:
        say(line)


def inbox(cards: Sequence[Card], waiting: int, broken: Sequence[Problem], *, whole: bool) -> None:
    """What waits, the newest first: a line each for pipes, two for people, who see the newest unless `whole`.

    What cannot be read is told on stderr.
    """
    chosen = sum(1 + len(card.alike) for card in cards)
    shown = cards if whole or not terminal.at_terminal() else cards[:_SCREENFUL]
    if terminal.at_terminal():
        for card in shown:
            _card(card)
    elif shown:
        rows = [
            (one.short, one.day.isoformat(), one.work.source, one.meta.title, ", ".join(one.meta.topics), like)
            for card in shown
            for one, like in ((card.first, ""), *((other, card.first.short) for other in card.alike))
        ]
        terminal.table(("id", "published", "source", "title", "topics", "alike"), rows, long=3)
    tell(_waiting(sum(1 + len(card.alike) for card in shown), chosen, waiting))
    if cards:
        tell(f"«kuratorium note {cards[0].first.short}» begins a note; deleting a file dismisses it for good.")
    for problem in broken:
        terminal.problem(problem, "yellow", "cannot be read: ")


def note(draft: Draft) -> None:
    """What the note is about, beside its path."""
    work = draft.work
    tell(" – ".join(part for part in (work.title, work.publication, ", ".join(work.authors)) if part), "bold")
    tell(work.url)
    if draft.resumed:
        tell("The note was there already; the item has left the inbox.", "yellow")
    for other in draft.others:
        tell(f"The same work is recommended already: {other}", "yellow")


def candidates(found: Sequence[Candidate]) -> None:
    """What came out this week in earlier years: those first that nobody has looked back on."""
    rows = [
        (one.short, one.post.meta.date.date().isoformat(), str(one.years), one.post.format, one.post.meta.title)
        for one in found
    ]
    if rows:
        marked = [(*row, ", ".join(one.again)) for row, one in zip(rows, found, strict=True)]
        terminal.table(("id", "published", "years ago", "format", "title", "seen again"), marked, long=4, numbers={2})
        tell(f"«kuratorium lookback {found[0].short}» begins a look-back.")
    else:
        tell("Nothing was published in this week of an earlier year. «kuratorium lookback POST» takes any other post.")


def lookback(begun: LookedBack) -> None:
    """What the look-back looks at, beside its path."""
    tell(f"{begun.past.meta.title} – {begun.past.meta.date.date().isoformat()}", "bold")
    for other in begun.again:
        tell(f"Somebody has looked back on it already: {other}", "yellow")


def digest(begun: Digested) -> None:
    """What the issue holds, beside its path."""
    tell(f"{counted(begun.posts, 'post')} from {begun.period.since} to {begun.period.until}", "bold")


def check(result: Checked, *, whole: bool) -> None:
    """All problems on stderr, errors last, where they are read first; on stdout the words of the notes, and the sum.

    Of the notes the newest are told, or all of them (`whole`).
    """
    for one in result.warnings:
        terminal.problem(one, "yellow", "warning: ")
    for one in result.errors:
        terminal.problem(one, "red", "error: ")
    if result.notes:
        _words(result.notes if whole else result.notes[:_LATEST], result.budget)
        own, quoted = sum(one.own for one in result.notes), sum(one.quoted for one in result.notes)
        say(f"{counted(len(result.notes), 'note')}: {counted(own, 'own word')}, {quoted} quoted.")
    looked = f"{counted(result.posts, 'post')}, {counted(result.pages, 'page')}, {counted(result.sources, 'source')}"
    found = [
        counted(len(problems), noun)
        for problems, noun in ((result.errors, "error"), (result.warnings, "warning"))
        if problems
    ]
    say(f"{looked} checked: {', '.join(found) or 'no problems'}.")


def _words(notes: Sequence[Tally], budget: int) -> None:
    """Tell own and quoted words of each note, and what was quoted most from one work, beside the budget for that."""
    limit = f" of {budget}" if budget else ""
    rows = [(str(one.own), str(one.quoted), f"{one.most}{limit}", one.file) for one in notes]
    terminal.table(("own", "quoted", "from one work", "note"), rows, long=3, numbers=(0, 1, 2))


def started(kept: str) -> None:
    """What the edition's new owner does next."""
    say(f"This edition is yours. What was there before is kept in {kept}/.")
    say("Next:")
    say("  kuratorium check      names the pages that wait for your words (imprint, privacy)")
    say("  kuratorium pull       fetches your feeds; add some in curation/sources.yaml or by «sources import»")
    say("  kuratorium inbox      lists what is new; «kuratorium note ID» begins your first note")
    say("  kuratorium preview    shows the site while you write")
    say("  git add -A && git commit -m 'Our own edition'")


def failure(error: KuratoriumError) -> None:
    """Why a command ended: all problems of the edition, or one message."""
    if not isinstance(error, EditionError):
        tell(f"{error}", "red")
        return
    for one in error.problems:
        terminal.problem(one, "red")
        tell()
    tell(f"{counted(len(error.problems), 'problem')}. Nothing was changed.")


def _card(card: Card) -> None:
    """Show a candidate on two lines, and below it what tells the same story."""
    one = card.first
    others = dict.fromkeys(other.source for other in one.meta.also_in if other.source != one.work.source)
    also = f"also in {', '.join(others)}" if others else ""
    credit = dict.fromkeys((one.day.isoformat(), one.work.publication or one.work.source, *one.work.authors))
    terminal.pair(one.short, one.meta.title, " · ".join(part for part in (*credit, *one.meta.topics, also) if part))
    for other in card.alike[:_ALIKE]:
        terminal.pair(other.short, f"= {other.meta.title}", other.work.publication or other.work.source)
    if len(card.alike) > _ALIKE:
        say(f"      and {len(card.alike) - _ALIKE} more like it", "dim")


def _waiting(shown: int, chosen: int, waiting: int) -> str:
    if not waiting:
        return "Nothing is waiting. «kuratorium pull» fetches what is new."
    chosen_of = f"{counted(chosen, 'item')}{f' of {waiting}' if chosen != waiting else ''} waiting"
    return f"{chosen_of}, the newest {shown} shown; --all shows the others." if shown != chosen else f"{chosen_of}."
