"""The commands that bring articles in, and search them: `pull`, `find`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import options
from .options import as_of_option, command

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.

if TYPE_CHECKING:
    from ..intake.context import PullOptions
    from ..intake.report import PullReport


@command(
    examples=(
        "kuratorium pull",
        "kuratorium pull --now some-blog",
        "kuratorium pull --dry-run --json",
        "kuratorium pull --shard 2/4        on the second of four machines",
        "kuratorium pull --shard 1-of-4     the same, where machines are counted from 0",
        "kuratorium pull --tolerant         in a scheduled job",
    )
)
@click.argument("ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--source", "extra_ids", multiple=True, metavar="ID", help="Pull only this source; repeat for several.")
@click.option(
    "--now", "ignore_schedule", is_flag=True, help="Also pull sources that are not due; Retry-After is still respected."
)
@click.option("--flood", is_flag=True, help="Also accept unusually many new entries of one source.")
@click.option("--dry-run", is_flag=True, help="Fetch and report, but write nothing.")
@click.option(
    "--shard", default="1/1", metavar="I/N", help="Pull only part I of N of the sources; I-of-N counts from 0."
)
@click.option("--tolerant", is_flag=True, help="Exit with 0 though sources failed; the report still says which.")
@click.option("--join", is_flag=True, help="Fetch nothing; merge inbox items on the same article, after all shards.")
@click.option("--json", "as_json", is_flag=True, help="Print the totals and the result of each source as JSON.")
@as_of_option
def pull(
    ids: tuple[str, ...],
    extra_ids: tuple[str, ...],
    ignore_schedule: bool,
    flood: bool,
    dry_run: bool,
    shard: str,
    tolerant: bool,
    join: bool,
    as_json: bool,
    as_of: datetime | None,
) -> int:
    """Fetch the sources; new entries go to curation/inbox/.

    Pulls the sources whose ids are given (see sources.yaml), else all that are due. The exit code is 1 if a source
    failed, and with --tolerant it is 0.
    """
    from ..intake.context import PullOptions, parse_shard
    from ..intake.pull import deduplicate_inbox
    from . import intake_reports

    root = options.find_writable_root()
    # Each shard saw only its own sources, so the same article may be in the inbox once per shard.
    if join:
        registry, site, now = options.load_registry_and_site(root, as_of)
        intake_reports.print_deduplicated_count(deduplicate_inbox(root, registry, now=now, site=site))
        return 0
    pull_options = PullOptions(
        source_ids=(*ids, *extra_ids),
        shard=parse_shard(shard),
        ignore_schedule=ignore_schedule,
        allow_flood=flood,
        dry_run=dry_run,
    )
    report = pull_with_progress(root, pull_options, as_of)
    (intake_reports.print_pull_json if as_json else intake_reports.print_pull_table)(report)
    return 0 if tolerant and not report.interrupted else report.exit_code


@command(examples=("kuratorium find rahmenvertrag", "kuratorium find --source some-blog open data"))
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--source", default="", metavar="ID", help="Search only entries of this source.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="Show at most this many entries.")
@click.option("--json", "as_json", is_flag=True, help="Print the entries with all their fields as JSON.")
def find(words: tuple[str, ...], source: str, limit: int, as_json: bool) -> int:
    """Search the entries pulled on this machine.

    The best match comes first. An entry matches if title, authors and text together contain all the words, or words
    that begin with them.
    """
    from ..intake.archive import Archive
    from . import intake_reports, reports

    root = options.find_writable_root("var")
    options.check_id("source", source, options.load_registry(root).sources)
    with Archive(root, warn=reports.print_warning) as archive:
        hits = archive.search(" ".join(words), source=source, limit=limit)
    intake_reports.print_search_hits(hits, " ".join(words), as_json=as_json)
    return 0


def pull_with_progress(root: Path, pull_options: PullOptions, as_of: datetime | None) -> PullReport:
    """Pull the sources of the edition at `root`, show the progress on stderr, and return the report."""
    from ..intake.context import select_sources
    from ..intake.pull import pull_sources
    from . import intake_reports

    registry, site, now = options.load_registry_and_site(root, as_of)
    with intake_reports.show_pull_progress(len(select_sources(registry, pull_options))) as advance:
        return pull_sources(root, registry, now=now, site=site, options=pull_options, progress=advance)
