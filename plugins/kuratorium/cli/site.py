"""The commands that build the site, and tell of it: `site`, `preview`, `build`, `ping`."""

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
        "kuratorium build editions/*        many editions, one after the other",
        "kuratorium build --output /tmp/site --as-of 2026-10-14T09:00:00+02:00",
    )
)
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[DIR]...")
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
    deleted at any time. With folders, builds the edition in each; one that fails does not stop the others, and the exit
    code is the worst.
    """
    from ..publishing.build.run import explain_file
    from ..publishing.build_command import build_site
    from ..publishing.delivery.after_build import finish_site
    from . import reports
    from .terminal import ProgressBar

    if folders:
        from .editions.builds import build_editions

        if output or explain or timings:
            raise UsageError("--output, --explain and --timings are for one edition: leave them or the folders out.")
        flags = [*(("--jobs", str(jobs)) if jobs else ()), *(("--as-of", as_of.isoformat()) if as_of else ())]
        return build_editions(folders, flags)
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


@command(examples=("kuratorium ping", "kuratorium ping --dry-run"))
@click.option("--dry-run", is_flag=True, help="List the feeds that would be announced, and send nothing.")
def ping(dry_run: bool) -> int:
    """Tell the hub which feeds changed since the last ping.

    Run it when a new build is deployed: the hub (WebSub, "hub" in curation/policy.yaml) fetches these feeds at once,
    and passes the news on to feed readers. The exit code is 1 if a feed could not be announced; the next ping announces
    it.
    """
    from ..desk.ping import ping_hub
    from ..publishing.settings import read_settings
    from . import reports

    root = options.find_writable_root("var")
    registry, settings = options.load_registry(root), read_settings(root)
    hub = registry.policy.hub if registry.policy else ""
    if not hub:
        raise UsageError('There is no hub to tell: write one into curation/policy.yaml, such as "hub: https://…".')
    report = ping_hub(
        root,
        root / settings.output,
        hub=hub,
        site_url=settings.site.url,
        lang=settings.site.lang,
        fetcher=options.create_fetcher(root, registry),
        dry_run=dry_run,
    )
    reports.print_ping_report(report, dry_run=dry_run)
    return 0 if dry_run else report.exit_code
