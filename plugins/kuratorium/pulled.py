"""What a pull says: how far it is while it works, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from . import console
from .console import counted, say, tell

if TYPE_CHECKING:
    from .intake.report import Report, Result
    from .intake.tables import Hit

Tick = Callable[["Result"], None]

_SCREENFUL = 20  # sources; with more of them a terminal shows only those of which there is something to tell
_LINES = 10  # in the course of a long pull, where nobody watches a bar
_STYLES = {"failed": "red", "held back": "yellow", "skipped": "dim"}
_QUIET = {"unchanged", "skipped"}


@contextmanager
def progress(count: int) -> Iterator[Tick]:
    """Show how many of `count` sources are done, with what they brought; yields what a pull tells of each.

    A bar at a terminal; elsewhere a line for each tenth of a pull that is long.
    """
    with _bar(count) if console.err().is_terminal else _lines(count) as tick:
        yield tick


def table(report: Report) -> None:
    """A line per source, and the sum; a terminal is spared those of many that brought nothing."""
    shown = [one for one in report.results if not (_is_many(report) and one.status in _QUIET)]
    headings = ("source", "", "new", "updated", "unchanged", "held back", "seconds", "KB")
    rows = [
        (one.id, one.status, *_counts(one), f"{one.seconds:.1f}", f"{one.bytes / 1000:.0f}" if one.bytes else "")
        for one in shown
    ]
    if rows:
        styles = [_STYLES.get(one.status, "") for one in shown]
        console.annotated(headings, rows, [_why(one) for one in shown], numbers=range(2, 8), styles=styles)
        say()
    if len(shown) < len(report.results):
        say(f"{counted(len(report.results) - len(shown), 'source')} brought nothing new.")
    total(report)
    for one in report.floods:
        say(f"{one.id} has too much that is new: «kuratorium pull --source {one.id} --now --flood» lets it in.")
    if report.new and not report.dry:
        say("«kuratorium inbox» lists what is new.")


def total(report: Report) -> None:
    """The sum of a pull in a sentence, and what the person at this machine should know."""
    for words in report.warnings:
        tell(f"warning: {words}", "yellow")
    done = len(report.results)
    asked = done - sum(one.status == "skipped" for one in report.results)
    parts = [f"{counted(report.new, 'new entry', 'new entries')} in curation/inbox/"]
    parts += [
        f"{number} {word}" for number, word in ((report.updated, "updated"), (report.held_back, "held back")) if number
    ]
    parts += [f"{report.joined} joined with others"] if report.joined else []
    parts += [f"{report.expired} expired"] if report.expired else []
    failed = f", {len(report.failed)} failed" if report.failed else ""
    rest = f", {done - asked} not asked" if done > asked else ""
    say(
        f"{'Interrupted: pulled' if report.interrupted else 'Pulled'} {counted(asked, 'source')}{failed}{rest}: "
        f"{', '.join(parts)}; {_size(report.bytes) if report.bytes else ''}{report.seconds:.1f} s."
    )
    if report.dry:
        say("Nothing was written (--dry-run).")
    elif report.interrupted:
        say("What was done is kept; the next pull goes on from there.")


def as_json(report: Report) -> None:
    """All that is known of a pull, for machines."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(report.plain())).decode() + "\n")


def joined(count: int) -> None:
    """How many files of the inbox became part of others."""
    say(f"{counted(count, 'item')} of the inbox joined with another one about the same article.")


def found(hits: Sequence[Hit], words: str, *, as_json: bool) -> None:
    """What a search found, the best first: three lines each for people, one for pipes; for machines a JSON list."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(hits)).decode() + "\n")
        return
    if console.at_terminal():
        for hit in hits:
            console.pair(
                hit.date[:10], hit.title or hit.link, " · ".join(filter(None, (hit.source, hit.authors, hit.link)))
            )
            if hit.snippet:
                say(f"            {' '.join(hit.snippet.split())}", "dim")
    elif hits:
        rows = [(hit.date[:10], hit.source, hit.title, hit.link) for hit in hits]
        console.table(("date", "source", "title", "link"), rows, long=2)
    if hits:
        tell(f"{counted(len(hits), 'entry', 'entries')} found; «kuratorium note LINK» begins a note on one.")
    else:
        tell(f"Nothing that was pulled on this machine holds «{words}».")


@contextmanager
def _bar(count: int) -> Iterator[Tick]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("Pulling"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    tally = _Tally(count)
    shown = Progress(*columns, TimeElapsedColumn(), console=console.err(), transient=True)
    task = shown.add_task("", total=count, told="")

    def tick(one: Result) -> None:
        shown.start()  # not before: a pull forks, and then no thread may be there
        tally.add(one)
        shown.update(task, advance=1, told=tally.told)

    try:
        yield tick
    finally:
        shown.stop()


@contextmanager
def _lines(count: int) -> Iterator[Tick]:
    tally = _Tally(count)

    def tick(one: Result) -> None:
        tally.add(one)
        if count > _SCREENFUL and tally.done * _LINES // count > (tally.done - 1) * _LINES // count:
            tell(f"{tally.done} of {count} sources{f': {tally.told}' if tally.told else ''}")

    yield tick


class _Tally:
    """What a pull brought so far."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.done = self.new = self.failed = 0

    def add(self, one: Result) -> None:
        self.done += 1
        self.new += one.new
        self.failed += one.status == "failed"

    @property
    def told(self) -> str:
        return ", ".join(f"{number} {word}" for number, word in ((self.new, "new"), (self.failed, "failed")) if number)


def _is_many(report: Report) -> bool:
    return console.at_terminal() and len(report.results) > _SCREENFUL


def _counts(one: Result) -> tuple[str, ...]:
    return tuple(str(number) if number else "" for number in (one.new, one.updated, one.unchanged, one.held_back))


def _why(one: Result) -> str:
    since = f" (since {_day(one.since)})" if one.since else ""
    return f"{one.reason}: {one.words}".strip(": ") + since


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB, " if count >= 1e6 else f"{count / 1e3:.0f} KB, "
