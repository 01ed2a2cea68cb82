"""The commands between desk and interview partner: `proof`, `release`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ...errors import UsageError
from .. import options
from ..options import command
from .changes import dry_run_option, make_change, open_desk, post_argument


@command(examples=("kuratorium proof a7f3 --until 2026-10-20", "kuratorium proof a7f3 --output /tmp/for-eva-falk.html"))
@post_argument
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Until when you ask for an answer.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Where; by default in var/proofs/.")
def proof(reference: str, until: datetime | None, output: Path | None) -> int:
    """Write a post into one file, to send it for release.

    Styles and pictures are in the file: it can be opened without a network, and a browser prints it as a PDF. It says
    who asks, what is to be released, and until when. It is never written into the site. Only its path is written to
    stdout.
    """
    from ...publishing.delivery.proof import choose_file, describe_proof, write_proof
    from .. import terminal

    desk = open_desk()
    post = desk.find(reference)
    if post.meta.withdrawn:
        raise UsageError(f"{post.file} is withdrawn: there is no text to release.")
    file = choose_file(desk.root, post, output)
    day = until.date() if until else None
    described = describe_proof(post, desk.edition.registry, day, is_published=desk.is_published(post))
    write_proof(desk.root, described, file, options.get_current_time())
    terminal.print_result(options.format_path(file))
    return 0


@command(examples=('kuratorium release a7f3 --by "Eva Falk" --on 2026-10-14',))
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
