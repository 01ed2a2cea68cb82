"""One deployment: STEPS is the table of all that it does, in their order."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from ..edition.hosting.targets import Target
from ..file_lock import FileLock
from .model import OWNED_FILE, LocalFile, Place, RemoteFile
from .ping import PingReport
from .places.table import PLACES
from .site import BuildFiles, digest_with_headers, lock_site, read_site
from .state import STATE_FOLDER, SentFile, TargetState, build_owned_list, find_owned, read_state, write_state

_SAVE_SECONDS = 2.0
_PAGES = (".html", ".html.gz", ".html.br")
_LISTS = (".xml", ".json", ".atom", ".opml", ".ics", ".txt")


class Plan(Struct, frozen=True, kw_only=True):
    """Files to send by group, in the order of their sending, and to delete after that.

    `assets`: what pages load. `new_pages`, `changed_pages`: a page comes after those it may newly link to.
    `lists`: feeds, calendars and sitemaps, which lead to pages. `known`: unchanged files, with what the target tells.
    `foreign`: files at the target that no deployment put there.
    """

    assets: tuple[LocalFile, ...] = ()
    new_pages: tuple[LocalFile, ...] = ()
    changed_pages: tuple[LocalFile, ...] = ()
    lists: tuple[LocalFile, ...] = ()
    deleted: tuple[str, ...] = ()
    known: Mapping[str, SentFile]
    foreign: tuple[str, ...] = ()

    @property
    def sent(self) -> tuple[LocalFile, ...]:
        """All files to send, in their order."""
        return (*self.assets, *self.new_pages, *self.changed_pages, *self.lists)

    @property
    def is_empty(self) -> bool:
        """Whether the target has the site already."""
        return not self.sent and not self.deleted


class DeployOptions(Struct, frozen=True, kw_only=True):
    """`dry_run` sends nothing. `deletes_foreign`: also what no deployment put there. `forces`: over others' commits.

    `ping` tells the hub, once the site is there; None without a hub.
    """

    dry_run: bool = False
    deletes_foreign: bool = False
    forces: bool = False
    ping: Callable[[], PingReport] | None = None


class DeployReport(Struct, frozen=True, kw_only=True):
    """What was sent and deleted, or would be, and what is foreign at the target."""

    target: str
    place: str
    sent: tuple[str, ...]
    sent_bytes: int
    deleted: tuple[str, ...]
    foreign: tuple[str, ...]
    unchanged_count: int
    ping: PingReport | None = None

    @property
    def exit_code(self) -> int:
        """0, or 1 if the hub was not told of every feed."""
        return self.ping.exit_code if self.ping else 0


class Deployment:
    """A deployment on its way: the place, the plan, and what is known to be at the target."""

    def __init__(self, root: Path, target: Target, place: Place, plan: Plan, options: DeployOptions) -> None:
        self.place, self.plan, self.options = place, plan, options
        self.files = dict(plan.known)
        self.ping_report: PingReport | None = None
        self._path = root / STATE_FOLDER / f"{target.id}.json"
        self._digest = find_digest(target)
        self._saved_at = time.monotonic()

    def send(self, files: Sequence[LocalFile]) -> None:
        """Send files, and remember each that is there; a run that ends here is gone on with by the next."""
        if not files:
            return
        try:
            for file, remote in self.place.send(files):
                self.files[file.path] = SentFile(self._digest(file), remote.size, remote.tag)
                if time.monotonic() - self._saved_at > _SAVE_SECONDS:
                    self.save()
        finally:
            self.save()

    def delete(self) -> None:
        """Delete what is gone from the site."""
        if self.plan.deleted:
            self.place.delete(self.plan.deleted)

    def write_owned_list(self) -> None:
        """Leave the list of our files at the target, if it changed: other machines read it."""
        data = build_owned_list(self.files)
        if data != self.place.read(OWNED_FILE):
            self.place.write(OWNED_FILE, data)

    def finish(self) -> None:
        """Make visible what was sent, and remember the target."""
        self.place.finish()
        self.save()

    def ping(self) -> None:
        """Tell the hub which feeds changed."""
        if self.options.ping:
            self.ping_report = self.options.ping()

    def save(self) -> None:
        """Save what is known of the target."""
        write_state(self._path, TargetState(place=self.place.name, files=self.files))
        self._saved_at = time.monotonic()


STEPS: tuple[tuple[str, Callable[[Deployment], None]], ...] = (
    ("files that pages load", lambda run: run.send(run.plan.assets)),
    ("new pages", lambda run: run.send(run.plan.new_pages)),
    ("changed pages", lambda run: run.send(run.plan.changed_pages)),
    ("feeds, calendars and sitemaps", lambda run: run.send(run.plan.lists)),
    ("deletions", Deployment.delete),
    ("list of our files", Deployment.write_owned_list),
    ("publication", Deployment.finish),
    ("hub", Deployment.ping),
)
"""All that a deployment does, in this order. Up to each step, every page of the target finds what it links to."""


def deploy_site(
    root: Path,
    target: Target,
    build: BuildFiles,
    options: DeployOptions,
    report_step: Callable[[str], object] = lambda _: None,
) -> DeployReport:
    """Send what changed of the site to a target; raises UsageError without a whole site, DeployError if it fails."""
    busy = f'Another deployment to "{target.id}" is running: wait until it has ended.'
    with FileLock(root / STATE_FOLDER / f"{target.id}.lock", busy_message=busy), lock_site(build):
        place = PLACES[target.kind](root, target, build.output, options.forces)
        report_step("comparison")
        plan = make_plan(root, target, place, build, options)
        run = Deployment(root, target, place, plan, options)
        for name, step in () if options.dry_run else STEPS:
            report_step(name)
            step(run)
    return DeployReport(
        target=target.id,
        place=place.name,
        sent=tuple(file.path for file in plan.sent),
        sent_bytes=sum(file.size for file in plan.sent),
        deleted=plan.deleted,
        foreign=plan.foreign,
        unchanged_count=len(plan.known),
        ping=run.ping_report,
    )


def make_plan(root: Path, target: Target, place: Place, build: BuildFiles, options: DeployOptions) -> Plan:
    """Return what differs between the site and a listing of the target."""
    remote = {path: file for path, file in place.list_files().items() if path != OWNED_FILE}
    state = read_state(root / STATE_FOLDER / f"{target.id}.json", place.name)
    return plan_deployment(
        read_site(build, target.s3.compress if target.s3 else "none"),
        remote,
        state.files,
        owned=find_owned(state, place.read(OWNED_FILE), remote),
        digest=find_digest(target),
        has_same=place.has_same,
        deletes_foreign=options.deletes_foreign,
    )


def find_digest(target: Target) -> Callable[[LocalFile], str]:
    """Return what tells a changed file: where the headers are kept with it, they count, too."""
    return digest_with_headers if target.s3 else lambda file: file.digest


def plan_deployment(
    local: Sequence[LocalFile],
    remote: Mapping[str, RemoteFile],
    sent: Mapping[str, SentFile],
    *,
    owned: Collection[str],
    digest: Callable[[LocalFile], str],
    has_same: Callable[[LocalFile, RemoteFile], bool],
    deletes_foreign: bool = False,
) -> Plan:
    """Return what to send and what to delete.

    A file needs no sending if it was sent with this digest, and the target still tells the same of it; or else if the
    target's file `has_same` bytes. Of what is at the target and not in the site, only `owned` files are deleted.
    """
    known: dict[str, SentFile] = {}
    groups: dict[str, list[LocalFile]] = {"assets": [], "new_pages": [], "changed_pages": [], "lists": []}
    for file in local:
        there, before = remote.get(file.path), sent.get(file.path)
        wanted = digest(file)
        is_sent = before is not None and there is not None and before.remote == there
        if is_sent and before and before.digest == wanted:
            known[file.path] = before
        elif there and not is_sent and has_same(file, there):
            known[file.path] = SentFile(wanted, there.size, there.tag)
        else:
            groups[_find_group(file.path, is_new=there is None)].append(file)
    gone = sorted(remote.keys() - {file.path for file in local})
    deleted = tuple(path for path in gone if deletes_foreign or path in owned)
    return Plan(
        **{name: tuple(files) for name, files in groups.items()},
        deleted=deleted,
        known=known,
        foreign=tuple(path for path in gone if path not in deleted),
    )


def _find_group(path: str, *, is_new: bool) -> str:
    if path.endswith(_PAGES):
        return "new_pages" if is_new else "changed_pages"
    return "lists" if path.removesuffix(".gz").removesuffix(".br").endswith(_LISTS) else "assets"
