"""What a pull remembers between runs: var/archive.sqlite3, safe to delete.

It holds the state of every source, the texts of what was pulled (for `kuratorium find`), and a digest of every inbox
file as it was written. The editors' decisions are not in it: they stand in curation/seen/.

The archive's tables: how they are made, what goes in, and what a search takes out. SQL lives here only.
"""

from __future__ import annotations

import errno
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec
from msgspec import Struct

from .schedule import State

_LONGEST = 200_000  # characters of one entry's text: who writes more is found by what comes first


class Kept(Struct, frozen=True, kw_only=True):
    """An entry as it is kept: `key` as in `bookmark_of.item`, `published` an ISO date or empty, `text` plain.

    `digest` is another one whenever its feed says anything else of it.
    """

    key: str
    digest: bytes
    link: str
    title: str
    authors: str = ""
    published: str = ""
    text: str = ""


class Hit(Struct, frozen=True, kw_only=True):
    """What a search found: `date` is an ISO date, published, else first pulled; `snippet` is the place in the text."""

    key: str
    source: str
    date: str
    title: str
    link: str
    authors: str
    snippet: str


# Each step leads from one version of the schema (PRAGMA user_version) to the next; steps are added, never changed.
# Texts are indexed when somebody searches: a pull of thousands of sources need not wait for it.
STEPS = (
    """
    CREATE TABLE sources (id TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE written (uid TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, source TEXT NOT NULL, link TEXT NOT NULL,
        title TEXT NOT NULL, authors TEXT NOT NULL, published TEXT NOT NULL, pulled TEXT NOT NULL,
        text TEXT NOT NULL, digest BLOB NOT NULL, indexed INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX entries_ahead ON entries (id) WHERE indexed = 0;
    CREATE INDEX entries_dated ON entries (source, iif(published <> '', published, pulled));
    CREATE VIRTUAL TABLE search USING fts5 (
        title, authors, text, content = 'entries', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE TRIGGER entries_changed BEFORE UPDATE OF title, authors, text ON entries WHEN old.indexed BEGIN
        INSERT INTO search (search, rowid, title, authors, text)
        VALUES ('delete', old.id, old.title, old.authors, old.text);
    END;
    """,
    """
    CREATE INDEX entries_pulled ON entries (pulled);
    CREATE TRIGGER entries_gone BEFORE DELETE ON entries WHEN old.indexed BEGIN
        INSERT INTO search (search, rowid, title, authors, text)
        VALUES ('delete', old.id, old.title, old.authors, old.text);
    END;
    """,
)

_UPSERT = """
    INSERT INTO entries (key, source, link, title, authors, published, pulled, text, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        link = excluded.link, title = excluded.title, authors = excluded.authors, published = excluded.published,
        text = excluded.text, digest = excluded.digest, indexed = 0
    WHERE digest <> excluded.digest
"""
_SEARCH = """
    SELECT entries.key, source, iif(published <> '', published, pulled), entries.title, link, entries.authors,
           snippet(search, 2, '', '', '…', 24)
    FROM search JOIN entries ON entries.id = search.rowid
    WHERE search MATCH ? AND (? = '' OR source = ?)
    ORDER BY bm25(search, 8, 4, 1), published DESC, entries.key LIMIT ?
"""
_DATED = """
    SELECT source, count(*), min(day)
    FROM (SELECT source, substr(iif(published <> '', published, pulled), 1, 10) AS day FROM entries)
    WHERE day >= ? GROUP BY source
"""


def make(db: sqlite3.Connection) -> None:
    """Bring a database, an empty one too, to the present version; raises sqlite3.DatabaseError where it is not ours."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        raise sqlite3.DatabaseError(f"it was made by a newer version of Kuratorium (schema {version})")
    for number, step in enumerate(STEPS[version:], version + 1):
        db.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT")
    db.execute("SELECT sources.id, uid, key, search.title FROM sources, written, entries, search LIMIT 0")


def add(db: sqlite3.Connection, source: str, entries: Iterable[Kept], day: str) -> None:
    """Keep entries of a source that were pulled on `day`; what has not changed is left alone."""
    db.executemany(_UPSERT, (_row(source, one, day) for one in entries))


def prune(db: sqlite3.Connection, before: str, at_most: int, gone: Iterable[str]) -> None:
    """Let go of so many entries that were pulled before a day (ISO), the oldest first, and of sources' states (ids)."""
    db.execute(
        "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE pulled < ? ORDER BY pulled LIMIT ?)",
        (before, at_most),
    )
    db.executemany("DELETE FROM sources WHERE id = ?", ((source,) for source in gone))


def changed(db: sqlite3.Connection, source: str, entries: Iterable[Kept]) -> set[str]:
    """Tell the keys of those entries that are not kept yet, or say something else by now."""
    known = dict(db.execute("SELECT key, digest FROM entries WHERE source = ?", (source,)))
    return {one.key for one in entries if known.get(one.key) != one.digest}


def index(db: sqlite3.Connection) -> None:
    """Make what came since the last search findable."""
    if db.execute("SELECT 1 FROM entries WHERE indexed = 0 LIMIT 1").fetchone():
        db.execute(
            "INSERT INTO search (rowid, title, authors, text) "
            "SELECT id, title, authors, text FROM entries WHERE indexed = 0"
        )
        db.execute("UPDATE entries SET indexed = 1 WHERE indexed = 0")


def search(db: sqlite3.Connection, words: str, source: str, limit: int) -> list[Hit]:
    """List the entries that hold all `words`, or words that begin so, the best first."""
    query = " ".join(f'"{word}"*' for word in re.findall(r"\w+", words))
    if not query:
        return []
    rows = db.execute(_SEARCH, (query, source, source, limit))
    return [Hit(**dict(zip(Hit.__struct_fields__, row, strict=True))) for row in rows]


def dated(db: sqlite3.Connection, since: str) -> list[tuple[str, int, str]]:
    """List each source with the number of its entries since a day (ISO), and the day of the first of those."""
    return db.execute(_DATED, (since,)).fetchall()


def _row(source: str, one: Kept, day: str) -> tuple[str | bytes, ...]:
    told = (one.link, one.title, one.authors, one.published)
    return (one.key, source, *(_storable(part) for part in told), day, _storable(one.text[:_LONGEST]), one.digest)


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair has no place in a database


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
                add(db, source, entries, day)
            rows = [(source, state) for source, (state, _) in kept.items()]
            db.executemany("REPLACE INTO sources (id, state) VALUES (?, ?)", rows)

        self._change(change)

    def prune(self, before: str, followed: Collection[str], *, at_most: int = 5_000) -> None:
        """Let go of what was pulled before a day (ISO), and of the state of whom nobody follows.

        `followed` are the ids of all sources there are. More than `at_most` entries wait for the next time: a bound
        that was lowered must not keep a pull waiting.
        """
        gone = self.states().keys() - set(followed)
        self._change(lambda db: prune(db, before, at_most, gone))

    def changed(self, source: str, entries: Iterable[Kept]) -> set[str]:
        """Tell the keys of those of a source's entries that are not kept yet, or say something else by now."""
        kept = list(entries)
        return self._do(lambda db: changed(db, source, kept))

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
        self._change(index)
        return self._do(lambda db: search(db, words, source, limit))

    def dated(self, since: str) -> dict[str, tuple[int, str]]:
        """Count the entries of each source since a day (ISO), by source, with the day of the first of those."""
        return {source: (count, day) for source, count, day in self._do(lambda db: dated(db, since))}

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
    make(db)
    return db


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def _free(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside
