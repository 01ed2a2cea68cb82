"""The output is prepared beside the site and moved into it only when it is whole.

The move of a finished site into place, written down before it begins, so that the next run can finish it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ...edition.paths import GONE, Stamp, moved, stamp
from ...errors import EditionError, Problem
from ...files import settle, write_atomically
from .result import Moved

NEAR = ".kuratorium~"
"""Within a site on another disk than var/: where files wait to be moved."""


class Moves(Struct, frozen=True):
    """Where to, which files in their order, and which to delete after them; paths from the site's root.

    `waiting` is the folder where the files wait.
    """

    waiting: str
    output: str
    written: tuple[str, ...]
    deleted: tuple[str, ...]


def carry_out(stage: Path, moves: Moves, ready: Callable[[], object]) -> None:
    """Move the files that wait in `stage`. Before the first one, when `finish` can do it, too, `ready` is called.

    Where that fails, nothing is moved.
    """
    if not moves.written and not moves.deleted:
        ready()
        return
    near = Path(moves.output) / NEAR
    try:
        if moves.written and _is_elsewhere(stage, Path(moves.output)):
            for path in moves.written:
                (near / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(stage / path, near / path)
            moves = replace(moves, waiting=str(near))
        settle([Path(moves.waiting, path) for path in moves.written])
        write_atomically(_of(stage), msgspec.json.encode(moves))
        ready()
    except BaseException:
        _of(stage).unlink(missing_ok=True)
        shutil.rmtree(near, ignore_errors=True)
        raise
    _move(moves)
    shutil.rmtree(near, ignore_errors=True)
    _of(stage).unlink()


def finish(stage: Path) -> bool:
    """Finish a move out of `stage` that was interrupted; False if there is none."""
    try:
        moves = msgspec.json.decode(_of(stage).read_bytes(), type=Moves)
    except FileNotFoundError:
        return False
    except msgspec.DecodeError:  # nobody but a failing disk can have done that; the next build mends the site
        _of(stage).unlink()
        return False
    _move(moves)
    shutil.rmtree(Path(moves.output) / NEAR, ignore_errors=True)
    _of(stage).unlink()
    return True


def _of(stage: Path) -> Path:
    return stage.with_name(f"{stage.name}.journal")


def _is_elsewhere(stage: Path, output: Path) -> bool:
    """Tell whether the site lies on another disk: then a move would be a copy, and could fail half-way."""
    output.mkdir(parents=True, exist_ok=True)
    return stage.stat().st_dev != output.stat().st_dev


def _move(moves: Moves) -> None:
    """Do what is still to be done: what no longer waits was moved before."""
    output = Path(moves.output)
    ready: set[Path] = set()
    for path in moves.written:
        source, target = Path(moves.waiting, path), output / path
        if target.parent not in ready:
            _make_way(target.parent, output)
            ready.add(target.parent)
        _put(source, target)
    for path in moves.deleted:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (output / path).unlink()
    _remove_empty(output, moves.deleted)


def _make_way(folder: Path, output: Path) -> None:
    """Make a folder, also where a file had its name."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        for above in reversed((folder, *folder.parents)):
            if output in above.parents and not above.is_dir():
                above.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)


def _put(source: Path, target: Path) -> None:
    """Rename; where the site lies on another disk, a whole copy takes the place of the old file."""
    try:
        source.replace(target)
    except FileNotFoundError:
        return
    except IsADirectoryError:
        shutil.rmtree(target)
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        if target.is_dir():
            shutil.rmtree(target)
        write_atomically(target, source.read_bytes())
        source.unlink()


def _remove_empty(output: Path, deleted: tuple[str, ...]) -> None:
    emptied = {folder for path in deleted for folder in (output / path).parents if output in folder.parents}
    for folder in sorted(emptied, reverse=True):
        with contextlib.suppress(OSError):  # it holds something still, or is gone
            folder.rmdir()


_GENERATOR = b"<generator>Kuratorium</generator>"  # as rss.py writes it: whoever has this feed was built by us
_BLOCK = 1 << 20


class Lock:
    """One build of an edition at a time: a second one waits for the first to end, and calls `waits` before it does."""

    def __init__(self, folder: Path, waits: Callable[[], object] = lambda: None) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(f"{folder}.lock", "w")  # noqa: SIM115 - held until `free`, or the end of the process
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def free(self) -> None:
        """Let the next build begin."""
        self._file.close()


