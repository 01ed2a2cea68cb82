"""Where an edition is, the names of its files and folders, and their stamps. Reads no file's content."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from stat import S_ISDIR

from msgspec import Struct

from ..errors import EditionError, Problem
from .formats import FOLDERS_BY_FORMAT, get_format

SETTINGS_FILE = "pelicanconf.py"
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

FileStamp = tuple[int, int, int]
"""Size, time in nanoseconds and inode of a file: at least one of them changes when a file is written or replaced."""

MISSING_FILE: FileStamp = (-1, 0, 0)
_IGNORED_NAME = re.compile(r"\..*|.*~|#.*#")  # the same files as IGNORE_FILES in pelicanconf.py


class LinkedFiles(Struct, frozen=True, kw_only=True):
    """Files that posts and pages link to or name.

    `public`: files that at least one publishable post or page refers to.
    `withheld`: files that only drafts and unreleased interviews refer to.
    """

    public: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def find_root(start: Path) -> Path:
    """Return the root of the edition that `start` is in: the nearest folder with curation/ and pelicanconf.py.

    Raises EditionError if there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "curation").is_dir() and (folder / SETTINGS_FILE).is_file():
            return folder
    hint = "Change into the folder of your edition (it contains pelicanconf.py and curation/)."
    raise EditionError([Problem(str(start), 0, "", "this is no edition of Kuratorium", hint)])


def find_edition_file(root: Path, address: str) -> Path | None:
    """Return the path that a `file:` address or a path from `root` leads to, after symbolic links.

    None if it leads outside the edition, or nowhere; there need not be a file.
    """
    if address.startswith("file:"):
        from urllib.parse import unquote, urlsplit  # noqa: PLC0415 - 0.02 s, and few editions have such an address

        address = unquote(urlsplit(address).path)
    try:
        path = (root / address).resolve()
    except (OSError, ValueError, RuntimeError):  # a NUL, a name that is too long, links in a circle
        return None
    return path if path.is_relative_to(root.resolve()) else None


def is_post_or_page(file: str) -> bool:
    """Return whether a path from the edition's root is that of a post or page."""
    return file.endswith(".md") and detect_format(file) is not None


def is_settings_file(file: str) -> bool:
    """Return whether a path from the edition's root is that of a settings file: Python at the top."""
    return "/" not in file and file.endswith(".py")


def detect_format(file: str) -> str | None:
    """Return the format of the folder that a path from the edition's root is in.

    It is STANDALONE_PAGE_FORMAT for pages, and None for files elsewhere.
    """
    return next((format for format, folder in FOLDERS_BY_FORMAT.items() if file.startswith(f"{folder}/")), None)


def stamp_file(path: str, build_stamp: Callable[[os.stat_result], FileStamp]) -> FileStamp:
    """Return the stamp of the file at `path`, or MISSING_FILE if there is none."""
    try:
        return build_stamp(os.stat(path))  # noqa: PTH116 - called for ten thousand files, and Path costs as much again
    except OSError:
        return MISSING_FILE


def stamp_with_ctime(status: os.stat_result) -> FileStamp:
    """Return a stamp for source files, with the time of the inode's last change.

    Unlike the modification time, which rsync, tar and editors may set to an older one, no program can set it.
    """
    return (status.st_size, status.st_ctime_ns, status.st_ino)


def stamp_with_mtime(status: os.stat_result) -> FileStamp:
    """Return a stamp for output files, with the modification time.

    It stays the same when a file moves from the stage to its place, and deployment tools compare it.
    """
    return (status.st_size, status.st_mtime_ns, status.st_ino)


def scan_visible_files(root: str, folder: str, errors: list[OSError]) -> dict[str, FileStamp]:
    """Return the stamps of all files below `folder`, by path from `root`; follows links to folders.

    Leaves out hidden files and editors' leftovers. A broken link is a file with the stamp MISSING_FILE. Adds an error
    for each folder that cannot be read to `errors`.
    """
    stamps: dict[str, FileStamp] = {}
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            # Strings, not Path objects: every build scans all files, even if nothing changed.
            entries = list(os.scandir(f"{root}/{current}"))
        except FileNotFoundError:
            continue  # a missing folder is like an empty one; an unreadable one hides its files
        except OSError as error:
            errors.append(error)
            continue
        for entry in entries:
            try:
                status = entry.stat()
            except OSError:  # a broken link, or a file deleted since scandir
                status = None
            if status and S_ISDIR(status.st_mode):
                if not entry.name.startswith("."):
                    pending.append(f"{current}/{entry.name}")
            elif not _IGNORED_NAME.match(entry.name):
                stamps[f"{current}/{entry.name}"] = stamp_with_ctime(status) if status else MISSING_FILE
    return stamps
