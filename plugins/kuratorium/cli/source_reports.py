"""What the commands of `sources` print: feeds to choose from, the health of sources, proposed repairs, imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..urls import has_credentials
from . import terminal
from .terminal import format_count, print_message, print_result

if TYPE_CHECKING:
    from ..edition.curation import Source
    from ..intake.sources.add import FeedCandidate
    from ..intake.sources.health import SourceHealth
    from ..intake.sources.merge import Outline
    from ..intake.sources.opml import ImportResult
    from ..intake.sources.repair import Proposal, Remark

_HEALTH_STYLES = {"failing": "red", "moved": "yellow", "never": "dim", "let alone": "dim"}
_STATUS_LABELS = {
    "fine": "fine",
    "failing": "failing",
    "moved": "moved",
    "never": "never pulled",
    "let alone": "opted out",
}


def print_feed_candidates(candidates: Sequence[FeedCandidate]) -> None:
    """Print a numbered list of feeds with what each contains: some lines each for people, one for pipes."""
    if terminal.is_stdout_terminal():
        for number, candidate in enumerate(candidates, 1):
            _print_candidate(number, candidate)
        return
    headings = ("", "feed", "title", "lang", "entries", "rhythm", "last", "")
    rows = [
        (
            str(number),
            candidate.feed,
            candidate.description.title,
            candidate.description.lang,
            str(candidate.description.entry_count),
            format_weekly_rate(candidate.description.per_week),
            str(candidate.description.last_date or ""),
            "; ".join(_list_candidate_notes(candidate)),
        )
        for number, candidate in enumerate(candidates, 1)
    ]
    terminal.print_table(headings, rows, flexible_column=7, numeric_columns=(4,))


def print_already_followed(candidate: FeedCandidate) -> None:
    """Print that a feed was not added, because a source has it already."""
    print_result(f'{candidate.feed} is already followed as "{candidate.source_id}". Nothing was changed.')


def print_added_source(source: Source) -> None:
    """Print the new entry of sources.yaml, and what to do next."""
    print_result(f"Added to curation/sources.yaml: {source.id}", "bold")
    print_result(f"  {source.name}, {source.feed}")
    if source.topics:
        print_result(f"  for {', '.join(source.topics)}")
    else:
        print_result("  Give it topics there, so that its entries are suggested for them.")
    print_result(f'Fetch it with "kuratorium pull {source.id}".')


def print_health(sources: Sequence[SourceHealth], now: datetime, *, as_json: bool) -> None:
    """Print a line per source, and the totals; or all fields as JSON."""
    if as_json:
        terminal.print_json(sources)
        return
    terminal.print_annotated_table(
        ("source", "", "last success", "next due", "a week", "picks"),
        [_format_health(source, now) for source in sources],
        ["; ".join(_list_health_problems(source)) for source in sources],
        numeric_columns=(4, 5),
        styles=[_HEALTH_STYLES.get(source.status, "") for source in sources],
    )
    counts = Counter(source.status for source in sources)
    labelled = ", ".join(f"{count} {_STATUS_LABELS[status]}" for status, count in counts.items())
    print_result()
    print_result(f"{format_count(len(sources), 'source')}: {labelled}.")
    if counts["failing"] or counts["moved"]:
        print_result('Look for new addresses with "kuratorium sources heal".')


def print_proposals(proposals: Sequence[Proposal], remarks: Sequence[Remark], diff: Sequence[str]) -> None:
    """Print the proposed changes of sources.yaml with their reasons, and remarks on sources that need something else.

    `diff` holds the lines of a unified diff.
    """
    for remark in remarks:
        print_message(f"{remark.source_id}: {remark.message}", "yellow")
    for proposal in proposals:
        print_result(f"{proposal.source_id}: {proposal.reason}")
    for line in diff:
        terminal.print_diff_line(line)
    if not proposals:
        print_result("Nothing to propose: no source has moved for good.")
    elif not terminal.is_stdout_terminal():
        print_message('Write these changes with "kuratorium sources heal --yes".')


def print_repaired_count(proposals: Sequence[Proposal]) -> None:
    """Print how many sources were changed."""
    print_result(f"{format_count(len(proposals), 'source')} changed in curation/sources.yaml.")


def print_import_result(result: ImportResult, *, with_topics: bool) -> None:
    """Print what became of the feeds and folders of an OPML file."""
    merged = result.merged
    for source in merged.added_sources:
        print_result(f"  {source.id}  {source.feed}")
    for outline in merged.refused_outlines:
        print_message(f"  skipped, because {_describe_refusal(outline)}: {outline.title or outline.feed}", "yellow")
    existing = f", {len(merged.existing_outlines)} there already" if merged.existing_outlines else ""
    skipped = f", {len(merged.refused_outlines)} skipped" if merged.refused_outlines else ""
    print_result(
        f"{format_count(len(merged.added_sources), 'source')} added to curation/sources.yaml{existing}{skipped}."
    )
    if sites := [source.id for source in merged.added_sources if source.feed == source.site]:
        print_message(
            f"Of {format_count(len(sites), 'source')} the list names only the site: {', '.join(sites)}. After a pull, "
            '"kuratorium sources heal" looks for their feeds.',
            "yellow",
        )
    _print_topics_of_import(result, with_topics=with_topics)


def _describe_refusal(outline: Outline) -> str:
    if not outline.feed:
        return "it names no feed (xmlUrl)"
    if has_credentials(outline.feed):
        return "its address holds a name and password, and none are ever sent"
    return "its address is not http(s)"


def _print_topics_of_import(result: ImportResult, *, with_topics: bool) -> None:
    merged = result.merged
    if result.new_topics:
        ids = ", ".join(topic.id for topic in result.new_topics)
        print_result(f"{format_count(len(result.new_topics), 'topic')} added to curation/topics.yaml: {ids}.")
    if result.changed_source_ids:
        count = format_count(len(result.changed_source_ids), "source")
        print_result(f"Topics added to {count}: {', '.join(result.changed_source_ids)}.")
    if result.edit_problem:
        print_message(result.edit_problem, "yellow")
    if merged.unmatched_folders:
        names = ", ".join(f'"{name}"' for name in merged.unmatched_folders)
        print_message(f"Folders that match no topic: {names}.", "yellow")
    if (merged.unmatched_folders or merged.missing_topics) and not with_topics:
        print_message("Give their feeds topics by running the import again with --topics.", "yellow")
    if any(not source.topics for source in merged.added_sources):
        print_result("Give sources without topics some, so that their entries are suggested for them.")


def format_weekly_rate(per_week: float | None) -> str:
    """Return a frequency such as "3 a week", "2 a month" or "4 a year"; empty if it is unknown."""
    if per_week is None:
        return ""
    # The largest frequency that is a whole number: "2 a month" says more than "0.5 a week".
    for unit, weeks in (("day", 1 / 7), ("week", 1), ("month", 52 / 12), ("year", 52)):
        if (number := round(per_week * weeks)) >= 1:
            return f"{number} a {unit}"
    return "less than 1 a year"


def format_moment(moment: datetime | None, now: datetime, *, past_label: str = "") -> str:
    """Return a moment within two days as its distance ("5 min ago", "in 3 h"), any other as its date.

    `past_label`, if there is one, stands for every moment before `now`.
    """
    if moment is None:
        return ""
    distance = moment - now
    if past_label and distance <= timedelta(0):
        return past_label
    if abs(distance) >= timedelta(days=2):
        return f"{moment.astimezone():%Y-%m-%d}"
    minutes = round(abs(distance).total_seconds() / 60)
    if not minutes:
        return "now"
    # Up to 100, because "90 min" is clearer than "2 h".
    length = f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"
    return f"in {length}" if distance > timedelta(0) else f"{length} ago"


def _print_candidate(number: int, candidate: FeedCandidate) -> None:
    """Print a feed for people: number and title, address, what it contains, and a line per remark."""
    description = candidate.description
    facts = (
        description.lang,
        format_count(description.entry_count, "entry", "entries"),
        format_weekly_rate(description.per_week),
        f"last {description.last_date}" if description.last_date else "",
    )
    terminal.print_two_lines(str(number), description.title or candidate.site, candidate.feed)
    print_result(f"   {', '.join(fact for fact in facts if fact)}")
    for note in _list_candidate_notes(candidate):
        print_result(f"   {note}", "yellow")


def _list_candidate_notes(candidate: FeedCandidate) -> Iterator[str]:
    if candidate.source_id:
        yield f'already followed as "{candidate.source_id}"'
    if candidate.select:
        yield 'not a feed, but a page whose entries can be recognized: followed with "type: page"'
    yield from candidate.description.problems


def _format_health(source: SourceHealth, now: datetime) -> tuple[str, ...]:
    """Return the cells of a source's row; what is unknown or 0 is left blank."""
    return (
        source.id,
        _STATUS_LABELS[source.status],
        format_moment(source.last_success, now),
        format_moment(source.next_due, now, past_label="now"),
        "" if source.per_week is None else f"{source.per_week:g}",
        str(source.picks or ""),
    )


def _list_health_problems(source: SourceHealth) -> Iterator[str]:
    if source.failing_since:
        yield f"{source.reason} since {source.failing_since.astimezone():%Y-%m-%d %H:%M}: {source.words}"
    if source.moved_to:
        yield f"moved to {source.moved_to}"
    if source.ids_judged:
        yield f"{source.bad_ids:.0%} of its ids are blank or repeated, so none of them is used"
    if source.held_back:
        yield f"{format_count(source.held_back, 'entry', 'entries')} of a flood held back"
