"""The commands that build the site: `site`, `preview`, `build`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ..errors import UsageError
from . import options
from .intake import pull_with_progress
from .options import as_of_option, command

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.


@command(examples=("kuratorium site",))
@as_of_option
def site(as_of: datetime | None) -> int:
    """Pull the sources, then build the site.

    A source that fails is reported; the site is built without its new entries.
    """
    from ..intake.context import PullOptions
    from ..publishing.build_command import build_site
    from ..publishing.delivery.after_build import finish_site
    from . import reports
    from .terminal import ProgressBar

    root = options.find_writable_root()
    report = pull_with_progress(root, PullOptions(), as_of)
    result = build_site(root, as_of=as_of, progress=ProgressBar())
    reports.print_pull_and_build(report, result)
    reports.print_search_index(finish_site(root, result))
    return 0  # even if a source failed: one unreachable blog must not keep a scheduled build from being deployed


@command(examples=("kuratorium preview --port 8080", "kuratorium preview --drafts"))
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to serve on; 0 chooses a free one.",
)
@click.option(
    "--drafts",
    "shows_drafts",
    is_flag=True,
    help="Show drafts, posts of a later date and unreleased interviews, too, in a site of its own.",
)
@as_of_option
def preview(port: int, shows_drafts: bool, as_of: datetime | None) -> int:
    """Serve the site on 127.0.0.1 and rebuild it on every change.

    Open pages reload by themselves. Stop it with Ctrl-C. With --drafts, a band on pages and cards says what readers do
    not see yet; output/ stays as it is, and that site is removed when the preview ends.
    """
    from ..publishing.preview import serve_preview
    from .terminal import print_event

    serve_preview(
        options.find_writable_root("var"), port=port, print_line=print_event, as_of=as_of, shows_drafts=shows_drafts
    )
    return 0


@command(
    examples=(
        "kuratorium build",
        "kuratorium build --explain notizen/ralf-bleibt.html",
        "kuratorium build --output /tmp/site --as-of 2026-10-14T09:00:00+02:00",
        "kuratorium build editions/*            many editions, one after another on each processor",
    )
)
@click.argument("folders", nargs=-1, metavar="[DIR]...", type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build the whole site into this folder, without the cache; output/ stays as it is.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Use N processes; by default one per core.")
@click.option("--timings", is_flag=True, help="Print the seconds that each phase took.")
@click.option("--explain", metavar="PATH", help="Print why this file of the site was last rendered.")
@as_of_option
def build(
    folders: tuple[Path, ...],
    output: Path | None,
    jobs: int | None,
    timings: bool,
    explain: str | None,
    as_of: datetime | None,
) -> int:
    """Build the site from the files, without network access.

    Only files whose inputs changed are rendered again. The cache that makes this possible, var/build.sqlite3, may be
    deleted at any time.

    With folders, the editions in them are built, each in a process of its own. One that fails stops no other; the exit
    code is the highest of all.
    """
    if folders:
        return _build_editions(folders, as_of, jobs, {"--output": output, "--timings": timings, "--explain": explain})
    from ..publishing.build.run import explain_file
    from ..publishing.build_command import build_site
    from ..publishing.delivery.after_build import finish_site
    from . import reports
    from .terminal import ProgressBar

    if output and explain:
        raise UsageError("--explain needs the cache, and --output builds without it: leave one of them out.")
    root, progress = options.find_writable_root("var"), ProgressBar()
    result = build_site(root, as_of=as_of, output=output, jobs=jobs, progress=progress)
    reports.print_build_result(result)
    reports.print_search_index(finish_site(root, result))
    if timings:
        reports.print_timings(progress)
    if explain:
        # Accept a path from the current folder (as the shell completes it) and one from the site's root (as in a URL).
        path = (Path.cwd() / explain).resolve()
        path = path if path.is_relative_to(result.output) else (result.output / explain.lstrip("/")).resolve()
        if not path.is_relative_to(result.output):
            raise UsageError(f'"{explain}" is not in the site: give a path such as index.html.')
        reports.print_lines(explain_file(root, path.relative_to(result.output).as_posix(), result))
    return 0


def _build_editions(
    folders: tuple[Path, ...], as_of: datetime | None, jobs: int | None, of_one: dict[str, object]
) -> int:
    """Build the editions in `folders`; raise UsageError for an option that is about one site alone."""
    from .editions.builds import build_editions

    if unfit := [name for name, value in of_one.items() if value]:
        raise UsageError(f"{', '.join(unfit)}: only for the edition in the current folder. Leave out the folders.")
    words = ["--as-of", as_of.isoformat()] if as_of else []
    return build_editions(folders, words, jobs, click.get_current_context().find_root().obj)
