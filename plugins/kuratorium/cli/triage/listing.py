"""The commands that show the desk: `inbox` and `briefing`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...errors import UsageError
from .. import options
from ..options import command

if TYPE_CHECKING:
    from ...desk.triage.desk import Desk, Filters

_FILTERS = (
    click.option("--topic", default="", metavar="ID", help="Only stories suggested for this topic."),
    click.option("--source", default="", metavar="ID", help="Only stories that this source reports."),
    click.option("--lang", default="", metavar="de|en|…", help="Only stories in this language."),
    click.option("--days", type=click.IntRange(0), metavar="COUNT", help="Only what is not older than so many days."),
    click.option("--words", default="", metavar="WORDS", help="Only stories with all these words in title or text."),
)


def _add_filters(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_FILTERS):
        function = option(function)
    return function


@command(
    examples=(
        "kuratorium inbox --topic open-source --days 3",
        "kuratorium inbox --plain | less",
        "kuratorium inbox --why k7qd",
    )
)
@_add_filters
@click.option("--plain", is_flag=True, help="Print a list, as in a pipe; at a terminal the desk fills the screen.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--all", "show_all", is_flag=True, help="With --plain at a terminal, print all stories.")
@click.option("--why", default="", metavar="ITEM", help="Print the reasons for a story's rank and their sum.")
@click.option("--replay", is_flag=True, help="Print how the edition's own notes would have been ranked.")
def inbox(**values: Any) -> int:
    """Show the stories that wait for a decision, the best first.

    At a terminal the desk fills the screen; ? shows its keys. Items on the same story are one entry. The weights of
    the rank are in curation/policy.yaml, below triage.
    """
    from .. import terminal
    from . import reports

    flags = {name: values.pop(name) for name in ("plain", "as_json", "show_all", "why", "replay")}
    if flags["replay"]:
        return _replay()
    root, desk, filters = _read_desk(**values)
    if flags["why"]:
        return _explain(desk, flags["why"])
    if flags["as_json"]:
        reports.print_json_stories(desk, filters)
        return 0
    # A dumb terminal, such as that of an editor, cannot show a screen.
    if flags["plain"] or not terminal.can_fill_screen():
        reports.print_stories(desk, filters, show_all=flags["show_all"])
        return 0
    from .screen import run_desk

    return run_desk(root, desk, filters, clock=options.get_current_time)


@command(examples=("kuratorium briefing > briefing.md", "kuratorium briefing --days 1 --top 3"))
@_add_filters
@click.option("--top", default=5, type=click.IntRange(1), metavar="COUNT", help="Stories of each topic; by default 5.")
def briefing(top: int, **values: Any) -> int:
    """Print the best stories of each topic as a page in Markdown.

    It is for a pull request or an issue of the forge. Each story has its reasons, and a command line to keep it.
    """
    from ...desk.triage.briefing import write_briefing
    from ...desk.triage.desk import filter_stories
    from .. import terminal

    _, desk, filters = _read_desk(**values)
    terminal.print_document(write_briefing(desk, filter_stories(desk, filters), top=top))
    return 0


def _read_desk(*, topic: str, source: str, lang: str, days: int | None, words: str) -> tuple[Path, Desk, Filters]:
    """Return root, desk and filters; entries of begun notes that were deleted are back on the desk first."""
    from ...desk.triage.desk import Filters, read_desk
    from ...desk.triage.keep import restore_entries
    from ...edition.loader import read_edition
    from .. import terminal

    root = options.find_writable_root()
    edition, _ = read_edition(root)  # a mistake in curation/*.yaml does not keep an editor from reading
    options.check_id("topic", topic, edition.registry.topics)
    options.check_id("source", source, edition.registry.sources)
    for file in restore_entries(root, edition.post_files):
        terminal.print_message(f"Back in the inbox, since its begun note was deleted: {file}")
    filters = Filters(topic=topic, source=source, lang=lang, max_age=days, words=words)
    return root, read_desk(root, options.get_current_time(), edition), filters


def _explain(desk: Desk, reference: str) -> int:
    from ...desk.triage.desk import find_story
    from . import reports

    reports.print_reasons(find_story(desk, reference), desk)
    return 0


def _replay() -> int:
    from ...desk.triage.desk import read_arrivals
    from ...desk.triage.replay import replay_history
    from ...edition.loader import read_edition
    from ...edition.settings import read_site_settings
    from ...intake.archive import Archive
    from ...translations import read_translations
    from . import reports

    root = options.find_edition_root()
    edition, _ = read_edition(root)
    site = read_site_settings(root)
    arrivals = read_arrivals(root)
    with Archive(root, write=False) as archive:
        entries = archive.read_entries([*arrivals])
    translations = read_translations(root / site.theme, site.lang)
    replay = replay_history(edition.registry, edition.post_files, arrivals, entries, translations)
    if not replay.days:
        raise UsageError("no note of this edition is on an entry of curation/seen/, so there is nothing to measure.")
    reports.print_replay(replay)
    return 0
