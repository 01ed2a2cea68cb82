"""SQLite files that may be lost: open them, find the cause of an error, and set a damaged one aside."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

_LOCK_TIMEOUT_SECONDS = 30.0
# A write-ahead log or rollback journal without its database is useless; beside another database it would damage it.
_COMPANION_SUFFIXES = ("-journal", "-wal", "-shm")


class ErrorCause(Enum):
    """The cause of an error of SQLite, which decides whether a file is set aside."""

    DISK = auto()
    """The disk is full, fails, or may not be written."""
    FILE = auto()
    """The file is damaged, or no SQLite database."""
    CONTENT = auto()
    """The tables or values are not those that we wrote, for example those of a newer version."""
    OTHER = auto()
    """Anything else, for example a lock of another process."""


# Primary result codes (https://www.sqlite.org/rescode.html); extended ones carry them in their lowest byte.
_BLAME_BY_CODE = {
    sqlite3.SQLITE_FULL: ErrorCause.DISK,
    sqlite3.SQLITE_IOERR: ErrorCause.DISK,
    sqlite3.SQLITE_READONLY: ErrorCause.DISK,
    sqlite3.SQLITE_CORRUPT: ErrorCause.FILE,
    sqlite3.SQLITE_NOTADB: ErrorCause.FILE,
    sqlite3.SQLITE_ERROR: ErrorCause.CONTENT,  # a table or column is missing
}


def find_error_cause(error: sqlite3.Error) -> ErrorCause:
    """Return the cause of an error."""
    # Errors of the sqlite3 module itself, such as text that is not UTF-8, have no code, and neither have our own.
    code = getattr(error, "sqlite_errorcode", None)
    return ErrorCause.CONTENT if code is None else _BLAME_BY_CODE.get(code & 0xFF, ErrorCause.OTHER)


def open_database(
    path: Path | None,
    prepare: Callable[[sqlite3.Connection], object],
    *,
    pragmas: str = "",
    read_only: bool = False,
) -> sqlite3.Connection:
    """Open the database at `path` (None: an empty one in memory), apply `pragmas` and let `prepare` check its tables.

    Creates the file and its folder unless `read_only`. Raises sqlite3.Error; the connection is closed then.
    """
    if path and not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
    # Without isolation_level=None, the sqlite3 module would begin transactions of its own. Any thread may use the
    # connection, because its owner lets only one do so at a time.
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}" if path else ":memory:",
        uri=True,
        timeout=_LOCK_TIMEOUT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        db.executescript(pragmas)
        prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def set_aside(path: Path, suffix: str) -> Path:
    """Rename the database at `path`, with its journals, to a name that ends in `suffix`; returns the new path.

    A file or folder that had that name before is deleted.
    """
    target = path.with_name(f"{path.name}{suffix}")
    for companion in _COMPANION_SUFFIXES:  # before the database: a process killed in between leaves no lone journal
        source = path.with_name(f"{path.name}{companion}")
        moved = target.with_name(f"{target.name}{companion}")
        moved.unlink(missing_ok=True)
        if source.exists():
            source.replace(moved)
    if target.is_dir():
        shutil.rmtree(target)
    elif path.is_dir():
        target.unlink(missing_ok=True)
    path.replace(target)
    return target


def find_free_suffix(path: Path, suffix: str) -> str:
    """Return `suffix` with the first number for which no database was set aside yet."""
    number = 1
    while path.with_name(f"{path.name}{suffix}{number}").exists():
        number += 1
    return f"{suffix}{number}"
