"""Assets: the files of the theme and of content/ that are copied into the site as they are, as Pelican copies them."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator, Sequence
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
    """Return the files that texts name, sorted into public and withheld ones.

    `texts` holds for each text whether it is withheld, and the files that it names.
    """
    public: set[str] = set()
    withheld: set[str] = set()
    for is_withheld, files in texts:
        (withheld if is_withheld else public).update(files)
    images = [record.image for records in (registry.people, registry.topics) for record in records.values()]
    # A person's or topic's page shows its picture, even if a draft names the same file.
    withheld.difference_update(public, (f"{CONTENT_PREFIX}{image.file}" for image in images if image))
    return LinkedFiles(public=tuple(sorted(public)), withheld=tuple(sorted(withheld)))


def find_assets(root: Path, settings: Settings, linked_files: LinkedFiles) -> Assets:
    """Return the assets of the edition at `root`: those of the settings' folders, and those that texts link to.

    Files that only withheld texts name, such as the recording of an interview before its release, are left out.
    """
    assets: Assets = {}
    for folder in settings.theme_static_paths:
        source = f"{settings.theme}/{folder}"
        for path in _find_files(root / source, settings.ignored_patterns):
            name = path or Path(folder).name  # a file instead of a folder
            assets[f"{settings.theme_static_dir}/{name}"] = f"{source}/{path}" if path else source
    excluded = tuple(f"{CONTENT_PREFIX}{folder.strip('/')}/" for folder in settings.static_excludes)
    for folder in settings.static_paths:
        source = f"{CONTENT_PREFIX}{folder}".rstrip("/")
        for path in _find_files(root / source, settings.ignored_patterns):
            file = f"{source}/{path}" if path else source
            if not file.startswith(excluded):
                assets[file.removeprefix(CONTENT_PREFIX)] = file
    # Pelican publishes a linked file of content/ as well, wherever it lies.
    for file in linked_files.public:
        if file.startswith(CONTENT_PREFIX) and (root / file).is_file():
            assets[file.removeprefix(CONTENT_PREFIX)] = file
    withheld = set(linked_files.withheld)
    # Posts may lie beside their pictures; they have pages, and their Markdown is not published.
    return {path: file for path, file in sorted(assets.items()) if not is_post_or_page(file) and file not in withheld}


def build_copy_error(file: str, error: OSError) -> EditionError:
    """Return the error that a file could not be read while it was copied."""
    message = f"cannot be copied: {error.strerror or error}"
    return EditionError([Problem(file, 0, "", message, "Make the file readable, or remove it.")])


def _find_files(folder: Path, ignored_patterns: Sequence[str]) -> Iterator[str]:
    """Yield the paths from `folder` of the files below it, in linked folders too; only "" if it is a file itself."""

    def drop_ignored(names: Iterable[str]) -> list[str]:
        return [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in ignored_patterns)]

    if folder.is_file():
        yield ""
    for current, folders, names in os.walk(folder, followlinks=True):
        folders[:] = drop_ignored(folders)  # in place: os.walk goes only into folders that are left
        prefix = os.path.relpath(current, folder).replace(os.sep, "/")
        yield from (name if prefix == "." else f"{prefix}/{name}" for name in drop_ignored(names))
