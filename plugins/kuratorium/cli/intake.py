"""Feeds come in: `pull` and `find`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import options
from .options import as_of_option, command

if TYPE_CHECKING:
    from ..intake.context import PullOptions
    from ..intake.report import PullReport


@command(
    examples=(
        "kuratorium pull",
        "kuratorium pull --now some-blog",
        "kuratorium pull --dry-run --json",
        "kuratorium pull --shard 2/4        on the second of four machines",
    )
)
@click.argument("ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--source", "extra_ids", multiple=True, metavar="ID", help="Only this source; repeat for several.")
@click.option(
    "--now", "ignore_schedule", is_flag=True, help="Those that are not due, too; a server's Retry-After still counts."
)
@click.option("--flood", is_flag=True, help="Let in what a source has too much of.")
@click.option("--dry-run", is_flag=True, help="Fetch and tell; write nothing.")
@click.option("--shard", default="1/1", metavar="I/N", help="Only the Ith of N parts of the sources.")
@click.option("--join", "join", is_flag=True, help="Fetch nothing: join what the shards of a pull have in common.")
@click.option("--json", "as_json", is_flag=True, help="For machines: the sums, and all that is known of each source.")
@as_of_option
def pull(
    ids: tuple[str, ...],
    extra_ids: tuple[str, ...],
    ignore_schedule: bool,
    flood: bool,
    dry_run: bool,
    shard: str,
    join: bool,
    as_json: bool,
    as_of: datetime | None,
) -> int:
    """Fetch the sources; new entries go to curation/inbox/.

    All sources that are due, or those that are named (ids of sources.yaml). Ends with 1 where one failed.
    """
    from ..intake.context import PullOptions, parse_shard
    from ..intake.pull import deduplicate_inbox
    from . import intake_reports

    root = options.find_edition_root()
    if join:
        known, site, now = options.load_registry_and_site(root, as_of)
        intake_reports.print_deduplicated_count(deduplicate_inbox(root, known, now=now, site=site))
        return 0
    part = parse_shard(shard)
    request = PullOptions(
        source_ids=(*ids, *extra_ids), shard=part, ignore_schedule=ignore_schedule, allow_flood=flood, dry_run=dry_run
    )
    report = pull_with_progress(root, request, as_of)
    (intake_reports.print_pull_json if as_json else intake_reports.print_pull_table)(report)
    return report.exit_code


@command(examples=("kuratorium find rahmenvertrag", "kuratorium find --source some-blog open data"))
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--source", default="", metavar="ID", help="Only what came from this source.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="For machines: a list, all that is known of each entry.")
def find(words: tuple[str, ...], source: str, limit: int, as_json: bool) -> int:
    """Search all that was pulled on this machine, the best first.

    An entry is found that holds all the words, or words that begin with them, in title, authors or text.
    """
    from ..intake.archive import Archive
    from . import intake_reports, reports

    root = options.find_edition_root()
    options.check_id("source", source, options.load_registry(root).sources)
    with Archive(root, warn=reports.print_warning) as archive:
        hits = archive.search(" ".join(words), source=source, limit=limit)
    intake_reports.print_search_hits(hits, " ".join(words), as_json=as_json)
    return 0


def pull_with_progress(root: Path, request: PullOptions, as_of: datetime | None) -> PullReport:
    """Pull what `request` asks for, and show how far it is."""
    from ..intake.context import select_sources
    from ..intake.pull import pull_sources
    from . import intake_reports

    known, site, now = options.load_registry_and_site(root, as_of)
    with intake_reports.show_pull_progress(len(select_sources(known, request))) as tick:
        return pull_sources(root, known, now=now, site=site, options=request, progress=tick)
