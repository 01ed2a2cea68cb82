"""What git knows of an edition's files."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kuratorium.desk.rules.last_commit import list_uncommitted_files


def test_files_with_changes_that_no_commit_has_are_named(tmp_path: Path) -> None:
    """A changed and a new file are; an unchanged one and one that was not asked for are not, nor any without git."""
    names = ["curation/changed.md", "curation/new file.md", "curation/same.md"]
    (tmp_path / "curation").mkdir()
    for name in (names[0], names[2]):
        (tmp_path / name).write_text("before")
    assert list_uncommitted_files(tmp_path, names) == []
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@desk.example"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "Begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    for name in (*names[:2], "curation/other.md"):
        (tmp_path / name).write_text("after")
    assert list_uncommitted_files(tmp_path, names) == names[:2]
    assert list_uncommitted_files(tmp_path, []) == []
