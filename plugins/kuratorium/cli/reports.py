"""What the commands of the desk and of the site print; intake_reports and source_reports print for the others."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from .. import __version__
from ..errors import EditionError, KuratoriumError, Problem
from ..text.control_characters import escape_controls
from . import intake_reports, options, terminal
from .forges import gitlab
from .terminal import format_count, print_message, print_result

if TYPE_CHECKING:
    from ..desk.balance import Balance
    from ..desk.check import CheckResult, Finding
    from ..desk.digest import DigestDraft
    from ..desk.drafting.posts import PostDraft
    from ..desk.drafting.works import FoundWork
    from ..desk.fixes import FixedLine
    from ..desk.lookback import LookbackCandidate, LookbackDraft
    from ..desk.note import NoteDraft
    from ..desk.rules.links.outgoing.copies import ArchiveReport
    from ..desk.rules.links.outgoing.visits import VisitReport
    from ..desk.rules.model import Check
    from ..desk.word_count import WordCount
    from ..intake.report import PullReport
    from ..publishing.build.model import BuildResult
    from ..publishing.search.index import SearchIndex
    from .terminal import Timings

_MAX_SHARES = 10  # of outlets, of authors, …
_MAX_NOTES = 5  # notes whose words are shown; those an editor is working on
_MAX_EQUAL_WARNINGS = 3  # shown of one file
_MAX_FILES_OF_WARNING = 30  # shown with the same warning; a changed time zone has one for every old date
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@contextmanager
def show_spinner(text: str) -> Iterator[None]:
    """Show a text with a spinner at a terminal, for work whose length is unknown."""
    from rich.text import Text

    with terminal.create_stderr_console().status(Text(escape_controls(text, one_line=True))):
        yield


def print_warning(message: str) -> None:
    """Print a warning to stderr."""
    print_message(f"warning: {message}", "yellow")


def print_error(error: KuratoriumError) -> None:
    """Print to stderr why a command failed: all problems of the edition, or one message."""
    if not isinstance(error, EditionError):
        print_message(options.translate(f"{error}"), "red")
        return
    for problem in options.translate_problems(error.problems):
        terminal.print_problem(problem, "red")
        print_message()
    print_message(options.translate(f"{format_count(len(error.problems), 'problem')}. Nothing was changed."))


def print_lines(lines: Sequence[str]) -> None:
    """Print lines to stdout as they are."""
    for line in lines:
        print_result(line)


def print_pull_and_build(report: PullReport, result: BuildResult) -> None:
    """Print the totals of a pull and of the build after it, with the sources that failed."""
    intake_reports.print_pull_summary(report)
    for source in report.failed_results:
        print_result(f"  {source.id} failed ({source.reason}): {source.words}", "yellow")
    if report.failed_results:
        print_result("  The site was built without their new entries; what was published before stays.")
    print_build_result(result)


def print_build_result(result: BuildResult) -> None:
    """Print what a build wrote, and where the site is."""
    size = f"{format_count(result.post_count, 'post')} on {format_count(result.page_count, 'page')}"
    if result.written_count or result.deleted_count:
        changes = f"{result.written_count} written, {result.unchanged_count} unchanged, {result.deleted_count} deleted"
        print_result(f"Built {size} in {result.seconds:.1f} s ({changes}).")
    else:
        print_result(f"Nothing changed: {size} ({result.seconds:.1f} s).")
    if result.whole_build_reason:
        print_result(f"Every file was rendered, as pelicanconf.py asks: {result.whole_build_reason}.")
    print_result(f"Look at {result.index_path}", "bold")


def print_search_index(index: SearchIndex) -> None:
    """Print how many pages can be searched, if they were indexed anew, or why they cannot."""
    if index.failure:
        print_message(f"The site is built, but cannot be searched: {index.failure}.", "yellow")
    elif index.page_count is not None:
        print_result(f"Indexed {format_count(index.page_count, 'page')} for the search in {index.seconds:.1f} s.")


def print_timings(timings: Timings) -> None:
    """Print the seconds of each phase of a build to stderr."""
    for name, seconds in timings.seconds.items():
        count = timings.counts[name]
        print_message(f"{seconds:8.3f} s  {name}{f' ({count})' if count else ''}")


def print_note_draft(draft: NoteDraft) -> None:
    """Print to stderr which works a new note is about, and why they may belong to its topics."""
    for found in draft.found:
        print_work(found)
    if draft.is_resumed:
        print_message("The note exists already; its item was removed from the inbox.", "yellow")
    for file in draft.other_posts:
        print_message(f"See also {file}", "yellow")


def print_post_draft(draft: PostDraft) -> None:
    """Print to stderr what a new interview, talk or essay is called, and the works that it is about."""
    print_message(draft.title, "bold")
    for found in draft.found:
        print_work(found)


def print_work(found: FoundWork) -> None:
    """Print to stderr what is known of a work, and what an editor must complete."""
    work = found.work
    print_message(" – ".join(part for part in (work.title, work.publication, ", ".join(work.authors)) if part), "bold")
    if work.url:
        print_message(work.url)
    if found.reasons and not found.item:  # the desk has shown those of an item
        print_message(f"Topics: {', '.join(found.topics)} ({'; '.join(found.reasons)})")
    if found.unread_reason:
        print_message(
            f"The page could not be read ({found.unread_reason}). Title and publication are placeholders: complete "
            "them, the authors and the date under bookmark_of.",
            "yellow",
        )
    if found.elsewhere:
        # Quoted, because the address is the page's own words, and may be pasted into a shell.
        command = f"kuratorium note {shlex.quote(found.elsewhere)}"
        message = "The page names an address at another site as the original's. If that is right, delete this draft: "
        print_message(f"{message}{command}", "yellow")


def print_lookback_candidates(candidates: Sequence[LookbackCandidate]) -> None:
    """Print the posts of this week in earlier years, with the look-backs on them."""
    if not candidates:
        print_message(
            "Nothing was published in this week of an earlier year. "
            'Begin a look-back on any other post with "kuratorium lookback POST".'
        )
        return
    rows = [
        (
            candidate.short_id,
            candidate.day.isoformat(),
            str(candidate.years_ago),
            candidate.post.format,
            candidate.post.meta.title,
            ", ".join(candidate.earlier_lookbacks),
        )
        for candidate in candidates
    ]
    headings = ("id", "published", "years ago", "format", "title", "look-backs")
    terminal.print_table(headings, rows, flexible_column=4, numeric_columns={2})
    print_message(f'Begin a look-back with "kuratorium lookback {candidates[0].short_id}".')


def print_lookback_draft(draft: LookbackDraft) -> None:
    """Print to stderr what a new look-back is about, and earlier look-backs on it."""
    if draft.found:
        print_work(draft.found)
    else:
        print_message(f"{draft.title} – {draft.day.isoformat() if draft.day else ''}", "bold")
    for file in draft.earlier_lookbacks:
        noun = "work" if draft.found else "post"
        print_message(f"There is already a look-back on this {noun}: {file}", "yellow")


def print_digest_draft(draft: DigestDraft) -> None:
    """Print to stderr the number of posts in a new digest, and its period."""
    print_message(f"{format_count(draft.post_count, 'post')} from {draft.period.since} to {draft.period.until}", "bold")


def print_check_result(result: CheckResult, *, all_notes: bool) -> None:
    """Print the problems to stderr, and to stdout the words of the newest notes (or of all) and the totals."""
    rules = {finding.problem: finding.rule for finding in result.findings}
    for problem, rest in group_warnings(result.warnings):
        terminal.print_problem(problem, "yellow", f"warning [{rules[problem]}]: ")
        if rest:
            print_message(f"    {rest}")
    for problem in result.errors:  # last: the end of a long output is what people see
        terminal.print_problem(problem, "red", f"error [{rules[problem]}]: ")
    if result.word_counts:
        _print_word_counts(result.word_counts if all_notes else result.word_counts[:_MAX_NOTES], result.quote_budget)
        own = sum(count.own_words for count in result.word_counts)
        quoted = sum(count.quoted_words for count in result.word_counts)
        notes = format_count(len(result.word_counts), "note")
        print_result(f"{notes}: {format_count(own, 'own word')}, {quoted} quoted.")
        for count in result.word_counts:
            if count.is_draft and count.own_words:
                print_message(f'{count.file} has own words: delete its line "status: draft" to publish it.')
    counts = ((result.post_count, "post"), (result.page_count, "page"), (result.source_count, "source"))
    checked = ", ".join(format_count(number, noun) for number, noun in counts)
    problem_counts = ((len(result.errors), "error"), (len(result.warnings), "warning"))
    problems = ", ".join(format_count(number, noun) for number, noun in problem_counts if number)
    ignored = f" ({format_count(result.ignored_count, 'warning')} ignored)" if result.ignored_count else ""
    print_result(f"{checked} checked: {problems or 'no problems'}{ignored}.")


def group_warnings(warnings: Sequence[Problem]) -> Iterator[tuple[Problem, str]]:
    """Yield the warnings to show, each with what is said of those like it that are not shown, or with "".

    Of equal ones the first three of a file are shown; of those that more than thirty files have, that of the first.
    """
    files: dict[tuple[str, str], dict[str, list[Problem]]] = {}
    for problem in warnings:
        files.setdefault((problem.field, problem.message), {}).setdefault(problem.file, []).append(problem)
    for problem in warnings:
        by_file = files[problem.field, problem.message]
        equal = by_file[problem.file]
        is_common = len(by_file) > _MAX_FILES_OF_WARNING
        if problem not in equal[:_MAX_EQUAL_WARNINGS] or (is_common and problem is not next(iter(by_file.values()))[0]):
            continue
        if is_common:
            yield problem, f"and the same in {len(by_file) - 1} more files"
        elif problem is equal[:_MAX_EQUAL_WARNINGS][-1] and len(equal) > _MAX_EQUAL_WARNINGS:
            yield problem, f"and {len(equal) - _MAX_EQUAL_WARNINGS} more like it in this file"
        else:
            yield problem, ""


def print_balance(balance: Balance, *, show_all: bool) -> None:
    """Print the shares of each group in one table, and below it what was left out."""
    ranks = Counter[str]()
    rows = []
    for share in balance.shares:
        ranks[share.group] += 1
        if show_all or ranks[share.group] <= _MAX_SHARES:
            rows.append((share.group, share.name, str(share.count), f"{share.count / share.total:.0%}"))
    terminal.print_table(("of", "name", "picks", "share"), rows, flexible_column=1, numeric_columns=(2, 3))
    for topic, day in balance.silent_topics:
        print_result(f"silent topic: {topic} ({f'last post {day}' if day else 'no post yet'})")
    if balance.unpicked_sources:
        print_result(f"sources never picked: {', '.join(balance.unpicked_sources)}")
    counts = f"{format_count(balance.pick_count, 'pick')} in {format_count(balance.post_count, 'post')}"
    print_result(f"{counts} from {balance.since} to {balance.until}.")


def print_explanation(check: Check, explanation: str) -> None:
    """Print the id and the level of a rule, and what it looks for and what to do."""
    print_result(f"{check.id} ({check.level})", "bold")
    print_result(explanation)


def print_json_report(result: CheckResult) -> None:
    """Print the findings and the numbers of what was checked as one JSON object."""
    findings = [
        {**msgspec.structs.asdict(item.problem), "rule": item.rule, "level": item.level} for item in result.findings
    ]
    counts = {"posts": result.post_count, "pages": result.page_count, "sources": result.source_count}
    terminal.print_json({"checked": counts, "ignored": result.ignored_count, "findings": findings})


def print_github_report(result: CheckResult) -> None:
    """Print the findings as workflow commands, which GitHub and Forgejo show at the lines of a change."""
    for item in result.findings:
        place = f"file={_escape_property(item.problem.file)}"
        line = f",line={item.problem.line}" if item.problem.line else ""
        field = f"{item.problem.field}: " if item.problem.field else ""
        words = f"{field}{item.problem.message}\n{item.problem.hint}"
        print_result(f"::{item.level} {place}{line},title={item.rule}::{_escape_data(words)}")


def print_sarif_report(result: CheckResult) -> None:
    """Print the findings as SARIF 2.1.0, which forges and editors read as the results of a static analysis."""
    from ..desk.rules.checks import CHECKS

    rules = [{"id": check.id, "shortDescription": {"text": check.explanation}} for check in CHECKS]
    driver = {"name": "kuratorium", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [*map(_describe, result.findings)]}
    terminal.print_json({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


REPORTS: Mapping[str, Callable[[CheckResult], None]] = {
    "json": print_json_report,
    "github": print_github_report,
    "gitlab": gitlab.print_gitlab_report,
    "sarif": print_sarif_report,
}


def print_fixed_lines(lines: Sequence[FixedLine]) -> None:
    """Print each line that was corrected, before and after, or added."""
    for line in lines:
        print_result(f"{line.file}:{line.line}: {f'{line.before} -> ' if line.before else '+ '}{line.after.strip()}")
    print_result(f"{format_count(len(lines), 'line')} corrected.")


@contextmanager
def show_visit_progress() -> Iterator[Callable[[int, int], None]]:
    """Show at a terminal how many addresses were visited, and yield the function that is told so."""
    from rich.progress import Progress

    with Progress(console=terminal.create_stderr_console(), transient=True) as bar:
        task = bar.add_task("Visiting links", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_visit_report(report: VisitReport) -> None:
    """Print to stderr how many addresses were visited."""
    if report.failure:
        print_warning(f"links: {report.failure}")
        return
    refused = report.refused_count
    note = (
        f" {format_count(refused, 'address', 'addresses')} let no programs in: nothing is known of them."
        if refused
        else ""
    )
    known = format_count(len({item.link.address for item in report.links}), "address", "addresses")
    print_message(f"{report.visited_count} of {known} visited.{note}")


def print_missing_copies(count: int) -> None:
    """Print to stderr how many works name no archived copy, and the command that has copies made."""
    if count:
        name, names = "1 recommended work names", f"{count} recommended works name"
        words = f"{name if count == 1 else names} no archived copy"
        print_message(f'{words}: "kuratorium check --links --archive" has the Internet Archive make one of each.')


def print_unread_works(works: Iterable[tuple[str, str]]) -> None:
    """Print to stderr the works that could not be read, each with its reason."""
    for address, reason in works:
        print_message(f"{address} cannot be read: {reason}. Quotations are not compared with it.", "yellow")


def print_archive_report(report: ArchiveReport) -> None:
    """Print to stdout where copies of works are now, and to stderr of which none was made."""
    for line in report.written:
        print_result(f"{line.file}:{line.line}: + {line.after.strip()}")
    for address, reason in report.failures:
        print_message(f"{address} was not archived: {reason}", "yellow")
    waiting = f", {report.waiting_count} not tried" if report.waiting_count else ""
    print_message(f"{format_count(len(report.written), 'work')} archived, {len(report.failures)} not{waiting}.")


def _print_word_counts(counts: Sequence[WordCount], budget: int) -> None:
    """Print own and quoted words of notes; the third column is what is quoted from one work, of the budget for it."""
    limit = f" of {budget}" if budget else ""
    rows = [
        (str(count.own_words), str(count.quoted_words), f"{count.max_quoted_words}{limit}", count.file)
        for count in counts
    ]
    headings = ("own", "quoted", "from one work", "note")
    terminal.print_table(headings, rows, flexible_column=3, numeric_columns=(0, 1, 2))


def _describe(item: Finding) -> dict[str, Any]:
    problem = item.problem
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.file), "uriBaseId": "%SRCROOT%"}}
    if problem.line:  # SARIF counts lines from 1, and has no region for a whole file
        location["region"] = {"startLine": problem.line}
    field = f"{problem.field}: " if problem.field else ""
    return {
        "ruleId": item.rule,
        "level": item.level,
        "message": {"text": f"{field}{problem.message}\n{problem.hint}"},
        "locations": [{"physicalLocation": location}],
    }


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
