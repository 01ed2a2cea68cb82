"""The commands that send the site to its host, and tell of it: `deploy`, `ping`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import UsageError
from .. import options
from ..options import command

if TYPE_CHECKING:
    from ...deploy.ping import PingReport
    from ...deploy.site import BuildFiles
    from ...edition.hosting.targets import Target
    from ...edition.registry import Registry
    from ...publishing.settings import Settings

# Commands import what they need when they run, so that `--help` appears at once: see cli/__init__.py.


@command(examples=("kuratorium deploy", "kuratorium deploy live --dry-run"))
@click.argument("target", required=False)
@click.option("--dry-run", is_flag=True, help="List what would be sent and deleted, and change nothing.")
@click.option("--delete-foreign", is_flag=True, help="Delete also what is at the target and no deployment put there.")
@click.option("--force", is_flag=True, help='Let "history: single" remove commits of others from a branch.')
@click.option("--no-ping", is_flag=True, help="Do not tell the hub which feeds changed.")
def deploy(target: str | None, dry_run: bool, delete_foreign: bool, force: bool, no_ping: bool) -> int:
    """Send what changed of the site to a target.

    Targets are named below "deploy" in curation/policy.yaml; with one, TARGET may be left out. New files come first,
    deletions last. A run that breaks off is gone on with by the next. Keys and tokens come from the environment:
    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for a bucket, DEPLOY_TOKEN for a repository at https://….
    """
    from ...deploy.run import DeployOptions, deploy_site
    from ...publishing.settings import read_settings
    from .. import reports
    from . import reports as publisher_reports

    root = options.find_writable_root("var")
    registry, settings = options.load_registry(root), read_settings(root)
    chosen = _choose_target(registry.policy.deploy if registry.policy else (), target)
    has_hub = bool(registry.policy and registry.policy.hub) and not no_ping

    def ping_after() -> PingReport:
        return _ping(root, registry, settings, dry_run=False)

    choice = DeployOptions(
        dry_run=dry_run, deletes_foreign=delete_foreign, forces=force, ping=ping_after if has_hub else None
    )
    with reports.show_spinner(f"Deploying to {chosen.id} …"):
        report = deploy_site(root, chosen, _find_build_files(root, settings), choice)
    publisher_reports.print_deploy_report(report, dry_run=dry_run)
    return 0 if dry_run else report.exit_code


@command(examples=("kuratorium ping", "kuratorium ping --dry-run"))
@click.option("--dry-run", is_flag=True, help="List the feeds that would be announced, and send nothing.")
def ping(dry_run: bool) -> int:
    """Tell the hub which feeds changed since the last ping.

    Run it when a new build is deployed: the hub (WebSub, "hub" in curation/policy.yaml) fetches these feeds at once,
    and passes the news on to feed readers. The exit code is 1 if a feed could not be announced; the next ping announces
    it.
    """
    from ...publishing.settings import read_settings
    from . import reports

    root = options.find_writable_root("var")
    registry, settings = options.load_registry(root), read_settings(root)
    report = _ping(root, registry, settings, dry_run=dry_run)
    reports.print_ping_report(report, dry_run=dry_run)
    return 0 if dry_run else report.exit_code


def _ping(root: Path, registry: Registry, settings: Settings, *, dry_run: bool) -> PingReport:
    from ...deploy.ping import ping_hub

    hub = registry.policy.hub if registry.policy else ""
    if not hub:
        raise UsageError('There is no hub to tell: write one into curation/policy.yaml, such as "hub: https://…".')
    return ping_hub(
        root,
        root / settings.output,
        hub=hub,
        site_url=settings.site.url,
        lang=settings.site.lang,
        fetcher=options.create_fetcher(root, registry),
        dry_run=dry_run,
    )


def _find_build_files(root: Path, settings: Settings) -> BuildFiles:
    """Return where a build leaves its work."""
    from ...deploy.site import BuildFiles
    from ...publishing.build.cache import CACHE_FILE
    from ...publishing.build.snapshot_file import JOURNAL_SUFFIX, STAGE_FOLDER, UNFINISHED_FILE

    return BuildFiles(
        output=root / settings.output,
        cache=root / CACHE_FILE,
        lock=root / f"{STAGE_FOLDER}.lock",
        unfinished=(root / UNFINISHED_FILE, root / f"{STAGE_FOLDER}{JOURNAL_SUFFIX}"),
    )


def _choose_target(targets: tuple[Target, ...], wanted: str | None) -> Target:
    """Return the target with this id, or the only one; raises UsageError."""
    if not targets:
        example = "deploy: [{id: live, rsync: {to: deploy@example.org:/var/www/site}}]"
        raise UsageError(f"There is no target: write one into curation/policy.yaml, such as {example}")
    if wanted is None and len(targets) > 1:
        raise UsageError(f"Which target? Name one of: {', '.join(target.id for target in targets)}.")
    by_id = {target.id: target for target in targets}
    if wanted is not None and wanted not in by_id:
        from ...edition.fields import suggest_nearest

        raise UsageError(f'There is no target "{wanted}" in curation/policy.yaml. {suggest_nearest(wanted, by_id)}')
    return by_id[wanted or targets[0].id]
