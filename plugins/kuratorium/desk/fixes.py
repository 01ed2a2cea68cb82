"""Correct headings of level 1 in posts and pages: the only one of a page is its title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from ..compare_and_swap import FileChange, apply_changes, clean_edition
from ..edition import frontmatter, loader
from ..edition.formats import FOLDERS_BY_FORMAT
from ..edition.rules import body

_LINE_END = re.compile(r"(\r\n|\r|\n)")  # what frontmatter.decode_text takes for the end of a line


class FixedLine(Struct, frozen=True):
    """A line that was corrected: its file, its number from 1, and its text before and after."""

    file: str
    line: int
    before: str
    after: str


def fix_headings(root: Path) -> list[FixedLine]:
    """Make each heading of level 1 one of level 2, and return what was changed; every other byte stays as it is.

    A file that an editor saves meanwhile, or that cannot be read, is left alone.
    """
    fixed: list[FixedLine] = []
    clean_edition(root)
    for folder in FOLDERS_BY_FORMAT.values():
        for file in loader.list_markdown_files(root, folder):
            try:
                data = loader.read_bytes(root, file)
                content, changes = _correct(file, data)
            except frontmatter.InvalidFileError:  # check reports it
                continue
            change = FileChange(path=root / file, text=content, expected=data.decode())
            if changes and not apply_changes([change]):
                fixed += changes
    return fixed


def _correct(file: str, data: bytes) -> tuple[str, list[FixedLine]]:
    """Return the text of a file with its headings corrected, and its changes; raises InvalidFileError."""
    parts = frontmatter.split_front_matter(file, frontmatter.decode_text(file, data))
    pieces = _LINE_END.split(data.decode())  # lines and line ends by turns
    changes = list(_correct_lines(file, pieces, [parts.body_line + line for line in _list_lines(parts.body)]))
    return "".join(pieces), changes


def _list_lines(text: str) -> Iterator[int]:
    return (line for line, _ in body.list_first_level_headings(text))


def _correct_lines(file: str, pieces: list[str], lines: list[int]) -> Iterator[FixedLine]:
    """Correct the lines with these numbers in place, and yield the changes: "# …" to "## …", "===" below to "---"."""
    for line in lines:
        index = 2 * (line - 1)
        before = pieces[index]
        pieces[index] = f"#{before}" if before.startswith("#") else before.replace("=", "-")
        yield FixedLine(file, line, before, pieces[index])
