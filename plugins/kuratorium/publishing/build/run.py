"""One build of an edition from its lock to its result, for `kuratorium build` and plain `pelican` alike."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import DecodeError

from ...disk_errors import build_disk_error, is_disk_full
from ...errors import EditionError, KuratoriumError, Problem
from ...process_pool import reduce_garbage_collection
from ...sqlite_file import ErrorCause, find_error_cause
from ..settings import make_relative_path
from .cache import CACHE_FILE, Cache, CorruptCacheError, compute_code_version, is_corruption, move_corrupt_cache_aside
from .model import BuildRequest, BuildResult, ProgressListener
from .publish import BuildLock
from .session import BuildSession, PelicanFactory
from .snapshot_file import STAGE_FOLDER


def run_build(root: Path, request: BuildRequest, make_site: PelicanFactory, progress: ProgressListener) -> BuildResult:
    """Build the edition at `root` with the Pelican that `make_site` returns.

    Raises EditionError for mistakes in the edition, KuratoriumError for anything else that stops a build; the
    site is then as it was.
    """
    with report_disk_errors(root):
        lock = BuildLock(root / STAGE_FOLDER, progress.report_waiting)
        try:
            result = None if request.settings else _build_with_cache(root, request, make_site, progress)
            return result or _build_whole(root, request, make_site, progress)
        finally:
            lock.release()


def explain_file(root: Path, path: str, result: BuildResult) -> list[str]:
    """Return lines that say why the file at `path` (from the site's root) was rendered in the build of `result`."""
    if result.whole_build_reason:
        return [f"This build rendered every file: {result.whole_build_reason}."]
    from .fingerprints import explain_rendering

    cache = Cache(root / CACHE_FILE, compute_code_version())
    try:
        return explain_rendering(cache, path, result.changed_paths)
    finally:
        cache.close()


def _build_with_cache(
    root: Path, request: BuildRequest, make_site: PelicanFactory, progress: ProgressListener
) -> BuildResult | None:
    """Build what changed, and replace a damaged cache. Return None if the settings ask for a whole build."""
    path = None if request.output else root / CACHE_FILE
    for _ in range(2):  # the second time with an empty cache, if the first one was damaged
        cache = Cache(path, compute_code_version())
        try:
            with reduce_garbage_collection():
                return BuildSession(root, cache, make_site).build(request, progress)
        except (sqlite3.DatabaseError, CorruptCacheError, DecodeError) as error:
            if not path or not is_corruption(error):
                raise
            cache.close()
            move_corrupt_cache_aside(path)
        finally:
            cache.close()
    raise KuratoriumError(f"{CACHE_FILE} is damaged again right after it was created. Check the disk for errors.")


def _build_whole(
    root: Path, request: BuildRequest, make_site: PelicanFactory, progress: ProgressListener
) -> BuildResult:
    """Build every file, as other plugins of Pelican expect it, without the cache of earlier builds."""
    cache = Cache(None, compute_code_version())
    try:
        result = BuildSession(root, cache, make_site, is_whole=True).build(request, progress)
    finally:
        cache.close()
    assert result  # noqa: S101 - a session that builds everything never asks for a whole build
    if not request.output and not request.settings:
        (root / CACHE_FILE).unlink(missing_ok=True)  # its records describe the site as it was before
    return result


@contextmanager
def report_disk_errors(root: Path) -> Iterator[None]:
    """Raise EditionError with a hint if the disk is full, or if the folders of a build cannot be written.

    Nothing moves into the site before all files are ready: after a full disk, it is as it was.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _build_cache_error(root, error) from error
    except OSError as error:
        place = make_relative_path(root, os.fsdecode(error.filename or root / "var"))
        hint = "The site is as it was: make room, and build again." if is_disk_full(error.errno) else ""
        if place.startswith(_READ_FOLDERS) or not (problem := build_disk_error(error.errno, place, hint)):
            raise
        raise problem from error


_READ_FOLDERS = ("content/", "curation/", "theme/", "plugins/")  # a build only reads there


def _build_cache_error(root: Path, error: sqlite3.OperationalError) -> KuratoriumError:
    if find_error_cause(error) is ErrorCause.OTHER:  # such as another program that holds the file locked
        return KuratoriumError(f"{CACHE_FILE}: {error}. It may be deleted.")
    # SQLITE_FULL says "database or disk is full"; SQLITE_IOERR and SQLITE_CANTOPEN do not give their cause.
    number = errno.ENOSPC if "is full" in str(error) else _find_disk_error(root / "var")
    hint = "The site is as it was: make room, and build again." if is_disk_full(number) else ""
    return build_disk_error(number, CACHE_FILE, hint) or EditionError(
        [Problem(CACHE_FILE, 0, "", f"cannot be used: {error}", "Make var/ writable, or delete this file.")]
    )


def _find_disk_error(folder: Path) -> int | None:
    """Return the errno of a failing write below `folder`: SQLite only says that it could not write, not why."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(1 << 20))
            file.flush()
    except OSError as error:
        return error.errno
    return None
