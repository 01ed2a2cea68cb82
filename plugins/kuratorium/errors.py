"""Every way to fail, on one page."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake in one of the edition's files, told so that its author can mend it.

    `file` is relative to the edition's root, `line` counts from 1 (0: the file as a whole),
    `field` is a front matter or YAML path such as `bookmark_of[0].url` (or empty).
    """

    file: str
    line: int
    field: str
    message: str
    hint: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f"{self.field}: " if self.field else ""
        return f"{place}: {field}{self.message}\n    {self.hint}"


class KuratoriumError(Exception):
    """The root of all errors of this package; `exit_code` is what a command ends with."""

    exit_code = 3


class EditionError(KuratoriumError):
    """Configuration or content is wrong; all problems of one run together."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[EditionError], tuple[tuple[Problem, ...]]]:
        """Travel between processes with its problems, not with its text."""
        return type(self), (self.problems,)


class UsageError(KuratoriumError):
    """A command was asked for something that is not there; the message says what would be."""

    exit_code = 2


class SourceError(KuratoriumError):
    """One source could not be read. A result of a pull, not its end.

    `reason` is a stable code (`not-found`, `no-feed`, `timeout`, …), the message its words.
    """

    exit_code = 1

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)
