"""What a pull remembers between runs: var/archive.sqlite3, safe to delete.

It holds the state of every source, the texts of what was pulled (for `kuratorium find`), and a digest of every inbox
file as it was written. The editors' decisions are not in it: they stand in curation/seen/.
"""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from . import tables
from .state import State
from .tables import Hit, Kept

__all__ = ["FILE", "PARTS", "Archive", "Hit", "Kept", "State"]

R = TypeVar("R")

FILE = "var/archive.sqlite3"
PARTS = (f"{FILE}-wal", f"{FILE}-shm", FILE)  # as they are put aside: a log must never be found without what it is of
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Archive:
    """Owns the connection; a context manager, whose methods may be called from any thread.

    `root` is the edition's. With `write=False` nothing is written, and a missing archive is an empty one. `warn` hears
    when one that is damaged was set aside. All methods raise OSError where the disk refuses.
    """

    def __init__(self, root: Path, *, write: bool = True, warn: Callable[[str], None] = lambda _: None) -> None:
        self._path = root / FILE
        self._write = write
        self._warn = warn
        self._lock = threading.RLock()
        self._db: sqlite3.Connection | None = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file until somebody asks again: a process that is forked must have a connection of its own."""
        with self._lock:
            if self._db:
                self._db.close()
            self._db = None

    def states(self) -> dict[str, State]:
        """Read what is known of every source, by id; what cannot be read counts as nothing known."""
        rows = self._do(lambda db: db.execute("SELECT id, state FROM sources ORDER BY id").fetchall())
        found = {}
        for source, data in rows:
            try:
                found[source] = msgspec.json.decode(data, type=State)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
        return found

    def keep_states(self, states: Mapping[str, State]) -> None:
        """Keep what is known of sources, by id."""
        rows = [(source, msgspec.json.encode(state)) for source, state in states.items()]
        self._change(lambda db: db.executemany("REPLACE INTO sources (id, state) VALUES (?, ?)", rows))

    def keep(self, brought: Mapping[str, tuple[State, Iterable[Kept]]], day: str) -> None:
        """Keep what came of sources (by id), in one step: their states, and the entries that were pulled on `day`."""
        kept = {source: (msgspec.json.encode(state), list(entries)) for source, (state, entries) in brought.items()}

        def change(db: sqlite3.Connection) -> None:
            for source, (_, entries) in kept.items():
                tables.add(db, source, entries, day)
            rows = [(source, state) for source, (state, _) in kept.items()]
            db.executemany("REPLACE INTO sources (id, state) VALUES (?, ?)", rows)

        self._change(change)

    def prune(self, before: str, followed: Collection[str], *, at_most: int = 5_000) -> None:
        """Let go of what was pulled before a day (ISO), and of the state of whom nobody follows.

        `followed` are the ids of all sources there are. More than `at_most` entries wait for the next time: a bound
        that was lowered must not keep a pull waiting.
        """
        gone = self.states().keys() - set(followed)
        self._change(lambda db: tables.prune(db, before, at_most, gone))

    def changed(self, source: str, entries: Iterable[Kept]) -> set[str]:
        """Tell the keys of those of a source's entries that are not kept yet, or say something else by now."""
        kept = list(entries)
        return self._do(lambda db: tables.changed(db, source, kept))

    def written(self) -> dict[str, str]:
        """Tell the digests of every inbox file as it was written here, parted by blanks, by the file's uid."""
        return dict(self._do(lambda db: db.execute("SELECT uid, digest FROM written").fetchall()))

    def keep_written(self, digests: Mapping[str, str]) -> None:
        """Keep the digests of inbox files, by uid; where there is none, the file is forgotten."""
        kept = [(uid, digest) for uid, digest in digests.items() if digest]
        gone = [(uid,) for uid, digest in digests.items() if not digest]

        def change(db: sqlite3.Connection) -> None:
            db.executemany("REPLACE INTO written (uid, digest) VALUES (?, ?)", kept)
            db.executemany("DELETE FROM written WHERE uid = ?", gone)

        if digests:
            self._change(change)

    def find(self, words: str, *, source: str = "", limit: int = 20) -> list[Hit]:
        """Search titles, authors and texts for entries with all `words` (or words that begin so), the best first."""
        self._change(tables.index)
        return self._do(lambda db: tables.search(db, words, source, limit))

    def dated(self, since: str) -> dict[str, tuple[int, str]]:
        """Count the entries of each source since a day (ISO), by source, with the day of the first of those."""
        return {source: (count, day) for source, count, day in self._do(lambda db: tables.dated(db, since))}

    def _change(self, change: Callable[[sqlite3.Connection], object]) -> None:
        def transaction(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            try:
                change(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

        if self._write:
            self._do(transaction)

    def _do(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Work on the database; one that turns out damaged is set aside, and the work done on a new one."""
        with self._lock:
            db = self._db = self._db or self._open()
            try:
                return work(db)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise self._refused(error) from error
                db.close()
                db = self._db = self._anew(error)
            try:
                return work(db)
            except sqlite3.Error as error:
                raise self._refused(error) from error

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", None)  # ours has none; a file that lacks a table has SQLITE_ERROR
            if self._write and code is not None and code != sqlite3.SQLITE_ERROR and not _is_damage(error):
                raise self._refused(error) from error
            return self._anew(error)

    def _connect(self) -> sqlite3.Connection:
        if not self._write and not self._path.exists():
            return _made(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        if self._write:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        place = f"{self._path.absolute().as_uri()}?mode={'rwc' if self._write else 'ro'}"
        db = sqlite3.connect(place, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            if self._write:
                # A power cut may take the last seconds of what is kept here, never the whole: it can be made again.
                db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            return _made(db)
        except BaseException:
            db.close()
            raise

    def _anew(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        if not self._write:
            self._warn(f"{FILE} cannot be used ({error})")
            return _made(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        aside = _free(self._path)
        for part in (self._path.with_name(Path(part).name) for part in PARTS):
            if part.exists():
                part.replace(aside.with_name(aside.name + part.name.removeprefix(self._path.name)))
        self._warn(f"{FILE} could not be used ({error}): set aside as {aside.name}, and begun anew")
        return self._connect()

    def _refused(self, error: sqlite3.Error) -> OSError:
        full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
        return OSError(errno.ENOSPC if full else errno.EIO, str(error), str(self._path))


def _made(db: sqlite3.Connection) -> sqlite3.Connection:
    tables.make(db)
    return db


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def _free(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside
