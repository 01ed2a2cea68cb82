"""What each command says of what it did: results -> lines and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import console
from .console import counted, say, tell
from .errors import EditionError, KuratoriumError, Problem

if TYPE_CHECKING:  # the rooms are big; who only lists the inbox need not wait for Pelican or httpx
    from .editing.check import Result as Checked
    from .editing.draft import Draft
    from .editing.triage import Candidate
    from .intake.pull import Report, Result
    from .intake.subscriptions import Merged
    from .publishing.build import Built

_SCREENFUL = 20  # items; what a person takes in at once
_STYLES = {"failed": "red", "skipped": "yellow"}


@contextmanager
def pulling(count: int) -> Iterator[Callable[[Result], None]]:
    """Show at a terminal how many of `count` sources are done; yields what a pull tells of each."""
    done = 0

    def tick(_: Result) -> None:
        nonlocal done
        done += 1
        status.update(f"Pulling {counted(count, 'source')}: {done} done")

    with console.err().status(f"Pulling {counted(count, 'source')}") as status:
        yield tick


def pull(report: Report) -> None:
    """A line per source, and the sum."""
    headings = ("source", "", "entries", "new", "held back", "seconds", "")
    rows = [
        (one.id, one.status, *_numbers(one), f"{one.seconds:.1f}", f"{one.reason}: {one.words}".strip(": "))
        for one in report.results
    ]
    console.table(headings, rows, long=6, numbers=(2, 3, 4, 5), styles=[_STYLES.get(row[1], "") for row in rows])
    say()
    say(_pulled(report))
    if report.new:
        say("«kuratorium inbox» lists what is new.")


def site(report: Report, made: Built) -> None:
    """The sum of a pull and a build, and where to look."""
    say(_pulled(report))
    for one in report.failed:
        say(f"  {one.id} failed ({one.reason}): {one.words}", "yellow")
    if report.failed:
        say("  The site was built all the same: what was published before stays.")
    built(made)


def built(made: Built) -> None:
    """What a build made, and where to look."""
    changes = f"{made.written} written, {made.unchanged} unchanged, {made.deleted} deleted"
    say(f"Built {counted(made.posts, 'post')} on {counted(made.pages, 'page')} in {made.seconds:.1f} s ({changes}).")
    say(f"Look at {made.index}", "bold")


def inbox(chosen: Sequence[Candidate], waiting: int, broken: Sequence[Problem], *, whole: bool) -> None:
    """What waits, the newest first: a line each for pipes, two for people, who see the newest unless `whole`.

    What cannot be read is told on stderr.
    """
    shown = chosen if whole or not console.at_terminal() else chosen[:_SCREENFUL]
    if console.at_terminal():
        for one in shown:
            credit = dict.fromkeys((one.day.isoformat(), one.work.publication or one.work.source, *one.work.authors))
            console.pair(one.short, one.meta.title, " · ".join(part for part in (*credit, *one.meta.topics) if part))
    elif shown:
        rows = [
            (one.short, one.day.isoformat(), one.work.source, one.meta.title, ", ".join(one.meta.topics))
            for one in shown
        ]
        console.table(("id", "published", "source", "title", "topics"), rows, long=3)
    tell(_waiting(len(shown), len(chosen), waiting))
    if chosen:
        tell(f"«kuratorium note {chosen[0].short}» begins a note; deleting a file dismisses it for good.")
    for problem in broken:
        console.problem(problem, "yellow", "cannot be read: ")


def note(draft: Draft) -> None:
    """What the note is about, beside its path."""
    work = draft.work
    tell(" – ".join(part for part in (work.title, work.publication, ", ".join(work.authors)) if part), "bold")
    tell(work.url)
    if draft.resumed:
        tell("The note was there already; the item has left the inbox.", "yellow")
    for other in draft.others:
        tell(f"The same work is recommended already: {other}", "yellow")


def check(result: Checked) -> None:
    """All problems on stderr, errors last, where they are read first; the sum on stdout."""
    for one in result.warnings:
        console.problem(one, "yellow", "warning: ")
    for one in result.errors:
        console.problem(one, "red", "error: ")
    looked = f"{counted(result.posts, 'post')}, {counted(result.pages, 'page')}, {counted(result.sources, 'source')}"
    found = [
        counted(len(problems), noun)
        for problems, noun in ((result.errors, "error"), (result.warnings, "warning"))
        if problems
    ]
    say(f"{looked} checked: {', '.join(found) or 'no problems'}.")


def started(kept: str) -> None:
    """What the edition's new owner does next."""
    say(f"This edition is yours. What was there before is kept in {kept}/.")
    say("Next:")
    say("  kuratorium check      names the pages that wait for your words (imprint, privacy)")
    say("  kuratorium pull       fetches your feeds; add some in curation/sources.yaml or by «sources import»")
    say("  kuratorium inbox      lists what is new; «kuratorium note ID» begins your first note")
    say("  kuratorium preview    shows the site while you write")
    say("  git add -A && git commit -m 'Our own edition'")


def imported(merged: Merged) -> None:
    """What became of the feeds of a list."""
    for one in merged.added:
        say(f"  {one.id}  {one.feed}")
    for outline in merged.refused:
        tell(f"  passed over, no http(s) address: {outline.title or outline.feed}", "yellow")
    known = f", {len(merged.known)} there already" if merged.known else ""
    refused = f", {len(merged.refused)} passed over" if merged.refused else ""
    say(f"{counted(len(merged.added), 'source')} added to curation/sources.yaml{known}{refused}.")
    if any(not one.topics for one in merged.added):
        say("Give those without topics some, so that their entries are suggested for them.")


def failure(error: KuratoriumError) -> None:
    """Why a command ended: all problems of the edition, or one message."""
    if not isinstance(error, EditionError):
        tell(f"{error}", "red")
        return
    for one in error.problems:
        console.problem(one, "red")
        tell()
    tell(f"{counted(len(error.problems), 'problem')}. Nothing was changed.")


def _numbers(one: Result) -> tuple[str, str, str]:
    return tuple(str(number) if number else "" for number in (one.entries, one.new, one.held_back))  # type: ignore[return-value]


def _pulled(report: Report) -> str:
    failed = f", {len(report.failed)} failed" if report.failed else ""
    held = f" ({report.held_back} older ones held back)" if report.held_back else ""
    entries = f"{counted(report.new, 'new entry', 'new entries')} in curation/inbox/{held}"
    return f"Pulled {counted(len(report.results), 'source')}{failed}: {entries} in {report.seconds:.1f} s."


def _waiting(shown: int, chosen: int, waiting: int) -> str:
    if not waiting:
        return "Nothing is waiting. «kuratorium pull» fetches what is new."
    chosen_of = f"{counted(chosen, 'item')}{f' of {waiting}' if chosen != waiting else ''} waiting"
    return f"{chosen_of}, the newest {shown} shown; --all shows the others." if shown != chosen else f"{chosen_of}."
