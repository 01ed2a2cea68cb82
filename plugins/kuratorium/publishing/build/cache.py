"""The build cache, var/build.sqlite3: what a build saves for the next one. It may be deleted at any time.

Every value from which pages are rendered carries a checksum, so that a damaged file is noticed and never published.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from msgspec import DecodeError

from ... import sqlite_file
from ...edition.paths import FileStamp
from ...sqlite_file import ErrorCause
from .snapshot_file import list_own_code

T = TypeVar("T")

CACHE_FILE = "var/build.sqlite3"
_SET_ASIDE_SUFFIX = ".broken"
# One process writes, and nothing reads meanwhile: a write-ahead log would bring two more files and no speed. A journal
# that is cut to zero is cheaper than one that is deleted. 8 MB hold the pages that an edit touches.
_PRAGMAS = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;"
# `text` and `body` are apart, because most builds read many summaries and hardly any HTML.
_SCHEMA = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE template(name TEXT PRIMARY KEY, code BLOB);
CREATE TABLE input(file TEXT PRIMARY KEY, size INT, time INT, inode INT, hash BLOB, stamped INT);
CREATE TABLE text(file TEXT PRIMARY KEY, key TEXT, slug TEXT, summary BLOB, digest TEXT, links TEXT);
CREATE INDEX text_key ON text(key);
CREATE INDEX text_slug ON text(slug);
CREATE INDEX text_links ON text(links) WHERE links != '';
CREATE TABLE post_list(kind TEXT, key TEXT, length INT, entries BLOB, PRIMARY KEY(kind, key));
CREATE TABLE body(file TEXT PRIMARY KEY, html BLOB);
CREATE TABLE output(path TEXT PRIMARY KEY, size INT, time INT, inode INT, hash BLOB, fingerprint BLOB);
CREATE TABLE page(id INTEGER PRIMARY KEY, path TEXT UNIQUE, inputs BLOB, previous_inputs BLOB, reason TEXT);
CREATE TABLE page_post(uid TEXT, page INT, PRIMARY KEY(uid, page));
CREATE TABLE page_body(key TEXT, path TEXT, PRIMARY KEY(key, path));
CREATE INDEX page_body_path ON page_body(path);
"""
_OUTPUT_TABLES = ("output", "page", "page_body")
# A lost row of these would mean a page that is never rendered again: their numbers are saved, and compared by `begin`.
_COUNTED_TABLES = ("input", "text", "body", "page_post", "post_list", *_OUTPUT_TABLES)


class CorruptCacheError(Exception):
    """The cache is damaged in a way that SQLite does not notice: rows are missing, or bytes have changed."""


