"""Where an edition is, the names of its files and folders, and their stamps. Reads no file's content."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

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
SENT_FILE = "curation/sent.txt"
SAMPLES_FOLDER = "curation/samples"
SUGGESTIONS_FOLDER = "curation/suggestions"
TEMPLATES_FOLDER = "curation/templates"
CONTENT_PREFIX = "content/"
STATIC_FOLDERS = ("images", "media")
"""Folders of content/ whose files are published, unless pelicanconf.py sets others."""

TOKENS_PATH = "css/tokens.css"
"""The style sheet among the static files of a theme that holds its colours."""

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".apng", ".gif", ".webp", ".avif", ".svg", ".bmp")
"""Endings of the files that browsers show as pictures."""

SHOWN_SUFFIXES = (*PICTURE_SUFFIXES, ".heic", ".heif")
"""Endings of pictures that pages can show: they are drawn anew, so that telephones' own files count, too."""

FileStamp = tuple[int, int, int]
"""Size, time in nanoseconds and inode of a file: at least one of them changes when a file is written or replaced."""

MISSING_FILE: FileStamp = (-1, 0, 0)
_IGNORED_NAME = re.compile(r"\..*|.*~|#.*#")  # the same files as IGNORE_FILES in pelicanconf.py


class LinkedFiles(Struct, frozen=True, kw_only=True):
    """Files that posts and pages link to or name.

    `public`: files that at least one publishable post or page refers to.
    `withheld`: files that only drafts and unreleased interviews refer to.
    `pictures`: files that are drawn anew for readers, and to which no link leads: they are not copied into the site.
    """

    public: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def find_root(start: Path) -> Path:
    """Return the root of the edition that `start` is in: the nearest folder with curation/ and pelicanconf.py.

    Raises EditionError if there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "curation").is_dir() and (folder / SETTINGS_FILE).is_file():
            return folder
    hint = "Change into the folder of your edition (it contains pelicanconf.py and curation/)."
    raise EditionError([Problem(str(start), 0, "", "this is no edition of Kuratorium", hint)])


def require_content_folder(root: Path) -> None:
    """Raise EditionError if the edition at `root` has no folder content/."""
    if not (root / CONTENT_PREFIX).is_dir():
        hint = "Create it, with a page in it such as content/pages/imprint.md: git keeps no empty folder."
        raise EditionError([Problem("content", 0, "", "this folder is missing", hint)])


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


def is_inbox_item(file: str) -> bool:
    """Return whether a path from the edition's root is that of an item of the inbox."""
    return file.endswith(".md") and file.startswith(f"{INBOX_FOLDER}/")


def is_picture(file: str) -> bool:
    """Return whether a path is that of a picture, by its ending."""
    return file.lower().endswith(PICTURE_SUFFIXES)


def is_shown_picture(file: str) -> bool:
    """Return whether a path is that of a picture that pages can show, by its ending."""
    return file.lower().endswith(SHOWN_SUFFIXES)


def is_plain_file(root: Path, file: str) -> bool:
    """Return whether `scan_visible_files` finds this path from the root, once it finds its folder: a file, no link."""
    path = root / file
    is_visible = _is_visible(path.name, False) and _check_encoding(file) is None
    return is_visible and path.is_file() and not path.is_symlink()


def is_settings_file(file: str) -> bool:
    """Return whether a path from the edition's root is that of a settings file: Python at the top."""
    return "/" not in file and file.endswith(".py")


def detect_format(file: str) -> str | None:
    """Return the format of the folder that a path from the edition's root is in.

    It is STANDALONE_PAGE_FORMAT for pages, and None for files elsewhere.
    """
    return next((format for format, folder in FOLDERS_BY_FORMAT.items() if file.startswith(f"{folder}/")), None)


def resolve_content_path(path: str) -> str | None:
    """Return the path from the root of the file that a field names by its path below content/; None if it leaves it.

    A path that leaves content/ and comes back counts, too: in the site, it would leave the site.
    """
    collapsed = None if path.startswith("/") else collapse_path(PurePosixPath(path))
    return None if collapsed is None else f"{CONTENT_PREFIX}{collapsed}"


def collapse_path(path: PurePosixPath) -> str | None:
    """Return a path without "..", or None if it leads above its start. Follows no links on disk, unlike resolve()."""
    steps: list[str] = []
    for step in path.parts:
        if step != "..":
            steps.append(step)
        elif not steps:
            return None
        else:
            steps.pop()
    return "/".join(steps)


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


def scan_visible_files(
    root: str,
    folder: str,
    problems: list[Problem],
    *,
    within: str = "",
    folder_stamps: dict[str, FileStamp] | None = None,
) -> dict[str, FileStamp]:
    """Return the stamps of all files below `folder`, by path from `root`, as `walk_files` finds them.

    Leaves out hidden files and editors' leftovers. A broken link is a file with the stamp MISSING_FILE.
    """
    stamps: dict[str, FileStamp] = {}
    for file, entry in walk_files(root, folder, _is_visible, problems, within=within, folder_stamps=folder_stamps):
        try:
            stamps[file] = stamp_with_ctime(entry.stat())
        except OSError:  # a broken link, or a file deleted since scandir
            stamps[file] = MISSING_FILE
    return stamps


