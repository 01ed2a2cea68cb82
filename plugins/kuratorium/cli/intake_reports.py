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
from .terminal import format_count, print_message, print_result

if TYPE_CHECKING:
    from ..edition.curation import Source
    from ..intake.archive import SearchHit
    from ..intake.report import PullReport, SourceResult
    from ..intake.sources.add import FeedCandidate
    from ..intake.sources.health import SourceHealth
    from ..intake.sources.merge import MergeResult
    from ..intake.sources.repair import Proposal, Remark

ResultCallback = Callable[["SourceResult"], None]

_MAX_ROWS = 20  # sources; with more of them a terminal shows only those of which there is something to tell
_PROGRESS_STEPS = 10  # in the course of a long pull, where nobody watches a bar
_PULL_STYLES = {"failed": "red", "held back": "yellow", "skipped": "dim"}
_UNEVENTFUL_STATUSES = {"unchanged", "skipped"}


@contextmanager
def show_pull_progress(count: int) -> Iterator[ResultCallback]:
    """Show how many of `count` sources are done, with what they brought; yields what a pull tells of each.

    A bar at a terminal; elsewhere a line for each tenth of a pull that is long.
    """
    with (
        _show_progress_bar(count)
        if terminal.create_stderr_console().is_terminal
        else _print_progress_lines(count) as tick
    ):
        yield tick


def print_pull_table(report: PullReport) -> None:
    """A line per source, and the sum; a terminal is spared those of many that brought nothing."""
    shown = [one for one in report.results if not (_is_abridged(report) and one.status in _UNEVENTFUL_STATUSES)]
    headings = ("source", "", "new", "updated", "unchanged", "held back", "seconds", "KB")
    rows = [
        (one.id, one.status, *_format_counts(one), f"{one.seconds:.1f}", f"{one.bytes / 1000:.0f}" if one.bytes else "")
        for one in shown
    ]
    if rows:
        styles = [_PULL_STYLES.get(one.status, "") for one in shown]
        terminal.print_annotated_table(
            headings, rows, [_format_reason(one) for one in shown], numeric_columns=range(2, 8), styles=styles
        )
        print_result()
    if len(shown) < len(report.results):
        print_result(f"{format_count(len(report.results) - len(shown), 'source')} brought nothing new.")
    print_pull_summary(report)
    for one in report.flooded_results:
        print_result(
            f"{one.id} has too much that is new: «kuratorium pull --source {one.id} --now --flood» lets it in."
        )
    if report.new and not report.dry:
        print_result("«kuratorium inbox» lists what is new.")


def print_pull_summary(report: PullReport) -> None:
    """The sum of a pull in a sentence, and what the person at this machine should know."""
    for words in report.warnings:
        print_message(f"warning: {words}", "yellow")
    done = len(report.results)
    asked = done - sum(one.status == "skipped" for one in report.results)
    parts = [f"{format_count(report.new, 'new entry', 'new entries')} in curation/inbox/"]
    parts += [
        f"{number} {word}" for number, word in ((report.updated, "updated"), (report.held_back, "held back")) if number
    ]
    parts += [f"{report.joined} joined with others"] if report.joined else []
    parts += [f"{report.expired} expired"] if report.expired else []
    failed = f", {len(report.failed_results)} failed" if report.failed_results else ""
    rest = f", {done - asked} not asked" if done > asked else ""
    print_result(
        f"{'Interrupted: pulled' if report.interrupted else 'Pulled'} {format_count(asked, 'source')}{failed}{rest}: "
        f"{', '.join(parts)}; {_format_size(report.bytes) if report.bytes else ''}{report.seconds:.1f} s."
    )
    if report.dry:
        print_result("Nothing was written (--dry-run).")
    elif report.interrupted:
        print_result("What was done is kept; the next pull goes on from there.")


def print_pull_json(report: PullReport) -> None:
    """All that is known of a pull, for machines."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(report.to_dict())).decode() + "\n")


def print_deduplicated_count(count: int) -> None:
    """How many files of the inbox became part of others."""
    print_result(f"{format_count(count, 'item')} of the inbox joined with another one about the same article.")


def print_search_hits(hits: Sequence[SearchHit], words: str, *, as_json: bool) -> None:
    """What a search found, the best first: three lines each for people, one for pipes; for machines a JSON list."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(hits)).decode() + "\n")
        return
    if terminal.is_stdout_terminal():
        for hit in hits:
            terminal.print_two_lines(
                hit.date[:10], hit.title or hit.link, " · ".join(filter(None, (hit.source, hit.authors, hit.link)))
            )
            if hit.snippet:
                print_result(f"            {' '.join(hit.snippet.split())}", "dim")
    elif hits:
        rows = [(hit.date[:10], hit.source, hit.title, hit.link) for hit in hits]
        terminal.print_table(("date", "source", "title", "link"), rows, flexible_column=2)
    if hits:
        print_message(
            f"{format_count(len(hits), 'entry', 'entries')} found; «kuratorium note LINK» begins a note on one."
        )
    else:
        print_message(f"Nothing that was pulled on this machine holds «{words}».")


