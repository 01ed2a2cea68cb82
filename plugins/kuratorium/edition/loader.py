"""The edition as it lies on disk: the registry, the posts and pages, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from ..errors import EditionError, Problem
from . import frontmatter, transcripts
from .formats import FOLDERS_BY_FORMAT, STANDALONE_PAGE_FORMAT
from .model import ContentFile, FrontMatter, PostFile, StandalonePage, StandalonePageFrontMatter
from .paths import CONTENT_PREFIX, scan_visible_files
from .registry import Registry, find_unknown_pins, read_registry
from .rules import media, post, tables
from .validation import Violation

RecordT = TypeVar("RecordT", bound=msgspec.Struct)


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the build needs from the files in git; documents by format and file, leaves by file."""

    root: Path
    registry: Registry
    post_files: tuple[PostFile, ...]
    standalone_pages: tuple[StandalonePage, ...]

    def resolve_as_of(self, requested: datetime | None, now: datetime) -> datetime:
        """The edition's date; see Registry.as_of."""
        return self.registry.resolve_as_of(requested, now)


def load_valid_edition(root: Path) -> Edition:
    """Read the edition at `root`; raises EditionError with all its problems."""
    edition, problems = read_edition(root)
    if problems:
        raise EditionError(problems)
    return edition


def read_edition(root: Path) -> tuple[Edition, list[Problem]]:
    """Read the edition at `root` as far as it can be read, with all that is wrong in it."""
    known, problems = read_registry(root)
    read: list[PostFile | StandalonePage] = []
    unreadable = 0
    for format, folder in FOLDERS_BY_FORMAT.items():
        for file in list_markdown_files(root, folder, problems):
            try:
                read.append(parse_content_file(file, format, read_bytes(root, file)))
            except frontmatter.InvalidFileError as error:
                problems += error.problems
                unreadable += 1
    spoken = [transcripts.append_transcript(root, text, known) for text in read]
    edition = Edition(
        root=root,
        registry=known,
        post_files=tuple(text for text, _ in spoken if isinstance(text, PostFile)),
        standalone_pages=tuple(text for text in read if isinstance(text, StandalonePage)),
    )
    found: list[tuple[ContentFile, Violation]] = [
        (text, misfit) for text in read for misfit in find_violations(text, known, partial(is_linkable, root))
    ]
    found += tables.check_edition_rules(read)
    problems += report_violations(root, found)
    problems += [problem for _, wrong in spoken for problem in wrong]
    problems += check_pinned_posts(root, known, read) if unreadable == 0 else []
    return edition, problems


def parse_content_file(file: str, format: str, data: bytes) -> PostFile | StandalonePage:
    """Read the bytes of a post of `format`, or of a standing page (STANDING); raises frontmatter.BadFile."""
    text = frontmatter.decode_text(file, data)
    if format == STANDALONE_PAGE_FORMAT:
        page, parts = frontmatter.parse_front_matter(file, text, StandalonePageFrontMatter)
        return StandalonePage(file=file, meta=page, body=parts.body, body_line=parts.body_line)
    post, parts = frontmatter.parse_front_matter(file, text, FrontMatter)
    return PostFile(file=file, format=format, meta=post, body=parts.body, body_line=parts.body_line)


def find_violations(
    content_file: PostFile | StandalonePage, registry: Registry, file_exists: Callable[[str], bool]
) -> Iterator[Violation]:
    """Hold one text against the rules; those about ids only where the registry is whole.

    `exists` tells of a path from the root whether there is a file.
    """
    if isinstance(content_file, PostFile):
        for rule in tables.POST_RULES:
            if registry.is_complete or rule is not post.check_references:
                yield from rule(content_file, registry)
    else:
        for leaf_rule in tables.STANDALONE_PAGE_RULES:
            yield from leaf_rule(content_file, registry)
    yield from media.check_links(content_file, file_exists)
    yield from media.check_attached_files(content_file, file_exists)


def check_pinned_posts(root: Path, registry: Registry, content_files: Iterable[ContentFile]) -> list[Problem]:
    """Complain of posts that topics.yaml pins and that are not among `texts`: all of the edition."""
    if not registry.is_complete or not any(topic.pinned for topic in registry.topics.values()):
        return []
    return find_unknown_pins(
        root, registry, {text.meta.uid for text in content_files if isinstance(text.meta, FrontMatter)}
    )


def is_linkable(root: Path, file: str) -> bool:
    """Tell whether a link in a text may lead to this path from the root: a text, or a file of content/."""
    return file.startswith((CONTENT_PREFIX, *FOLDERS_BY_FORMAT.values())) and (root / file).is_file()


def list_markdown_files(root: Path, folder: str, problems: list[Problem] | None = None) -> list[str]:
    """List the Markdown files below `folder`, from the root, sorted; others become problems."""
    unread: list[OSError] = []
    found = sorted(scan_visible_files(str(root), folder, unread))
    if problems is not None:
        problems += check_stray_files(root, found, unread)
    return [file for file in found if file.endswith(".md")]


def check_stray_files(root: Path, files: Iterable[str], errors: Iterable[OSError]) -> Iterator[Problem]:
    """Complain of files that are no posts, and of folders of posts that cannot be read."""
    for file in files:
        if not file.endswith(".md"):
            mend = "Posts and pages are files that end in .md; pictures belong in content/images/."
            yield Problem(file, 0, "", "this file is no post", mend)
    for error in errors:
        file = Path(error.filename).relative_to(root).as_posix()
        mend = "Make the folder readable, or what lies in it would leave the site."
        yield Problem(file, 0, "", f"this folder cannot be read: {error.strerror}", mend)


def read_front_matter(root: Path, file: str, record_type: type[RecordT]) -> tuple[RecordT, frontmatter.FileParts]:
    """Read one file (path from the root) with front matter of the kind `record`; raises frontmatter.BadFile."""
    return frontmatter.parse_front_matter(file, frontmatter.decode_text(file, read_bytes(root, file)), record_type)


def read_bytes(root: Path, file: str) -> bytes:
    """Read the bytes of a post's or page's file; raises frontmatter.BadFile."""
    try:
        return (root / file).read_bytes()
    except OSError as error:
        mend = "Make the file readable, or remove it."
        raise frontmatter.InvalidFileError(Problem(file, 0, "", f"cannot be read: {error.strerror}", mend)) from error


def report_violations(root: Path, violations: Iterable[tuple[ContentFile, Violation]]) -> Iterator[Problem]:
    """Give the misfits of posts and pages their file and line."""
    for document, misfit in violations:
        text = frontmatter.decode_text(document.file, (root / document.file).read_bytes())
        front = frontmatter.split_front_matter(document.file, text).front_matter
        yield from frontmatter.locate_violations(document.file, front, [misfit])
