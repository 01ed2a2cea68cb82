"""`kuratorium build`: one build in this process, told in numbers."""

from __future__ import annotations

import errno
import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import DecodeError

from ...errors import KuratoriumError
from . import hooks
from .cache import CACHE_FILE, Cache, CorruptCacheError, is_corruption, move_corrupt_cache_aside
from .engine import STAGE_FOLDER, Engine
from .publish import BuildLock
from .result import BuildRequest, BuildResult, NullProgress, ProgressListener
from .version import compute_code_version

_DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def build_site(
    root: Path,
    *,
    as_of: datetime | None = None,
    output: Path | None = None,
    jobs: int | None = None,
    progress: ProgressListener | None = None,
) -> BuildResult:
    """Build the edition at `root`; raises EditionError, and then the old output is as it was.

    `jobs` processes share the work (by default one per core where it is worthwhile); the bytes do not depend on it.
    Into another `output` than the settings' a site is built from nothing, and not remembered.
    """
    order = BuildRequest(as_of=as_of, now=datetime.now(UTC), jobs=jobs)
    progress = progress or NullProgress()
    with report_full_disk(root):
        lock = BuildLock(root / STAGE_FOLDER, progress.report_waiting)
        try:
            built = _build_with_cache(root, output, order, progress, lock)
        finally:
            lock.release()
        if isinstance(built, BuildResult):
            return built
        from .. import pelican_plugin

        made = pelican_plugin.build_with_pelican(root, order, output, built)
        (root / CACHE_FILE).unlink(missing_ok=True)  # what the store knows of the site is no longer true
        return made


def explain_file(root: Path, path: str, result: BuildResult) -> list[str]:
    """Say in lines why the file at `path` (from the site's root) was rendered by the build that `built` tells of."""
    if result.pelican_reason:
        return [f"This build went through Pelican, which makes every page anew: {result.pelican_reason}."]
    from . import fingerprints as explaining

    store = Cache(root / CACHE_FILE, compute_code_version())
    try:
        return explaining.explain_rendering(store, path, result.changed_paths)
    finally:
        store.close()


def _build_with_cache(
    root: Path, output: Path | None, order: BuildRequest, watch: ProgressListener, lock: BuildLock
) -> BuildResult | str:
    """Build with the store's help; where that is damaged, without."""
    path = None if output else root / CACHE_FILE
    for _ in range(2):
        store = Cache(path, compute_code_version())
        try:
            with _reduced_garbage_collection():
                built = Engine(root, store, output and output.resolve()).build(order, watch, lock)
            if isinstance(built, BuildResult):
                with watch.phase("afterwards"):
                    hooks.run_hooks(store, built.output)
            return built
        except (sqlite3.DatabaseError, CorruptCacheError, DecodeError) as error:
            if not path or not is_corruption(error):
                raise
            store.close()
            move_corrupt_cache_aside(path)
        finally:
            store.close()
    raise KuratoriumError(f"{CACHE_FILE} is damaged again as soon as it is made: is the disk in order?")


@contextmanager
def _reduced_garbage_collection() -> Iterator[None]:
    """Look for garbage seldom: a build makes a hundred thousand records, and hardly a circle among them."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def report_full_disk(root: Path) -> Iterator[None]:
    """Say in one line that there was no room; nothing was moved into the site before everything was ready."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        number = getattr(error, "errno", None)
        if isinstance(error, sqlite3.OperationalError):
            number = errno.ENOSPC if "is full" in str(error) else _find_disk_error(root / "var")
            if number is None:
                raise KuratoriumError(f"{CACHE_FILE}: {error}. It may be deleted.") from error
        if number not in _DISK_FULL_ERRNOS:
            raise
        place = getattr(error, "filename", None) or root / "var"
        words = f"{os.strerror(number)}, at {place}. The site is as it was: make room, and build again."
        raise KuratoriumError(words) from error


def _find_disk_error(folder: Path) -> int | None:
    """Ask the disk why it did not take what SQLite wrote, which only says that it did not: the number of an OSError."""
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(1 << 20))
            file.flush()
    except OSError as error:
        return error.errno
    return None
