from __future__ import annotations

from kuratorium.cli.reports import group_warnings
from kuratorium.errors import Problem


def _warn(file: str, line: int, message: str = "no source") -> Problem:
    return Problem(file, line, "", message, "Name it.")


def test_equal_warnings_of_a_file_are_counted() -> None:
    """Three are shown, the last of them with the number of the others."""
    shown = list(group_warnings([_warn("a.md", line) for line in range(8)]))
    assert [(problem.line, rest) for problem, rest in shown] == [
        (0, ""), (1, ""), (2, "and 5 more like it in this file")
    ]  # fmt: skip


def test_equal_warnings_of_many_files_are_one() -> None:
    """A changed time zone has one for every old date; other warnings stay."""
    warnings = [_warn(f"{number}.md", 3) for number in range(10, 45)] + [_warn("z.md", 1, "other")]
    shown = [(problem.file, rest) for problem, rest in group_warnings(warnings)]
    assert shown == [("10.md", "and the same in 34 more files"), ("z.md", "")]