@contextmanager
def _show_progress_bar(count: int) -> Iterator[ResultCallback]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Pulling"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    tally = _PullCounter(count)
    shown = Progress(*columns, TimeElapsedColumn(), console=terminal.create_stderr_console(), transient=True)
    task = shown.add_task("", total=count, told="")

    def tick(one: SourceResult) -> None:
        shown.start()  # not before: a pull forks, and then no thread may be there
        tally.add(one)
        shown.update(task, advance=1, told=tally.summary)

    try:
        yield tick
    finally:
        shown.stop()


@contextmanager
def _print_progress_lines(count: int) -> Iterator[ResultCallback]:
    tally = _PullCounter(count)

    def tick(one: SourceResult) -> None:
        tally.add(one)
        if count > _MAX_ROWS and tally.done * _PROGRESS_STEPS // count > (tally.done - 1) * _PROGRESS_STEPS // count:
            print_message(f"{tally.done} of {count} sources{f': {tally.summary}' if tally.summary else ''}")

    yield tick


class _PullCounter:
    """What a pull brought so far."""

    def __init__(self, count: int) -> None:
        self.total = count
        self.done = self.new = self.failed = 0

    def add(self, result: SourceResult) -> None:
        self.done += 1
        self.new += result.new
        self.failed += result.status == "failed"

    @property
    def summary(self) -> str:
        return ", ".join(f"{number} {word}" for number, word in ((self.new, "new"), (self.failed, "failed")) if number)


def _is_abridged(report: PullReport) -> bool:
    return terminal.is_stdout_terminal() and len(report.results) > _MAX_ROWS


def _format_counts(one: SourceResult) -> tuple[str, ...]:
    return tuple(str(number) if number else "" for number in (one.new, one.updated, one.unchanged, one.held_back))


def _format_reason(one: SourceResult) -> str:
    since = f" (since {_format_time(one.since)})" if one.since else ""
    return f"{one.reason}: {one.words}".strip(": ") + since


def _format_time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _format_size(count: int) -> str:
    return f"{count / 1e6:.1f} MB, " if count >= 1e6 else f"{count / 1e3:.0f} KB, "


_HEALTH_STYLES = {"failing": "red", "moved": "yellow", "never": "dim", "let alone": "dim"}
_DIFF_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def print_feed_candidates(candidates: Sequence[FeedCandidate]) -> None:
    """Number the feeds of a site, and tell what each holds: for people some lines each, for pipes one."""
    if not terminal.is_stdout_terminal():
        headings = ("", "feed", "title", "lang", "entries", "rhythm", "last", "")
        rows = [
            (
                str(number),
                one.feed,
                one.description.title,
                one.description.lang,
                str(one.description.entry_count),
                format_weekly_rate(one.description.per_week),
                str(one.description.last_date or ""),
                "; ".join(_list_candidate_notes(one)),
            )
            for number, one in enumerate(candidates, 1)
        ]  # fmt: skip
        terminal.print_table(headings, rows, flexible_column=7, numeric_columns=(4,))
        return
    for number, one in enumerate(candidates, 1):
        facts = one.description
        last = f"last {facts.last_date}" if facts.last_date else ""
        held = (
            facts.lang,
            format_count(facts.entry_count, "entry", "entries"),
            format_weekly_rate(facts.per_week),
            last,
        )
        terminal.print_two_lines(str(number), facts.title or one.site, one.feed)
        print_result(f"   {', '.join(part for part in held if part)}")
        for remark in _list_candidate_notes(one):
            print_result(f"   {remark}", "yellow")


def print_already_followed(candidate: FeedCandidate) -> None:
    """Tell that a feed needs not be added."""
    print_result(f"{candidate.feed} is followed already, as «{candidate.source_id}». Nothing was changed.")


def print_added_source(source: Source) -> None:
    """Tell what was written, and what comes next."""
    print_result(f"Added to curation/sources.yaml: {source.id}", "bold")
    print_result(f"  {source.name}, {source.feed}")
    if source.topics:
        print_result(f"  for {', '.join(source.topics)}")
    else:
        print_result("  Give it topics there, so that its entries are suggested for them.")
    print_result(f"«kuratorium pull {source.id}» fetches it.")


