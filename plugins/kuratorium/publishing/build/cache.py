"""What builds remember: var/build.sqlite3. It may be deleted at any time; what does not hold together is made anew.

Every value that a page is made of carries a checksum, so that a damaged file is noticed and never published.
"""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from msgspec import DecodeError

from ...edition.paths import FileStamp

T = TypeVar("T")

CACHE_FILE = "var/build.sqlite3"
_SCHEMA = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE code(name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE input(file TEXT PRIMARY KEY, size INT, time INT, inode INT, hash BLOB, seen INT);
CREATE TABLE text(file TEXT PRIMARY KEY, key TEXT, listed BLOB, digest TEXT, links TEXT);
CREATE INDEX text_key ON text(key);
CREATE TABLE body(file TEXT PRIMARY KEY, html BLOB);
CREATE TABLE output(path TEXT PRIMARY KEY, size INT, time INT, inode INT, hash BLOB, mark BLOB);
CREATE TABLE recipe(path TEXT PRIMARY KEY, recipe BLOB, was BLOB, why TEXT);
CREATE TABLE holds(key TEXT, path TEXT, PRIMARY KEY(key, path));
CREATE INDEX holds_path ON holds(path);
CREATE TABLE pending(step TEXT, path TEXT, written INT, PRIMARY KEY(step, path));
"""
_COUNTED_TABLES = ("input", "text", "body", "output", "recipe", "holds")


class CorruptCacheError(Exception):
    """The store does not hold together."""


class Cache:
    """One connection, and one transaction from `begin` to `commit`: a build is remembered as a whole or not at all.

    `version`: a store that another program has written is emptied. Without `path` it lives in memory.
    """

    def __init__(self, path: Path | None, version: str) -> None:
        self._path = path
        self._version = version
        try:
            self._db = self._open_database()
        except sqlite3.DatabaseError as error:
            if path is None or not is_corruption(error):
                raise
            move_corrupt_cache_aside(path)
            self._db = self._open_database()

    def _open_database(self) -> sqlite3.Connection:
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        # What watches for changes lives in another thread than what builds, but never at the same time.
        db = sqlite3.connect(self._path or ":memory:", isolation_level=None, check_same_thread=False)
        try:
            db.executescript("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;")
            made = db.execute("SELECT type, name FROM sqlite_master").fetchall()
            found = db.execute("SELECT value FROM meta WHERE name = 'version'").fetchone() if made else None
            if found != (self._version.encode(),):
                db.execute("BEGIN IMMEDIATE")
                for kind, name in made:
                    if kind == "table":
                        db.execute(f"DROP TABLE {name}")
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('version', ?)", (self._version.encode(),))
                db.execute("COMMIT")
        except BaseException:
            db.close()
            raise
        return db

    def begin(self) -> None:
        """Begin to remember. Raises Broken where rows are missing."""
        self._db.execute("BEGIN IMMEDIATE")
        if (kept := self.read_value("rows")) and kept != self._count_rows():
            raise CorruptCacheError("rows are missing")

    def commit(self) -> None:
        """Make sure of all that was kept since `begin`."""
        self.save_value("rows", self._count_rows())
        self._db.execute("COMMIT")

    def _count_rows(self) -> bytes:
        counts = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in _COUNTED_TABLES)  # noqa: S608 - names of ours
        return repr(self._db.execute(f"SELECT {counts}").fetchone()).encode()

    def set_savepoint(self) -> None:
        """Note how far everything is right, whatever comes."""
        self._db.execute("SAVEPOINT mark")

    def rollback_to_savepoint(self) -> None:
        """Forget what was kept since `mark`."""
        self._db.execute("ROLLBACK TO mark")

    def rollback(self) -> None:
        """Forget all that was kept since `begin`."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Forget what was not committed."""
        self._db.close()

    # --- single values -------------------------------------------------------------------------

    def read_value(self, name: str) -> bytes:
        """Give a value by its name; empty where none was kept. Raises Broken."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return _verify_checksum(row[0]) if row else b""

    def save_value(self, name: str, value: bytes) -> None:
        """Keep a value under a name."""
        self._db.execute("REPLACE INTO meta VALUES (?, ?)", (name, _add_checksum(value)))

    def read_template_code(self, key: str) -> bytes | None:
        """Give a compiled template."""
        row = self._db.execute("SELECT value FROM code WHERE name = ?", (key,)).fetchone()
        return _verify_checksum(row[0]) if row else None

    def save_template_code(self, key: str, code: bytes) -> None:
        """Keep a compiled template."""
        self._db.execute("REPLACE INTO code VALUES (?, ?)", (key, _add_checksum(code)))

    # --- inputs ----------------------------------------------------------------------------------

    def read_input_records(self) -> dict[str, tuple[FileStamp, bytes, int]]:
        """File -> stamp, hash, and when it was looked at (nanoseconds)."""
        rows = self._db.execute("SELECT file, size, time, inode, hash, seen FROM input")
        return _check_names(
            {file: ((size, time, inode), hashed, seen) for file, size, time, inode, hashed, seen in rows}
        )

    def save_input_records(self, rows: Iterable[tuple[str, FileStamp, bytes, int]]) -> None:
        """Keep files with their stamps and hashes."""
        flat = ((file, *stamp, hashed, seen) for file, stamp, hashed, seen in rows)
        self._db.executemany("REPLACE INTO input VALUES (?, ?, ?, ?, ?, ?)", flat)

    def delete_input_records(self, files: Iterable[str]) -> None:
        """Forget files, and what was made of them."""
        self.delete_texts(files := list(files))
        self._db.executemany("DELETE FROM input WHERE file = ?", [(file,) for file in files])

    # --- texts and bodies --------------------------------------------------------------------------

    def read_all_summaries(self) -> Iterator[tuple[str, bytes]]:
        """Yield file and record of every text. Raises Broken."""
        for file, listed in self._db.execute("SELECT file, listed FROM text"):
            yield file, _verify_checksum(listed)

    def find_summary(self, column: str, value: str) -> bytes:
        """Give the record of the text whose `column` (file or key) is `value`; empty where there is none."""
        row = self._db.execute(f"SELECT listed FROM text WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
        return _verify_checksum(row[0]) if row else b""

    def read_body_records(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield file, key, digest and links (a JSON list or empty) of every text."""
        yield from self._db.execute("SELECT file, key, digest, links FROM text")

    def save_texts(self, rows: Iterable[tuple[str, str, bytes, str, str, bytes]]) -> None:
        """Keep file, key, record, digest and links of texts, and their HTML."""
        for file, key, listed, digest, links, html in rows:
            self._db.execute(
                "REPLACE INTO text VALUES (?, ?, ?, ?, ?)", (file, key, _add_checksum(listed), digest, links)
            )
            self._db.execute("REPLACE INTO body VALUES (?, ?)", (file, _add_checksum(html)))

    def delete_texts(self, files: Iterable[str]) -> None:
        """Forget what was made of these files."""
        rows = [(file,) for file in files]
        self._db.executemany("DELETE FROM text WHERE file = ?", rows)
        self._db.executemany("DELETE FROM body WHERE file = ?", rows)

    def read_body(self, key: str) -> tuple[str, str]:
        """Give the file and the HTML of a body. Raises Broken."""
        row = self._db.execute("SELECT file, html FROM text JOIN body USING(file) WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise CorruptCacheError(f"no body of {key}")
        return row[0], _verify_checksum(row[1]).decode()

    def read_links(self, file: str) -> str:
        """Give the links of a text (a JSON list or empty)."""
        row = self._db.execute("SELECT links FROM text WHERE file = ?", (file,)).fetchone()
        return row[0] if row else ""

    # --- outputs -----------------------------------------------------------------------------------

    def read_output_records(self) -> dict[str, tuple[FileStamp, bytes, bytes]]:
        """Path -> stamp, hash and fingerprint of every file of the site."""
        rows = self._db.execute("SELECT path, size, time, inode, hash, mark FROM output")
        return _check_names(
            {path: ((size, time, inode), hashed, mark) for path, size, time, inode, hashed, mark in rows}
        )

    def save_output_records(self, rows: Iterable[tuple[str, FileStamp, bytes, bytes]]) -> None:
        """Keep files of the site: path, stamp, hash, fingerprint."""
        flat = ((path, *stamp, hashed, mark) for path, stamp, hashed, mark in rows)
        self._db.executemany("REPLACE INTO output VALUES (?, ?, ?, ?, ?, ?)", flat)

    def read_page_inputs(self, path: str) -> bytes:
        """Give the recipe of a page; empty where there is none. Raises Broken."""
        row = self._db.execute("SELECT recipe FROM recipe WHERE path = ?", (path,)).fetchone()
        return _verify_checksum(row[0]) if row else b""

    def read_page_history(self, path: str) -> tuple[bytes, bytes, str] | None:
        """Give the recipe of a page, the one before it (or nothing), and what else it was rendered for."""
        row = self._db.execute("SELECT recipe, was, why FROM recipe WHERE path = ?", (path,)).fetchone()
        return (_verify_checksum(row[0]), _verify_checksum(row[1]) if row[1] else b"", row[2]) if row else None

    def save_page_inputs(self, rows: Iterable[tuple[str, bytes, str, Iterable[str]]]) -> None:
        """Keep what pages were rendered of: path, recipe, what else it was rendered for, the bodies that it holds."""
        keep = (
            "INSERT INTO recipe VALUES (?, ?, NULL, ?)"
            " ON CONFLICT(path) DO UPDATE SET was = recipe, recipe = excluded.recipe, why = excluded.why"
        )
        for path, recipe, why, bodies in rows:
            self._db.execute(keep, (path, _add_checksum(recipe), why))
            self._db.execute("DELETE FROM holds WHERE path = ?", (path,))
            self._db.executemany("INSERT INTO holds VALUES (?, ?)", [(key, path) for key in bodies])

    def find_pages_with_body(self, key: str) -> list[str]:
        """List the pages that hold a body, or did."""
        return [path for (path,) in self._db.execute("SELECT path FROM holds WHERE key = ?", (key,))]

    def delete_output_records(self, paths: Iterable[str]) -> None:
        """Forget files of the site."""
        rows = [(path,) for path in paths]
        for table in ("output", "recipe", "holds"):
            self._db.executemany(f"DELETE FROM {table} WHERE path = ?", rows)  # noqa: S608 - names of ours

    def delete_all_outputs(self) -> None:
        """Forget the whole site: somebody else wrote it."""
        for table in ("output", "recipe", "holds"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours

    # --- what follows a build --------------------------------------------------------------------

    def read_pending_changes(self, hook: str) -> dict[str, bool]:
        """Path -> whether it was written (else deleted), of what a step has still to see."""
        rows = self._db.execute("SELECT path, written FROM pending WHERE step = ? ORDER BY path", (hook,))
        return {path: bool(written) for path, written in rows}

    def add_pending_changes(self, hook: str, paths: Iterable[tuple[str, bool]]) -> None:
        """Add to what a step has still to see."""
        rows = [(hook, path, written) for path, written in paths]
        self._db.executemany("REPLACE INTO pending VALUES (?, ?, ?)", rows)

    def clear_pending_changes(self, hook: str) -> None:
        """Note that a step has seen all."""
        self._db.execute("DELETE FROM pending WHERE step = ?", (hook,))


def is_corruption(error: Exception) -> bool:
    """Tell a damaged file from a full disk, or from a folder that may not be written."""
    if isinstance(error, sqlite3.DatabaseError):
        return getattr(error, "sqlite_errorname", "").split("_")[1:2] not in (["FULL"], ["IOERR"], ["READONLY"])
    return isinstance(error, CorruptCacheError | DecodeError)


def move_corrupt_cache_aside(path: Path) -> None:
    """Put a damaged store where it does not disturb; the one before it goes."""
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    aside = path.with_name(f"{path.name}.broken")
    if aside.is_dir():
        shutil.rmtree(aside)
    elif path.is_dir():
        aside.unlink(missing_ok=True)
    path.replace(aside)


def _check_names(rows: dict[str, T]) -> dict[str, T]:
    """Stamps and hashes need no checksum, for a wrong one is noticed at the file; names do."""
    if not all(isinstance(name, str) for name in rows):
        raise CorruptCacheError("a name is missing")
    return rows


def _add_checksum(value: bytes) -> bytes:
    return zlib.crc32(value).to_bytes(4) + value


def _verify_checksum(value: Any) -> bytes:
    if not isinstance(value, bytes) or zlib.crc32(value[4:]).to_bytes(4) != value[:4]:
        raise CorruptCacheError("a value does not fit its checksum")
    return value[4:]
