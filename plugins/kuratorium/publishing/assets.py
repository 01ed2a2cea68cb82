"""Assets: the files that are copied into the site as they are, from the theme and from content/, as Pelican would."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..edition.paths import CONTENT_PREFIX, LinkedFiles, is_post_or_page
from ..errors import EditionError, Problem
from .settings import Settings

if TYPE_CHECKING:
    from ..edition.registry import Registry

Assets = dict[str, str]
"""Where an asset is in the site, from the site's root -> its file, from the edition's root."""


def sort_linked_files(texts: Iterable[tuple[bool, Iterable[str]]], registry: Registry) -> LinkedFiles:
    """Sort the files that texts name: each text says whether it is withheld, and which files it names."""
    shown: set[str] = set()
    kept: set[str] = set()
    for withheld, files in texts:
        (kept if withheld else shown).update(files)
    pictures = (*(one.image for one in registry.people.values()), *(one.image for one in registry.topics.values()))
    kept.difference_update(shown, (f"{CONTENT_PREFIX}{image.file}" for image in pictures if image))
    return LinkedFiles(public=tuple(sorted(shown)), withheld=tuple(sorted(kept)))


def find_assets(root: Path, settings: Settings, linked_files: LinkedFiles) -> Assets:
    """List the assets of the edition at `root`: those of the settings' folders, and those that texts link to.

    What only withheld texts name, such as the recording of an interview before its release, is none of the site's.
    """
    found: Assets = {}
    for folder in settings.theme_static_paths:
        source = f"{settings.theme}/{folder}"
        for path in _find_files(root / source, settings.ignored_patterns):
            name = path or Path(folder).name  # a file instead of a folder
            found[f"{settings.theme_static_dir}/{name}"] = f"{source}/{path}" if path else source
    excluded = tuple(f"{CONTENT_PREFIX}{one.strip('/')}/" for one in settings.static_excludes)
    for folder in settings.static_paths:
        source = f"{CONTENT_PREFIX}{folder}".rstrip("/")
        for path in _find_files(root / source, settings.ignored_patterns):
            file = f"{source}/{path}" if path else source
            if not file.startswith(excluded or ("\0",)):
                found[file.removeprefix(CONTENT_PREFIX)] = file
    for file in linked_files.public:
        if file.startswith(CONTENT_PREFIX) and (root / file).is_file():
            found[file.removeprefix(CONTENT_PREFIX)] = file
    withheld = set(linked_files.withheld)
    return {path: file for path, file in sorted(found.items()) if not is_post_or_page(file) and file not in withheld}


def make_copy_error(file: str, error: OSError) -> EditionError:
    """Say that a file could not be read while it was copied."""
    what = f"cannot be copied: {error.strerror or error}"
    return EditionError([Problem(file, 0, "", what, "Make the file readable, or remove it.")])


def _find_files(folder: Path, ignored: Iterable[str]) -> Iterator[str]:
    """Yield the files below `folder`, from there, linked folders too; nothing but "" where it is a file itself."""
    patterns = tuple(ignored)

    def wanted(names: Iterable[str]) -> list[str]:
        return [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]

    if folder.is_file():
        yield ""
    for here, folders, names in os.walk(folder, followlinks=True):
        folders[:] = wanted(folders)
        below = os.path.relpath(here, folder).replace(os.sep, "/")
        yield from (name if below == "." else f"{below}/{name}" for name in wanted(names))
