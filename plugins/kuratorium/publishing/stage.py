"""The output is prepared beside the site and moved into it only when it is whole."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from ..errors import EditionError, Problem
from ..files import write_atomically

_GENERATOR = b"<generator>Kuratorium</generator>"  # as rss.py writes it: whoever has this feed was built by us


class Moved(Struct, frozen=True):
    """How many files a build wrote, left as they were, and deleted."""

    written: int
    unchanged: int
    deleted: int


class Stage:
    """A folder where files wait; `output` is the site that readers see. A second build waits for the first to end.

    What a build makes is put here, from several processes, too. Bytes that the site already has are only
    noted. `publish` then moves the rest into place, one rename a file, and removes what is no longer made.
    """

    def __init__(self, folder: Path, output: Path, foreign: Iterable[str] = ()) -> None:
        self.folder = folder
        self.output = output
        self._foreign = set(foreign)
        self._unchanged: set[str] = set()
        self._made: set[str] = set()
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._lock = open(f"{folder}.lock", "w")  # noqa: SIM115 - held until the build ends, or its process
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    def put(self, path: str, data: bytes) -> bool:
        """Stage `data` for `path` (from the root); False if the site has these bytes already: then `keep` it."""
        if _holds(f"{self.output}/{path}", data):
            return False
        target = f"{self.folder}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)
        with open(target, "wb") as file:
            file.write(data)
        return True

    def keep(self, paths: Iterable[str]) -> None:
        """Note that the site's files at `paths` are as this build makes them."""
        self._unchanged.update(paths)

    def publish(self) -> Moved:
        """Move all that waits into the site: assets, then pages, then feeds; deletions last.

        Ctrl-C has to wait for the second this takes: half of it would be a mixed site.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            return self._publish()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _publish(self) -> Moved:
        staged = sorted(_files(self.folder), key=lambda path: (_rank(path), path))
        written = 0
        for path in staged:
            source, target = self.folder / path, self.output / path
            if path in self._unchanged or _holds(str(target), source.read_bytes()):
                self._unchanged.add(path)
                continue
            if target.is_dir():
                shutil.rmtree(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(source, target)
            written += 1
        deleted = self._delete_others({*staged, *self._unchanged})
        self.discard()
        return Moved(written=written, unchanged=len(self._unchanged), deleted=deleted)

    def discard(self) -> None:
        """Forget all that waits, and let the next build begin."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

    def _delete_others(self, made: set[str]) -> int:
        gone = [path for path in _files(self.output, self._foreign) if path not in made]
        for path in gone:
            (self.output / path).unlink()
        emptied = {folder for path in gone for folder in (self.output / path).parents if self.output in folder.parents}
        for folder in sorted(emptied, reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        return len(gone)


def refuse_foreign(root: Path, output: Path, foreign: Collection[str] = ()) -> None:
    """Raise EditionError if a build into `output` would delete what no build has made; `foreign` entries would stay.

    The folder output/ of the edition at `root` is a build's own in any case, even after one that was killed.
    """
    if output == root / "output" or not output.is_dir():
        return
    others = sorted(path.name for path in output.iterdir() if path.name not in foreign)
    if root.is_relative_to(output):
        what = "the edition itself lies in this folder"
    elif others and not _is_built(output):
        what = f"this folder holds what no build has made: {', '.join(others[:3])}{' …' if len(others) > 3 else ''}"
    else:
        return
    mend = "A build deletes all that it did not make. Name another folder, or empty this one."
    raise EditionError([Problem(str(output), 0, "", what, mend)])


def _is_built(output: Path) -> bool:
    try:
        return _GENERATOR in (output / "feed.xml").read_bytes()
    except OSError:
        return False


def _move(source: Path, target: Path) -> None:
    """Rename; where the site lies on another disk, a whole copy takes the place of the old file."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        write_atomically(target, source.read_bytes())


def _files(folder: Path, foreign: Collection[str] = (), prefix: str = "") -> Iterator[str]:
    """List the files below `folder` as paths from it, but for the `foreign` entries at its top."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in foreign:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), prefix=f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name


def _rank(path: str) -> int:
    """A page must not show before its style sheet, nor a feed before its pages."""
    return {".html": 1, ".xml": 2}.get(PurePosixPath(path).suffix, 0)


def _holds(path: str, data: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(data):
            return False
        with open(path, "rb", buffering=0) as file:
            return file.read() == data
    except OSError:
        return False
