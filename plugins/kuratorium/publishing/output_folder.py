"""The folder of the site: which folder may be one, and which paths lie in it.

A build deletes what it did not write. So no path may lead out of this folder, neither by ".." nor through a link.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from ..errors import EditionError, Problem

_GENERATOR_TAG = b"<generator>Kuratorium</generator>"  # as writers/rss.py writes it: a mark of our sites
_EDITION_FOLDERS = ("content", "curation", "plugins", "theme", ".git", "var/stage")


def is_path_in_site(path: str) -> bool:
    """Return whether a path from the site's root stays below it: it has no empty step, and neither "." nor ".."."""
    return "\0" not in path and not any(step in {"", ".", ".."} for step in path.split("/"))


def require_path_in_site(path: str) -> None:
    """Raise EditionError if a path from the site's root leaves the site."""
    if not is_path_in_site(path):
        hint = "A build writes below the folder of the site only. Correct the path from which this address is made."
        raise EditionError([Problem(path, 0, "", "this address leads out of the site", hint)])


class RealFolders:
    """Tells whether a path below `output` leads through a link.

    It remembers its answers, so it may be used only while nobody changes the folders.
    """

    def __init__(self, output: str) -> None:
        self._output = output
        self._is_real = {"": True}

    def holds(self, path: str) -> bool:
        """Return whether no folder on the way to the file at `path`, from the site's root, is a link."""
        return self._check(path.rpartition("/")[0])

    def _check(self, folder: str) -> bool:
        if folder not in self._is_real:
            path = f"{self._output}/{folder}"
            self._is_real[folder] = self._check(folder.rpartition("/")[0]) and not os.path.islink(path)  # noqa: PTH114 - as in build/publish
        return self._is_real[folder]


def create_real_folder(folder: Path, output: Path) -> None:
    """Create a folder below `output`, also where a file or a link has its name: an address may change its kind.

    A link is removed, and what it leads to stays as it is.
    """
    step = output
    for name in folder.relative_to(output).parts:
        step /= name
        if step.is_symlink() or (step.exists() and not step.is_dir()):
            step.unlink()
    folder.mkdir(parents=True, exist_ok=True)


def refuse_foreign_output(root: Path, output: Path, retained: Collection[str] = ()) -> None:
    """Raise EditionError if a build into `output` would delete files that no build wrote; `retained` entries stay.

    The folder output/ of the edition at `root` always belongs to builds, even after one that was killed.
    """
    real_root, real_output = root.resolve(), output.resolve()
    hint = "A build deletes all files that it did not write. Name another folder, or empty this one."
    if message := _describe_foreign_folder(real_root, real_output, retained):
        raise EditionError([Problem(str(output), 0, "", message, hint)])


def _describe_foreign_folder(root: Path, output: Path, retained: Collection[str]) -> str:
    """Return why no site may be written to `output`, empty if it may; both paths are real ones."""
    if output.exists() and not output.is_dir():
        return "this is a file, not a folder"
    if root.is_relative_to(output):
        return "the edition itself lies in this folder"
    if output == root / "output":
        return ""
    names = sorted(path.name for path in output.iterdir() if path.name not in retained) if output.exists() else []
    if names and not _is_our_site(output):
        return f"this folder holds files that no build wrote: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}"
    # A theme may be a link.
    folders = [place for folder in _EDITION_FOLDERS for place in (root / folder, (root / folder).resolve())]
    is_part = any(output.is_relative_to(folder) or folder.is_relative_to(output) for folder in folders)
    return "this is a folder of the edition itself" if is_part else ""


def _is_our_site(output: Path) -> bool:
    try:
        return _GENERATOR_TAG in (output / "feed.xml").read_bytes()
    except OSError:
        return False
