"""The site as the build left it: each file with its digest, from the build's own list where that knows it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from ..edition.hosting.media_types import ENCODINGS, HEAD_BYTES, find_caching, find_media_type
from ..errors import UsageError
from ..file_lock import FileLock
from ..files import digest_value, hash_file
from .model import OWNED_FILE, LocalFile

_HIDDEN = frozenset({".git", ".kuratorium~", ".DS_Store", OWNED_FILE})
_Stamp = tuple[int, int]


class BuildFiles(Struct, frozen=True):
    """Where a build leaves its work: the site, its list of files, its lock, and marks of one that did not end."""

    output: Path
    cache: Path
    lock: Path
    unfinished: tuple[Path, ...]


def lock_site(build: BuildFiles) -> FileLock:
    """Return the build's lock, which keeps the site as it is; raises UsageError if the site is not whole."""
    lock = FileLock(build.lock, busy_message="A build is running: wait until it has ended, then deploy.")
    try:
        if not (build.output / "index.html").is_file():
            raise UsageError(f'There is no site in {build.output}: run "make build" first.')
        if any(os.path.lexists(path) for path in build.unfinished):
            raise UsageError(
                'The site is not finished, as after a preview or a build that broke off: run "make build", then deploy.'
            )
    except BaseException:
        lock.release()
        raise
    return lock


def read_site(build: BuildFiles, compress: str = "none") -> list[LocalFile]:
    """Return all files of the site; with `compress`, each text has the bytes of its compressed copy."""
    known = _read_build_list(build.cache)
    stats = dict(_walk(str(build.output)))
    paths = [path for path in sorted(stats) if _is_sent(path, stats, compress)]
    return [_read_file(build.output, path, stats, known, compress) for path in paths]


def _is_sent(path: str, stats: Mapping[str, os.stat_result], compress: str) -> bool:
    """Return whether a file is sent at its own address: copies are not where they are sent in place of their texts."""
    return compress == "none" or not (path.endswith(tuple(ENCODINGS)) and path[:-3] in stats)


def _read_file(
    output: Path, path: str, stats: Mapping[str, os.stat_result], known: Mapping[str, tuple[_Stamp, str]], compress: str
) -> LocalFile:
    ending = next((end for end, name in ENCODINGS.items() if name == compress), "")
    source = path + ending if ending and path + ending in stats else path
    original = path[:-3] if path.endswith(tuple(ENCODINGS)) and path[:-3] in stats else path
    status = stats[source]
    stamp = (status.st_size, status.st_mtime_ns)
    known_stamp, digest = known.get(source, ((0, 0), ""))
    if known_stamp != stamp or not digest:
        digest = hash_file(str(output / source)).hex()
    encoded = source if source != original else ""
    media_type, caching = find_media_type(original, _read_head(output / original)), find_caching(original)
    encoding = ENCODINGS.get(encoded[-3:], "")
    return LocalFile(path, output / source, *stamp, digest, media_type, caching, encoding)


def _read_head(path: Path) -> bytes:
    if path.suffix not in {".xml", ".json"}:
        return b""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def digest_with_headers(file: LocalFile) -> str:
    """Return a digest of a file and its headers, for places that keep both."""
    return digest_value([file.digest, file.media_type, file.caching, file.encoding])


def _walk(output: str, prefix: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Yield path and status of each file below a folder; links are left out, for they may lead anywhere."""
    with os.scandir(f"{output}/{prefix}") as entries:
        for entry in entries:
            if entry.name in _HIDDEN or entry.name.endswith("~"):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(output, f"{prefix}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield f"{prefix}{entry.name}", entry.stat(follow_symlinks=False)


def _read_build_list(cache: Path) -> dict[str, tuple[_Stamp, str]]:
    """Return stamp and digest of each file that the last build wrote; empty if its cache has no list.

    A missing list costs time only: the files are read then.
    """
    if not cache.is_file():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{cache.as_posix()}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT path, size, time, hash FROM output").fetchall()
    except sqlite3.Error:
        return {}
    return {path: ((size, time), digest.hex()) for path, size, time, digest in rows if isinstance(digest, bytes)}
