"""var/links.sqlite3: what visits found, by address. It may be deleted; every address is then visited once."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from .....files import hash_bytes
from .....sqlite_file import ErrorCause, find_error_cause, find_free_suffix, open_database, set_aside
from .records import KnownTexts, LinkRecord

LINKS_FILE = "var/links.sqlite3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS link (address TEXT PRIMARY KEY, record BLOB NOT NULL, texts BLOB NOT NULL) WITHOUT ROWID;
"""

KnownLink = tuple[str, LinkRecord, KnownTexts]
"""An address with what is known of it."""


class LinkStore:
    """The file of an edition at `root`, as a context manager; a damaged one is set aside, and begun anew."""

    def __init__(self, root: Path) -> None:
        path = root / LINKS_FILE
        try:
            self._db = _open(path)
        except sqlite3.DatabaseError as error:
            if find_error_cause(error) not in (ErrorCause.FILE, ErrorCause.CONTENT):
                raise OSError(f"{LINKS_FILE} cannot be read: {error}") from error
            set_aside(path, find_free_suffix(path, ".damaged-"))
            self._db = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def read(self, addresses: Iterable[str]) -> dict[str, tuple[LinkRecord, KnownTexts]]:
        """Return what is known of addresses; those of which nothing is known, or in another form, are left out."""
        known = {}
        for address in addresses:
            row = self._db.execute("SELECT record, texts FROM link WHERE address = ?", (address,)).fetchone()
            try:
                if row:
                    record = msgspec.json.decode(row[0], type=LinkRecord)
                    known[address] = record, msgspec.json.decode(zlib.decompress(row[1]), type=KnownTexts)
            except (msgspec.MsgspecError, zlib.error, UnicodeDecodeError):
                continue  # such as that of another version: the address is visited as a new one
        return known

    def read_digests(self) -> dict[str, bytes]:
        """Return, by address, a digest of the texts that are known of it."""
        return {address: hash_bytes(texts) for address, texts in self._db.execute("SELECT address, texts FROM link")}

    def save(self, links: Iterable[KnownLink]) -> None:
        """Save what is known of addresses, all or nothing."""
        rows = [
            (address, msgspec.json.encode(record), zlib.compress(msgspec.json.encode(texts)))
            for address, record, texts in links
        ]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("REPLACE INTO link (address, record, texts) VALUES (?, ?, ?)", rows)

    def forget_others(self, addresses: Iterable[str]) -> None:
        """Delete what is known of all other addresses."""
        kept = {(address,) for address in addresses}
        gone = [row for row in self._db.execute("SELECT address FROM link").fetchall() if row not in kept]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("DELETE FROM link WHERE address = ?", gone)


def _open(path: Path) -> sqlite3.Connection:
    return open_database(path, lambda db: db.executescript(_SCHEMA))
