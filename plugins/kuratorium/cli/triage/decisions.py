"""The commands that decide on inbox items: `dismiss`, `later`, `nominate`, `undo`."""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import UsageError
from .. import options
from ..options import command

if TYPE_CHECKING:
    from ...desk.inbox import InboxItem
    from ...desk.triage.desk import Desk

_items_argument = click.argument("references", metavar="ITEM…", nargs=-1, required=True)
_story_option = click.option("--story", is_flag=True, help="Also the other items of the same story.")


@command(examples=("kuratorium dismiss k7qd m2xa", "kuratorium dismiss k7qd --story", "kuratorium dismiss --rest blog"))
@click.argument("references", metavar="[ITEM…]", nargs=-1)
@_story_option
@click.option("--rest", default="", metavar="SOURCE", help="All items that wait of this source.")
def dismiss(references: tuple[str, ...], story: bool, rest: str) -> int:
    """Dismiss inbox items for everybody.

    Their files are deleted. No pull brings them back, since curation/seen/ keeps their lines; "kuratorium undo" does.
    """
    from ...desk.triage.decisions import dismiss_items
    from . import reports

    root, desk = _read_desk()
    options.check_id("rest", rest, desk.registry.sources, kind="source")
    if not references and not rest:
        raise UsageError("name the items to dismiss, or a source: --rest SOURCE")
    items = {item.file: item for item in _find_items(desk, references, whole_story=story)}
    items |= {item.file: item for item in _list_waiting(desk) if rest and item.work.source == rest}
    result = dismiss_items(root, [*items.values()])
    return reports.print_decision(result, "1 item dismissed.", "{count} items dismissed.")


@command(examples=("kuratorium later k7qd --until 2026-10-20", "kuratorium later k7qd --until 7"))
@_items_argument
@_story_option
@click.option(
    "--until", required=True, metavar="DAY", help="Back on the desk on this day: a date, tomorrow, or a number of days."
)
def later(references: tuple[str, ...], story: bool, until: str) -> int:
    """Take inbox items off the desk until a day.

    Their files then say `later`, and git shows it.
    """
    from ...desk.triage.decisions import postpone_items
    from . import reports
    from .days import find_day_mistake, parse_day

    root, desk = _read_desk()
    today = desk.evidence.today
    if (day := parse_day(until, today)) is None:
        raise UsageError(f"--until: {find_day_mistake(until, today, NullTranslations())}.")
    items = _find_items(desk, references, whole_story=story)
    result = postpone_items(root, items, day, today)
    return reports.print_decision(
        result, "1 item is off the desk until {day}.", "{count} items are off the desk until {day}.", day=day
    )


@command(examples=('kuratorium nominate k7qd --word "the figures in the middle"',))
@_items_argument
@click.option("--by", default="", metavar="NAME", help="Who nominates; by default your name in git.")
@click.option("--word", default="", metavar="TEXT", help="A word why.")
def nominate(references: tuple[str, ...], by: str, word: str) -> int:
    """Propose inbox items to the other editors.

    The name and a word why stand in the items' files, and raise their rank.
    """
    from ...desk.draft import read_git_name
    from ...desk.triage.decisions import nominate_items
    from . import reports

    root, desk = _read_desk()
    items = _find_items(desk, references, whole_story=False)
    result = nominate_items(root, items, by or read_git_name(root), word)
    return reports.print_decision(result, "1 item nominated.", "{count} items nominated.")


@command(examples=("kuratorium undo", "kuratorium undo --last 3", "kuratorium undo k7qd"))
@click.argument("references", metavar="[ITEM…]", nargs=-1)
@click.option("--last", default=1, type=click.IntRange(1), metavar="COUNT", help="Undo so many decisions.")
def undo(references: tuple[str, ...], last: int) -> int:
    """Undo the last decisions, or those on some items.

    Each file gets the text that it had before. A decision of which a file was changed since, such as a note that has
    its words by now, is left, and the one before it is undone. Former texts are kept in var/desk/ of this machine;
    without them, an item that git has comes back as the last commit had it, and without git it cannot.
    """
    from ...desk.triage.undo import UndoResult, undo_item, undo_last
    from .. import terminal

    root = options.find_writable_root()
    if references:
        result = UndoResult(decisions=tuple(undo_item(root, reference) for reference in references))
    else:
        result = undo_last(root, last)
    for decision in result.decisions:
        for former in decision.files:
            terminal.print_result(f"{'restored' if former.before is not None else 'removed'} {former.file}")
    for file in result.left:
        said = options.translate(f"{file} was changed or removed since, and stays as it is.")
        terminal.print_message(said, "yellow")
    count = len(result.decisions)
    terminal.print_message(options.translate("1 decision undone." if count == 1 else f"{count} decisions undone."))
    return 0


def _read_desk() -> tuple[Path, Desk]:
    from ...desk.triage.desk import read_desk

    root = options.find_writable_root()
    return root, read_desk(root, options.get_current_time())


def _list_waiting(desk: Desk) -> list[InboxItem]:
    return [*(item for story in desk.stories for item in story.items), *desk.waiting]


def _find_items(desk: Desk, references: tuple[str, ...], *, whole_story: bool) -> list[InboxItem]:
    """Return the items that references mean, each once; all are found before anything is decided."""
    from ...desk.inbox import find_item
    from ...desk.triage.desk import find_story

    found: dict[str, InboxItem] = {}
    for reference in references:
        items = find_story(desk, reference).items if whole_story else (find_item(_list_waiting(desk), reference),)
        found |= {item.file: item for item in items}
    return [*found.values()]
