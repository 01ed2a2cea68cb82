"""What each command says of what it did: results -> lines and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import EditionError, KuratoriumError, Problem
from . import terminal
from .terminal import format_count, print_message, print_result

if TYPE_CHECKING:
    from ..desk.check import CheckResult as Checked
    from ..desk.check import WordCount
    from ..desk.digest import DigestDraft as Digested
    from ..desk.draft import NoteDraft
    from ..desk.inbox import StoryGroup
    from ..desk.lookback import LookbackCandidate
    from ..desk.lookback import LookbackDraft as LookedBack
    from ..intake.report import PullReport
    from ..publishing.build.model import BuildResult
    from ..publishing.build.progress import Timings

_MAX_ITEMS = 20  # items; what a person takes in at once
_MAX_NOTES = 5  # notes; those that an editor is at
_MAX_SIMILAR = 3  # of those that tell the same story


@contextmanager
def show_spinner(what: str) -> Iterator[None]:
    """Show at a terminal that something takes a while."""
    with terminal.create_stderr_console().status(what):
        yield


def print_warning(words: str) -> None:
    """Tell what should be known beside the result."""
    print_message(f"warning: {words}", "yellow")


def print_pull_and_build(report: PullReport, result: BuildResult) -> None:
    """The sum of a pull and a build, and where to look."""
    from . import intake_reports

    intake_reports.print_pull_summary(report)
    for one in report.failed_results:
        print_result(f"  {one.id} failed ({one.reason}): {one.words}", "yellow")
    if report.failed_results:
        print_result("  The site was built all the same: what was published before stays.")
    print_build_result(result)


def print_build_result(result: BuildResult) -> None:
    """What a build made, and where to look."""
    size = f"{format_count(result.post_count, 'post')} on {format_count(result.page_count, 'page')}"
    if result.written_count or result.deleted_count:
        changes = f"{result.written_count} written, {result.unchanged_count} unchanged, {result.deleted_count} deleted"
        print_result(f"Built {size} in {result.seconds:.1f} s ({changes}).")
    else:
        print_result(f"Nothing changed: {size} are as they were ({result.seconds:.1f} s).")
    if result.whole_build_reason:
        print_result(f"Every file was made anew, as pelicanconf.py asks: {result.whole_build_reason}.")
    print_result(f"Look at {result.index_path}", "bold")


def print_timings(timings: Timings) -> None:
    """Where the time of a build went, a line for each phase, on stderr."""
    for name, seconds in timings.seconds.items():
        things = timings.counts[name]
        print_message(f"{seconds:8.3f} s  {name}{f' ({things})' if things else ''}")


def print_lines(lines: Sequence[str]) -> None:
    """Say some lines as they are."""
    for line in lines:
        print_result(line)


def print_inbox(groups: Sequence[StoryGroup], item_count: int, problems: Sequence[Problem], *, show_all: bool) -> None:
    """What waits, the newest first: a line each for pipes, two for people, who see the newest unless `whole`.

    What cannot be read is told on stderr.
    """
    chosen = sum(1 + len(card.similar_items) for card in groups)
    shown = groups if show_all or not terminal.is_stdout_terminal() else groups[:_MAX_ITEMS]
    if terminal.is_stdout_terminal():
        for card in shown:
            _print_group(card)
    elif shown:
        rows = [
            (one.short_id, one.day.isoformat(), one.work.source, one.meta.title, ", ".join(one.meta.topics), like)
            for card in shown
            for one, like in ((card.item, ""), *((other, card.item.short_id) for other in card.similar_items))
        ]
        terminal.print_table(("id", "published", "source", "title", "topics", "alike"), rows, flexible_column=3)
    print_message(_format_item_count(sum(1 + len(card.similar_items) for card in shown), chosen, item_count))
    if groups:
        print_message(
            f"«kuratorium note {groups[0].item.short_id}» begins a note; deleting a file dismisses it for good."
        )
    for problem in problems:
        terminal.print_problem(problem, "yellow", "cannot be read: ")


def print_note_draft(draft: NoteDraft) -> None:
    """What the note is about, beside its path."""
    work = draft.work
    print_message(" – ".join(part for part in (work.title, work.publication, ", ".join(work.authors)) if part), "bold")
    print_message(work.url)
    if draft.is_resumed:
        print_message("The note was there already; the item has left the inbox.", "yellow")
    for other in draft.other_posts:
        print_message(f"The same work is recommended already: {other}", "yellow")


def print_lookback_candidates(candidates: Sequence[LookbackCandidate]) -> None:
    """What came out this week in earlier years: those first that nobody has looked back on."""
    rows = [
        (one.short_id, one.post.meta.date.date().isoformat(), str(one.years_ago), one.post.format, one.post.meta.title)
        for one in candidates
    ]
    if rows:
        marked = [(*row, ", ".join(one.earlier_lookbacks)) for row, one in zip(rows, candidates, strict=True)]
        terminal.print_table(
            ("id", "published", "years ago", "format", "title", "seen again"),
            marked,
            flexible_column=4,
            numeric_columns={2},
        )
        print_message(f"«kuratorium lookback {candidates[0].short_id}» begins a look-back.")
    else:
        print_message(
            "Nothing was published in this week of an earlier year. «kuratorium lookback POST» takes any other post."
        )


def print_lookback_draft(draft: LookedBack) -> None:
    """What the look-back looks at, beside its path."""
    print_message(f"{draft.original_post.meta.title} – {draft.original_post.meta.date.date().isoformat()}", "bold")
    for other in draft.earlier_lookbacks:
        print_message(f"Somebody has looked back on it already: {other}", "yellow")


def print_digest_draft(draft: Digested) -> None:
    """What the issue holds, beside its path."""
    print_message(f"{format_count(draft.posts, 'post')} from {draft.period.since} to {draft.period.until}", "bold")


def print_check_result(result: Checked, *, all_notes: bool) -> None:
    """All problems on stderr, errors last, where they are read first; on stdout the words of the notes, and the sum.

    Of the notes the newest are told, or all of them (`whole`).
    """
    for one in result.warnings:
        terminal.print_problem(one, "yellow", "warning: ")
    for one in result.errors:
        terminal.print_problem(one, "red", "error: ")
    if result.word_counts:
        _print_word_counts(result.word_counts if all_notes else result.word_counts[:_MAX_NOTES], result.quote_budget)
        own, quoted = (
            sum(one.own_words for one in result.word_counts),
            sum(one.quoted_words for one in result.word_counts),
        )
        print_result(
            f"{format_count(len(result.word_counts), 'note')}: {format_count(own, 'own word')}, {quoted} quoted."
        )
    counts = ((result.posts, "post"), (result.pages, "page"), (result.sources, "source"))
    looked = ", ".join(format_count(number, noun) for number, noun in counts)
    found = [
        format_count(len(problems), noun)
        for problems, noun in ((result.errors, "error"), (result.warnings, "warning"))
        if problems
    ]
    print_result(f"{looked} checked: {', '.join(found) or 'no problems'}.")


def _print_word_counts(notes: Sequence[WordCount], budget: int) -> None:
    """Tell own and quoted words of each note, and what was quoted most from one work, beside the budget for that."""
    limit = f" of {budget}" if budget else ""
    rows = [(str(one.own_words), str(one.quoted_words), f"{one.max_quoted_words}{limit}", one.file) for one in notes]
    terminal.print_table(("own", "quoted", "from one work", "note"), rows, flexible_column=3, numeric_columns=(0, 1, 2))


def print_start_result(backup_folder: str) -> None:
    """What the edition's new owner does next."""
    print_result(f"This edition is yours. What was there before is kept in {backup_folder}/.")
    print_result("Next:")
    print_result("  kuratorium check      names the pages that wait for your words (imprint, privacy)")
    print_result("  kuratorium pull       fetches your feeds; add some in curation/sources.yaml or by «sources import»")
    print_result("  kuratorium inbox      lists what is new; «kuratorium note ID» begins your first note")
    print_result("  kuratorium preview    shows the site while you write")
    print_result("  git add -A && git commit -m 'Our own edition'")