class Stage:
    """A folder where files wait; `output` is the site that readers see.

    What a build makes is put here, from several processes, too. Bytes that the site already has are only
    noted. `publish` then moves the rest into place, one rename a file, and removes what is no longer made.
    A move that was interrupted is finished before anything else. Who has no `lock` gets one until `discard`.
    """

    def __init__(self, folder: Path, output: Path, foreign: Iterable[str] = (), lock: Lock | None = None) -> None:
        self.folder = folder
        self.output = output
        self._foreign = set(foreign)
        self._unchanged: set[str] = set()
        self._made: set[str] = set()
        self._lock = None if lock else Lock(folder)
        try:
            finish(folder)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        except BaseException:
            self._free()
            raise

    def put(self, path: str, data: bytes) -> bool:
        """Stage `data` for `path` (from the root); False if the site has these bytes already: then `keep` it."""
        if _holds(f"{self.output}/{path}", data):
            return False
        with open(self._place(path), "wb") as file:
            file.write(data)
        return True

    def copy(self, path: str, source: str) -> bool:
        """Stage the file `source` for `path`, like `put`; raises OSError where it cannot be read."""
        if _are_alike(source, f"{self.output}/{path}"):
            return False
        shutil.copyfile(source, self._place(path))
        return True

    def keep(self, paths: Iterable[str]) -> None:
        """Note that the site's files at `paths` are as this build makes them."""
        self._unchanged.update(paths)

    def publish(
        self,
        ranks: Mapping[str, int] | None = None,
        gone: Iterable[str] | None = None,
        remember: Callable[[Moved], object] = lambda _: None,
    ) -> Moved:
        """Move all that waits into the site by rank (0: assets), then delete `gone`: what is neither kept nor put.

        `remember` is called when nothing but a move is left to do, which the next build can finish; where it fails,
        nothing is moved. Ctrl-C has to wait for the second this takes: half of it would be a mixed site.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            return self._publish(ranks or {}, gone, remember)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _publish(
        self, ranks: Mapping[str, int], gone: Iterable[str] | None, remember: Callable[[Moved], object]
    ) -> Moved:
        staged = sorted(_files(self.folder), key=lambda path: (ranks.get(path, 0), path))
        alike = {path for path in staged if path in self._unchanged or self._is_there(path)}
        self._unchanged |= alike
        written = tuple(path for path in staged if path not in alike)
        if gone is None:
            made = {*staged, *self._unchanged}
            gone = [path for path in _files(self.output, self._foreign) if path not in made]
        moves = Moves(waiting=str(self.folder), output=str(self.output), written=written, deleted=tuple(sorted(gone)))
        result = Moved(written=moves.written, unchanged=len(self._unchanged), deleted=moves.deleted)
        carry_out(self.folder, moves, lambda: remember(result))
        return result

    def stamp(self, path: str) -> Stamp:
        """Stamp the file at `path` of the site as it is after `publish`: a move changes nothing of it."""
        waiting = stamp(f"{self.folder}/{path}", moved)
        return stamp(f"{self.output}/{path}", moved) if waiting == GONE or path in self._unchanged else waiting

    def discard(self) -> None:
        """Forget all that waits, and let the next build begin."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._free()

    def _free(self) -> None:
        if self._lock:
            self._lock.free()

    def _place(self, path: str) -> str:
        target = f"{self.folder}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)
            self._made.add(folder)
        return target

    def _is_there(self, path: str) -> bool:
        """Pelican copies into the stage what the site may have already."""
        return _are_alike(f"{self.folder}/{path}", f"{self.output}/{path}")


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


def _holds(path: str, data: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(data):
            return False
        with open(path, "rb", buffering=0) as file:
            return file.read() == data
    except OSError:
        return False


def _are_alike(source: str, target: str) -> bool:
    """Compare two files block by block: a recording may be larger than the memory."""
    if not os.path.isfile(target) or os.stat(source).st_size != os.stat(target).st_size:
        return False
    with open(source, "rb", buffering=0) as one, open(target, "rb", buffering=0) as other:
        while block := one.read(_BLOCK):
            if block != other.read(_BLOCK):
                return False
    return True
