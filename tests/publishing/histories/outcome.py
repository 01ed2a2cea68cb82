"""What comes of a build: a site, told by its files' digests, or the problems that keep it from being built."""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from pelican import Pelican
from pelican.settings import read_settings

from kuratorium.errors import KuratoriumError
from kuratorium.publishing.build.model import BuildResult
from kuratorium.publishing.builder import build_site
from kuratorium.publishing.preview import PreviewBuilder

from .ground import Ground

T = TypeVar("T")
Site = dict[str, str]
"""Path -> digest of the bytes."""


class Refused(NamedTuple):
    """A build that failed: the kind of error, and what it said."""

    kind: str
    said: str


def attempt(root: Path, as_of: datetime | None, jobs: int | None = None) -> BuildResult | Refused:
    """Build into the edition's output, which is what a failure leaves as it was."""
    return told(root, lambda: build_site(root, as_of=as_of, jobs=jobs))


def told(root: Path, work: Callable[[], BuildResult]) -> BuildResult | Refused:
    """Tell what becomes of a build."""
    try:
        return work()
    except KuratoriumError as error:
        return Refused(type(error).__name__, str(error).replace(str(root), "."))


class Kept:
    """Builds of one edition as a preview makes them: what was read stays in memory, and changes are told to it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._built = ground.files.copy()
        self._desk = PreviewBuilder(ground.root, ground.as_of)
        self._told: frozenset[str] | None = None

    def build(self) -> BuildResult | Refused:
        """Build what changed since the last time; with other settings or for another date begin anew, as it does."""
        now, was = self._ground.files, self._built
        changed = {file for file in now.keys() | was.keys() if now.get(file) != was.get(file)}
        self._built = now.copy()
        if self._desk.as_of != self._ground.as_of or any(file.endswith(".py") for file in changed):
            self.close()
            self._desk, self._told = PreviewBuilder(self._ground.root, self._ground.as_of), None
        elif self._told is not None:
            self._told = frozenset(filter(self._desk.is_relevant, changed))
        came = told(self._ground.root, lambda: self._desk.build(self._told))
        self._told = frozenset()
        return came

    def close(self) -> None:
        """End the preview."""
        self._desk.close()


def site(output: Path) -> Site:
    """Tell what a site holds."""
    return walk(output, lambda path: digest(path.read_bytes()) if path.exists() else "a link to nowhere")


def stamps(output: Path) -> dict[str, tuple[int, int]]:
    """Tell which file it is and when it was written, of every file of a site."""
    return walk(output, lambda path: (path.lstat().st_ino, path.lstat().st_mtime_ns))


def walk(output: Path, look: Callable[[Path], T]) -> dict[str, T]:
    """Look at every file of a site."""
    found = {}
    for here, _, names in os.walk(output):
        for name in names:
            path = Path(here, name)
            found[path.relative_to(output).as_posix()] = look(path)
    return found


def differences(here: Site, full: Site) -> dict[str, str]:
    """Tell what is wrong with a site, by path."""
    words = dict.fromkeys(full.keys() - here.keys(), "is not there")
    words |= dict.fromkeys(here.keys() - full.keys(), "should not be there")
    return words | {path: "has other bytes" for path in here.keys() & full.keys() if here[path] != full[path]}


def digest(data: bytes) -> str:
    """A short name for some bytes."""
    return hashlib.blake2b(data, digest_size=12).hexdigest()


class Reference:
    """Full builds, in an edition of their own in another folder: no output, no var. Of equal files only once."""

    def __init__(self, root: Path) -> None:
        self.ground = Ground(root)
        self._known: dict[str, Site | Refused] = {}

    def outcome(self, files: dict[str, bytes], as_of: datetime | None) -> Site | Refused:
        """What a full build makes of these files at that moment."""
        key = digest(repr((sorted((file, digest(data)) for file, data in files.items()), as_of)).encode())
        if key not in self._known:
            self.ground.become(files)
            self._known[key] = self._build(as_of)
        return self._known[key]

    def plain(self, files: dict[str, bytes], as_of: datetime | None) -> Site:
        """What plain `pelican` makes of these files, which are sound, in this process."""
        self.ground.become(files)
        self._clear()
        override = {"AS_OF": as_of.isoformat()} if as_of else {}
        Pelican(read_settings(str(self.ground.root / "pelicanconf.py"), override)).run()
        return site(self.ground.root / "output")

    def show(self, files: dict[str, bytes], as_of: datetime | None, output: Path) -> str:
        """Tell the first difference between a full build and the site in `output`, line by line."""
        self.ground.become(files)
        self._build(as_of)
        full = self.ground.root / "output"
        path = min(differences(site(output), site(full)), default="")
        texts = [
            (folder / path).read_text(errors="replace") if (folder / path).is_file() else ""
            for folder in (full, output)
        ]
        lines = difflib.unified_diff(
            *(text.splitlines() for text in texts), f"full/{path}", f"here/{path}", "", "", 1, ""
        )
        return "\n".join(lines)

    def _build(self, as_of: datetime | None) -> Site | Refused:
        self._clear()
        came = attempt(self.ground.root, as_of)
        return came if isinstance(came, Refused) else site(self.ground.root / "output")

    def _clear(self) -> None:
        for scrap in ("output", "var"):
            shutil.rmtree(self.ground.root / scrap, ignore_errors=True)
