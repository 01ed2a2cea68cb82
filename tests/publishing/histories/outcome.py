"""The outcome of a build: a site, as digests of its files, or the error that kept it from being built."""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from pelican.settings import read_settings

import kuratorium
from kuratorium.edition.pictures.model import PICTURES_FOLDER
from kuratorium.errors import KuratoriumError
from kuratorium.publishing.build.model import BuildResult
from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.preview import PreviewBuilder
from kuratorium.publishing.settings import SEARCH_FOLDER

from .workspace import Workspace

T = TypeVar("T")
Site = dict[str, str]
"""Path -> digest of the bytes."""


class FailedBuild(NamedTuple):
    """A build that failed: the kind of error and its message."""

    kind: str
    message: str


def attempt(root: Path, as_of: datetime | None, jobs: int | None = None) -> BuildResult | FailedBuild:
    """Build into the edition's output; return the result or the failure."""
    return catch_failure(root, lambda: build_site(root, as_of=as_of, jobs=jobs))


def catch_failure(root: Path, build: Callable[[], BuildResult]) -> BuildResult | FailedBuild:
    """Return what a build returns, or its error, in which the edition's folder is `.`."""
    try:
        return build()
    except KuratoriumError as error:
        return FailedBuild(type(error).__name__, str(error).replace(str(root), "."))


class PreviewBuilds:
    """Builds of one edition as a preview makes them: posts stay in memory, and each build gets the changed files."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._built = workspace.files.copy()
        self._builder = PreviewBuilder(workspace.root, workspace.as_of)
        self._changed: frozenset[str] | None = None  # None: not known, look at all files

    def build(self) -> BuildResult | FailedBuild:
        """Build what changed since the last time; begin anew with other settings or another date, as a preview does."""
        now, before = self._workspace.files, self._built
        changed = {file for file in now.keys() | before.keys() if now.get(file) != before.get(file)}
        self._built = now.copy()
        if self._builder.as_of != self._workspace.as_of or any(file.endswith(".py") for file in changed):
            self.close()
            self._builder, self._changed = PreviewBuilder(self._workspace.root, self._workspace.as_of), None
        elif self._changed is not None:
            self._changed = frozenset(filter(self._builder.is_relevant, changed))
        outcome = catch_failure(self._workspace.root, lambda: self._builder.build(self._changed))
        self._changed = frozenset()
        return outcome

    def close(self) -> None:
        """End the preview."""
        self._builder.close()


def site(output: Path) -> Site:
    """Return the digest of every file of a site."""
    return walk(output, lambda path: digest(path.read_bytes()) if path.exists() else "a link to nowhere")


def stamps(output: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of every file of a site: they differ when a file was written again."""
    return walk(output, lambda path: (path.lstat().st_ino, path.lstat().st_mtime_ns))


def walk(output: Path, inspect: Callable[[Path], T]) -> dict[str, T]:
    """Return what `inspect` returns for every file of a site, by path.

    Without the index of the search, which follows a build: its own tests compare it.
    """
    results = {}
    for folder, folders, names in os.walk(output):
        if folder == str(output):
            folders[:] = [name for name in folders if name != SEARCH_FOLDER]
        for name in names:
            path = Path(folder, name)
            results[path.relative_to(output).as_posix()] = inspect(path)
    return results


def differences(actual: Site, full: Site) -> dict[str, str]:
    """Return what is wrong with a site compared with a full build, by path."""
    differing = dict.fromkeys(full.keys() - actual.keys(), "is not there")
    differing |= dict.fromkeys(actual.keys() - full.keys(), "should not be there")
    return differing | {path: "has other bytes" for path in actual.keys() & full.keys() if actual[path] != full[path]}


def differences_beside_drawings(actual: Site, full: Site) -> dict[str, str]:
    """Return what is wrong with a preview's site, whose cards and pictures are those of the last build, or missing."""
    found = differences(actual, full)
    drawn = {path for path in found if path.endswith(".card.png") or path.startswith(f"{PICTURES_FOLDER}/")}
    return {path: what for path, what in found.items() if path not in drawn}


def digest(data: bytes) -> str:
    """Return a short name for some bytes."""
    return hashlib.blake2b(data, digest_size=12).hexdigest()


class FullBuilds:
    """Full builds in a folder of their own, each without output and cache to begin with; equal files build once."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self._outcomes: dict[str, Site | FailedBuild] = {}

    def outcome(self, files: dict[str, bytes], as_of: datetime | None) -> Site | FailedBuild:
        """Return what a full build makes of these files at that moment."""
        key = digest(repr((sorted((file, digest(data)) for file, data in files.items()), as_of)).encode())
        if key not in self._outcomes:
            self.workspace.restore(files)
            self._outcomes[key] = self._build(as_of)
        return self._outcomes[key]

    def plain(self, files: dict[str, bytes], as_of: datetime | None) -> Site:
        """Return what plain `pelican` makes of these files in this process; they must be valid."""
        self.workspace.restore(files)
        self._clear()
        override = {"AS_OF": as_of.isoformat()} if as_of else {}
        kuratorium.Site(read_settings(str(self.workspace.root / "pelicanconf.py"), override)).run()
        return site(self.workspace.root / "output")

    def show(self, files: dict[str, bytes], as_of: datetime | None, output: Path) -> str:
        """Return the first file that differs between a full build and the site in `output`, as a diff."""
        self.workspace.restore(files)
        self._build(as_of)
        full = self.workspace.root / "output"
        path = min(differences(site(output), site(full)), default="")
        texts = [
            (folder / path).read_text(errors="replace") if (folder / path).is_file() else ""
            for folder in (full, output)
        ]
        lines = difflib.unified_diff(
            *(text.splitlines() for text in texts), f"full/{path}", f"output/{path}", "", "", 1, ""
        )
        return "\n".join(lines)

    def _build(self, as_of: datetime | None) -> Site | FailedBuild:
        self._clear()
        outcome = attempt(self.workspace.root, as_of)
        return outcome if isinstance(outcome, FailedBuild) else site(self.workspace.root / "output")

    def _clear(self) -> None:
        for folder in ("output", "var"):
            shutil.rmtree(self.workspace.root / folder, ignore_errors=True)