def print_error(error: KuratoriumError) -> None:
    """Why a command ended: all problems of the edition, or one message."""
    if not isinstance(error, EditionError):
        print_message(f"{error}", "red")
        return
    for one in error.problems:
        terminal.print_problem(one, "red")
        print_message()
    print_message(f"{format_count(len(error.problems), 'problem')}. Nothing was changed.")


def _print_group(card: StoryGroup) -> None:
    """Show a candidate on two lines, and below it what tells the same story."""
    one = card.item
    others = dict.fromkeys(other.source for other in one.meta.also_in if other.source != one.work.source)
    also = f"also in {', '.join(others)}" if others else ""
    credit = dict.fromkeys((one.day.isoformat(), one.work.publication or one.work.source, *one.work.authors))
    terminal.print_two_lines(
        one.short_id, one.meta.title, " · ".join(part for part in (*credit, *one.meta.topics, also) if part)
    )
    for other in card.similar_items[:_MAX_SIMILAR]:
        terminal.print_two_lines(other.short_id, f"= {other.meta.title}", other.work.publication or other.work.source)
    if len(card.similar_items) > _MAX_SIMILAR:
        print_result(f"      and {len(card.similar_items) - _MAX_SIMILAR} more like it", "dim")


def _format_item_count(shown: int, chosen: int, waiting: int) -> str:
    if not waiting:
        return "Nothing is waiting. «kuratorium pull» fetches what is new."
    chosen_of = f"{format_count(chosen, 'item')}{f' of {waiting}' if chosen != waiting else ''} waiting"
    return f"{chosen_of}, the newest {shown} shown; --all shows the others." if shown != chosen else f"{chosen_of}."
