"""The errors of the package and their exit codes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .text.control_characters import escape_controls
from .urls import hide_credentials


class Problem(msgspec.Struct, frozen=True, order=True):
    """A mistake in one of the edition's files, with its place and its remedy.

    `file`: path from the edition's root.
    `line`: line in the file, from 1; 0 if the problem concerns the whole file.
    `field`: path in front matter or YAML, such as `bookmark_of[0].url`; empty if it concerns no field.
    `message`: what is wrong.
    `hint`: what would be right.
    """

    # In this order problems are sorted: by file and line first.
    file: str
    line: int
    field: str
    message: str
    hint: str

    def __str__(self) -> str:
        # file:line: is the form in which editors and terminals recognise a place and open it with a click.
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f"{self.field}: " if self.field else ""
        # A file's name or a value in the message may hold a line break, which would look like another problem.
        message = escape_controls(f"{place}: {field}{hide_credentials(self.message)}", one_line=True)
        return f"{message}\n    {escape_controls(self.hint)}"


class KuratoriumError(Exception):
    """The base of all errors of this package; a command ends with its `exit_code`."""

    exit_code = 3


class EditionError(KuratoriumError):
    """Wrong configuration or content; carries all problems of one run, sorted."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[EditionError], tuple[tuple[Problem, ...]]]:
        """Return how to pickle the error for another process.

        By default an exception is rebuilt from its `args`, here the joined text, which is not what __init__ takes.
        """
        return type(self), (self.problems,)


class UsageError(KuratoriumError):
    """A command asked for something that does not exist; the message says what does."""

    exit_code = 2


class SourceError(KuratoriumError):
    """A source that could not be read. It is a result of a pull and does not end it."""

    exit_code = 1

    def __init__(self, reason: str, message: str) -> None:
        """Store `reason`, a stable code such as `not-found`, `no-feed` or `timeout`, and the message for people."""
        self.reason = reason
        super().__init__(message)
