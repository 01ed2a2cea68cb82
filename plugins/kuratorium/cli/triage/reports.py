"""What the commands of the triage show: the stories, as lines, as a table, as JSON and on the desk, and the replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ...text.control_characters import escape_controls
from ...translations import N_
from .. import options, terminal
from ..terminal import format_count, print_message, print_result

if TYPE_CHECKING:
    from gettext import NullTranslations

    from rich.text import Text

    from ...desk.inbox import InboxItem
    from ...desk.triage.decisions import DecisionResult
    from ...desk.triage.desk import Desk, Filters
    from ...desk.triage.ranking import Story
    from ...desk.triage.replay import Replay
    from ...desk.triage.undo import Decision, UndoResult

_MAX_STORIES = 20  # at a terminal; more do not fit on a screen
_MAX_SIMILAR = 3  # items shown below the first of a story
_PREVIEW_LENGTH = 20_000  # characters of a text; nobody decides on more
_UNDONE = {
    "dismiss": N_("undone: dismissed"),
    "later": N_("undone: put off"),
    "nominate": N_("undone: nominated"),
    "tag": N_("undone: topic"),
    "keep": N_("undone: note"),
}


def print_stories(desk: Desk, filters: Filters, *, show_all: bool) -> None:
    """Print the stories by rank: a table for pipes, some lines each for people, who see the best ones."""
    from ...desk.triage.desk import filter_stories

    stories = filter_stories(desk, filters)
    is_terminal = terminal.is_stdout_terminal()
    shown = stories if show_all or not is_terminal else stories[:_MAX_STORIES]
    if is_terminal:
        for story in shown:
            _print_story(desk, story)
    elif shown:
        _print_table(desk, shown)
    # To stderr: a program that reads the table from a pipe must not take it for a story.
    print_message(_format_counts(desk, stories, shown))
    if stories:
        short_id = stories[0].item.short_id
        print_message(
            options.translate(
                f'Begin a note with "kuratorium note {short_id}"; "kuratorium dismiss {short_id}" dismisses it.'
            )
        )
    _print_problems(desk)


def print_json_stories(desk: Desk, filters: Filters) -> None:
    """Print the stories as JSON: points, reasons, and the items of each."""
    from ...desk.triage.desk import filter_stories

    terminal.print_json(
        [
            {
                "points": story.points,
                "reasons": [{"points": reason.points, "sentence": reason.sentence} for reason in story.reasons],
                "items": [_describe(desk, item) for item in story.items],
            }
            for story in filter_stories(desk, filters)
        ]
    )
    _print_problems(desk)


def _print_problems(desk: Desk) -> None:
    """Print the files of the inbox that cannot be read, to stderr."""
    for problem in options.translate_problems(desk.problems):
        terminal.print_problem(problem, "yellow", "cannot be read: ")


def print_reasons(story: Story, desk: Desk) -> None:
    """Print the points of a story with their reasons, and the sum."""
    for item in story.items:
        print_result(f"{item.short_id}  {item.meta.title}", "bold" if item is story.item else "")
    for reason in story.reasons:
        print_result(f"{reason.points:5d}  {reason.sentence}")
    print_result(f"{story.points:5d}  in all")
    if expiry := desk.describe_expiry(story.item):
        print_result(f"       {expiry}")


def print_decision(result: DecisionResult, one: str, several: str, **values: object) -> int:
    """Print what was decided, as a sentence on one item or on several, and what was left; return the exit code."""
    count = len(result.files)
    said = options.translate((one if count == 1 else several).format(count=count, **values))
    # Where nothing changed, undo would take back what was decided before.
    hint = options.translate('"kuratorium undo" takes it back.')
    print_message(f"{said} {hint}" if count else said)
    for file in result.refused:
        print_message(options.translate(f"{file} was saved or removed meanwhile, and stays as it is."), "yellow")
    return UsageError.exit_code if result.refused else 0


def print_replay(replay: Replay) -> None:
    """Print week by week how many picks stood in the top ten of their day, and the sum."""
    from ...desk.triage.replay import list_weeks

    rows = [(f"{monday}", str(picks), str(top)) for monday, picks, top in list_weeks(replay)]
    terminal.print_table(("week of", "became notes", "in the top 10"), rows, flexible_column=0, numeric_columns=(1, 2))
    share = replay.top_count / replay.pick_count if replay.pick_count else 0
    print_result(
        f"{replay.top_count} of {format_count(replay.pick_count, 'entry', 'entries')} that became notes stood in the "
        f"top 10 of their day ({share:.0%}; by chance {replay.chance:.0%})."
    )
    if replay.missing_count:
        counted = format_count(replay.missing_count, "entry", "entries")
        print_message(f"Not counted: {counted} of these days that no archive has; see archive_days.", "yellow")


def format_row(desk: Desk, story: Story, *, is_marked: bool) -> Text:
    """Return the two lines of a story in the list of the full-screen desk."""
    from rich.text import Text

    from ...desk.triage.briefing import describe_item

    item = story.item
    count = f" ({len(story.items)})" if len(story.items) > 1 else ""
    return Text.assemble(
        (f"{'*' if is_marked else ' '}{story.points:3d} ", "bold"),
        (escape_controls(item.meta.title, one_line=True) + count, "bold"),
        "\n     ",
        escape_controls(" · ".join(describe_item(desk, item)), one_line=True),
        no_wrap=True,
        overflow="ellipsis",
    )


def format_story(desk: Desk, story: Story) -> Text:
    """Return a story as plain text: facts, reasons, other items, and the text that the archive has."""
    from rich.text import Text

    from ...desk.triage.briefing import describe_item

    gettext, names = desk.evidence.translations.gettext, desk.registry.topics
    parts: list[str | tuple[str, str]] = []
    for item in story.items:
        parts += [(f"{escape_controls(item.meta.title, one_line=True)}\n", "bold")]
        parts += [f"{escape_controls(' · '.join(describe_item(desk, item)), one_line=True)}\n"]
        parts += [f"{escape_controls(item.work.url, one_line=True)}\n\n"]
    topics = ", ".join(names[topic].name if topic in names else topic for topic in story.item.meta.topics)
    parts += [f"{escape_controls(topics, one_line=True)}\n"] if topics else []
    parts += [f"{reason.points:3d}  {escape_controls(reason.sentence, one_line=True)}\n" for reason in story.reasons]
    parts += [f"{story.points:3d}  ", gettext("in all"), "\n\n"]
    parts += [escape_controls(desk.get_text(story.item)[:_PREVIEW_LENGTH]) or gettext("No text is known; o opens it.")]
    return Text.assemble(*parts)


def describe_undone(result: UndoResult, translations: NullTranslations) -> str:
    """Return what was undone, in how many files, and the file that kept the newest decision, if one was left."""
    parts = [_describe_decision(decision, translations) for decision in result.decisions]
    if result.left:
        message = translations.gettext("{file} was changed or removed since, and stays as it is.")
        parts.append(message.format(file=result.left[0]))
    return ". ".join(parts)


def _describe_decision(decision: Decision, translations: NullTranslations) -> str:
    kind = translations.gettext(_UNDONE[decision.kind]) if decision.kind in _UNDONE else decision.kind
    count = translations.ngettext("{count} file", "{count} files", len(decision.files))
    return f"{kind}, {count.format(count=len(decision.files))}"


def _describe(desk: Desk, item: InboxItem) -> dict[str, Any]:
    work = item.work
    return {
        "id": item.short_id,
        "uid": item.meta.uid,
        "file": item.file,
        "title": item.meta.title,
        "url": work.url,
        "source": work.source,
        "publication": work.publication,
        "authors": list(work.authors),
        "topics": list(item.meta.topics),
        "lang": work.lang or item.meta.lang,
        "published": item.day.isoformat() if item.day else None,
        "minutes": desk.count_minutes(item),
        "paywall": work.paywall,
        "expires_in_days": desk.expiry_days.get(item.meta.uid),
    }


def _print_story(desk: Desk, story: Story) -> None:
    from ...desk.triage.briefing import describe_item

    item = story.item
    facts = [*describe_item(desk, item), *(reason.sentence for reason in story.reasons)]
    terminal.print_two_lines(item.short_id, f"{item.meta.title}  [{story.points}]", " · ".join(facts))
    for other in story.items[1 : _MAX_SIMILAR + 1]:
        terminal.print_two_lines(other.short_id, f"= {other.meta.title}", other.work.publication or other.work.source)
    if len(story.items) > _MAX_SIMILAR + 1:
        print_result(f"      and {len(story.items) - _MAX_SIMILAR - 1} more like it", "dim")


def _print_table(desk: Desk, stories: Sequence[Story]) -> None:
    """Print one line per item; those of a story stand together and name the short id of its first."""
    rows = [
        (
            item.short_id,
            item.day.isoformat() if item.day else "",
            item.work.source,
            item.meta.title,
            ", ".join(item.meta.topics),
            "" if item is story.item else story.item.short_id,
            item.work.lang or item.meta.lang,
            str(desk.count_minutes(item) or ""),
            str(story.points) if item is story.item else "",
            "; ".join(reason.sentence for reason in story.reasons) if item is story.item else "",
        )
        for story in stories
        for item in story.items
    ]
    headings = ("id", "published", "source", "title", "topics", "similar to", "lang", "min", "points", "reasons")
    terminal.print_table(headings, rows, flexible_column=3, numeric_columns=(7, 8))


def _format_counts(desk: Desk, stories: Sequence[Story], shown: Sequence[Story]) -> str:
    """Return a sentence about the inbox: how many items wait, in how many stories, and how many are shown."""
    if not desk.item_count:
        return options.translate('The inbox is empty. Fetch new entries with "kuratorium pull".')
    count, total, best = sum(len(story.items) for story in stories), desk.item_count, len(shown)
    story_count, later = len(stories), len(desk.waiting)
    if count != total:
        parts = [options.translate(f"{count} of {total} items waiting")]
    else:
        parts = [options.translate("1 item waiting" if count == 1 else f"{count} items waiting")]
    if story_count != count:
        parts.append(options.translate("in 1 story" if story_count == 1 else f"in {story_count} stories"))
    if later:
        parts.append(options.translate(f"{later} later"))
    if best != story_count:
        parts.append(options.translate(f"the best {best} shown; --all shows the others"))
    return f"{', '.join(parts)}."
