"""The commands between desk and interview partner: `release`."""

from __future__ import annotations

from datetime import datetime

import click

from ..options import command
from .changes import dry_run_option, make_change, open_desk, post_argument


@command(
    examples=('kuratorium release a7f3 --by "Eva Falk"', 'kuratorium release a7f3 --by "Eva Falk" --on 2026-10-14')
)
@post_argument
@click.option("--by", required=True, metavar="NAME", help="Who released it.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="When; by default today.")
@dry_run_option
def release(reference: str, by: str, day: datetime | None, dry_run: bool) -> int:
    """Record that the partner has released an interview.

    Writes `release: {state: given, by: …, on: …}`; with that, it is published at its date. `release: given` is the same
    without a name.
    """
    from ...desk.posts.changes import plan_release

    desk = open_desk()
    change = plan_release(desk, desk.find(reference), by, day.date() if day else None)
    make_change(desk, change, dry_run=dry_run)
    return 0
