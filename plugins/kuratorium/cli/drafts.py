"""The commands that begin a draft: `new`, and its short forms `note`, `lookback`, `digest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import options
from .options import as_of_option, by_option, command

if TYPE_CHECKING:
    from ..desk.drafting.earlier import Confirm, EarlierPost

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.
_again_option = click.option(
    "--again", is_flag=True, help="Begin it even if a post on the work, or a draft on its story, exists."
)
_quote_option = click.option(
    "--quote",
    "quotes",
    multiple=True,
    metavar="WORDS",
    help='Quote a passage of the work: "first words … last words"; repeat for several.',
)
_day = click.DateTime(["%Y-%m-%d"])
# The options of `new` that only some formats have.
_OPTIONS_OF_FORMATS = {
    "title": ("interview", "talk", "essay"),
    "guests": ("interview", "talk"),
    "hosts": ("interview", "talk"),
    "quotes": ("note", "interview", "talk", "essay"),
    "again": ("note", "interview", "talk", "essay"),
    "since": ("digest",),
    "until": ("digest",),
}


@command(
    examples=(
        "kuratorium new note k7qd m2xa",
        'kuratorium new note https://some-blog.example/a-post --quote "The council … by May"',
        'kuratorium new interview --guest eva-falk --guest "Ina Jahn" --host anna-berg',
        'kuratorium new essay --title "What we learnt"',
    )
)
@click.argument(
    "form", metavar="FORMAT", type=click.Choice(["note", "interview", "talk", "essay", "lookback", "digest"])
)
@click.argument("references", metavar="[ITEM_OR_URL…]", nargs=-1)
@click.option("--title", default="", metavar="TITLE", help="Of an interview, a talk or an essay.")
@click.option("--guest", "guests", multiple=True, metavar="ID_OR_NAME", help="Who is asked; repeat for several.")
@click.option("--host", "hosts", multiple=True, metavar="ID_OR_NAME", help="Who asks; by default the author.")
@_quote_option
@_again_option
@click.option("--from", "since", type=_day, metavar="DAY", help="First day of a digest.")
@click.option("--to", "until", type=_day, metavar="DAY", help="Last day of a digest.")
@by_option
@as_of_option
def new(form: str, references: tuple[str, ...], by: tuple[str, ...], as_of: datetime | None, **values: Any) -> int:
    """Begin a note, interview, talk, essay, lookback or digest.

    Several items or addresses become one note with several works. The draft is made from the template
    curation/templates/FORMAT.md, which you may change; all that is known is filled in. It says "status: draft" until
    you delete that line, so that it never stops a build. Only its path is written to stdout.
    """
    from ..desk.drafting.posts import begin_post
    from . import reports

    unfit = [name for name, formats in _OPTIONS_OF_FORMATS.items() if values[name] and form not in formats]
    if unfit:
        option = {"guests": "guest", "hosts": "host", "quotes": "quote", "since": "from", "until": "to"}
        raise click.UsageError(options.translate(f"--{option.get(unfit[0], unfit[0])} does not go with {form}."))
    if form == "note":
        return _begin_note(references, by, as_of, values["quotes"], again=values["again"])
    if form == "digest":
        if references:
            raise click.UsageError(
                options.translate("a digest takes no ITEM: --from and --to say of which days it is.")
            )
        return _begin_digest(values["since"], values["until"], by, as_of)
    if form == "lookback":
        if len(references) > 1:
            raise click.UsageError(options.translate("a look-back is on one post."))
        return _begin_lookback(references[0] if references else "", by, as_of)
    root = options.find_writable_root()
    draft = begin_post(
        root,
        form,
        references,
        title=values["title"].strip(),
        author_ids=by,
        guests=values["guests"],
        hosts=values["hosts"],
        quotes=values["quotes"],
        confirm=_ask_whether_again(again=values["again"]),
        as_of=as_of,
        clock=options.get_current_time,
    )
    reports.print_post_draft(draft)
    _open_draft(root / draft.file)
    return 0


@command(examples=("kuratorium note k7qd", "kuratorium note https://some-blog.example/2026/a-post --by anna-berg"))
@click.argument("references", metavar="ITEM_OR_URL…", nargs=-1, required=True)
@_quote_option
@_again_option
@by_option
@as_of_option
def note(
    references: tuple[str, ...], quotes: tuple[str, ...], again: bool, by: tuple[str, ...], as_of: datetime | None
) -> int:
    """Begin a note on an inbox item or on a web page.

    An item is named by its short id, its file or its address; several become one note with several works. The note
    opens in $VISUAL or $EDITOR, if one is set. Only its path is written to stdout.
    """
    return _begin_note(references, by, as_of, quotes, again=again)


def _begin_note(
    references: tuple[str, ...], by: tuple[str, ...], as_of: datetime | None, quotes: tuple[str, ...], *, again: bool
) -> int:
    from ..desk.note import begin_note
    from . import reports

    if not references:
        raise click.UsageError(options.translate("name an item of the inbox, or the address of a page."))
    root = options.find_writable_root()
    draft = begin_note(
        root,
        *references,
        author_ids=by,
        as_of=as_of,
        clock=options.get_current_time,
        quotes=quotes,
        confirm=_ask_whether_again(again=again),
    )
    reports.print_note_draft(draft)
    _open_draft(root / draft.file)
    return 0


def _ask_whether_again(*, again: bool) -> Confirm:
    """Return what asks whether to begin a draft although some posts exist; without a terminal, only `again` agrees."""
    from . import prompts, terminal

    def confirm(earlier: Sequence[EarlierPost]) -> bool:
        if again or prompts.is_interactive():
            for post in earlier:
                terminal.print_message(options.translate(str(post)), "yellow")
        return prompts.ask_confirmation("Begin a draft nevertheless?", yes=again)

    return confirm


@command(examples=("kuratorium lookback", "kuratorium lookback 7c1f"))
@click.argument("post", default="", metavar="[POST]")
@by_option
@as_of_option
def lookback(post: str, by: tuple[str, ...], as_of: datetime | None) -> int:
    """List posts of this week years ago, or begin a look-back.

    POST is an id from that list, a slug or a file; any published post can be chosen. The draft opens in $VISUAL or
    $EDITOR, if one is set. Only its path is written to stdout.
    """
    return _begin_lookback(post, by, as_of)


def _begin_lookback(post: str, by: tuple[str, ...], as_of: datetime | None) -> int:
    from ..desk.lookback import begin_lookback, propose_lookbacks
    from . import reports

    root = options.find_writable_root() if post else options.find_edition_root()
    if not post:
        reports.print_lookback_candidates(propose_lookbacks(root, as_of=as_of, clock=options.get_current_time))
        return 0
    draft = begin_lookback(root, post, author_ids=by, as_of=as_of, clock=options.get_current_time)
    reports.print_lookback_draft(draft)
    _open_draft(root / draft.file)
    return 0


@command(examples=("kuratorium digest", "kuratorium digest --from 2026-10-05 --to 2026-10-11 --by anna-berg"))
@click.option("--from", "since", type=_day, metavar="DAY", help="First day, such as 2026-10-05.")
@click.option("--to", "until", type=_day, metavar="DAY", help="Last day; by default today.")
@by_option
@as_of_option
def digest(since: datetime | None, until: datetime | None, by: tuple[str, ...], as_of: datetime | None) -> int:
    """Draft a digest of the posts of some days.

    By default these are the last seven days. Posts are grouped by topic, the strongest first, each with its first
    sentence that is not a quotation. The draft opens in $VISUAL or $EDITOR, if one is set. Only its path is written to
    stdout.
    """
    return _begin_digest(since, until, by, as_of)


def _begin_digest(since: datetime | None, until: datetime | None, by: tuple[str, ...], as_of: datetime | None) -> int:
    from ..desk.digest import begin_digest
    from . import reports

    root = options.find_writable_root()
    draft = begin_digest(
        root,
        # click has no type for a day, only for a day with a time.
        since=since.date() if since else None,
        until=until.date() if until else None,
        author_ids=by,
        as_of=as_of,
        clock=options.get_current_time,
    )
    reports.print_digest_draft(draft)
    _open_draft(root / draft.file)
    return 0


def _open_draft(file: Path) -> None:
    """Open a draft in the user's editor, and write its path to stdout even if the editor fails: the draft exists."""
    from ..desk import editor
    from . import terminal

    try:
        editor.open_file(file)
    finally:
        terminal.print_result(options.format_path(file))
