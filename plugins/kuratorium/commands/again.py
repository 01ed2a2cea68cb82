"""Posts that look at posts: `lookback`, `digest`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ..grammar import as_of_option, command
from . import here

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
    from .. import reports
    from ..editing import lookback as looking

    root = here.root()
    if not post:
        reports.candidates(looking.propose(root, as_of=as_of, clock=here.now))
        return 0
    begun = looking.begin(root, post, by=by, as_of=as_of, clock=here.now)
    reports.lookback(begun)
    _open(root / begun.file)
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
    from .. import reports
    from ..editing import digest as digesting

    root = here.root()
    days = {"since": since.date() if since else None, "until": until.date() if until else None}
    begun = digesting.begin(root, **days, by=by, as_of=as_of, clock=here.now)
    reports.digest(begun)
    _open(root / begun.file)
    return 0


def _open(file: Path) -> None:
    """Open a draft; whatever becomes of the editor, it is there."""
    from ..editing import editor

    try:
        editor.open_file(file)
    finally:
        click.echo(here.shown(file))
