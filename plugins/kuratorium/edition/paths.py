"""Where an edition is and what lies in its folders: names and stamps, without a look into the files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from stat import S_ISDIR

from msgspec import Struct

from ..errors import EditionError, Problem
from .formats import FOLDERS


class Linked(Struct, frozen=True, kw_only=True):
    """Files that texts lead to or name: `shown` by such as may be published, `withheld` by others alone."""

    shown: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def is_text(file: str) -> bool:
    """Tell the file of a post or page from others, by its path from the edition's root."""
    return file.endswith(".md") and format_of(file) is not None


def is_settings(file: str) -> bool:
    """Tell what settings are read from: Python at the top of the edition."""
    return "/" not in file and file.endswith(".py")


def format_of(file: str) -> str | None:
    """Tell the format by the folder (`formats.STANDING` for pages); None for what lies elsewhere."""
    return next((format for format, folder in FOLDERS.items() if file.startswith(f"{folder}/")), None)


Stamp = tuple[int, int, int]
"""Size, time in nanoseconds, inode: what differs when a file was written or replaced."""

REGISTRY = tuple(f"curation/{name}.yaml" for name in ("sources", "people", "topics", "series", "policy"))
INBOX = "curation/inbox"
CONTENT = "content/"
_LEFTOVER = re.compile(r"\..*|.*~|#.*#")  # as IGNORE_FILES of pelicanconf.py says
GONE: Stamp = (-1, 0, 0)


def find_root(start: Path) -> Path:
    """Find the edition that `start` lies in: the nearest folder with curation/ and pelicanconf.py."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "curation").is_dir() and (folder / "pelicanconf.py").is_file():
            return folder
    mend = "Change into the folder of your edition (it holds pelicanconf.py and curation/)."
    raise EditionError([Problem(str(start), 0, "", "this is no edition of Kuratorium", mend)])


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


def visible(root: str, folder: str, unread: list[OSError]) -> dict[str, Stamp]:
    """Stamp the files below `folder` (both from `root`), linked folders too, but no hidden ones nor editors' leftovers.

    A link that leads nowhere is a file, and `GONE`. Folders that cannot be read join `unread`.
    """
    found: dict[str, Stamp] = {}
    ahead = [folder]
    while ahead:
        here = ahead.pop()
        try:
            entries = list(os.scandir(f"{root}/{here}"))
        except FileNotFoundError:
            continue  # a folder that is not there is empty; one that cannot be read hides its files
        except OSError as error:
            unread.append(error)
            continue
        for entry in entries:
            try:
                stat = entry.stat()
            except OSError:
                stat = None
            if stat and S_ISDIR(stat.st_mode):
                if not entry.name.startswith("."):
                    ahead.append(f"{here}/{entry.name}")
            elif not _LEFTOVER.match(entry.name):
                found[f"{here}/{entry.name}"] = (stat.st_size, stat.st_ctime_ns, stat.st_ino) if stat else GONE
    return found
