"""A folder of this machine: each file is copied under another name, and renamed when its group is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...edition.hosting.targets import Target
from ...errors import UsageError
from ...files import sync_to_disk, write_atomically
from ..model import DeployError, LocalFile, RemoteFile

_STAGE = ".kuratorium-deploy~"
_EDITION_FOLDERS = ("content", "curation", "theme", "plugins", "var", ".git")
_BLOCK_SIZE = 1 << 20


class Folder:
    """A folder as a target."""

    def __init__(self, root: Path, target: Target, output: Path, forces: bool) -> None:  # noqa: ARG002 - PLACES
        assert target.folder  # noqa: S101 - PLACES calls by kind
        self.folder = Path(root, target.folder.path).resolve()
        self.name = str(self.folder)
        self._real_parents: dict[Path, bool] = {}
        own = [output.resolve(), *((root / name).resolve() for name in _EDITION_FOLDERS)]
        if root.resolve().is_relative_to(self.folder) or any(
            self.folder.is_relative_to(path) or path.is_relative_to(self.folder) for path in own
        ):
            raise UsageError(f"The target {self.folder} is a part of the edition itself: name another folder.")
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"The target {self.folder} is a file, not a folder.")

    def list_files(self) -> Mapping[str, RemoteFile]:
        """Return all files below the folder; what a killed run left is none of them."""
        return {path: _describe(status) for path, status in _walk(str(self.folder)) if not path.startswith(_STAGE)}

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; empty if there is none."""
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise _build_error(error) from error

    def has_same(self, file: LocalFile, remote: RemoteFile) -> bool:
        """Return whether both files have the same bytes."""
        return remote.size == file.size and _have_equal_bytes(file.source, self.folder / file.path)

    def send(self, files: Sequence[LocalFile]) -> Iterator[tuple[LocalFile, RemoteFile]]:
        """Copy all files, then rename them, one after another: what readers see is the old file or the new one."""
        stage = self.folder / _STAGE
        try:
            shutil.rmtree(stage, ignore_errors=True)
            for file in files:
                (stage / file.path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file.source, stage / file.path)
            sync_to_disk([stage / file.path for file in files])
            for file in files:
                self._prepare_parent(self.folder / file.path)
                (stage / file.path).replace(self.folder / file.path)
                yield file, _describe((self.folder / file.path).stat())
        except OSError as error:
            raise _build_error(error) from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def write(self, path: str, data: bytes) -> None:
        """Write a small file that is not of the site."""
        try:
            write_atomically(self.folder / path, data)
        except OSError as error:
            raise _build_error(error) from error

    def delete(self, paths: Sequence[str]) -> None:
        """Delete files, and folders that are empty then."""
        try:
            for path in paths:
                if self._is_inside(self.folder / path):
                    (self.folder / path).unlink(missing_ok=True)
            for folder in sorted({parent for path in paths for parent in Path(path).parents[:-1]}, reverse=True):
                if (self.folder / folder).is_dir() and not any((self.folder / folder).iterdir()):
                    (self.folder / folder).rmdir()
        except OSError as error:
            raise _build_error(error) from error

    def finish(self) -> None:
        """Do nothing: each file is visible since it was renamed."""

    def _prepare_parent(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self._is_inside(path):
            raise DeployError(f"{path.parent} is a link that leads out of the target: delete it, then deploy again.")

    def _is_inside(self, path: Path) -> bool:
        if path.parent not in self._real_parents:
            self._real_parents[path.parent] = path.parent.resolve().is_relative_to(self.folder)
        return self._real_parents[path.parent]


def _describe(status: os.stat_result) -> RemoteFile:
    return RemoteFile(status.st_size, str(status.st_mtime_ns))


def _walk(folder: str, prefix: str = "") -> Iterator[tuple[str, os.stat_result]]:
    try:
        entries = sorted(os.scandir(f"{folder}/{prefix}"), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _build_error(error) from error
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != ".git":
                yield from _walk(folder, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield f"{prefix}{entry.name}", entry.stat(follow_symlinks=False)


def _have_equal_bytes(first: Path, second: Path) -> bool:
    with first.open("rb") as one, second.open("rb") as other:
        while block := one.read(_BLOCK_SIZE):
            if block != other.read(_BLOCK_SIZE):
                return False
    return True


def _build_error(error: OSError) -> DeployError:
    return DeployError(f"{error.filename}: {error.strerror}. The next run goes on from here.")
