"""Pages go out: `site`, `preview`, `build`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ..errors import UsageError
from . import options
from .intake import pull_with_progress
from .options import as_of_option, command


@command(examples=("kuratorium site",))
@as_of_option
def site(as_of: datetime | None) -> int:
    """Pull the sources, then build the site.

    A source that fails is reported, and stops nothing.
    """
    from ..intake.context import PullOptions
    from ..publishing.builder import build_site
    from . import reports
    from .terminal import ProgressBar

    root = options.find_edition_root()
    report = pull_with_progress(root, PullOptions(), as_of)
    built = build_site(root, as_of=as_of, progress=ProgressBar())
    reports.print_pull_and_build(report, built)
    return 0


@command(examples=("kuratorium preview --port 8080",))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@as_of_option
def preview(port: int, as_of: datetime | None) -> int:
    """Serve the site on 127.0.0.1 and rebuild it on every change.

    The browser reloads by itself; Ctrl-C ends it.
    """
    from ..publishing import preview as previewing

    previewing.serve_preview(options.find_edition_root(), port=port, print_line=click.echo, as_of=as_of)
    return 0


@command(
    examples=(
        "kuratorium build",
        "kuratorium build --explain notizen/ralf-bleibt.html",
        "kuratorium build --output /tmp/site --as-of 2026-10-14T09:00:00+02:00",
    )
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build into this folder, not output/: from nothing, whatever was built before.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Work in N processes; by default in one per core.")
@click.option("--timings", is_flag=True, help="Print where the time went.")
@click.option("--explain", metavar="PATH", help="Say why this file of the site was rendered, now or last.")
@as_of_option
def build(output: Path | None, jobs: int | None, timings: bool, explain: str | None, as_of: datetime | None) -> int:
    """Build the site from the files; touches no network.

    Only what its inputs changed is made again; var/build.sqlite3 remembers the rest, and may be deleted.
    """
    from ..publishing.build.run import explain_file
    from ..publishing.builder import build_site
    from . import reports
    from .terminal import ProgressBar

    if output and explain:
        raise UsageError("--explain tells of the site that builds remember: leave --output out.")
    root, watch = options.find_edition_root(), ProgressBar()
    built = build_site(root, as_of=as_of, output=output, jobs=jobs, progress=watch)
    reports.print_build_result(built)
    if timings:
        reports.print_timings(watch)
    if explain:
        path = (Path.cwd() / explain).resolve()
        path = path if path.is_relative_to(built.output) else built.output / explain
        reports.print_lines(explain_file(root, path.relative_to(built.output).as_posix(), built))
    return 0
