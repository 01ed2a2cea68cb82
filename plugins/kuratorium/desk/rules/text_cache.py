"""The cache of `check`, var/check.sqlite3: what was derived of each text, as long as nothing it depends on changes.

It may be deleted at any time, and a check that cannot read or write it does without.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import msgspec

from ... import sqlite_file
from ...edition import loader
from ...edition.fields import Violation
from ...edition.formats import STANDALONE_PAGE_FORMAT
from ...edition.loader import Text, TextReader
from ...edition.model import ContentFile, PostFile, StandalonePage
from ...edition.paths import FileStamp, stamp_file, stamp_with_ctime
from ...edition.registry import Registry

CACHE_FILE = "var/check.sqlite3"
_PACKAGE = Path(__file__).resolve().parents[2]
_PRAGMAS = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF; PRAGMA busy_timeout=0;"
_READ_OF_ALL = ("stamp", "text")
_OUTLINES, _OUTLINE_ROWS = "outlines", ("posts", "pages")  # a kind, and in the place of files
_RECENT = 2_000_000_000  # nanoseconds: a file that was just written may be written again without another stamp

T = TypeVar("T")
Row = tuple[bytes, bytes]
_encode = msgspec.json.Encoder().encode  # not MessagePack, which drops the offset of a moment
# Front matter that no rule compares between texts: outlines of others leave it out.
_LEFT_OUT = frozenset(
    (
        *("summary", "why_now", "tags", "topics", "authors", "strength", "via", "changed_since", "image", "purpose"),
        *("syndication", "ignore", "also_in", "teaser", "reasons", "suggestions", "corrections"),
    )
)
_decode_post: Callable[[bytes], Text] = msgspec.json.Decoder(PostFile).decode
_decode_page: Callable[[bytes], Text] = msgspec.json.Decoder(StandalonePage).decode
_decode_posts = msgspec.json.Decoder(list[tuple[FileStamp, PostFile]]).decode
_decode_pages = msgspec.json.Decoder(list[tuple[FileStamp, StandalonePage]]).decode


class TextCache(TextReader):
    """What earlier checks derived, by kind and file, each with the digest of all that it was derived from.

    With `only`, the files that are judged, a file with the stamp of its last check is not read, and of all others only
    outlines are; else all are read and compared by content.
    """

    def __init__(self, root: Path, *, only: Collection[str] | None = None) -> None:
        self._path = root / CACHE_FILE
        self._only = only
        self._stamps: dict[str, FileStamp] = {}
        self._rows: dict[str, dict[str, Row]] = {}
        self._changes: dict[tuple[str, str], Row] = {}
        self._digests: dict[str, bytes] = {}
        self._context = b""
        self._db = self._open()
        # Of a few files, a query each costs less than all rows of a kind; texts are read of the whole edition.
        self._reads_all = only is None
        self._outlined: dict[str, tuple[FileStamp, Text]] = {}  # of which `save` writes outlines
        self._outlines = {} if only is None else self._read_outlines()

    def set_context(self, *parts: bytes) -> None:
        """Set what the judgement on all texts depends on."""
        self._context = compute_digest(*parts)

    def learn_stamps(self, stamps: Mapping[str, FileStamp]) -> None:
        """Learn the stamps of files that are read next."""
        self._stamps |= stamps

    def read_text(self, root: Path, file: str, format: str, registry: Registry) -> Text:
        """Read a post of `format`, or a page, or take it from the cache; raises InvalidFileError."""
        current = self._stamps.get(file) or stamp_file(f"{root}/{file}", stamp_with_ctime)
        if self._only is not None and file not in self._only:
            known_stamp, outline = self._outlines.get(file, (None, None))
            if outline and known_stamp == current:
                return outline
        text = self._read_whole_text(root, file, format, registry, current)
        if self._only is None and not _is_recent(current):
            self._outlined[file] = (current, text)
        return text

    def _read_whole_text(self, root: Path, file: str, format: str, registry: Registry, current: FileStamp) -> Text:
        decode = _decode_page if format == STANDALONE_PAGE_FORMAT else _decode_post
        stamp = _encode(current)
        known, row = self._find_row("stamp", file) or (b"", b""), self._find_row("text", file)
        if self._only is not None and row and known == (stamp, row[0]):
            self._digests[file] = row[0]
            return decode(row[1])
        data = loader.read_bytes(root, file)
        digest = self._digests[file] = compute_digest(data)
        if not _is_recent(current) and known != (stamp, digest):
            self.put("stamp", file, stamp, digest)
        if row and row[0] == digest:
            return decode(row[1])
        text = loader.parse_content_file(file, format, data, registry)
        self.put("text", file, digest, _encode(text))
        return text

    def judge_text(self, text: Text, registry: Registry) -> Iterable[Violation]:
        """Return what is wrong with a text by itself."""

        def find_violations() -> list[Violation]:
            return list(loader.find_own_violations(text, registry))

        return self.derive("own", text.file, list[Violation], find_violations, self.find_key(text))

    def derive(self, kind: str, file: str, value_type: type[T], compute: Callable[[], T], key: bytes = b"") -> T:
        """Return what `compute` does, or did for the same key; without one, for the same bytes of a file read here."""
        key = key or compute_digest(self._digests.get(file, b""), self._context)
        if file not in self._digests:  # such as a file with a mistake in its front matter
            return compute()
        value = self.get(kind, file, key, value_type)
        if value is None:
            value = compute()
            self.put(kind, file, key, _encode(value))
        return value

    def find_key(self, text: Text, *parts: bytes) -> bytes:
        """Return the digest of a text, of the context, and of further parts that something is derived from."""
        # Recordings and transcripts, which are files of their own, are part of the text by now.
        media = _encode(text) if isinstance(text, PostFile) and text.meta.media else b""
        return compute_digest(self._digests[text.file], self._context, media, *parts)

    def get(self, kind: str, file: str, key: bytes, value_type: type[T]) -> T | None:
        """Return what was derived of a file with this key; None if there is none."""
        row = self._find_row(kind, file)
        if not row or row[0] != key:
            return None
        try:
            return msgspec.json.decode(row[1], type=value_type)
        except msgspec.MsgspecError:  # damaged
            return None

    def put(self, kind: str, file: str, key: bytes, value: bytes) -> None:
        """Keep what was derived of a file with this key, for `save`."""
        self._changes[kind, file] = (key, value)

    def save(self, files: Iterable[str] | None = None) -> None:
        """Write what is new; with all `files` of the edition, forget what is not among them."""
        gone = set[str]()
        if files is not None:
            gone = {file for rows in self._rows.values() for file in rows}.difference(files)
            self._put_outlines()
        if not self._db or not (self._changes or gone):
            return
        with contextlib.suppress(sqlite3.Error):  # a full disk, or another check that writes: the next one derives anew
            self._db.execute("BEGIN IMMEDIATE")
            rows = ((kind, file, *row) for (kind, file), row in self._changes.items())
            self._db.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
            self._db.executemany("DELETE FROM entry WHERE file = ?", ((file,) for file in gone))
            self._db.execute("COMMIT")

    def _put_outlines(self) -> None:
        """Keep the outlines of all texts for checks of a few, unless they are kept already."""
        stamps = sorted((file, stamp, self._digests.get(file, b"")) for file, (stamp, _) in self._outlined.items())
        key = compute_digest(repr(stamps).encode())
        if [row[0] for _, row in self._read_rows("kind = ?", _OUTLINES)] == [key, key]:
            return
        for name, value in zip(_OUTLINE_ROWS, _encode_outlines(self._outlined.values()), strict=True):
            self.put(_OUTLINES, name, key, value)

    def _read_outlines(self) -> Mapping[str, tuple[FileStamp, Text]]:
        rows = dict(self._read_rows("kind = ?", _OUTLINES))
        return _decode_outlines(*(rows.get(name, (b"", b"[]"))[1] for name in _OUTLINE_ROWS))

    def close(self) -> None:
        """Close the file; what was not saved is lost."""
        if self._db:
            self._db.close()

    def _find_row(self, kind: str, file: str) -> Row | None:
        if kind not in self._rows and (self._reads_all or (kind in _READ_OF_ALL and not self._outlines)):
            self._rows[kind] = dict(self._read_rows("kind = ?", kind))
        if kind in self._rows:
            return self._rows[kind].get(file)
        return dict(self._read_rows("kind = ? AND file = ?", kind, file)).get(file)

    def _read_rows(self, condition: str, *values: str) -> Iterator[tuple[str, Row]]:
        query = f"SELECT file, key, value FROM entry WHERE {condition}"  # noqa: S608 - our own words
        with contextlib.suppress(sqlite3.Error):
            if self._db:
                for file, key, value in self._db.execute(query, values):
                    yield file, (key, value)

    def _open(self) -> sqlite3.Connection | None:
        try:
            return sqlite_file.open_database(self._path, _prepare_table, pragmas=_PRAGMAS)
        except (sqlite3.DatabaseError, OSError) as error:
            if isinstance(error, sqlite3.Error) and sqlite_file.find_error_cause(error) is sqlite_file.ErrorCause.FILE:
                with contextlib.suppress(OSError):
                    self._path.unlink()  # damaged: the next check begins a new one
            return None


def _encode_outlines(texts: Iterable[tuple[FileStamp, Text]]) -> tuple[bytes, bytes]:
    """Return the outlines of posts, and those of pages, each with the stamp of its file."""
    posts, pages = [], []
    for stamp, text in texts:
        outline = {"file": text.file, "meta": dict(_list_fields(text)), "body": "", "body_line": 0}
        if isinstance(text, PostFile):
            posts.append((stamp, {**outline, "format": text.format}))
        else:
            pages.append((stamp, outline))
    return _encode(posts), _encode(pages)


def _decode_outlines(posts: bytes, pages: bytes) -> Mapping[str, tuple[FileStamp, Text]]:
    """Return outlines by file, each with the stamp that it is right for; empty if they are damaged."""
    try:
        pairs: list[tuple[FileStamp, Text]] = [*_decode_posts(posts), *_decode_pages(pages)]
    except msgspec.MsgspecError:
        return {}
    return {text.file: (stamp, text) for stamp, text in pairs}


@cache
def _find_fields(record: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    # Once, not for each text: msgspec evaluates all annotations of a record anew, which takes a millisecond.
    return msgspec.structs.fields(record)


def _list_fields(text: ContentFile) -> Iterator[tuple[str, object]]:
    """Yield the fields of front matter that an outline has."""
    meta = text.meta
    for field in _find_fields(type(meta)):
        value = getattr(meta, field.name)
        if field.name not in _LEFT_OUT and value != field.default:
            if field.name == "bookmark_of":
                # Only to tell two notes on one item of the inbox.
                value = [{"url": work.url, "title": work.title, "item": work.item} for work in value if work.item]
            yield field.encode_name, value


def compute_digest(*parts: bytes) -> bytes:
    """Return a digest of parts."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _is_recent(stamp: FileStamp) -> bool:
    _, changed, _ = stamp
    return changed > time.time_ns() - _RECENT


def _prepare_table(db: sqlite3.Connection) -> None:
    """Create an empty table, unless there is one of this version of the program."""
    version = _compute_version()
    if db.execute("PRAGMA user_version").fetchone() != (version,):
        db.executescript(
            "DROP TABLE IF EXISTS entry;"
            "CREATE TABLE entry(kind TEXT, file TEXT, key BLOB, value BLOB, PRIMARY KEY(kind, file));"
            f"PRAGMA user_version={version};"
        )


def _compute_version() -> int:
    """Return a number that changes with our code, with Python, and when a package is installed."""
    folders = [folder for folder in sys.path if folder.endswith("-packages")]
    modules = sorted(f"{place}/{name}" for place, _, names in os.walk(_PACKAGE) for name in names if name[-3:] == ".py")
    stamps = {path: stamp_file(path, _stamp_program) for path in (*folders, *modules)}
    digest = blake2b(repr((sys.version, stamps)).encode(), digest_size=4).digest()
    return int.from_bytes(digest) & 0x7FFF_FFFF or 1  # SQLite's user_version is signed, and 0 in a new file


def _stamp_program(status: os.stat_result) -> FileStamp:
    return (status.st_size, status.st_mtime_ns, 0)
