"""What `pull` and `find` print: the progress of a pull, its results, and the entries that a search found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from . import terminal
from .terminal import format_count, print_message, print_result

if TYPE_CHECKING:
    from ..intake.archive import SearchHit
    from ..intake.report import PullReport, SourceResult

ResultCallback = Callable[["SourceResult"], None]

_MAX_ROWS = 20  # sources; if there are more, a terminal shows only those with news, and a pipe gets progress lines
_PROGRESS_STEPS = 10  # progress lines of a long pull whose stderr is no terminal, such as the log of a CI job
_PULL_STYLES = {"failed": "red", "held back": "yellow", "skipped": "dim"}
_UNEVENTFUL_STATUSES = {"unchanged", "skipped"}


@contextmanager
def show_pull_progress(count: int) -> Iterator[ResultCallback]:
    """Show on stderr how many of `count` sources are done, and how many new entries they brought.

    Yields a function to call with each source's result. A terminal gets a bar; a pipe gets a line per tenth of a long
    pull.
    """
    is_terminal = terminal.create_stderr_console().is_terminal
    with _show_progress_bar(count) if is_terminal else _print_progress_lines(count) as advance:
        yield advance


def print_pull_table(report: PullReport) -> None:
    """Print a line per source, and the totals; a terminal gets only the sources with news if there are many."""
    is_abridged = terminal.is_stdout_terminal() and len(report.results) > _MAX_ROWS
    results = [result for result in report.results if not (is_abridged and result.status in _UNEVENTFUL_STATUSES)]
    if results:
        terminal.print_annotated_table(
            ("source", "", "new", "updated", "unchanged", "held back", "seconds", "KB"),
            [_format_result(result) for result in results],
            [_format_failure(result) for result in results],
            numeric_columns=range(2, 8),
            styles=[_PULL_STYLES.get(result.status, "") for result in results],
        )
        print_result()
    if len(results) < len(report.results):  # or the table would seem to be complete
        print_result(f"{format_count(len(report.results) - len(results), 'source')} brought nothing new.")
    for result in report.results:
        for remark in result.remarks:
            print_result(f"{result.id}: {remark.rstrip('.')}.")
    print_pull_summary(report)
    for result in report.flooded_results:
        print_result(
            f"{result.id} has unusually many new entries; "
            f'accept them with "kuratorium pull --source {result.id} --now --flood".'
        )
    if report.new and not report.dry:
        print_result('List the new items with "kuratorium inbox".')


def print_pull_summary(report: PullReport) -> None:
    """Print the totals of a pull in one sentence, after its warnings."""
    for message in report.warnings:
        print_message(f"warning: {message}", "yellow")
    skipped = sum(result.status == "skipped" for result in report.results)
    failed = len(report.failed_results)
    sources = format_count(len(report.results) - skipped, "source")
    sources += f", {failed} failed" if failed else ""
    sources += f", {skipped} skipped" if skipped else ""
    entries = [f"{format_count(report.new, 'new entry', 'new entries')} in curation/inbox/"]
    for count, label in (
        (report.updated, "updated"),
        (report.held_back, "held back"),
        (report.joined, "merged with others"),
        (report.expired, "expired"),
        (report.dismissed, "dismissed by others"),
    ):
        entries += [f"{count} {label}"] if count else []
    size = f"{_format_size(report.bytes)}, " if report.bytes else ""
    verb = "Interrupted: pulled" if report.interrupted else "Pulled"
    print_result(f"{verb} {sources}: {', '.join(entries)}; {size}{report.seconds:.1f} s.")
    if report.dry:
        print_result("Nothing was written (--dry-run).")
    elif report.interrupted:
        print_result("The results so far are kept; the next pull continues from there.")


def print_pull_json(report: PullReport) -> None:
    """Print the totals and the result of each source as JSON."""
    terminal.print_json(report.to_dict())


def print_deduplicated_count(count: int) -> None:
    """Print how many inbox items were merged into others by `pull --join`."""
    print_result(f"{format_count(count, 'inbox item')} merged with another one about the same article.")


def print_search_hits(hits: Sequence[SearchHit], words: str, *, as_json: bool) -> None:
    """Print the entries that a search for `words` found: three lines each for people, one for pipes, or JSON."""
    if as_json:
        terminal.print_json(hits)
        return
    if not hits:
        print_message(f'No entry that was pulled on this machine matches "{words}".')
        return
    if terminal.is_stdout_terminal():
        for hit in hits:
            facts = " · ".join(filter(None, (hit.source, hit.authors, hit.link)))
            terminal.print_two_lines(hit.date[:10], hit.title or hit.link, facts)
            if hit.snippet:
                print_result(f"            {' '.join(hit.snippet.split())}", "dim")
    else:
        rows = [(hit.date[:10], hit.source, hit.title, hit.link) for hit in hits]  # the day of an ISO date
        terminal.print_table(("date", "source", "title", "link"), rows, flexible_column=2)
    count = format_count(len(hits), "entry", "entries")
    print_message(f'{count} found. Begin a note on one with "kuratorium note LINK".')


@contextmanager
def _show_progress_bar(count: int) -> Iterator[ResultCallback]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Pulling"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[summary]}"))
    counter = _PullCounter()
    progress = Progress(*columns, TimeElapsedColumn(), console=terminal.create_stderr_console(), transient=True)
    task = progress.add_task("", total=count, summary="")

    def advance(result: SourceResult) -> None:
        # Not before the first result: rich draws in a thread, and a pull forks its workers, which a process with
        # threads must not do (a lock that another thread holds stays locked in the child).
        progress.start()
        counter.add(result)
        progress.update(task, advance=1, summary=counter.summary)

    try:
        yield advance
    finally:
        progress.stop()


@contextmanager
def _print_progress_lines(count: int) -> Iterator[ResultCallback]:
    counter = _PullCounter()

    def advance(result: SourceResult) -> None:
        counter.add(result)
        step, previous = (done * _PROGRESS_STEPS // count for done in (counter.done, counter.done - 1))
        if count > _MAX_ROWS and step > previous:
            print_message(f"{counter.done} of {count} sources{f': {counter.summary}' if counter.summary else ''}")

    yield advance


class _PullCounter:
    """Counts the results of a pull so far."""

    def __init__(self) -> None:
        self.done = self.new = self.failed = 0

    def add(self, result: SourceResult) -> None:
        self.done += 1
        self.new += result.new
        self.failed += result.status == "failed"

    @property
    def summary(self) -> str:
        """The counts in words, without those that are 0."""
        return ", ".join(f"{count} {label}" for count, label in ((self.new, "new"), (self.failed, "failed")) if count)


def _format_result(result: SourceResult) -> tuple[str, ...]:
    """Return the cells of a source's row; a zero is left blank, so that the others stand out."""
    counts = (result.new, result.updated, result.unchanged, result.held_back)
    size = f"{result.bytes / 1000:.0f}" if result.bytes else ""
    return (result.id, result.status, *(str(count or "") for count in counts), f"{result.seconds:.1f}", size)


def _format_failure(result: SourceResult) -> str:
    """Return why a source failed and since when; empty if it did not."""
    since = f" (since {_format_time(result.since)})" if result.since else ""
    return f"{result.reason}: {result.words}".strip(": ") + since


def _format_time(moment: datetime) -> str:
    """Return a moment in the time zone of this machine."""
    # astimezone() without an argument takes the machine's zone: this is for the person at the terminal, not the site.
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _format_size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"
