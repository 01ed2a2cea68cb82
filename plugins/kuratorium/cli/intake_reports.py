"""What a pull says: how far it is while it works, and what came of it.

What the commands about sources say: feeds to choose from, how the sources are, what is proposed for them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from . import terminal
from .terminal import counted, say, tell

if TYPE_CHECKING:
    from ..edition.curation import Source
    from ..intake.archive import Hit
    from ..intake.report import Report, Result
    from ..intake.sources.add import Offer
    from ..intake.sources.health import Health
    from ..intake.sources.opml import Merged
    from ..intake.sources.repair import Proposal, Remark

Tick = Callable[["Result"], None]

_SCREENFUL = 20  # sources; with more of them a terminal shows only those of which there is something to tell
_LINES = 10  # in the course of a long pull, where nobody watches a bar
_PULL_STYLES = {"failed": "red", "held back": "yellow", "skipped": "dim"}
_QUIET = {"unchanged", "skipped"}


@contextmanager
def progress(count: int) -> Iterator[Tick]:
    """Show how many of `count` sources are done, with what they brought; yields what a pull tells of each.

    A bar at a terminal; elsewhere a line for each tenth of a pull that is long.
    """
    with _bar(count) if terminal.err().is_terminal else _lines(count) as tick:
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
        styles = [_PULL_STYLES.get(one.status, "") for one in shown]
        terminal.annotated(headings, rows, [_why(one) for one in shown], numbers=range(2, 8), styles=styles)
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
    if terminal.at_terminal():
        for hit in hits:
            terminal.pair(
                hit.date[:10], hit.title or hit.link, " · ".join(filter(None, (hit.source, hit.authors, hit.link)))
            )
            if hit.snippet:
                say(f"            {' '.join(hit.snippet.split())}", "dim")
    elif hits:
        rows = [(hit.date[:10], hit.source, hit.title, hit.link) for hit in hits]
        terminal.table(("date", "source", "title", "link"), rows, long=2)
    if hits:
        tell(f"{counted(len(hits), 'entry', 'entries')} found; «kuratorium note LINK» begins a note on one.")
    else:
        tell(f"Nothing that was pulled on this machine holds «{words}».")


@contextmanager
def _bar(count: int) -> Iterator[Tick]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Pulling"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    tally = _Tally(count)
    shown = Progress(*columns, TimeElapsedColumn(), console=terminal.err(), transient=True)
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
    return terminal.at_terminal() and len(report.results) > _SCREENFUL


def _counts(one: Result) -> tuple[str, ...]:
    return tuple(str(number) if number else "" for number in (one.new, one.updated, one.unchanged, one.held_back))


def _why(one: Result) -> str:
    since = f" (since {_day(one.since)})" if one.since else ""
    return f"{one.reason}: {one.words}".strip(": ") + since


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB, " if count >= 1e6 else f"{count / 1e3:.0f} KB, "


_SOURCE_STYLES = {"failing": "red", "moved": "yellow", "never": "dim", "let alone": "dim"}
_DIFF = {"+": "green", "-": "red", "@": "cyan"}


def offers(found: Sequence[Offer]) -> None:
    """Number the feeds of a site, and tell what each holds: for people some lines each, for pipes one."""
    if not terminal.at_terminal():
        headings = ("", "feed", "title", "lang", "entries", "rhythm", "last", "")
        rows = [
            (str(number), one.feed, one.facts.title, one.facts.lang, str(one.facts.entries), rhythm(one.facts.per_week),
             str(one.facts.last or ""), "; ".join(_remarks(one)))
            for number, one in enumerate(found, 1)
        ]  # fmt: skip
        terminal.table(headings, rows, long=7, numbers=(4,))
        return
    for number, one in enumerate(found, 1):
        facts = one.facts
        last = f"last {facts.last}" if facts.last else ""
        held = (facts.lang, counted(facts.entries, "entry", "entries"), rhythm(facts.per_week), last)
        terminal.pair(str(number), facts.title or one.site, one.feed)
        say(f"   {', '.join(part for part in held if part)}")
        for remark in _remarks(one):
            say(f"   {remark}", "yellow")


def followed(one: Offer) -> None:
    """Tell that a feed needs not be added."""
    say(f"{one.feed} is followed already, as «{one.followed}». Nothing was changed.")


def added(source: Source) -> None:
    """Tell what was written, and what comes next."""
    say(f"Added to curation/sources.yaml: {source.id}", "bold")
    say(f"  {source.name}, {source.feed}")
    if source.topics:
        say(f"  for {', '.join(source.topics)}")
    else:
        say("  Give it topics there, so that its entries are suggested for them.")
    say(f"«kuratorium pull {source.id}» fetches it.")


def health(sources: Sequence[Health], now: datetime, *, as_json: bool) -> None:
    """A line per source, and the sum; for machines a JSON list."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(sources)).decode() + "\n")
        return
    headings = ("source", "", "last success", "next due", "a week", "picks")
    rows = [
        (one.id, one.status, when(one.last_success, now), when(one.next_due, now, past="now"),
         "" if one.per_week is None else f"{one.per_week:g}", str(one.picks or ""))
        for one in sources
    ]  # fmt: skip
    notes = ["; ".join(_troubles(one)) for one in sources]
    terminal.annotated(
        headings, rows, notes, numbers=(4, 5), styles=[_SOURCE_STYLES.get(one.status, "") for one in sources]
    )
    counts = Counter(one.status for one in sources)
    say()
    say(
        f"{counted(len(sources), 'source')}: {', '.join(f'{number} {_SUMS[name]}' for name, number in counts.items())}."
    )
    if counts["failing"] or counts["moved"]:
        say("«kuratorium sources heal» looks for new addresses.")


