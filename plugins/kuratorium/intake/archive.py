"""The archive, var/archive.sqlite3: what pulls store between runs, and may be lost.

It holds the state of every source, the texts of all entries (for `kuratorium find`), and the digests of every inbox
file as it was written; the editors' decisions are in curation/seen/.
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
from msgspec import Struct

from .. import sqlite_file, urls
from ..sqlite_file import ErrorCause
from ..text.collation import build_search_query
from .schedule import SourceState

ARCHIVE_FILE = "var/archive.sqlite3"
ARCHIVE_PARTS = (f"{ARCHIVE_FILE}-wal", f"{ARCHIVE_FILE}-shm", ARCHIVE_FILE)
"""The files of the archive, in the order in which to move them: a log must never be left without its database."""

_SET_ASIDE_SUFFIX = ".damaged-"
_MAX_TEXT_LENGTH = 200_000  # characters of one entry's text; `find` does not see what follows

R = TypeVar("R")


class ArchivedEntry(Struct, frozen=True, kw_only=True):
    """An entry of a feed as the archive holds it: `published` is an ISO date or empty, `text` is plain text.

    `key` identifies it, as in `bookmark_of.item` of its inbox file. `digest` changes with all that the feed says of it.
    """

    key: str
    digest: bytes
    link: str
    title: str
    authors: str = ""
    published: str = ""
    text: str = ""


class SearchHit(Struct, frozen=True, kw_only=True):
    """An entry that matches a search: `date` is the ISO date of its publication, else of the first pull.

    `snippet` is a passage of the text with the words.
    """

    key: str
    source: str
    date: str
    title: str
    link: str
    authors: str
    snippet: str


class Archive:
    """The archive of the edition at `root`, as a context manager; any thread may call the methods.

    With `write=False` nothing is written, and a missing archive is an empty one. A damaged archive is set aside and
    replaced by an empty one, and `warn` gets a message. All methods raise OSError if the disk fails or is full.
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
        """Close the file; the next call of another method opens it again."""
        # SQLite forbids carrying a connection across a fork (https://www.sqlite.org/howtocorrupt.html, 2.6): a pull
        # closes its own before it starts workers, which then open one each.
        with self._lock:
            if self._db:
                self._db.close()
            self._db = None

    def read_states(self) -> dict[str, SourceState]:
        """Return the stored state of every source by its id, without those that cannot be decoded."""
        rows = self._run_with_recovery(lambda db: db.execute("SELECT id, state FROM sources ORDER BY id").fetchall())
        states = {}
        for source_id, data in rows:
            try:
                states[source_id] = msgspec.json.decode(data, type=SourceState)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue  # the source loses its validators and back-off, and is pulled as a new one
        return states

    def store_states(self, states: Mapping[str, SourceState]) -> None:
        """Store the states of sources, by id."""
        rows = [(source_id, msgspec.json.encode(state)) for source_id, state in states.items()]
        self._run_transaction(lambda db: db.executemany("REPLACE INTO sources (id, state) VALUES (?, ?)", rows))

    def store_pull_results(self, pulled: Mapping[str, tuple[SourceState, Iterable[ArchivedEntry]]], day: str) -> None:
        """Store the states of sources and their entries pulled on `day` (ISO), by source id, in one transaction."""
        results = {
            source_id: (msgspec.json.encode(state), list(entries)) for source_id, (state, entries) in pulled.items()
        }

        def store(db: sqlite3.Connection) -> None:
            for source_id, (_, entries) in results.items():
                upsert_entries(db, source_id, entries, day)
            rows = [(source_id, state) for source_id, (state, _) in results.items()]
            db.executemany("REPLACE INTO sources (id, state) VALUES (?, ?)", rows)

        self._run_transaction(store)

    def prune(self, before: str, source_ids: Collection[str], *, limit: int = 5_000) -> None:
        """Delete the entries pulled before a day (ISO), and the states of sources that are not among `source_ids`.

        At most `limit` entries are deleted, the oldest first, and the others by later calls.
        """
        # Limited, because a pull after `archive_days` was lowered must not wait for the deletion of half an archive.
        removed_ids = self.read_states().keys() - set(source_ids)
        self._run_transaction(lambda db: delete_outdated(db, before, limit, removed_ids))

    def find_changed_keys(self, source: str, entries: Iterable[ArchivedEntry]) -> set[str]:
        """Return the keys of the entries of a source that are not stored yet, or are stored with another digest."""
        entries = list(entries)  # the query may run a second time, on a new database
        return self._run_with_recovery(lambda db: select_changed_keys(db, source, entries))

    def read_entries(self, keys: Collection[str]) -> dict[str, ArchivedEntry]:
        """Return the entries with these keys, by key, as far as they are stored."""
        rows = self._run_with_recovery(lambda db: db.execute(_ENTRIES_SQL, (msgspec.json.encode([*keys]),)).fetchall())
        return {row[0]: ArchivedEntry(**dict(zip(_ENTRY_FIELDS, row, strict=True))) for row in rows}

    def read_written_digests(self) -> dict[str, str]:
        """Return, by uid, the digests (separated by blanks) of every inbox file as a pull wrote it."""
        return dict(self._run_with_recovery(lambda db: db.execute("SELECT uid, digest FROM written").fetchall()))

    def store_written_digests(self, digests: Mapping[str, str]) -> None:
        """Store the digests of inbox files, by uid; an empty string deletes those of its file."""
        stored = [(uid, digest) for uid, digest in digests.items() if digest]
        deleted = [(uid,) for uid, digest in digests.items() if not digest]

        def store(db: sqlite3.Connection) -> None:
            db.executemany("REPLACE INTO written (uid, digest) VALUES (?, ?)", stored)
            db.executemany("DELETE FROM written WHERE uid = ?", deleted)

        if digests:
            self._run_transaction(store)

    def search(self, words: str, *, source: str = "", limit: int = 20) -> list[SearchHit]:
        """Return the entries with all `words`, or words that begin with them, in title, authors or text; best first."""
        self._run_transaction(index_entries)
        return self._run_with_recovery(lambda db: search_entries(db, words, source, limit))

    def find_by_address(self, address: str) -> tuple[str, ArchivedEntry] | None:
        """Return the entry whose link is `address`, without its text, and the id of its source; None if there is none.

        All spellings of an address count as one; see `urls.identify_page`.
        """
        # Most links are spelled as asked: then SQLite finds the few candidates. Otherwise all links are compared.
        part = urls.normalize_url(address).partition("?")[0]
        return self._find_by_link(part, address, urls.normalize_url) or self._find_by_link(
            "", address, urls.identify_page
        )

    def list_links(self) -> list[tuple[str, int, bytes]]:
        """Return the links of all entries, each with the number for `read_text`, and the digest of the entry."""
        return self._run_with_recovery(lambda db: db.execute("SELECT link, id, digest FROM entries").fetchall())

    def read_text(self, number: int) -> str:
        """Return the text of the entry with a number of `list_links`."""
        rows = self._run_with_recovery(lambda db: db.execute(_TEXT_SQL, (number,)).fetchall())
        return rows[0][0] if rows else ""

    def _find_by_link(
        self, part: str, address: str, normalize: Callable[[str], str]
    ) -> tuple[str, ArchivedEntry] | None:
        """Return the first entry whose link holds `part` and equals the address when both are normalized."""
        normalized = normalize(address)
        rows = self._run_with_recovery(lambda db: db.execute(_LINK_SQL, (part,)).fetchall())
        matches = (row for row in rows if normalize(row[3]) == normalized)
        return next(((row[0], ArchivedEntry(**dict(zip(_LINK_FIELDS, row[1:], strict=True)))) for row in matches), None)

    def count_since(self, since: str) -> dict[str, tuple[int, str]]:
        """Return, by source, the number of its entries since a day (ISO) and the day of the first of them."""
        counts = self._run_with_recovery(lambda db: select_counts_since(db, since))
        return {source_id: (count, day) for source_id, count, day in counts}

    def _run_transaction(self, change: Callable[[sqlite3.Connection], object]) -> None:
        def transaction(db: sqlite3.Connection) -> None:
            # IMMEDIATE: a transaction that begins with a read fails at its first write with SQLITE_BUSY, without
            # waiting, if another process wrote in the meantime (https://www.sqlite.org/isolation.html).
            db.execute("BEGIN IMMEDIATE")
            try:
                change(db)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:  # after some errors, such as a full disk, SQLite itself has rolled back
                    db.execute("ROLLBACK")
                raise

        if self._write:
            self._run_with_recovery(transaction)

    def _run_with_recovery(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Return the result of `work` on the database; if that is damaged, `work` is repeated on a new one."""
        with self._lock:
            db = self._db = self._db or self._open()
            try:
                return work(db)
            except sqlite3.DatabaseError as error:
                # Once open, the schema is right: Blame.CONTENT is a mistake in our SQL, no reason to set it aside.
                if sqlite_file.find_error_cause(error) is not ErrorCause.FILE:
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
            if self._write and sqlite_file.find_error_cause(error) not in (ErrorCause.FILE, ErrorCause.CONTENT):
                raise self._build_os_error(error) from error
            return self._recreate(error)

    def _connect(self) -> sqlite3.Connection:
        if self._write:
            # After a power cut, a write-ahead log that is not synced may lack its last seconds, but the file is never
            # damaged (https://www.sqlite.org/pragma.html#pragma_synchronous): what is lost is pulled again.
            pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
            return sqlite_file.open_database(self._path, migrate_schema, pragmas=pragmas)
        return sqlite_file.open_database(self._path if self._path.exists() else None, migrate_schema, read_only=True)

    def _recreate(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        if not self._write:
            self._warn(f"{ARCHIVE_FILE} cannot be used ({error})")
            return sqlite_file.open_database(None, migrate_schema)
        suffix = sqlite_file.find_free_suffix(self._path, _SET_ASIDE_SUFFIX)
        aside = sqlite_file.set_aside(self._path, suffix)
        self._warn(f"{ARCHIVE_FILE} could not be used ({error}): set aside as {aside.name}, and begun anew")
        return self._connect()

    def _build_os_error(self, error: sqlite3.Error) -> OSError:
        is_full = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
        return OSError(errno.ENOSPC if is_full else errno.EIO, str(error), str(self._path))


# Each step leads from one version of the schema (PRAGMA user_version) to the next; steps are added, never changed.
# Texts are indexed by the next search (`indexed = 0` until then): a pull of thousands of sources need not wait for it.
# The index has no copy of the texts (https://www.sqlite.org/fts5.html#external_content_tables), so that triggers must
# hand it the old values before they change.
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
_LINK_FIELDS = ("key", "digest", "link", "title", "authors", "published")
_ENTRY_FIELDS = (*_LINK_FIELDS, "text")
_ENTRIES_SQL = f"""
    SELECT {", ".join(_ENTRY_FIELDS)} FROM entries WHERE key IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - the names of our own columns
# The newest first; a part of the link finds candidates without an index, and without reading texts.
_LINK_SQL = f"""
    SELECT source, {", ".join(_LINK_FIELDS)} FROM entries WHERE instr(link, ?) ORDER BY published DESC, key
"""  # noqa: S608 - the names of our own columns
_TEXT_SQL = "SELECT text FROM entries WHERE id = ?"
_COUNT_SINCE_SQL = """
    SELECT source, count(*), min(day)
    FROM (SELECT source, substr(iif(published <> '', published, pulled), 1, 10) AS day FROM entries)
    WHERE day >= ? GROUP BY source
"""


def migrate_schema(db: sqlite3.Connection) -> None:
    """Migrate a database, also an empty one, to the present schema; raises sqlite3.DatabaseError if it is not ours."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"it was written by a newer version of Kuratorium (schema {version})")
    for number, step in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT")
    # Reads no row, but fails if a table is missing: another program may have used the same version number.
    db.execute("SELECT sources.id, uid, key, search.title FROM sources, written, entries, search LIMIT 0")


def upsert_entries(db: sqlite3.Connection, source: str, entries: Iterable[ArchivedEntry], day: str) -> None:
    """Insert or update the entries of a source that were pulled on `day` (ISO), except those with an equal digest."""
    db.executemany(_UPSERT_SQL, (_build_row(source, entry, day) for entry in entries))


def delete_outdated(db: sqlite3.Connection, before: str, limit: int, source_ids: Iterable[str]) -> None:
    """Delete at most `limit` entries pulled before a day (ISO), the oldest first, and the states of `source_ids`."""
    db.execute(
        "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE pulled < ? ORDER BY pulled LIMIT ?)",
        (before, limit),
    )
    db.executemany("DELETE FROM sources WHERE id = ?", ((source_id,) for source_id in source_ids))


def select_changed_keys(db: sqlite3.Connection, source: str, entries: Iterable[ArchivedEntry]) -> set[str]:
    """Return the keys of the entries that are not stored yet, or are stored with another digest."""
    digests = dict(db.execute("SELECT key, digest FROM entries WHERE source = ?", (source,)))
    return {entry.key for entry in entries if digests.get(entry.key) != entry.digest}


def index_entries(db: sqlite3.Connection) -> None:
    """Add to the full-text index what was stored since the last search."""
    if db.execute("SELECT 1 FROM entries WHERE indexed = 0 LIMIT 1").fetchone():
        db.execute(
            "INSERT INTO search (rowid, title, authors, text) "
            "SELECT id, title, authors, text FROM entries WHERE indexed = 0"
        )
        db.execute("UPDATE entries SET indexed = 1 WHERE indexed = 0")


def search_entries(db: sqlite3.Connection, words: str, source: str, limit: int) -> list[SearchHit]:
    """Return the entries that hold all `words`, or words that begin with them; best first."""
    query = build_search_query(words)
    if not query:
        return []
    rows = db.execute(_SEARCH_SQL, (query, source, source, limit))
    return [SearchHit(**dict(zip(SearchHit.__struct_fields__, row, strict=True))) for row in rows]


def select_counts_since(db: sqlite3.Connection, since: str) -> list[tuple[str, int, str]]:
    """Return each source with the number of its entries since a day (ISO), and the day of the first of them."""
    return db.execute(_COUNT_SINCE_SQL, (since,)).fetchall()


def _build_row(source: str, entry: ArchivedEntry, day: str) -> tuple[str | bytes, ...]:
    facts = (entry.link, entry.title, entry.authors, entry.published)
    return (
        entry.key,
        source,
        *(_replace_surrogates(fact) for fact in facts),
        day,
        _replace_surrogates(entry.text[:_MAX_TEXT_LENGTH]),
        entry.digest,
    )


def _replace_surrogates(text: str) -> str:
    # JSON may hold half of a surrogate pair ("\ud83d"), which Python decodes, but UTF-8 and thus SQLite cannot hold.
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
