"""The edition as it lies on disk: the registry, the posts and pages, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import EditionError, Problem
from . import frontmatter, registry, transcripts
from .formats import FOLDERS, STANDING
from .model import Document, FrontMatter, Leaf, PageMatter, Written
from .paths import CONTENT, visible
from .registry import Registry
from .rules import media, post, tables
from .validation import Misfit

R = TypeVar("R", bound=msgspec.Struct)


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the build needs from the files in git; documents by format and file, leaves by file."""

    root: Path
    registry: Registry
    documents: tuple[Document, ...]
    leaves: tuple[Leaf, ...]

    def as_of(self, given: datetime | None, clock: datetime) -> datetime:
        """The edition's date; see Registry.as_of."""
        return self.registry.as_of(given, clock)


def load(root: Path) -> Edition:
    """Read the edition at `root`; raises EditionError with all its problems."""
    edition, problems = read(root)
    if problems:
        raise EditionError(problems)
    return edition


def read(root: Path) -> tuple[Edition, list[Problem]]:
    """Read the edition at `root` as far as it can be read, with all that is wrong in it."""
    known, problems = registry.read(root)
    read: list[Document | Leaf] = []
    unreadable = 0
    for format, folder in FOLDERS.items():
        for file in markdown_files(root, folder, problems):
            try:
                read.append(parse(file, format, bytes_of(root, file)))
            except frontmatter.BadFile as error:
                problems += error.problems
                unreadable += 1
    spoken = [transcripts.join(root, text, known) for text in read]
    edition = Edition(
        root=root,
        registry=known,
        documents=tuple(text for text, _ in spoken if isinstance(text, Document)),
        leaves=tuple(text for text in read if isinstance(text, Leaf)),
    )
    found: list[tuple[Written, Misfit]] = [
        (text, misfit) for text in read for misfit in broken_rules(text, known, partial(is_linkable, root))
    ]
    found += tables.together(read)
    problems += place(root, found)
    problems += [problem for _, wrong in spoken for problem in wrong]
    problems += pins(root, known, read) if unreadable == 0 else []
    return edition, problems


def parse(file: str, format: str, data: bytes) -> Document | Leaf:
    """Read the bytes of a post of `format`, or of a standing page (STANDING); raises frontmatter.BadFile."""
    text = frontmatter.text_of(file, data)
    if format == STANDING:
        page, parts = frontmatter.read(file, text, PageMatter)
        return Leaf(file=file, meta=page, body=parts.body, body_line=parts.body_line)
    post, parts = frontmatter.read(file, text, FrontMatter)
    return Document(file=file, format=format, meta=post, body=parts.body, body_line=parts.body_line)


def broken_rules(text: Document | Leaf, known: Registry, exists: Callable[[str], bool]) -> Iterator[Misfit]:
    """Hold one text against the rules; those about ids only where the registry is whole.

    `exists` tells of a path from the root whether there is a file.
    """
    if isinstance(text, Document):
        for rule in tables.RULES:
            if known.whole or rule is not post.references:
                yield from rule(text, known)
    else:
        for leaf_rule in tables.OF_PAGES:
            yield from leaf_rule(text, known)
    yield from media.broken_links(text, exists)
    yield from media.missing_files(text, exists)


def pins(root: Path, known: Registry, texts: Iterable[Written]) -> list[Problem]:
    """Complain of posts that topics.yaml pins and that are not among `texts`: all of the edition."""
    if not known.whole or not any(topic.pinned for topic in known.topics.values()):
        return []
    return registry.unpinned(root, known, {text.meta.uid for text in texts if isinstance(text.meta, FrontMatter)})


def is_linkable(root: Path, file: str) -> bool:
    """Tell whether a link in a text may lead to this path from the root: a text, or a file of content/."""
    return file.startswith((CONTENT, *FOLDERS.values())) and (root / file).is_file()


def markdown_files(root: Path, folder: str, problems: list[Problem] | None = None) -> list[str]:
    """List the Markdown files below `folder`, from the root, sorted; others become problems."""
    unread: list[OSError] = []
    found = sorted(visible(str(root), folder, unread))
    if problems is not None:
        problems += strays(root, found, unread)
    return [file for file in found if file.endswith(".md")]


def strays(root: Path, found: Iterable[str], unread: Iterable[OSError]) -> Iterator[Problem]:
    """Complain of files that are no posts, and of folders of posts that cannot be read."""
    for file in found:
        if not file.endswith(".md"):
            mend = "Posts and pages are files that end in .md; pictures belong in content/images/."
            yield Problem(file, 0, "", "this file is no post", mend)
    for error in unread:
        file = Path(error.filename).relative_to(root).as_posix()
        mend = "Make the folder readable, or what lies in it would leave the site."
        yield Problem(file, 0, "", f"this folder cannot be read: {error.strerror}", mend)


def read_file(root: Path, file: str, record: type[R]) -> tuple[R, frontmatter.Parts]:
    """Read one file (path from the root) with front matter of the kind `record`; raises frontmatter.BadFile."""
    return frontmatter.read(file, frontmatter.text_of(file, bytes_of(root, file)), record)


def bytes_of(root: Path, file: str) -> bytes:
    """Read the bytes of a post's or page's file; raises frontmatter.BadFile."""
    try:
        return (root / file).read_bytes()
    except OSError as error:
        mend = "Make the file readable, or remove it."
        raise frontmatter.BadFile(Problem(file, 0, "", f"cannot be read: {error.strerror}", mend)) from error


def place(root: Path, found: Iterable[tuple[Written, Misfit]]) -> Iterator[Problem]:
    """Give the misfits of posts and pages their file and line."""
    for document, misfit in found:
        text = frontmatter.text_of(document.file, (root / document.file).read_bytes())
        front = frontmatter.split(document.file, text).front
        yield from frontmatter.problems(document.file, front, [misfit])
