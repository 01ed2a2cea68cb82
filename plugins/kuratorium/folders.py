"""What lies in a folder: names and stamps, without a look into the files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from stat import S_ISDIR

Stamp = tuple[int, int, int]
"""Size, time in nanoseconds, inode: what differs when a file was written or replaced."""

_LEFTOVER = re.compile(r"\..*|.*~|#.*#")  # as IGNORE_FILES of pelicanconf.py says
GONE: Stamp = (-1, 0, 0)


def stamp(path: str, of: Callable[[os.stat_result], Stamp]) -> Stamp:
    """Stamp the file at `path`; `GONE` where there is none."""
    try:
        return of(os.stat(path))  # noqa: PTH116 - ten thousand files
    except OSError:
        return GONE


def written(found: os.stat_result) -> Stamp:
    """Make a stamp of what the system says of a file, with the time that nobody can set."""
    return (found.st_size, found.st_ctime_ns, found.st_ino)


def moved(found: os.stat_result) -> Stamp:
    """Make a stamp that stays as it is when the file is moved: with the time that deployment looks at."""
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def visible(root: str, folder: str, unread: list[OSError]) -> Iterator[tuple[str, Stamp]]:
    """Yield the files below `folder` (both from `root`), linked folders too, but no hidden ones nor editors' leftovers.

    A link that leads nowhere is a file, and `GONE`. Folders that cannot be read join `unread`.
    """
    try:
        entries = list(os.scandir(f"{root}/{folder}"))
    except OSError as error:
        unread.append(error)
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        try:
            found = entry.stat()
        except OSError:
            found = None
        if found and S_ISDIR(found.st_mode):
            if not entry.name.startswith("."):
                yield from visible(root, path, unread)
        elif not _LEFTOVER.match(entry.name):
            yield path, written(found) if found else GONE
