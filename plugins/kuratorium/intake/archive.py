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

from .schedule import SourceState

_MAX_TEXT_LENGTH = 200_000  # characters of one entry's text: who writes more is found by what comes first


class ArchivedEntry(Struct, frozen=True, kw_only=True):
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


class SearchHit(Struct, frozen=True, kw_only=True):
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
MIGRATIONS = (
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

_UPSERT_SQL = """
    INSERT INTO entries (key, source, link, title, authors, published, pulled, text, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
        link = excluded.link, title = excluded.title, authors = excluded.authors, published = excluded.published,
        text = excluded.text, digest = excluded.digest, indexed = 0
    WHERE digest <> excluded.digest
"""
_SEARCH_SQL = """
    SELECT entries.key, source, iif(published <> '', published, pulled), entries.title, link, entries.authors,
           snippet(search, 2, '', '', '…', 24)
    FROM search JOIN entries ON entries.id = search.rowid
    WHERE search MATCH ? AND (? = '' OR source = ?)
    ORDER BY bm25(search, 8, 4, 1), published DESC, entries.key LIMIT ?
"""
_COUNT_SINCE_SQL = """
    SELECT source, count(*), min(day)
    FROM (SELECT source, substr(iif(published <> '', published, pulled), 1, 10) AS day FROM entries)
    WHERE day >= ? GROUP BY source
"""


def migrate_schema(db: sqlite3.Connection) -> None:
    """Bring a database, an empty one too, to the present version; raises sqlite3.DatabaseError where it is not ours."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"it was made by a newer version of Kuratorium (schema {version})")
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT")
    db.execute("SELECT sources.id, uid, key, search.title FROM sources, written, entries, search LIMIT 0")


def upsert_entries(db: sqlite3.Connection, source: str, entries: Iterable[ArchivedEntry], day: str) -> None:
    """Keep entries of a source that were pulled on `day`; what has not changed is left alone."""
    db.executemany(_UPSERT_SQL, (_build_row(source, one, day) for one in entries))


def delete_outdated(db: sqlite3.Connection, before: str, limit: int, source_ids: Iterable[str]) -> None:
    """Let go of so many entries that were pulled before a day (ISO), the oldest first, and of sources' states (ids)."""
    db.execute(
        "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE pulled < ? ORDER BY pulled LIMIT ?)",
        (before, limit),
    )
    db.executemany("DELETE FROM sources WHERE id = ?", ((source,) for source in source_ids))


def select_changed_keys(db: sqlite3.Connection, source: str, entries: Iterable[ArchivedEntry]) -> set[str]:
    """Tell the keys of those entries that are not kept yet, or say something else by now."""
    known = dict(db.execute("SELECT key, digest FROM entries WHERE source = ?", (source,)))
    return {one.key for one in entries if known.get(one.key) != one.digest}


def index_entries(db: sqlite3.Connection) -> None:
    """Make what came since the last search findable."""
    if db.execute("SELECT 1 FROM entries WHERE indexed = 0 LIMIT 1").fetchone():
        db.execute(
            "INSERT INTO search (rowid, title, authors, text) "
            "SELECT id, title, authors, text FROM entries WHERE indexed = 0"
        )
        db.execute("UPDATE entries SET indexed = 1 WHERE indexed = 0")


def search_entries(db: sqlite3.Connection, words: str, source: str, limit: int) -> list[SearchHit]:
    """List the entries that hold all `words`, or words that begin so, the best first."""
    query = " ".join(f'"{word}"*' for word in re.findall(r"\w+", words))
    if not query:
        return []
    rows = db.execute(_SEARCH_SQL, (query, source, source, limit))
    return [SearchHit(**dict(zip(SearchHit.__struct_fields__, row, strict=True))) for row in rows]


def select_counts_since(db: sqlite3.Connection, since: str) -> list[tuple[str, int, str]]:
    """List each source with the number of its entries since a day (ISO), and the day of the first of those."""
    return db.execute(_COUNT_SINCE_SQL, (since,)).fetchall()


def _build_row(source: str, entry: ArchivedEntry, day: str) -> tuple[str | bytes, ...]:
    told = (entry.link, entry.title, entry.authors, entry.published)
    return (
        entry.key,
        source,
        *(_replace_surrogates(part) for part in told),
        day,
        _replace_surrogates(entry.text[:_MAX_TEXT_LENGTH]),
        entry.digest,
    )


def _replace_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair has no place in a database


R = TypeVar("R")

ARCHIVE_FILE = "var/archive.sqlite3"
ARCHIVE_PARTS = (
    f"{ARCHIVE_FILE}-wal",
    f"{ARCHIVE_FILE}-shm",
    ARCHIVE_FILE,
)  # as they are put aside: a log must never be found without what it is of
_CORRUPTION_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Archive:
    """Owns the connection; a context manager, whose methods may be called from any thread.

    `root` is the edition's. With `write=False` nothing is written, and a missing archive is an empty one. `warn` hears
    when one that is damaged was set aside. All methods raise OSError where the disk refuses.
    """

    def __init__(self, root: Path, *, write: bool = True, warn: Callable[[str], None] = lambda _: None) -> None:
        self._path = root / ARCHIVE_FILE
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

    def read_states(self) -> dict[str, SourceState]:
        """Read what is known of every source, by id; what cannot be read counts as nothing known."""
        rows = self._run_with_recovery(lambda db: db.execute("SELECT id, state FROM sources ORDER BY id").fetchall())
        found = {}
        for source, data in rows:
            try:
                found[source] = msgspec.json.decode(data, type=SourceState)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
        return found

    def store_states(self, states: Mapping[str, SourceState]) -> None:
        """Keep what is known of sources, by id."""
        rows = [(source, msgspec.json.encode(state)) for source, state in states.items()]
        self._run_transaction(lambda db: db.executemany("REPLACE INTO sources (id, state) VALUES (?, ?)", rows))

    def store_pull_results(self, pulled: Mapping[str, tuple[SourceState, Iterable[ArchivedEntry]]], day: str) -> None:
        """Keep what came of sources (by id), in one step: their states, and the entries that were pulled on `day`."""
        kept = {source: (msgspec.json.encode(state), list(entries)) for source, (state, entries) in pulled.items()}

        def change(db: sqlite3.Connection) -> None:
            for source, (_, entries) in kept.items():
                upsert_entries(db, source, entries, day)
            rows = [(source, state) for source, (state, _) in kept.items()]
            db.executemany("REPLACE INTO sources (id, state) VALUES (?, ?)", rows)

        self._run_transaction(change)

    def prune(self, before: str, source_ids: Collection[str], *, limit: int = 5_000) -> None:
        """Let go of what was pulled before a day (ISO), and of the state of whom nobody follows.

        `followed` are the ids of all sources there are. More than `at_most` entries wait for the next time: a bound
        that was lowered must not keep a pull waiting.
        """
        gone = self.read_states().keys() - set(source_ids)
        self._run_transaction(lambda db: delete_outdated(db, before, limit, gone))

    def find_changed_keys(self, source: str, entries: Iterable[ArchivedEntry]) -> set[str]:
        """Tell the keys of those of a source's entries that are not kept yet, or say something else by now."""
        kept = list(entries)
        return self._run_with_recovery(lambda db: select_changed_keys(db, source, kept))

    def read_written_digests(self) -> dict[str, str]:
        """Tell the digests of every inbox file as it was written here, parted by blanks, by the file's uid."""
        return dict(self._run_with_recovery(lambda db: db.execute("SELECT uid, digest FROM written").fetchall()))

    def store_written_digests(self, digests: Mapping[str, str]) -> None:
        """Keep the digests of inbox files, by uid; where there is none, the file is forgotten."""
        kept = [(uid, digest) for uid, digest in digests.items() if digest]
        gone = [(uid,) for uid, digest in digests.items() if not digest]

        def change(db: sqlite3.Connection) -> None:
            db.executemany("REPLACE INTO written (uid, digest) VALUES (?, ?)", kept)
            db.executemany("DELETE FROM written WHERE uid = ?", gone)

        if digests:
            self._run_transaction(change)

    def search(self, words: str, *, source: str = "", limit: int = 20) -> list[SearchHit]:
        """Search titles, authors and texts for entries with all `words` (or words that begin so), the best first."""
        self._run_transaction(index_entries)
        return self._run_with_recovery(lambda db: search_entries(db, words, source, limit))

    def count_since(self, since: str) -> dict[str, tuple[int, str]]:
        """Count the entries of each source since a day (ISO), by source, with the day of the first of those."""
        return {
            source: (count, day)
            for source, count, day in self._run_with_recovery(lambda db: select_counts_since(db, since))
        }

    def _run_transaction(self, change: Callable[[sqlite3.Connection], object]) -> None:
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
            self._run_with_recovery(transaction)

    def _run_with_recovery(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Work on the database; one that turns out damaged is set aside, and the work done on a new one."""
        with self._lock:
            db = self._db = self._db or self._open()
            try:
                return work(db)
            except sqlite3.DatabaseError as error:
                if not _is_corruption(error):
                    raise self._build_os_error(error) from error
                db.close()
                db = self._db = self._recreate(error)
            try:
                return work(db)
            except sqlite3.Error as error:
                raise self._build_os_error(error) from error

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", None)  # ours has none; a file that lacks a table has SQLITE_ERROR
            if self._write and code is not None and code != sqlite3.SQLITE_ERROR and not _is_corruption(error):
                raise self._build_os_error(error) from error
            return self._recreate(error)

    def _connect(self) -> sqlite3.Connection:
        if not self._write and not self._path.exists():
            return _prepare_schema(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        if self._write:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        place = f"{self._path.absolute().as_uri()}?mode={'rwc' if self._write else 'ro'}"
        db = sqlite3.connect(place, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            if self._write:
                # A power cut may take the last seconds of what is kept here, never the whole: it can be made again.
                db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            return _prepare_schema(db)
        except BaseException:
            db.close()
            raise

    def _recreate(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        if not self._write:
            self._warn(f"{ARCHIVE_FILE} cannot be used ({error})")
            return _prepare_schema(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        aside = _find_free_path(self._path)
        for part in (self._path.with_name(Path(part).name) for part in ARCHIVE_PARTS):
            if part.exists():
                part.replace(aside.with_name(aside.name + part.name.removeprefix(self._path.name)))
        self._warn(f"{ARCHIVE_FILE} could not be used ({error}): set aside as {aside.name}, and begun anew")
        return self._connect()

    def _build_os_error(self, error: sqlite3.Error) -> OSError:
        full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
        return OSError(errno.ENOSPC if full else errno.EIO, str(error), str(self._path))


def _prepare_schema(db: sqlite3.Connection) -> sqlite3.Connection:
    migrate_schema(db)
    return db


def _is_corruption(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _CORRUPTION_CODES


def _find_free_path(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return aside
