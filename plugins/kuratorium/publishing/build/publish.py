"""The stage: a folder where finished files wait, to be moved into the site together.

A journal records the move before it begins, so that the next run can finish one that was interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ...edition.paths import MISSING_FILE, FileStamp, stamp_file, stamp_with_mtime
from ...file_lock import FileLock
from ...files import sync_to_disk, write_atomically
from ..output_folder import RealFolders, create_real_folder, is_path_in_site, require_path_in_site
from .model import PublishResult
from .snapshot_file import JOURNAL_SUFFIX

OUTPUT_STAGE_NAME = ".kuratorium~"
"""Folder at the top of a site on another disk than var/, where files wait: a rename across disks would be a copy."""


class MovePlan(Struct, frozen=True):
    """Files to move from `staging_folder` into `output`, in their order, and files to delete after them.

    Paths are from the site's root. The plan is the journal: a run that finds it finishes the move.
    """

    staging_folder: str
    output: str
    written: tuple[str, ...]
    deleted: tuple[str, ...]


def execute_move_plan(stage: Path, move_plan: MovePlan, before_move: Callable[[], object]) -> None:
    """Move the staged files into the site, and delete obsolete ones.

    `before_move` is called once the journal is written, from when on `resume_interrupted_move` can finish the move. If
    it raises, nothing is moved.
    """
    if not move_plan.written and not move_plan.deleted:
        before_move()
        return
    output_stage = Path(move_plan.output) / OUTPUT_STAGE_NAME
    try:
        if move_plan.written and _is_on_other_disk(stage, Path(move_plan.output)):
            for folder in {(output_stage / path).parent for path in move_plan.written}:
                create_real_folder(folder, Path(move_plan.output))
            for path in move_plan.written:
                shutil.copyfile(stage / path, output_stage / path)
            # From here on the files wait on the disk of the site, where a move is a rename again.
            move_plan = replace(move_plan, staging_folder=str(output_stage))
        # Before the journal: what it names must be on the disk, even after a power cut.
        sync_to_disk([Path(move_plan.staging_folder, path) for path in move_plan.written])
        write_atomically(_journal_path(stage), msgspec.json.encode(move_plan))
        before_move()
    except BaseException:  # Ctrl-C, too: without the journal, nothing has happened
        _journal_path(stage).unlink(missing_ok=True)
        shutil.rmtree(output_stage, ignore_errors=True)
        raise
    _move_files(move_plan)
    shutil.rmtree(output_stage, ignore_errors=True)
    _journal_path(stage).unlink()  # last: as long as it exists, the next run finishes the move


def resume_interrupted_move(stage: Path) -> bool:
    """Finish a move out of `stage` that was interrupted; return False if there is none."""
    try:
        move_plan = msgspec.json.decode(_journal_path(stage).read_bytes(), type=MovePlan)
    except FileNotFoundError:
        return False
    except msgspec.DecodeError:  # only a failing disk does that: the next build compares every file of the site
        _journal_path(stage).unlink()
        return False
    _move_files(move_plan)
    shutil.rmtree(Path(move_plan.output) / OUTPUT_STAGE_NAME, ignore_errors=True)
    _journal_path(stage).unlink()
    return True


def _journal_path(stage: Path) -> Path:
    return stage.with_name(f"{stage.name}{JOURNAL_SUFFIX}")


def _is_on_other_disk(stage: Path, output: Path) -> bool:
    """Return whether the site is on another disk: a move would be a copy, and could fail half-way."""
    output.mkdir(parents=True, exist_ok=True)
    return stage.stat().st_dev != output.stat().st_dev


def _move_files(move_plan: MovePlan) -> None:
    """Move and delete what is left of the plan; a staged file that is gone was moved before the interruption.

    Nothing outside of the site is touched, even if the plan or a link in the site leads there: an earlier version, or
    another program, may have left either.
    """
    output = Path(move_plan.output)
    created_folders: set[Path] = set()
    for path in filter(is_path_in_site, move_plan.written):
        source, target = Path(move_plan.staging_folder, path), output / path
        if target.parent not in created_folders:
            create_real_folder(target.parent, output)
            created_folders.add(target.parent)
        _replace_file(source, target)
    folders = RealFolders(move_plan.output)
    deleted = tuple(path for path in move_plan.deleted if is_path_in_site(path) and folders.holds(path))
    # After the moves: pages that link to a deleted one have been replaced by now.
    for path in deleted:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            (output / path).unlink()
    _remove_empty_folders(output, deleted)


def _replace_file(source: Path, target: Path) -> None:
    """Rename `source` to `target`; across disks, a whole copy takes the place of the old file."""
    try:
        source.replace(target)
    except FileNotFoundError:
        return
    except IsADirectoryError:  # an address changed from folder to page
        shutil.rmtree(target)
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        if target.is_dir():
            shutil.rmtree(target)
        write_atomically(target, source.read_bytes())
        source.unlink()


def _remove_empty_folders(output: Path, deleted: tuple[str, ...]) -> None:
    emptied = {folder for path in deleted for folder in (output / path).parents if output in folder.parents}
    # Reversed, so that a folder comes after the folders in it.
    for folder in sorted(emptied, reverse=True):
        with contextlib.suppress(OSError):  # it is not empty, or gone
            folder.rmdir()


_BLOCK_SIZE = 1 << 20  # bytes


class BuildLock(FileLock):
    """The lock of an edition's builds, beside the stage at `folder`: one builds at a time, a second calls `on_wait`."""

    def __init__(self, folder: Path, on_wait: Callable[[], object] = lambda: None) -> None:
        super().__init__(Path(f"{folder}.lock"), on_wait=on_wait)


class Stage:
    """A folder where finished files wait; `output` is the site that readers see.

    Several processes may write to it. Bytes that the site already has are not written, unless the stage
    `is_complete`: then it holds every file of the site, as other plugins of Pelican expect. `publish` moves
    the staged files into the site, one rename each, and deletes obsolete ones. The caller holds the build's lock.
    """

    def __init__(self, folder: Path, output: Path, retained: Iterable[str] = (), *, is_complete: bool = False) -> None:
        self.folder = folder
        self.output = output
        self._retained = set(retained)
        self._is_complete = is_complete
        self._unchanged: set[str] = set()
        self._created_folders: set[str] = set()
        self._site_folders = RealFolders(str(output))
        resume_interrupted_move(folder)
        # What is left now comes from a build that was stopped before its move.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.discard()

    def write_if_changed(self, path: str, data: bytes) -> bool:
        """Stage `data` for `path` (from the site's root); return False if the site has these bytes.

        The caller then passes the path to `mark_unchanged`, perhaps in another process.
        """
        if not self._is_complete and self._is_file_of_site(path) and _has_bytes(f"{self.output}/{path}", data):
            return False
        with open(self._make_staged_path(path), "wb") as file:
            file.write(data)
        return True

    def copy_if_changed(self, path: str, source: str) -> bool:
        """Stage the file `source` for `path`, as `write_if_changed` does; raises OSError if it cannot be read."""
        if not self._is_complete and self._has_equal_file(source, path):
            return False
        shutil.copyfile(source, self._make_staged_path(path))
        return True

    def mark_unchanged(self, paths: Iterable[str]) -> None:
        """Record that the site's files at `paths` already have the bytes of this build."""
        self._unchanged.update(paths)

    def publish(
        self,
        ranks: Mapping[str, int] | None = None,
        obsolete_paths: Iterable[str] | None = None,
        before_move: Callable[[PublishResult], object] = lambda _: None,
    ) -> PublishResult:
        """Move the staged files into the site by rank (0: assets), then delete the obsolete paths.

        Without `obsolete_paths` everything is deleted that was neither staged nor marked unchanged. `before_move` is
        called when only the move is left to do, which the next build could finish; if it fails, nothing is moved.
        Ctrl-C waits until the move is done: half of it would be a site of old and new files.
        """
        # SIGTERM, too: a CI job or a service manager ends a program with it.
        old_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            return self._publish(ranks or {}, obsolete_paths, before_move)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old_mask)

    def _publish(
        self,
        ranks: Mapping[str, int],
        obsolete_paths: Iterable[str] | None,
        before_move: Callable[[PublishResult], object],
    ) -> PublishResult:
        staged = sorted(_list_files(self.folder), key=lambda path: (ranks.get(path, 0), path))
        self._unchanged |= {path for path in staged if self._is_published(path)}
        written = tuple(path for path in staged if path not in self._unchanged)
        if obsolete_paths is None:
            current = {*staged, *self._unchanged}
            obsolete_paths = [path for path in _list_files(self.output, self._retained) if path not in current]
        move_plan = MovePlan(
            staging_folder=str(self.folder),
            output=str(self.output),
            written=written,
            deleted=tuple(sorted(filter(is_path_in_site, obsolete_paths))),
        )
        result = PublishResult(written=written, unchanged_count=len(self._unchanged), deleted=move_plan.deleted)
        execute_move_plan(self.folder, move_plan, lambda: before_move(result))
        return result

    def stamp_output(self, path: str) -> FileStamp:
        """Return the stamp that the site's file at `path` has after `publish`: a rename keeps size, time and inode."""
        staged_stamp = stamp_file(f"{self.folder}/{path}", stamp_with_mtime)
        if staged_stamp == MISSING_FILE or path in self._unchanged:
            return stamp_file(f"{self.output}/{path}", stamp_with_mtime)
        return staged_stamp

    def discard(self) -> None:
        """Delete all staged files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_staged_path(self, path: str) -> str:
        require_path_in_site(path)
        target = f"{self.folder}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in self._created_folders:
            os.makedirs(folder, exist_ok=True)
            self._created_folders.add(folder)
        return target

    def _is_published(self, path: str) -> bool:
        """Return whether a staged file, such as one that a plugin wrote, has the bytes of the site's."""
        return self._has_equal_file(f"{self.folder}/{path}", path)

    def _has_equal_file(self, source: str, path: str) -> bool:
        return self._is_file_of_site(path) and _have_equal_bytes(source, f"{self.output}/{path}")

    def _is_file_of_site(self, path: str) -> bool:
        """Return whether `path` names no link and leads through none: what a link leads to is no file of the site."""
        return self._site_folders.holds(path) and not os.path.islink(f"{self.output}/{path}")


def _list_files(folder: Path, excluded: Collection[str] = (), prefix: str = "") -> Iterator[str]:
    """Yield the files below `folder` as paths from it, without the `excluded` entries at its top."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in excluded:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _list_files(Path(entry.path), prefix=f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name


def _has_bytes(path: str, data: bytes) -> bool:
    try:
        # The size first: most changed files differ in it, and need not be read.
        if os.stat(path).st_size != len(data):
            return False
        with open(path, "rb", buffering=0) as file:
            return file.read() == data
    except OSError:
        return False


def _have_equal_bytes(source: str, target: str) -> bool:
    """Compare two files block by block: a recording may be larger than the memory."""
    if not os.path.isfile(target) or os.stat(source).st_size != os.stat(target).st_size:
        return False
    with open(source, "rb", buffering=0) as source_file, open(target, "rb", buffering=0) as target_file:
        while block := source_file.read(_BLOCK_SIZE):
            if block != target_file.read(_BLOCK_SIZE):
                return False
    return True
