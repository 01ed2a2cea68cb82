from __future__ import annotations

import shlex

import pytest

from kuratorium.cli.reports import group_warnings, print_note_draft
from kuratorium.desk.drafting.works import FoundWork
from kuratorium.desk.note import NoteDraft
from kuratorium.edition.works import Work
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


def test_a_command_with_a_foreign_address_is_safe_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    """What a page says of itself is quoted in a command, so that no shell obeys it."""
    address = "https://b.example/$(touch$IFS./x);`y`'z"
    work = Work(url="https://a.example/", title="T", publication="P")
    print_note_draft(NoteDraft(file="curation/notes/2026/t.md", found=(FoundWork(work=work, elsewhere=address),)))
    command = capsys.readouterr().err.rpartition("delete this draft: ")[2]
    assert shlex.split(command) == ["kuratorium", "note", address]
