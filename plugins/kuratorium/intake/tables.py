"""The archive's tables: how they are made, what goes in, and what a search takes out. SQL lives here only."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from msgspec import Struct

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