class Cache:
    """One connection to the cache; from `begin` to `commit`, a build is saved as a whole or not at all.

    `path` is that of the file (None: the cache lives in memory). A cache of another `version` of the program is
    emptied, and a damaged one is set aside and replaced by an empty one. One that `serves_many_builds` counts its rows
    when it is closed, not at each commit.
    """

    def __init__(self, path: Path | None, version: str, *, serves_many_builds: bool = False) -> None:
        self.path = path
        self.serves_many_builds = serves_many_builds
        self._version = version
        try:
            self._db = self._open_database()
        except sqlite3.DatabaseError as error:
            # A full disk or a missing permission is no damage: the cache stays, and the build ends with an error.
            if path is None or not is_corruption(error):
                raise
            move_corrupt_cache_aside(path)
            self._db = self._open_database()
        self._inode = self._find_inode()

    def is_replaced(self) -> bool:
        """Return whether the file was deleted or replaced since it was opened: what is saved now would be lost."""
        return self._inode != self._find_inode()

    def _find_inode(self) -> int:
        with contextlib.suppress(FileNotFoundError):
            return self.path.stat().st_ino if self.path else 0
        return 0

    def _open_database(self) -> sqlite3.Connection:
        return sqlite_file.open_database(self.path, self._prepare_tables, pragmas=_PRAGMAS)

    def _prepare_tables(self, db: sqlite3.Connection) -> None:
        """Drop all tables and create ours, unless they are those of this version."""
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        version = db.execute("SELECT value FROM meta WHERE name = 'version'").fetchone() if tables else None
        if version == (self._version.encode(),):
            return
        db.execute("BEGIN IMMEDIATE")
        # IMMEDIATE takes the write lock at once: a deferred transaction could still fail at its first write.
        for table in tables:
            db.execute(f"DROP TABLE {table}")
        for statement in _SCHEMA.split(";"):  # executescript would commit the transaction first
            db.execute(statement)
        db.execute("INSERT INTO meta VALUES ('version', ?)", (self._version.encode(),))
        db.execute("COMMIT")

    def begin(self) -> None:
        """Begin a transaction; raises CorruptCacheError if rows are missing."""
        self._db.execute("BEGIN IMMEDIATE")
        row_counts = self.read_value("rows")  # empty: not counted
        if row_counts and row_counts != self._count_rows():
            raise CorruptCacheError("rows are missing")

    def commit(self) -> None:
        """Commit what was saved since `begin`."""
        self.save_value("rows", b"" if self.serves_many_builds else self._count_rows())
        self._db.execute("COMMIT")

    def _count_rows(self) -> bytes:
        counts = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in _COUNTED_TABLES)  # noqa: S608 - our own names
        return repr(self._db.execute(f"SELECT {counts}").fetchone()).encode()

    def set_savepoint(self) -> None:
        """Begin a part of the transaction that `rollback_to_savepoint` can undo."""
        self._db.execute("SAVEPOINT valid")

    def rollback_to_savepoint(self) -> None:
        """Undo what was saved since `set_savepoint`; what was saved before it stays in the transaction."""
        self._db.execute("ROLLBACK TO valid")

    def rollback(self) -> None:
        """Undo what was saved since `begin`, if it is not committed."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file; what was not committed is lost."""
        if self.serves_many_builds:
            self._save_row_count()
        self._db.close()

    def _save_row_count(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # then the next build does without it
            self._db.execute("BEGIN IMMEDIATE")
            self.save_value("rows", self._count_rows())
            self._db.execute("COMMIT")

    # --- single values -------------------------------------------------------------------------

    def read_value(self, name: str) -> bytes:
        """Return the value of this name, empty if there is none; raises CorruptCacheError."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return _verify_checksum(row[0]) if row else b""

    def save_value(self, name: str, value: bytes) -> None:
        """Save a value under a name."""
        self._db.execute("REPLACE INTO meta VALUES (?, ?)", (name, _add_checksum(value)))

    def read_template_code(self, key: str) -> bytes | None:
        """Return the byte code of a compiled template, None if there is none; raises CorruptCacheError."""
        row = self._db.execute("SELECT code FROM template WHERE name = ?", (key,)).fetchone()
        return _verify_checksum(row[0]) if row else None

    def save_template_code(self, key: str, code: bytes) -> None:
        """Save the byte code of a compiled template."""
        self._db.execute("REPLACE INTO template VALUES (?, ?)", (key, _add_checksum(code)))

    # --- inputs ----------------------------------------------------------------------------------

    def read_input_records(self) -> dict[str, tuple[FileStamp, bytes, int]]:
        """Return, by file, its stamp, its hash and when it was stamped (nanoseconds); raises CorruptCacheError."""
        rows = self._db.execute("SELECT file, size, time, inode, hash, stamped FROM input")
        return _check_names(
            {file: ((size, time, inode), digest, stamped) for file, size, time, inode, digest, stamped in rows}
        )

    def save_input_records(self, rows: Iterable[tuple[str, FileStamp, bytes, int]]) -> None:
        """Save rows of file, stamp, hash and when it was stamped (nanoseconds)."""
        flat = ((file, *stamp, digest, stamped) for file, stamp, digest, stamped in rows)
        self._db.executemany("REPLACE INTO input VALUES (?, ?, ?, ?, ?, ?)", flat)

    def delete_input_records(self, files: Iterable[str]) -> None:
        """Delete the records of files, with the texts read from them."""
        self.delete_texts(files := list(files))
        self._db.executemany("DELETE FROM input WHERE file = ?", [(file,) for file in files])

    # --- texts and bodies --------------------------------------------------------------------------

    def read_summaries(self, folder: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield file and encoded summary of every text below a folder, such as "content/"; raises CorruptCacheError."""
        query = "SELECT file, summary FROM text WHERE file >= ? AND file < ?"
        for file, summary in self._db.execute(query, (folder, f"{folder}\U0010ffff")):
            yield file, _verify_checksum(summary)

    def find_summary(self, column: str, value: str) -> bytes:
        """Return the encoded summary of the text whose `column` (file or key) is `value`, empty if there is none."""
        row = self._db.execute(f"SELECT summary FROM text WHERE {column} = ?", (value,)).fetchone()  # noqa: S608 - our own names
        return _verify_checksum(row[0]) if row else b""

    def read_body_records(self, key: str | None = None) -> Iterator[tuple[str, str, str, str]]:
        """Yield file, key, digest and links (a JSON list, or empty) of every text, or of those with a key."""
        query, values = ("", ()) if key is None else (" WHERE key = ?", (key,))
        yield from self._db.execute(f"SELECT file, key, digest, links FROM text{query}", values)  # noqa: S608 - our own

    def find_texts(self, *, key: str, slug: str, link: str) -> set[str]:
        """Return the files of texts that have a key or a slug, or whose links, a JSON list, hold the text `link`."""
        query = (
            "SELECT file FROM text WHERE key = ? UNION SELECT file FROM text WHERE slug = ?"
            " UNION SELECT file FROM text WHERE links != '' AND instr(links, ?)"
        )
        return {file for (file,) in self._db.execute(query, (key, slug, link))}

    def save_texts(self, rows: Iterable[tuple[str, str, str, bytes, str, str, bytes]]) -> None:
        """Save rows of file, key, slug, encoded summary, digest, links and HTML of a text."""
        for file, key, slug, summary, digest, links, html in rows:
            self._db.execute(
                "REPLACE INTO text VALUES (?, ?, ?, ?, ?, ?)", (file, key, slug, _add_checksum(summary), digest, links)
            )
            self._db.execute("REPLACE INTO body VALUES (?, ?)", (file, _add_checksum(html)))

    def delete_texts(self, files: Iterable[str]) -> None:
        """Delete the texts read from these files."""
        rows = [(file,) for file in files]
        self._db.executemany("DELETE FROM text WHERE file = ?", rows)
        self._db.executemany("DELETE FROM body WHERE file = ?", rows)

    def read_body(self, key: str) -> tuple[str, bytes]:
        """Return the file and the HTML (UTF-8) of a body; raises CorruptCacheError, also if there is none."""
        row = self._db.execute("SELECT file, html FROM text JOIN body USING(file) WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise CorruptCacheError(f"no body of {key}")
        return row[0], _verify_checksum(row[1])

    def read_links(self, file: str) -> str:
        """Return the links of a text (a JSON list, or empty)."""
        row = self._db.execute("SELECT links FROM text WHERE file = ?", (file,)).fetchone()
        return row[0] if row else ""

    # --- lists of posts ------------------------------------------------------------------------------

    def read_post_list(self, kind: str, key: str) -> bytes:
        """Return the encoded entries of a list, empty if there are none; raises CorruptCacheError."""
        query = "SELECT entries FROM post_list WHERE kind = ? AND key = ?"
        row = self._db.execute(query, (kind, key)).fetchone()
        return _verify_checksum(row[0]) if row else b""

    def count_post_lists(self, kind: str) -> dict[str, int]:
        """Return key -> number of entries of each list of a kind."""
        return dict(self._db.execute("SELECT key, length FROM post_list WHERE kind = ?", (kind,)))

    def save_post_lists(self, rows: Iterable[tuple[str, str, int, bytes]], *, replace_all: bool) -> None:
        """Save rows of kind, key, number of entries and encoded entries; `replace_all` deletes all other lists."""
        if replace_all:
            self._db.execute("DELETE FROM post_list")
        flat = ((kind, key, length, _add_checksum(entries)) for kind, key, length, entries in rows)
        self._db.executemany("REPLACE INTO post_list VALUES (?, ?, ?, ?)", flat)

    # --- outputs -----------------------------------------------------------------------------------

    def read_output_records(self) -> dict[str, tuple[FileStamp, bytes, bytes]]:
        """Return, by path, stamp, hash and fingerprint of every file of the site; raises CorruptCacheError."""
        rows = self._db.execute("SELECT path, size, time, inode, hash, fingerprint FROM output")
        return _check_names(
            {path: ((size, time, inode), digest, fingerprint) for path, size, time, inode, digest, fingerprint in rows}
        )

    def save_output_records(self, rows: Iterable[tuple[str, FileStamp, bytes, bytes]]) -> None:
        """Save rows of path, stamp, hash and fingerprint of a file of the site."""
        flat = ((path, *stamp, digest, fingerprint) for path, stamp, digest, fingerprint in rows)
        self._db.executemany("REPLACE INTO output VALUES (?, ?, ?, ?, ?, ?)", flat)

    def read_page_inputs(self, path: str) -> bytes:
        """Return the encoded inputs of a page, empty if there are none; raises CorruptCacheError."""
        row = self._db.execute("SELECT inputs FROM page WHERE path = ?", (path,)).fetchone()
        return _verify_checksum(row[0]) if row else b""

    def read_page_history(self, path: str) -> tuple[bytes, bytes, str] | None:
        """Return the encoded inputs of a page, those of the rendering before, and why it was rendered; None if unknown.

        The second are empty if the page was rendered only once. Raises CorruptCacheError.
        """
        query = "SELECT inputs, previous_inputs, reason FROM page WHERE path = ?"
        row = self._db.execute(query, (path,)).fetchone()
        if row is None:
            return None
        inputs, previous_inputs, reason = row
        return _verify_checksum(inputs), _verify_checksum(previous_inputs) if previous_inputs else b"", reason

    def save_page_inputs(self, rows: Iterable[tuple[str, bytes, str, Iterable[str], Iterable[str]]]) -> None:
        """Save rows of path, encoded inputs, why the page was rendered, keys of its bodies and uids of its posts.

        That a page showed a post before is not forgotten: it costs a look at the page's inputs when the post changes.
        """
        # SQLite evaluates the right sides with the old row, so `inputs` still holds the inputs of the rendering before.
        statement = (
            "INSERT INTO page(path, inputs, reason) VALUES (?, ?, ?) ON CONFLICT(path) DO UPDATE"
            " SET previous_inputs = inputs, inputs = excluded.inputs, reason = excluded.reason RETURNING id"
        )
        for path, inputs, reason, bodies, uids in rows:
            ((page,),) = self._db.execute(statement, (path, _add_checksum(inputs), reason)).fetchall()
            self._db.executemany("INSERT OR IGNORE INTO page_post VALUES (?, ?)", [(uid, page) for uid in uids])
            self._db.execute("DELETE FROM page_body WHERE path = ?", (path,))
            self._db.executemany("INSERT INTO page_body VALUES (?, ?)", [(key, path) for key in bodies])

    def find_pages_with_body(self, key: str) -> list[str]:
        """Return the paths of the pages that held this body when they were last rendered."""
        return [path for (path,) in self._db.execute("SELECT path FROM page_body WHERE key = ?", (key,))]

    def find_pages_with_post(self, uid: str) -> list[str]:
        """Return the paths of the pages that show anything of this post, or once did."""
        query = "SELECT path FROM page_post JOIN page ON page.id = page_post.page WHERE uid = ?"
        return [path for (path,) in self._db.execute(query, (uid,))]

    def delete_output_records(self, paths: Iterable[str]) -> None:
        """Delete the records of files of the site."""
        rows = [(path,) for path in paths]
        for table in _OUTPUT_TABLES:
            self._db.executemany(f"DELETE FROM {table} WHERE path = ?", rows)  # noqa: S608 - our own names


def is_corruption(error: Exception) -> bool:
    """Return whether an error means that the cache is damaged, not that the disk is full or may not be written."""
    if isinstance(error, sqlite3.DatabaseError):
        return (
            sqlite_file.find_error_cause(error) is not ErrorCause.DISK
        )  # a damaged file fails in many ways, so when in doubt it is replaced
    return isinstance(error, CorruptCacheError | DecodeError)


def move_corrupt_cache_aside(path: Path) -> None:
    """Rename a damaged cache; only the last one is kept, because a cache may have hundreds of megabytes."""
    sqlite_file.set_aside(path, _SET_ASIDE_SUFFIX)


def _check_names(rows: dict[str, T]) -> dict[str, T]:
    """Return the rows; raises CorruptCacheError if a name is not a text."""
    # Stamps and hashes need no checksum, because a wrong one differs from that of the file, which is read again.
    if not all(isinstance(name, str) for name in rows):
        raise CorruptCacheError("a name is missing")
    return rows


def _add_checksum(value: bytes) -> bytes:
    # Against damage, not against forgery: a checksum of 32 bits is enough, and quick for every value.
    return zlib.crc32(value).to_bytes(4) + value


def _verify_checksum(value: Any) -> bytes:
    if not isinstance(value, bytes) or zlib.crc32(value[4:]).to_bytes(4) != value[:4]:
        raise CorruptCacheError("a value does not fit its checksum")
    return value[4:]


_PACKAGE = str(Path(__file__).resolve().parents[2])
_DEPENDENCIES = (
    *("babel", "beautifulsoup4", "feedgenerator", "icalendar", "jinja2", "markdown", "markupsafe", "msgspec"),
    *("nh3", "pelican", "pyyaml", "tzdata"),
    *("fontpkg_barlow_condensed", "fontpkg_pt_serif", "pillow", "pyphen", "resvg_py", "uharfbuzz"),
)


@cache
def compute_code_version() -> str:
    """Return a digest of our own code, of Python's version, and of the versions of the libraries that shape output."""
    digest = blake2b(digest_size=16)
    for part in (*_read_own_code(), sys.version, *sorted(_find_installed_versions())):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _read_own_code() -> Iterator[str]:
    for path in sorted(list_own_code()):
        yield path.removeprefix(_PACKAGE)
        yield Path(path).read_text("utf-8")


def _find_installed_versions() -> Iterator[str]:
    """Yield the names of pip's folders beside the packages, such as `jinja2-3.1.6.dist-info`.

    importlib.metadata would say the same, but its import takes 40 ms of a build that finds nothing changed.
    """
    for folder in sys.path:
        if os.path.isdir(folder):  # noqa: PTH112 - quicker, and sys.path holds text
            for name in os.listdir(folder):  # noqa: PTH208
                package = name.partition("-")[0].lower()
                if name.endswith((".dist-info", ".egg-info")) and package in _DEPENDENCIES:
                    yield name.lower()