_SUMS = {"fine": "fine", "failing": "failing", "moved": "moved", "never": "never pulled", "let alone": "let alone"}


def proposals(found: Sequence[Proposal], remarks: Sequence[Remark], difference: Sequence[str]) -> None:
    """Tell what would change, as a diff with its reasons, and what needs something else."""
    for remark in remarks:
        tell(f"{remark.source}: {remark.words}", "yellow")
    for one in found:
        say(f"{one.source}: {one.why}")
    for line in difference:
        terminal.out().print(Text(line, style=_DIFF.get(line[:1], "")), soft_wrap=True)
    if not found:
        say("Nothing to propose: no source has moved for good.")
    elif not terminal.at_terminal():
        tell("«kuratorium sources heal --yes» writes this.")


def healed(done: Sequence[Proposal]) -> None:
    """Tell that it is written."""
    say(f"{counted(len(done), 'source')} changed in curation/sources.yaml.")


def imported(merged: Merged) -> None:
    """What became of the feeds of a list, and of its folders."""
    for one in merged.added:
        say(f"  {one.id}  {one.feed}")
    for outline in merged.refused:
        tell(f"  passed over, no http(s) address: {outline.title or outline.feed}", "yellow")
    known = f", {len(merged.known)} there already" if merged.known else ""
    refused = f", {len(merged.refused)} passed over" if merged.refused else ""
    say(f"{counted(len(merged.added), 'source')} added to curation/sources.yaml{known}{refused}.")
    if merged.topics:
        names = ", ".join(topic.id for topic in merged.topics)
        say(f"{counted(len(merged.topics), 'topic')} added to curation/topics.yaml: {names}.")
    if merged.folders:
        tell(f"No topics: {', '.join(f'«{name}»' for name in merged.folders)}.", "yellow")
        tell(
            "Add them to curation/topics.yaml, or import the list with --topics, before its feeds are added.", "yellow"
        )
    if any(not one.topics for one in merged.added):
        say("Give those without topics some, so that their entries are suggested for them.")


def rhythm(per_week: float | None) -> str:
    """Say how often something comes: «3 a week», «2 a month», «4 a year»."""
    if per_week is None:
        return ""
    for unit, times in (("day", 1 / 7), ("week", 1), ("month", 52 / 12), ("year", 52)):
        if (number := round(per_week * times)) >= 1:
            return f"{number} a {unit}"
    return "less than 1 a year"


def when(moment: datetime | None, now: datetime, *, past: str = "") -> str:
    """Say when something was or will be: near ones by their distance, others by their day."""
    if moment is None:
        return ""
    away = moment - now
    if past and away <= timedelta(0):
        return past
    if abs(away) >= timedelta(days=2):
        return f"{moment.astimezone():%Y-%m-%d}"
    minutes = round(abs(away).total_seconds() / 60)
    if not minutes:
        return "now"
    distance = f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"
    return f"in {distance}" if away > timedelta(0) else f"{distance} ago"


def _remarks(one: Offer) -> Iterator[str]:
    if one.followed:
        yield f"followed already, as «{one.followed}»"
    if one.select:
        yield "no feed, but a page whose entries are marked up: followed as «type: page»"
    yield from one.facts.problems


def _troubles(one: Health) -> Iterator[str]:
    if one.failing_since:
        yield f"{one.reason} since {one.failing_since.astimezone():%Y-%m-%d %H:%M}: {one.words}"
    if one.moved_to:
        yield f"moved to {one.moved_to}"
    if one.ids_judged:
        yield f"{one.bad_ids:.0%} of its ids are blank or repeated: its entries are told apart without them"
    if one.held_back:
        yield f"{counted(one.held_back, 'entry', 'entries')} of a flood held back"
