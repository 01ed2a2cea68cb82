"""The editors' desk: `inbox`, `note`, `check`, `start`.

Posts that look at posts: `lookback`, `digest`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ..errors import EditionError
from . import options
from .options import as_of_option, command


@command(examples=("kuratorium inbox --topic open-source",))
@click.option("--topic", default="", metavar="ID", help="Only what is suggested for this topic.")
@click.option("--source", default="", metavar="ID", help="Only what came from this source.")
@click.option("--all", "show_all", is_flag=True, help="All at a terminal, too, not only the newest.")
def inbox(topic: str, source: str, show_all: bool) -> int:
    """List what waits for a note, newest first."""
    from ..desk import inbox
    from ..edition import registry
    from . import reports

    root = options.find_edition_root()
    known, _ = registry.read_registry(root)
    options.check_id("topic", topic, known.topics)
    options.check_id("source", source, known.sources)
    candidates, broken = inbox.read_inbox(root)
    cards = inbox.group_by_story(inbox.filter_items(candidates, topic=topic, source=source))
    reports.print_inbox(cards, len(candidates), broken, show_all=show_all)
    return 0


@command(examples=("kuratorium note k7qd", "kuratorium note https://some-blog.example/2026/a-post --by anna-berg"))
@click.argument("item", metavar="ITEM_OR_URL")
@click.option("--by", multiple=True, metavar="ID", help="Who signs it (of people.yaml); repeat for several.")
@as_of_option
def note(item: str, by: tuple[str, ...], as_of: datetime | None) -> int:
    """Begin a note on an inbox item or on a web page.

    The item is named by its short id, its file or its address. The note is opened in $VISUAL or $EDITOR
    where there is one; its path is the only thing written to stdout.
    """
    from ..desk import editor, note
    from . import reports

    root = options.find_edition_root()
    draft = note.begin_note(root, item, author_ids=by, as_of=as_of, clock=options.get_current_time)
    reports.print_note_draft(draft)
    try:
        editor.open_file(root / draft.file)
    finally:  # whatever becomes of the editor, the note is there
        click.echo(options.format_path(root / draft.file))
    return 0


@command(examples=("kuratorium check", "kuratorium check --words"))
@click.option("--words", "all_notes", is_flag=True, help="Tell the words of all notes, not only of the newest.")
def check(all_notes: bool) -> int:
    """Look for mistakes in curation/ and content/.

    Errors keep the site from being built; warnings are yours to judge. Of the newest notes you are told how many
    words are your own and how many are quoted, beside the quote_budget of policy.yaml.
    """
    from ..desk import check as checking
    from . import reports

    result = checking.run_checks(options.find_edition_root())
    reports.print_check_result(result, all_notes=all_notes)
    return EditionError.exit_code if result.errors else 0


@command(
    examples=(
        "kuratorium start",
        'kuratorium start --yes --name "Our Desk" --address https://desk.example --language en \\',
        '  --responsible "Ada Berg" --email ada@desk.example --topic "Open Source" \\',
        "  --feed https://some-blog.example/feed",
    )
)
@click.option("--name", help="Name of the site.")
@click.option("--address", metavar="URL", help="Where it will be: https://…")
@click.option("--language", metavar="de|en", help="Language of the site.")
@click.option("--responsible", metavar="NAME", help="Who answers for it: first and last name.")
@click.option("--email", help="Mail address for readers.")
@click.option("--topic", multiple=True, metavar="NAME", help="A topic; repeat for several.")
@click.option("--feed", multiple=True, metavar="URL_OR_PATH", help="A feed to follow; repeat for several.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@click.option("--force", is_flag=True, help="Start over with an edition that is your own already.")
def start(yes: bool, force: bool, **option_values: Any) -> int:
    """Make this edition your own: the samples go.

    Name, people, topics, sources, policy and pages become yours. Asks for what the options leave out.
    What was there before is kept below var/.
    """
    from ..desk import start as starting
    from . import prompts, reports

    root = options.find_edition_root()
    starting.require_sample_edition(root, force=force)
    steps = starting.plan_start(root, prompts.ask_start_answers(root, option_values))
    prompts.confirm_removal(starting.count_files_by_folder(steps.files_to_remove), yes=yes)
    reports.print_start_result(starting.apply_plan(root, steps, options.get_current_time()))
    return 0


by_option = click.option("--by", multiple=True, metavar="ID", help="Who signs it (of people.yaml); repeat for several.")


@command(examples=("kuratorium lookback", "kuratorium lookback 7c1f"))
@click.argument("post", default="", metavar="[POST]")
@by_option
@as_of_option
def lookback(post: str, by: tuple[str, ...], as_of: datetime | None) -> int:
    """Look back: list what came out years ago, or begin.

    Without POST, what this week's calendar holds from earlier years is listed. POST is the id that the list shows, a
    slug or a file; any published post will do. The draft is opened in $VISUAL or $EDITOR where there is one; its path
    is the only thing written to stdout.
    """
    from ..desk import lookback as looking
    from . import reports

    root = options.find_edition_root()
    if not post:
        reports.print_lookback_candidates(looking.propose_lookbacks(root, as_of=as_of, clock=options.get_current_time))
        return 0
    begun = looking.begin_lookback(root, post, author_ids=by, as_of=as_of, clock=options.get_current_time)
    reports.print_lookback_draft(begun)
    _open_draft(root / begun.file)
    return 0


@command(examples=("kuratorium digest", "kuratorium digest --from 2026-10-05 --to 2026-10-11 --by anna-berg"))
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="First day: 2026-10-05.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Last day, by default today.")
@by_option
@as_of_option
def digest(since: datetime | None, until: datetime | None, by: tuple[str, ...], as_of: datetime | None) -> int:
    """Draft an issue from the posts of some days.

    By default of the last seven. It is grouped by topic, the strongest first, with the first own sentence of each. The
    draft is opened in $VISUAL or $EDITOR where there is one; its path is the only thing written to stdout.
    """
    from ..desk import digest as digesting
    from . import reports

    root = options.find_edition_root()
    days = {"since": since.date() if since else None, "until": until.date() if until else None}
    begun = digesting.begin_digest(root, **days, author_ids=by, as_of=as_of, clock=options.get_current_time)
    reports.print_digest_draft(begun)
    _open_draft(root / begun.file)
    return 0


def _open_draft(file: Path) -> None:
    """Open a draft; whatever becomes of the editor, it is there."""
    from ..desk import editor

    try:
        editor.open_file(file)
    finally:
        click.echo(options.format_path(file))