def walk_files(
    root: str,
    folder: str,
    is_visible: Callable[[str, bool], bool],
    problems: list[Problem],
    *,
    within: str = "",
    folder_stamps: dict[str, FileStamp] | None = None,
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield every regular file below `folder` with its path from `root`; follows links that stay in `within`.

    `is_visible` gets each name, and whether it is that of a folder. `within` is by default the top folder, as content
    of content/images. Adds to `problems` folders that cannot be read, names that are not UTF-8, links that lead
    elsewhere, and FIFOs, sockets and devices, which no build may wait for. Adds to `folder_stamps` the stamp of every
    folder, as it was before its entries were read.
    """
    within = within or folder.split("/", maxsplit=1)[0]
    if not is_confined(root, folder, within):
        problems.append(Problem(folder, 0, "", _describe_leading_out(within), _FOREIGN_ENTRY_HINT))
        return
    pending = [(folder, frozenset[str]())]
    while pending:
        current, linked_folders = pending.pop()
        if folder_stamps is not None:
            folder_stamps[current] = stamp_file(os.path.join(root, current), stamp_with_ctime)  # noqa: PTH118 - quick
        for entry in _list_folder(root, current, problems):
            file, is_folder = f"{current}/{entry.name}", _is_folder(entry)
            if not is_visible(entry.name, is_folder):
                continue
            if not entry.name.isascii() and (problem := _check_encoding(file)):
                problems.append(problem)
                continue
            is_link = entry.is_symlink()
            message = (
                _describe_foreign_link(root, within, entry.path, linked_folders)
                if is_link
                else ""
                if is_folder or entry.is_file()
                else _NO_FILE
            )
            if message:
                problems.append(Problem(file, 0, "", message, _FOREIGN_ENTRY_HINT))
            elif is_folder:
                followed = linked_folders | {os.path.realpath(entry.path)} if is_link else linked_folders
                pending.append((file, followed))
            else:
                yield file, entry


def _list_folder(root: str, folder: str, problems: list[Problem]) -> list[os.DirEntry[str]]:
    try:
        # Strings, not Path objects: most builds scan all files.
        return list(os.scandir(os.path.join(root, folder)))  # noqa: PTH118 - as above
    except FileNotFoundError:
        return []  # a missing folder is like an empty one; an unreadable one hides its files
    except OSError as error:
        problems.append(_report_unreadable_folder(folder, error))
        return []


def _check_encoding(file: str) -> Problem | None:
    """Return the problem that a path is not UTF-8, which addresses and the cache are; None if it is."""
    try:
        file.encode()
    except UnicodeEncodeError:
        shown = file.encode("utf-8", "backslashreplace").decode()
        return Problem(shown, 0, "", "the name of this file is not UTF-8", "Rename the file.")
    return None


_LEADING_OUT = "this link leads out of"
_NO_FILE = "this is neither a file nor a folder"
_FOREIGN_ENTRY_HINT = "Only files of the edition are read: put the file itself here, or remove this."


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _describe_foreign_link(root: str, within: str, link: str, linked_folders: frozenset[str]) -> str:
    """Return why a link must not be followed, empty if it may; `linked_folders` were reached by links on the way."""
    target, place = Path(os.path.realpath(link)), Path(link).parent.resolve()
    if not is_confined(root, link, within):
        return _describe_leading_out(within)
    if str(target) in linked_folders or place.is_relative_to(target):
        return "this link leads to a folder that holds it"
    return "" if target.is_file() or target.is_dir() or not os.path.lexists(target) else _NO_FILE


def _describe_leading_out(within: str) -> str:
    return f"{_LEADING_OUT} {within}/"


def is_confined(root: str, path: str, within: str) -> bool:
    """Return whether `path`, from `root` or absolute, lies in the folder `within` when all links are followed."""
    try:
        return _is_below(os.path.realpath(os.path.join(root, path)), os.path.realpath(os.path.join(root, within)))  # noqa: PTH118 - quick
    except (OSError, ValueError):  # too long, or with a NUL
        return False


def refuse_foreign_links(root: Path, folders: Iterable[str]) -> None:
    """Raise EditionError if a link in one of these folders at the top leads out of it: a command would write there."""
    found: list[Problem] = []
    for folder in folders:
        for _ in walk_files(str(root), folder, _is_visible, found):
            pass
    foreign = [problem for problem in found if problem.message.startswith(_LEADING_OUT)]
    if foreign:
        raise EditionError(foreign)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _is_visible(name: str, is_folder: bool) -> bool:
    return not (name.startswith(".") if is_folder else _IGNORED_NAME.match(name))


def _report_unreadable_folder(folder: str, error: OSError) -> Problem:
    hint = "Make the folder readable, or the posts in it would disappear from the site."
    return Problem(folder, 0, "", f"this folder cannot be read: {error.strerror}", hint)
