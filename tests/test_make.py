"""The Makefile's targets that take words, with a program in place of ours that says what it was told."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.editions import REPOSITORY

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the Makefile, and an installation that needs nothing."""
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("requirements.lock", "pyproject.toml", ".venv/bin/kuratorium", ".venv/.ready"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
        path.chmod(0o755)
    return tmp_path


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder; that these tests may be run by a make themselves is not its affair."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=folder, env=alone, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["find", "WORDS=open data"], "find|--|open data|"),
        (["find", "WORDS=-x * $$HOME", "SOURCE=blog"], "find|--source|blog|--|-x * $HOME|"),
        (["status"], "sources|status|"),
        (["lookback"], "lookback|"),
        (["lookback", "POST=a b"], "lookback|a b|"),
        (["digest", "FROM=2026-10-05", "TO=2026-10-11"], "digest|--from|2026-10-05|--to|2026-10-11|"),
        (["inbox", "TOPIC=a b"], "inbox|--topic|a b|"),
    ],
)
def test_words_arrive_as_they_were_written(folder: Path, words: list[str], told: str) -> None:
    """What is given to a target reaches the command, blanks and signs of the shell too."""
    ran = make(folder, *words)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, told, "")


@pytest.mark.parametrize(("target", "says"), [("find", "Which words?"), ("note", "Which item?")])
def test_words_that_are_missing_are_asked_for(folder: Path, target: str, says: str) -> None:
    """A target that needs words says which, with an example."""
    ran = make(folder, target)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(says)


def test_help_lists_every_target(folder: Path) -> None:
    """Whatever can be made is listed with what it does."""
    listed = [line.split()[1] for line in make(folder, "help").stdout.splitlines() if line.startswith("  make ")]
    phony = next(line for line in (folder / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    assert listed == [name for name in phony.split()[1:] if name != "help"]
