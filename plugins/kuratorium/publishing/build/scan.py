"""The stamps of all files of an edition and its site: read from their folders, or kept where a watcher says so."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from ...edition.formats import FOLDERS_BY_FORMAT
from ...edition.paths import (
    INBOX_FOLDER,
    MISSING_FILE,
    REGISTRY_FILES,
    FileStamp,
    is_inbox_item,
    is_plain_file,
    is_post_or_page,
    is_settings_file,
    scan_visible_files,
    stamp_file,
    stamp_with_ctime,
    stamp_with_mtime,
)
from ...errors import Problem
from ...program.theme import find_link_limit, list_theme_folders


class InputScan(Struct, frozen=True, kw_only=True):
    """The stamps of the edition's files and of their folders, by path from its root.

    `problems` are those with the folders of posts and pages.
    """

    stamps: dict[str, FileStamp]
    folder_stamps: dict[str, FileStamp]
    problems: tuple[Problem, ...]


def scan_settings_files(root: Path) -> dict[str, FileStamp]:
    """Return the stamps of the files that settings may come from: Python at the top of the edition."""
    names = filter(is_settings_file, os.listdir(root))  # noqa: PTH208 - as in edition.paths: Path costs time at every build
    return {name: stamp_file(f"{root}/{name}", stamp_with_ctime) for name in sorted(names)}


def scan_inputs(root: Path, theme: str) -> InputScan:
    """Return the stamps of posts, pages, registry, inbox and theme; `find_assets` lists the assets."""
    stamps = stamp_files(root, REGISTRY_FILES)
    problems: list[Problem] = []
    folder_stamps: dict[str, FileStamp] = {}
    for folder in FOLDERS_BY_FORMAT.values():
        files = scan_visible_files(str(root), folder, problems, folder_stamps=folder_stamps)
        if not all(file.endswith(".md") for file in files):
            # The loader imports YAML: a build that finds nothing changed must not wait for that.
            from ...edition import loader  # noqa: PLC0415

            problems += loader.check_stray_files(sorted(files))
        stamps.update((file, stamp) for file, stamp in files.items() if file.endswith(".md"))
    # `check` reports what is left out.
    inbox = scan_visible_files(str(root), INBOX_FOLDER, [], folder_stamps=folder_stamps)
    stamps.update((file, stamp) for file, stamp in inbox.items() if file.endswith(".md"))
    # Not static/: its files are assets.
    for layer in list_theme_folders(root, theme):
        for folder in ("templates", "translations"):
            stamps.update(scan_theme_files(root, layer, folder, problems, folder_stamps=folder_stamps))
    return InputScan(stamps=stamps, folder_stamps=folder_stamps, problems=tuple(problems))


def scan_theme_files(
    root: Path,
    layer: str,
    folder: str,
    problems: list[Problem],
    *,
    folder_stamps: dict[str, FileStamp] | None = None,
) -> dict[str, FileStamp]:
    """Return the stamps of the files in a folder of a layer of the theme, such as its templates."""
    within = find_link_limit(layer)
    return scan_visible_files(str(root), f"{layer}/{folder}", problems, within=within, folder_stamps=folder_stamps)


def scan_outputs(output: Path, retained: Collection[str]) -> dict[str, FileStamp]:
    """Return the stamps of the site's files, without the `retained` entries at its top."""
    stamps: dict[str, FileStamp] = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(f"{output}/{folder}"))
        # Before the first build there is no folder; one may also be deleted or replaced during the scan.
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if not folder and entry.name in retained:
                continue
            # A link is a file of the site: what it points to is not ours to stamp or delete.
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{folder}{entry.name}/")
            else:
                stamps[folder + entry.name] = stamp_with_mtime(entry.stat(follow_symlinks=False))
    return stamps


def stamp_files(root: Path, files: Iterable[str]) -> dict[str, FileStamp]:
    """Return the stamps of these files, by path from the edition's root; MISSING_FILE for those that are gone."""
    # A file of the program's theme has an absolute path.
    return {file: stamp_file(os.path.join(root, file), stamp_with_ctime) for file in files}  # noqa: PTH118 - quick


def update_stamps(
    root: Path, previous_stamps: Mapping[str, FileStamp], changed_files: frozenset[str] | None
) -> dict[str, FileStamp] | None:
    """Return the previous stamps with those of the changed files; None if every file must be stamped.

    That is so without a watcher (`changed_files` is None) or previous stamps, and when anything came or went that is no
    plain text: a folder, a link, a file of the theme.
    """
    if changed_files is None or not previous_stamps:
        return None
    stamps = stamp_files(root, changed_files)
    gone = {file for file, stamp in stamps.items() if stamp == MISSING_FILE}
    new = changed_files - previous_stamps.keys()
    if gone or new:
        is_text = all(is_post_or_page(file) or is_inbox_item(file) for file in gone | new)
        folders = {file.rpartition("/")[0] for file in previous_stamps}  # an unknown folder may be a link, or hidden
        is_known = not gone & new and {file.rpartition("/")[0] for file in new} <= folders
        is_broken_link = any(os.path.lexists(root / file) for file in gone)
        if not is_text or not is_known or is_broken_link or not all(is_plain_file(root, file) for file in new):
            return None
    updated = {**previous_stamps, **stamps}
    for file in gone:
        del updated[file]
    return updated
