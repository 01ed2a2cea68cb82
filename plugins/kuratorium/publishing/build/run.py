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
from .cache import FILE, Broken, Store, is_damage, set_aside
from .engine import STAGE, Engine
from .publish import Lock
from .result import Built, Nobody, Order, Watch
from .version import version

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def build(
    root: Path,
    *,
    as_of: datetime | None = None,
    output: Path | None = None,
    jobs: int | None = None,
    watch: Watch | None = None,
) -> Built:
    """Build the edition at `root`; raises EditionError, and then the old output is as it was.

    `jobs` processes share the work (by default one per core where it is worthwhile); the bytes do not depend on it.
    Into another `output` than the settings' a site is built from nothing, and not remembered.
    """
    order = Order(as_of=as_of, now=datetime.now(UTC), jobs=jobs)
    watch = watch or Nobody()
    with full_disk(root):
        lock = Lock(root / STAGE, watch.waits)
        try:
            built = _build(root, output, order, watch, lock)
        finally:
            lock.free()
        if isinstance(built, Built):
            return built
        from .. import pelican_plugin

        made = pelican_plugin.build(root, order, output, built)
        (root / FILE).unlink(missing_ok=True)  # what the store knows of the site is no longer true
        return made


def explain(root: Path, path: str, built: Built) -> list[str]:
    """Say in lines why the file at `path` (from the site's root) was rendered by the build that `built` tells of."""
    if built.pelican:
        return [f"This build went through Pelican, which makes every page anew: {built.pelican}."]
    from . import fingerprints as explaining

    store = Store(root / FILE, version())
    try:
        return explaining.explain(store, path, built.files)
    finally:
        store.close()


def _build(root: Path, output: Path | None, order: Order, watch: Watch, lock: Lock) -> Built | str:
    """Build with the store's help; where that is damaged, without."""
    path = None if output else root / FILE
    for _ in range(2):
        store = Store(path, version())
        try:
            with _seldom_collected():
                built = Engine(root, store, output and output.resolve()).build(order, watch, lock)
            if isinstance(built, Built):
                with watch.phase("afterwards"):
                    hooks.run(store, built.output)
            return built
        except (sqlite3.DatabaseError, Broken, DecodeError) as error:
            if not path or not is_damage(error):
                raise
            store.close()
            set_aside(path)
        finally:
            store.close()
    raise KuratoriumError(f"{FILE} is damaged again as soon as it is made: is the disk in order?")


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage seldom: a build makes a hundred thousand records, and hardly a circle among them."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def full_disk(root: Path) -> Iterator[None]:
    """Say in one line that there was no room; nothing was moved into the site before everything was ready."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        number = getattr(error, "errno", None)
        if isinstance(error, sqlite3.OperationalError):
            number = errno.ENOSPC if "is full" in str(error) else _why_not(root / "var")
            if number is None:
                raise KuratoriumError(f"{FILE}: {error}. It may be deleted.") from error
        if number not in _FULL:
            raise
        place = getattr(error, "filename", None) or root / "var"
        words = f"{os.strerror(number)}, at {place}. The site is as it was: make room, and build again."
        raise KuratoriumError(words) from error


def _why_not(folder: Path) -> int | None:
    """Ask the disk why it did not take what SQLite wrote, which only says that it did not: the number of an OSError."""
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(1 << 20))
            file.flush()
    except OSError as error:
        return error.errno
    return None
