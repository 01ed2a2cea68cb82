"""A lock file, which at most one process at a time holds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from weakref import WeakSet

from .errors import UsageError

if sys.platform != "win32":
    import fcntl


class FileLock:
    """An exclusive lock on the file `path`, held from construction until `release` or the end of a `with` block.

    If another process holds the lock, construction calls `on_wait` and waits; with a `busy_message` it raises
    UsageError with this message instead. On Windows, which has no flock, nothing is locked.
    """

    def __init__(self, path: Path, *, on_wait: Callable[[], object] = lambda: None, busy_message: str = "") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The kernel drops the lock with the last process that has the file open, also after a kill. The file itself
        # stays: if it were deleted, a process that waits for it and one that creates it anew would both hold a lock.
        self._file = path.open("a")
        _open_locks.add(self)
        try:
            self._acquire(on_wait, busy_message)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Release the lock, so that the next process gets it."""
        self._file.close()

    def _acquire(self, on_wait: Callable[[], object], busy_message: str) -> None:
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if busy_message:
                raise UsageError(busy_message) from error
            on_wait()
            fcntl.flock(self._file, fcntl.LOCK_EX)


# The kernel gives a forked process a share in every open lock. A worker that outlived a killed command would hold the
# command's lock for ever, so each worker gives up its share. Not the owner's state: the table of open files is shared
# by the whole process, and so is this set.
_open_locks: WeakSet[FileLock] = WeakSet()


def _close_inherited_locks() -> None:
    for lock in _open_locks:
        lock.release()  # closing a copy leaves the lock to the parent; only LOCK_UN would end it


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_close_inherited_locks)
