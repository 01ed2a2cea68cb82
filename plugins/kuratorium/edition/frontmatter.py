"""Markdown files with YAML front matter <-> records, every mistake with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from ..errors import Problem
from . import yaml
from .validation import Violation, convert_record

RecordT = TypeVar("RecordT", bound=msgspec.Struct)

_FRONT_MATTER_BLOCK = re.compile(r"\A---[ \t]*\n(?P<front>.*?)(?:(?<=\n)|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


class FileParts(msgspec.Struct, frozen=True):
    """A file taken apart: the YAML text, the Markdown body, and the line (from 1) where that begins."""

    front_matter: str
    body: str
    body_line: int


def decode_text(file: str, data: bytes) -> str:
    """Decode a file's bytes as UTF-8 with plain newlines; raises BadFile."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = f"the file is not UTF-8 (byte 0x{data[error.start]:02x})"
        raise InvalidFileError(Problem(file, line, "", what, "Save it with the encoding UTF-8.")) from error


def split_front_matter(file: str, text: str) -> FileParts:
    """Take a file apart; raises BadFile where there is no front matter."""
    match = _FRONT_MATTER_BLOCK.match(text)
    if not match:
        if text.startswith("---"):
            what, mend = "the front matter is not closed", "Put a line with --- below its last key."
        else:
            what, mend = "there is no front matter", "Begin the file with a line ---, the keys, and a line ---."
        raise InvalidFileError(Problem(file, 1, "", what, mend))
    body = text[match.end() :]
    return FileParts(match["front"], body, match[0].count("\n") + 1)


def parse_front_matter(file: str, text: str, record_type: type[RecordT]) -> tuple[RecordT, FileParts]:
    """Read a file's front matter as `record`; raises BadFile with all its problems."""
    parts = split_front_matter(file, text)
    try:
        values = yaml.load_yaml(parts.front_matter)
    except yaml.InvalidYamlError as error:
        raise InvalidFileError(Problem(file, error.line + 1, "", f"this is no YAML: {error}", error.hint)) from error
    meta, misfits = convert_record(record_type, values if values is not None else {})
    if meta is None:
        raise InvalidFileError(*locate_violations(file, parts.front_matter, misfits))
    return meta, parts


def locate_violations(
    file: str, front_matter: str, violations: Iterable[Violation], first_line: int = 2
) -> list[Problem]:
    """Give misfits their place: `first_line` is the line of the file where the YAML begins."""
    nodes = yaml.map_nodes(front_matter)
    return [
        Problem(
            file,
            misfit.line or yaml.find_line(nodes, misfit.path) + first_line - 1,
            yaml.format_path(misfit.path),
            misfit.message,
            misfit.hint,
        )
        for misfit in violations
    ]


def format_markdown_file(values: dict[str, Any], body: str) -> str:
    """Write front matter and body as a file's text; lists of plain values stay on one line."""
    front = yaml.dump_front_matter(values)
    return f"---\n{front}---\n\n{body.strip()}\n" if body.strip() else f"---\n{front}---\n\n"


class InvalidFileError(Exception):
    """A file that cannot be used; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(*problems)
