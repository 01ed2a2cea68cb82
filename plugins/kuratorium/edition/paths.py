"""Where an edition is and what lies in its folders: names and stamps, without a look into the files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from stat import S_ISDIR

from msgspec import Struct

from ..errors import EditionError, Problem
from .formats import FOLDERS_BY_FORMAT, get_format


class LinkedFiles(Struct, frozen=True, kw_only=True):
    """Files that texts lead to or name: `shown` by such as may be published, `withheld` by others alone."""

    public: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def is_post_or_page(file: str) -> bool:
    """Tell the file of a post or page from others, by its path from the edition's root."""
    return file.endswith(".md") and detect_format(file) is not None


def is_settings_file(file: str) -> bool:
    """Tell what settings are read from: Python at the top of the edition."""
    return "/" not in file and file.endswith(".py")


def detect_format(file: str) -> str | None:
    """Tell the format by the folder (`formats.STANDING` for pages); None for what lies elsewhere."""
    return next((format for format, folder in FOLDERS_BY_FORMAT.items() if file.startswith(f"{folder}/")), None)


FileStamp = tuple[int, int, int]
"""Size, time in nanoseconds, inode: what differs when a file was written or replaced."""

SOURCES_FILE = "curation/sources.yaml"
PEOPLE_FILE = "curation/people.yaml"
TOPICS_FILE = "curation/topics.yaml"
SERIES_FILE = "curation/series.yaml"
POLICY_FILE = "curation/policy.yaml"
REGISTRY_FILES = (SOURCES_FILE, PEOPLE_FILE, TOPICS_FILE, SERIES_FILE, POLICY_FILE)
INBOX_FOLDER = "curation/inbox"
NOTES_FOLDER = get_format("note").folder
SEEN_FOLDER = "curation/seen"
SAMPLES_FOLDER = "curation/samples"
CONTENT_PREFIX = "content/"
_IGNORED_NAME = re.compile(r"\..*|.*~|#.*#")  # as IGNORE_FILES of pelicanconf.py says
MISSING_FILE: FileStamp = (-1, 0, 0)


def find_root(start: Path) -> Path:
    """Find the edition that `start` lies in: the nearest folder with curation/ and pelicanconf.py."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "curation").is_dir() and (folder / "pelicanconf.py").is_file():
            return folder
    mend = "Change into the folder of your edition (it holds pelicanconf.py and curation/)."
    raise EditionError([Problem(str(start), 0, "", "this is no edition of Kuratorium", mend)])


def stamp_file(path: str, build_stamp: Callable[[os.stat_result], FileStamp]) -> FileStamp:
    """Stamp the file at `path`; `GONE` where there is none."""
    try:
        return build_stamp(os.stat(path))  # noqa: PTH116 - ten thousand files
    except OSError:
        return MISSING_FILE


def stamp_with_ctime(status: os.stat_result) -> FileStamp:
    """Make a stamp of what the system says of a file, with the time that nobody can set."""
    return (status.st_size, status.st_ctime_ns, status.st_ino)


def stamp_with_mtime(status: os.stat_result) -> FileStamp:
    """Make a stamp that stays as it is when the file is moved: with the time that deployment looks at."""
    return (status.st_size, status.st_mtime_ns, status.st_ino)


def scan_visible_files(root: str, folder: str, errors: list[OSError]) -> dict[str, FileStamp]:
    """Stamp the files below `folder` (both from `root`), linked folders too, but no hidden ones nor editors' leftovers.

    A link that leads nowhere is a file, and `GONE`. Folders that cannot be read join `unread`.
    """
    found: dict[str, FileStamp] = {}
    ahead = [folder]
    while ahead:
        here = ahead.pop()
        try:
            entries = list(os.scandir(f"{root}/{here}"))
        except FileNotFoundError:
            continue  # a folder that is not there is empty; one that cannot be read hides its files
        except OSError as error:
            errors.append(error)
            continue
        for entry in entries:
            try:
                stat = entry.stat()
            except OSError:
                stat = None
            if stat and S_ISDIR(stat.st_mode):
                if not entry.name.startswith("."):
                    ahead.append(f"{here}/{entry.name}")
            elif not _IGNORED_NAME.match(entry.name):
                found[f"{here}/{entry.name}"] = (stat.st_size, stat.st_ctime_ns, stat.st_ino) if stat else MISSING_FILE
    return found
