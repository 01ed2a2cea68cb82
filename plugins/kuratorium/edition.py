"""The edition as it lies on disk: the registry, the posts and pages, and all that is wrong with them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from . import frontmatter, registry, rules
from .errors import EditionError, Problem
from .formats import FORMATS
from .model import Document, FrontMatter, Leaf, PageMatter
from .records import Misfit
from .registry import Registry

R = TypeVar("R", bound=msgspec.Struct)

PAGES = "content/pages"
_LEFTOVER = re.compile(r"\..*|.*~|#.*#")  # as IGNORE_FILES of pelicanconf.py says


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the build needs from the files in git; documents by format and file, leaves by file."""

    root: Path
    registry: Registry
    documents: tuple[Document, ...]
    leaves: tuple[Leaf, ...]

    def as_of(self, given: datetime | None, clock: datetime) -> datetime:
        """The edition's date; see Registry.as_of."""
        return self.registry.as_of(given, clock)


def find_root(start: Path) -> Path:
    """Find the edition that `start` lies in: the nearest folder with curation/ and pelicanconf.py."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "curation").is_dir() and (folder / "pelicanconf.py").is_file():
            return folder
    mend = "Change into the folder of your edition (it holds pelicanconf.py and curation/)."
    raise EditionError([Problem(str(start), 0, "", "this is no edition of Kuratorium", mend)])


def load(root: Path) -> Edition:
    """Read the edition at `root`; raises EditionError with all its problems."""
    edition, problems = read(root)
    if problems:
        raise EditionError(problems)
    return edition


def read(root: Path) -> tuple[Edition, list[Problem]]:
    """Read the edition at `root` as far as it can be read, with all that is wrong in it."""
    known, problems = registry.read(root)
    documents = [
        Document(file=file, format=format.id, meta=meta, body=parts.body, body_line=parts.body_line)
        for format in FORMATS
        for file, meta, parts in _read_folder(root, format.folder, FrontMatter, problems)
    ]
    leaves = [
        Leaf(file=file, meta=meta, body=parts.body, body_line=parts.body_line)
        for file, meta, parts in _read_folder(root, PAGES, PageMatter, problems)
    ]
    edition = Edition(root=root, registry=known, documents=tuple(documents), leaves=tuple(leaves))
    problems += _broken_rules(edition)
    return edition, problems


def _read_folder(
    root: Path, folder: str, record: type[R], problems: list[Problem]
) -> Iterator[tuple[str, R, frontmatter.Parts]]:
    """Read the files below `folder` as far as they can be read; what cannot joins the problems."""
    for file in markdown_files(root, folder, problems):
        try:
            meta, parts = read_file(root, file, record)
        except frontmatter.BadFile as error:
            problems += error.problems
        else:
            yield file, meta, parts


def markdown_files(root: Path, folder: str, problems: list[Problem] | None = None) -> list[str]:
    """List the Markdown files below `folder`, from the root, sorted; others become problems."""
    found = []
    for path in _visible_files(root, folder, problems):
        file = path.relative_to(root).as_posix()
        if path.suffix == ".md":
            found.append(file)
        elif problems is not None:
            mend = "Posts and pages are files that end in .md; pictures belong in content/images/."
            problems.append(Problem(file, 0, "", "this file is no post", mend))
    return found


def _visible_files(root: Path, folder: str, problems: list[Problem] | None) -> list[Path]:
    """List the files below `folder`, linked folders too, but for hidden ones and what editors leave; sorted."""
    unread: list[OSError] = []
    found = []
    for here, folders, names in os.walk(root / folder, onerror=unread.append, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(here, name) for name in names if not _LEFTOVER.match(name)]
    if problems is not None:  # a folder that is not there is empty; one that keeps its posts to itself is not
        problems += [
            Problem(
                Path(error.filename).relative_to(root).as_posix(),
                0,
                "",
                f"this folder cannot be read: {error.strerror}",
                "Make the folder readable, or what lies in it would leave the site.",
            )
            for error in unread
            if not isinstance(error, FileNotFoundError)
        ]
    return sorted(found)


def read_file(root: Path, file: str, record: type[R]) -> tuple[R, frontmatter.Parts]:
    """Read one file (path from the root) with front matter of the kind `record`; raises frontmatter.BadFile."""
    try:
        data = (root / file).read_bytes()
    except OSError as error:
        mend = "Make the file readable, or remove it."
        raise frontmatter.BadFile(Problem(file, 0, "", f"cannot be read: {error.strerror}", mend)) from error
    return frontmatter.read(file, frontmatter.text_of(file, data), record)


def _broken_rules(edition: Edition) -> list[Problem]:
    """Hold the posts against the rules; those about ids only where the registry is whole."""
    found: list[tuple[Document | Leaf, Misfit]] = []
    for document in edition.documents:
        for rule in rules.RULES:
            if edition.registry.whole or rule is not rules.references:
                found += [(document, misfit) for misfit in rule(document, edition.registry)]
    texts: list[Document | Leaf] = [*edition.documents, *edition.leaves]
    for text in texts:
        found += [(text, misfit) for misfit in rules.broken_links(text, lambda file: (edition.root / file).is_file())]
    for leaf in edition.leaves:
        found += [(leaf, misfit) for misfit in rules.address(leaf, edition.registry)]
    found += rules.duplicates(texts)
    return list(place(edition.root, found))


def place(root: Path, found: Iterable[tuple[Document | Leaf, Misfit]]) -> Iterator[Problem]:
    """Give the misfits of posts and pages their file and line."""
    for document, misfit in found:
        text = frontmatter.text_of(document.file, (root / document.file).read_bytes())
        front = frontmatter.split(document.file, text).front
        yield from frontmatter.problems(document.file, front, [misfit])
