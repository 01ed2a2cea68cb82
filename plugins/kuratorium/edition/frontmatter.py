"""Markdown files with YAML front matter <-> records, every mistake with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from ..errors import Problem
from . import yaml
from .validation import Misfit, decode

R = TypeVar("R", bound=msgspec.Struct)

_FENCE = re.compile(r"\A---[ \t]*\n(?P<front>.*?)(?:(?<=\n)|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


class Parts(msgspec.Struct, frozen=True):
    """A file taken apart: the YAML text, the Markdown body, and the line (from 1) where that begins."""

    front: str
    body: str
    body_line: int


def text_of(file: str, data: bytes) -> str:
    """Decode a file's bytes as UTF-8 with plain newlines; raises BadFile."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = f"the file is not UTF-8 (byte 0x{data[error.start]:02x})"
        raise BadFile(Problem(file, line, "", what, "Save it with the encoding UTF-8.")) from error


def split(file: str, text: str) -> Parts:
    """Take a file apart; raises BadFile where there is no front matter."""
    match = _FENCE.match(text)
    if not match:
        if text.startswith("---"):
            what, mend = "the front matter is not closed", "Put a line with --- below its last key."
        else:
            what, mend = "there is no front matter", "Begin the file with a line ---, the keys, and a line ---."
        raise BadFile(Problem(file, 1, "", what, mend))
    body = text[match.end() :]
    return Parts(match["front"], body, match[0].count("\n") + 1)


def read(file: str, text: str, record: type[R]) -> tuple[R, Parts]:
    """Read a file's front matter as `record`; raises BadFile with all its problems."""
    parts = split(file, text)
    try:
        values = yaml.load(parts.front)
    except yaml.YamlError as error:
        raise BadFile(Problem(file, error.line + 1, "", f"this is no YAML: {error}", error.mend)) from error
    meta, misfits = decode(record, values if values is not None else {})
    if meta is None:
        raise BadFile(*problems(file, parts.front, misfits))
    return meta, parts


def problems(file: str, front: str, misfits: Iterable[Misfit], first_line: int = 2) -> list[Problem]:
    """Give misfits their place: `first_line` is the line of the file where the YAML begins."""
    nodes = yaml.nodes(front)
    return [
        Problem(
            file,
            misfit.line or yaml.line_of(nodes, misfit.path) + first_line - 1,
            yaml.show(misfit.path),
            misfit.what,
            misfit.mend,
        )
        for misfit in misfits
    ]


def write(values: dict[str, Any], body: str) -> str:
    """Write front matter and body as a file's text; lists of plain values stay on one line."""
    front = yaml.dump_fast(values)
    return f"---\n{front}---\n\n{body.strip()}\n" if body.strip() else f"---\n{front}---\n\n"


class BadFile(Exception):  # noqa: N818 - it carries problems, it is not one
    """A file that cannot be used; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(*problems)
