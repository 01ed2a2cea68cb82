"""Markdown files with YAML front matter <-> records; every mistake is reported with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Any, TypeVar

import msgspec

from ..errors import Problem
from . import yaml
from .fields import Violation, convert_record

RecordT = TypeVar("RecordT", bound=msgspec.Struct)

# Both --- and ... end the block, as in YAML and Pandoc. A --- within a value is indented, so it does not end it.
_FRONT_MATTER_BLOCK = re.compile(r"\A---[ \t]*\n(?P<front>.*?)(?:(?<=\n)|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


class FileParts(msgspec.Struct, frozen=True):
    """The two parts of a file.

    `front_matter`: YAML text without the lines --- around it.
    `body`: Markdown text.
    `body_line`: line of the file, from 1, on which the body begins.
    """

    front_matter: str
    body: str
    body_line: int


class InvalidFileError(Exception):
    """A file that cannot be used; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(*problems)


def decode_text(file: str, data: bytes) -> str:
    """Decode a file's bytes as UTF-8, with or without a byte order mark, and return them with plain newlines.

    `file` is its path from the edition's root, for the message. Raises InvalidFileError.
    """
    # Editors on Windows write a byte order mark and CRLF; patterns and line numbers here know only "\n".
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"the file is not UTF-8 (byte 0x{data[error.start]:02x})"
        raise InvalidFileError(Problem(file, line, "", message, "Save it with the encoding UTF-8.")) from error


def split_front_matter(file: str, text: str) -> FileParts:
    """Split a file's text into front matter and body; raises InvalidFileError if there is no front matter."""
    match = _FRONT_MATTER_BLOCK.match(text)
    if not match:
        if text.startswith("---"):
            message, hint = "the front matter is not closed", "Put a line with --- below its last key."
        else:
            message, hint = "there is no front matter", "Begin the file with a line ---, the keys, and a line ---."
        raise InvalidFileError(Problem(file, 1, "", message, hint))
    body = text[match.end() :]
    return FileParts(match["front"], body, match[0].count("\n") + 1)


def parse_front_matter(
    file: str, text: str, record_type: type[RecordT], zone: tzinfo = UTC
) -> tuple[RecordT, FileParts]:
    """Parse a file's text, and its front matter into a record; raises InvalidFileError with all its problems.

    `zone` is the time zone whose offset a hint proposes.
    """
    parts = split_front_matter(file, text)
    try:
        values = yaml.load_yaml(parts.front_matter)
    except yaml.InvalidYamlError as error:
        line = error.line + 1  # below the line ---
        raise InvalidFileError(Problem(file, line, "", f"this is not YAML: {error}", error.hint)) from error
    meta, violations = convert_record(record_type, values if values is not None else {}, zone)
    if meta is None:
        raise InvalidFileError(*locate_violations(file, parts.front_matter, violations))
    return meta, parts


def locate_violations(
    file: str, front_matter: str, violations: Iterable[Violation], first_line: int = 2
) -> list[Problem]:
    """Return violations as problems with their lines; `first_line` is the line of the file where the YAML begins."""
    # A second, slow parse: records do not hold the lines of their values.
    nodes = yaml.map_nodes(front_matter)
    return [
        Problem(
            file,
            violation.line or yaml.find_line(nodes, violation.path) + first_line - 1,
            yaml.format_path(violation.path),
            violation.message,
            violation.hint,
        )
        for violation in violations
    ]


def format_markdown_file(values: dict[str, Any], body: str) -> str:
    """Return front matter and body as a file's text; lists of plain values stand on one line.

    With an empty body the text ends in an empty line, below which an editor begins to write.
    """
    front_matter = yaml.dump_yaml(yaml.mark_inline_lists(values))
    return f"---\n{front_matter}---\n\n{body.strip()}\n" if body.strip() else f"---\n{front_matter}---\n\n"