def print_health(sources: Sequence[SourceHealth], now: datetime, *, as_json: bool) -> None:
    """A line per source, and the sum; for machines a JSON list."""
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(sources)).decode() + "\n")
        return
    headings = ("source", "", "last success", "next due", "a week", "picks")
    rows = [
        (one.id, one.status, format_moment(one.last_success, now), format_moment(one.next_due, now, past_label="now"),
         "" if one.per_week is None else f"{one.per_week:g}", str(one.picks or ""))
        for one in sources
    ]  # fmt: skip
    notes = ["; ".join(_list_health_problems(one)) for one in sources]
    terminal.print_annotated_table(
        headings, rows, notes, numeric_columns=(4, 5), styles=[_HEALTH_STYLES.get(one.status, "") for one in sources]
    )
    counts = Counter(one.status for one in sources)
    print_result()
    labelled = ", ".join(f"{number} {_STATUS_LABELS[name]}" for name, number in counts.items())
    print_result(f"{format_count(len(sources), 'source')}: {labelled}.")
    if counts["failing"] or counts["moved"]:
        print_result("«kuratorium sources heal» looks for new addresses.")


_STATUS_LABELS = {
    "fine": "fine",
    "failing": "failing",
    "moved": "moved",
    "never": "never pulled",
    "let alone": "let alone",
}


def print_proposals(proposals: Sequence[Proposal], remarks: Sequence[Remark], difference: Sequence[str]) -> None:
    """Tell what would change, as a diff with its reasons, and what needs something else."""
    for remark in remarks:
        print_message(f"{remark.source_id}: {remark.message}", "yellow")
    for one in proposals:
        print_result(f"{one.source_id}: {one.reason}")
    for line in difference:
        terminal.create_stdout_console().print(Text(line, style=_DIFF_COLORS.get(line[:1], "")), soft_wrap=True)
    if not proposals:
        print_result("Nothing to propose: no source has moved for good.")
    elif not terminal.is_stdout_terminal():
        print_message("«kuratorium sources heal --yes» writes this.")


def print_repaired_count(proposals: Sequence[Proposal]) -> None:
    """Tell that it is written."""
    print_result(f"{format_count(len(proposals), 'source')} changed in curation/sources.yaml.")


def print_import_result(result: MergeResult) -> None:
    """What became of the feeds of a list, and of its folders."""
    for one in result.added_sources:
        print_result(f"  {one.id}  {one.feed}")
    for outline in result.refused_outlines:
        print_message(f"  passed over, no http(s) address: {outline.title or outline.feed}", "yellow")
    known = f", {len(result.existing_outlines)} there already" if result.existing_outlines else ""
    refused = f", {len(result.refused_outlines)} passed over" if result.refused_outlines else ""
    print_result(f"{format_count(len(result.added_sources), 'source')} added to curation/sources.yaml{known}{refused}.")
    if result.new_topics:
        names = ", ".join(topic.id for topic in result.new_topics)
        print_result(f"{format_count(len(result.new_topics), 'topic')} added to curation/topics.yaml: {names}.")
    if result.unmatched_folders:
        print_message(f"No topics: {', '.join(f'«{name}»' for name in result.unmatched_folders)}.", "yellow")
        print_message(
            "Add them to curation/topics.yaml, or import the list with --topics, before its feeds are added.", "yellow"
        )
    if any(not one.topics for one in result.added_sources):
        print_result("Give those without topics some, so that their entries are suggested for them.")


def format_weekly_rate(per_week: float | None) -> str:
    """Say how often something comes: «3 a week», «2 a month», «4 a year»."""
    if per_week is None:
        return ""
    for unit, times in (("day", 1 / 7), ("week", 1), ("month", 52 / 12), ("year", 52)):
        if (number := round(per_week * times)) >= 1:
            return f"{number} a {unit}"
    return "less than 1 a year"


def format_moment(moment: datetime | None, now: datetime, *, past_label: str = "") -> str:
    """Say when something was or will be: near ones by their distance, others by their day."""
    if moment is None:
        return ""
    away = moment - now
    if past_label and away <= timedelta(0):
        return past_label
    if abs(away) >= timedelta(days=2):
        return f"{moment.astimezone():%Y-%m-%d}"
    minutes = round(abs(away).total_seconds() / 60)
    if not minutes:
        return "now"
    distance = f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"
    return f"in {distance}" if away > timedelta(0) else f"{distance} ago"


def _list_candidate_notes(one: FeedCandidate) -> Iterator[str]:
    if one.source_id:
        yield f"followed already, as «{one.source_id}»"
    if one.select:
        yield "no feed, but a page whose entries are marked up: followed as «type: page»"
    yield from one.description.problems


def _list_health_problems(one: SourceHealth) -> Iterator[str]:
    if one.failing_since:
        yield f"{one.reason} since {one.failing_since.astimezone():%Y-%m-%d %H:%M}: {one.words}"
    if one.moved_to:
        yield f"moved to {one.moved_to}"
    if one.ids_judged:
        yield f"{one.bad_ids:.0%} of its ids are blank or repeated: its entries are told apart without them"
    if one.held_back:
        yield f"{format_count(one.held_back, 'entry', 'entries')} of a flood held back"
