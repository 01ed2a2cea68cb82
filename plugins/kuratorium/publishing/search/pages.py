"""The pages of a finished site that the search finds, with a digest of what Pagefind reads of each.

Files that were not written since the last run are known by their stamps, and not read again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from ...files import hash_bytes, write_atomically
from ..settings import SEARCH_FOLDER

_RECORDS_FILE = "var/search.pages"
_BODY_MARK = re.compile(rb"\sdata-pagefind-body[\s=>]")  # plugins that rewrite pages may add =""
_BODY = re.compile(rb"<(\w+)[^<>]*\sdata-pagefind-body[\s=>]")
_OPENING = re.compile(rb"<html[^<>]*>")
_LANGUAGE = re.compile(rb'\slang="([^"]*)"')
_DATE = re.compile(rb'\sdata-pagefind-meta="day"[^<>]*\sdatetime="([^"]*)"')


class IndexedPage(Struct, frozen=True, array_like=True):
    """A page in the index: its path, its language, its date ("" without one), a digest of what is indexed."""

    path: str
    lang: str
    date: str
    digest: bytes


class _Record(Struct, frozen=True, array_like=True):
    """What a file of the site was when it was read: its stamp, and what is indexed of it (None: nothing)."""

    stamp: tuple[int, int, int]
    indexed: tuple[str, str, bytes] | None


class _Records(Struct):
    """The records of all pages of the site in the folder `output`, by their paths."""

    output: str
    files: dict[str, _Record]


def find_indexed_pages(root: Path, output: Path) -> list[IndexedPage]:
    """Return the pages of the site in `output` that are to be indexed, in the order of their paths."""
    known = _read_records(root, output)
    files = {}
    for path, stamp in _walk(str(output), ""):
        record = known.get(path)
        files[path] = record if record and record.stamp == stamp else _Record(stamp, read_indexed_part(output / path))
    if files != known:
        write_atomically(root / _RECORDS_FILE, msgspec.msgpack.encode(_Records(str(output), files)))
    return [IndexedPage(path, *record.indexed) for path, record in sorted(files.items()) if record.indexed]


def read_indexed_part(file: Path) -> tuple[str, str, bytes] | None:
    """Return the language of a page, its date, and a digest of what Pagefind reads of it; None if it is not indexed.

    It reads one element, and the language of the page: lists below a post may change without another index.
    """
    data = file.read_bytes()
    # Looked for from its mark: tried at each element of a page, the expression takes half a millisecond.
    mark = _BODY_MARK.search(data)
    body = _BODY.match(data, data.rfind(b"<", 0, mark.start())) if mark else None
    if not body:
        return None
    opening = _OPENING.search(data)
    start = opening.group() if opening else b""
    language = _LANGUAGE.search(start)
    indexed = data[body.start() : _find_end(data, body)]
    date = _DATE.search(indexed)
    return (
        language.group(1).decode() if language else "",
        date.group(1).decode() if date else "",
        hash_bytes(start + indexed),
    )


def _find_end(data: bytes, opening: re.Match[bytes]) -> int:
    """Return where an element ends, after those of its name within it."""
    depth = 0
    for tag in re.compile(rb"<(/?)" + opening.group(1) + rb"[\s>]").finditer(data, opening.start()):
        depth += -1 if tag.group(1) else 1
        if not depth:
            return tag.end()
    return len(data)


def _read_records(root: Path, output: Path) -> dict[str, _Record]:
    try:
        records = msgspec.msgpack.decode((root / _RECORDS_FILE).read_bytes(), type=_Records)
    except (OSError, msgspec.DecodeError):
        return {}
    return records.files if records.output == str(output) else {}


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Yield the path of each page below a folder, from the site's root, and its stamp."""
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") and path != SEARCH_FOLDER:
                    yield from _walk(entry.path, f"{path}/")
            elif entry.name.endswith(".html") and entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                yield path, (status.st_size, status.st_mtime_ns, status.st_ino)
