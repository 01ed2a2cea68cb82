"""Markdown files with YAML front matter <-> records; every mistake is reported with its file and line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ..errors import Problem
from ..files import read_regular_file
from . import yaml
from .fields import SuggestId, Violation, convert_record
from .syntax import characters

RecordT = TypeVar("RecordT", bound=msgspec.Struct)

# Both --- and ... end the block, as in YAML and Pandoc. A --- within a value is indented, so it does not end it.
_FRONT_MATTER_BLOCK = re.compile(r"\A---[ \t]*\n(?P<front>.*?)(?:(?<=\n)|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


# What git writes around the lines that two editors changed; a ======= alone underlines a heading in Markdown.
# A conflict within another has longer ones, and so have editions that set conflict-marker-size. The line of bars is
# that of diff3 with its label; with more bars it is a row of a table.
_MARKER = r"(?:(?:<{7,}|>{7,})(?= |$)|\|{7}(?= [^|\n]+$))"
_MERGE_MARKER = re.compile(rf"^[ \t]*(?P<marker>{_MARKER})", re.MULTILINE)
# Programs that put files in order indent the markers, too; in Markdown, four blanks begin code, which may show them.
_MERGE_MARKER_IN_MARKDOWN = re.compile(rf"^[ ]{{0,3}}(?P<marker>{_MARKER})", re.MULTILINE)
_PUBLISHED_TEXTS = (".html", ".css", ".js", ".svg", ".po", ".txt", ".xml", ".json", ".vtt", ".srt", ".csv", ".ics")
UNFINISHED_MERGE = "the merge is not finished"
_MARKERS = ("<<<<<<<", ">>>>>>>", "|||||||")
_MAX_FILE_SIZE = 10_000_000  # bytes; a long book has one million, and a conversion would take minutes

_FORBIDDEN_HINT = r"Delete it; within double quotes, escapes such as \e and \x1b stand for it."


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

    `file` is its path from the edition's root, for the message. Raises InvalidFileError if it is not text, is too
    large, or holds an unfinished merge.
    """
    if len(data) > _MAX_FILE_SIZE:
        message = f"the file has {len(data) / 1e6:.0f} MB, and a text at most {_MAX_FILE_SIZE / 1e6:.0f}"
        raise InvalidFileError(Problem(file, 0, "", message, "Split it, or put it in content/media/ and link to it."))
    # Editors on Windows write a byte order mark and CRLF; patterns and line numbers here know only "\n".
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InvalidFileError(_describe_encoding(file, data, error.start)) from error
    if "\0" in text:  # UTF-16 of western text is valid UTF-8 if it has no byte order mark, with a NUL in each character
        raise InvalidFileError(_describe_encoding(file, data, data.index(0)))
    if problem := find_unfinished_merge(file, text):
        raise InvalidFileError(problem)
    return text


def find_unfinished_merge(file: str, text: str) -> Problem | None:
    """Return the problem that a text, with plain newlines, holds a line that git wrote for a merge; None if not."""
    # "in" first, because a pattern that begins at each line costs twenty times as much.
    if not any(marker in text for marker in _MARKERS):
        return None
    found = (_MERGE_MARKER_IN_MARKDOWN if file.endswith(".md") else _MERGE_MARKER).search(text)
    if not found:
        return None
    message = f'{UNFINISHED_MERGE}: this line begins with the marker "{found["marker"]}"'
    hint = "Keep what is right of both sides, and delete the lines <<<<<<<, |||||||, ======= and >>>>>>>."
    return Problem(file, text.count("\n", 0, found.start()) + 1, "", message, hint)


def find_published_merges(root: Path, folder: str, files: Iterable[str]) -> list[Problem]:
    """Return the unfinished merges in those of the `files` in `folder` that are published or rendered as they are."""
    texts = (
        file for file in sorted(files) if file.startswith(f"{folder}/") and file.lower().endswith(_PUBLISHED_TEXTS)
    )
    problems = (find_unfinished_merge(file, _read_text(root / file)) for file in texts)
    return [problem for problem in problems if problem]


def _read_text(path: Path) -> str:
    try:
        return read_regular_file(path).decode("utf-8", "replace").replace("\r\n", "\n")
    except OSError:  # a build reports it
        return ""


def _describe_encoding(file: str, data: bytes, position: int) -> Problem:
    """Return the problem that a file is not UTF-8 text; `position` is that of the first wrong byte."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data[:200].count(0) > len(data[:200]) // 3:
        return Problem(file, 1, "", "the file is not UTF-8 but UTF-16", "Save it with the encoding UTF-8.")
    line = data.count(b"\n", 0, position) + 1
    if 0 in data:
        message = "the file is not text: it contains a NUL byte"
        return Problem(file, line, "", message, "Delete the byte, or restore the file from git.")
    message = f"the file is not UTF-8 (byte 0x{data[position]:02x})"
    return Problem(file, line, "", message, "Save it with the encoding UTF-8.")


def split_front_matter(file: str, text: str) -> FileParts:
    """Split a file's text into front matter and body; raises InvalidFileError if there is no front matter."""
    match = _FRONT_MATTER_BLOCK.match(text)
    if not match:
        raise InvalidFileError(Problem(file, 1, "", *_describe_missing_block(text)))
    body = text[match.end() :]
    return FileParts(match["front"], body, match[0].count("\n") + 1)


def _describe_missing_block(text: str) -> tuple[str, str]:
    """Return message and hint for a text without a block of front matter at its beginning."""
    first_line = text.split("\n", 1)[0]
    if first_line.rstrip(" \t") == "---":
        return "the front matter is not closed", "Put a line with --- below its last key."
    cleaned = characters.clean(first_line)
    if cleaned.strip("-–—") == "" and cleaned:
        oddity = f", and {characters.describe_oddity(first_line)}" if cleaned != first_line else ""
        return f'the first line is not exactly "---"{oddity}', "Write three hyphens, and nothing else on the line."
    if text.lstrip().startswith("---"):
        return "there are blanks or empty lines before the front matter", "Begin the file with the line ---."
    return "there is no front matter", "Begin the file with a line ---, the keys, and a line ---."


def parse_front_matter(
    file: str, text: str, record_type: type[RecordT], zone: tzinfo = UTC, *, suggest_id: SuggestId | None = None
) -> tuple[RecordT, FileParts]:
    """Parse a file's text, and its front matter into a record; raises InvalidFileError with all its problems.

    `zone` is the time zone whose offset a hint proposes, `suggest_id` proposes ids for texts that are none.
    """
    parts = split_front_matter(file, text)
    try:
        values = yaml.load_yaml(parts.front_matter)
    except yaml.InvalidYamlError as error:
        line = error.line + 1  # below the line ---
        raise InvalidFileError(Problem(file, line, "", f"this is not YAML: {error}", error.hint)) from error
    meta, violations = convert_record(record_type, values if values is not None else {}, zone, suggest_id=suggest_id)
    violations += report_forbidden_characters(parts.front_matter, values)
    if meta is None or violations:
        raise InvalidFileError(*locate_violations(file, parts.front_matter, violations))
    return meta, parts


def report_forbidden_characters(source: str, values: object) -> list[Violation]:
    """Return a violation for each of `values`, loaded from the YAML `source`, that holds a forbidden character.

    Control characters would act on terminals, others would make pages show what their words do not say.
    """
    return [
        Violation(path, f"contains the {characters.name_character(character)}", _FORBIDDEN_HINT)
        for path, character in characters.find_forbidden_values(source, values)
    ]


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
