"""The Makefile's targets with arguments, run with a program that prints its arguments instead of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.editions import REPOSITORY

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the Makefile, in which everything is installed already."""
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("requirements.lock", "pyproject.toml", ".venv/bin/kuratorium", ".venv/.ready"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
        path.chmod(0o755)
    return tmp_path


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder, without the variables by which an outer make, such as `make test`, would influence it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "arguments"),
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
def test_arguments_reach_the_command_unchanged(folder: Path, words: list[str], arguments: str) -> None:
    """A target passes its arguments to the command, even blanks and the shell's special characters."""
    ran = make(folder, *words)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, arguments, "")


@pytest.mark.parametrize("code", [1, 2, 3])
def test_the_code_of_a_failed_pull_is_in_the_message(folder: Path, code: int) -> None:
    """Make itself ends with 2 whatever fails, so its message names the exit code of the program."""
    (folder / ".venv/bin/kuratorium").write_text(f"#!/bin/sh\nexit {code}\n")
    ran = make(folder, "pull")
    assert (ran.returncode, f"Error {code}" in ran.stderr) == (2, True)


@pytest.mark.parametrize(("target", "message"), [("find", "Which words?"), ("note", "Which item?")])
def test_a_missing_argument_is_reported(folder: Path, target: str, message: str) -> None:
    """A target without its argument prints which it needs, with an example."""
    ran = make(folder, target)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(message)


def test_help_lists_every_target(folder: Path) -> None:
    """`make help` lists every target."""
    listed = [line.split()[1] for line in make(folder, "help").stdout.splitlines() if line.startswith("  make ")]
    phony = next(line for line in (folder / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    assert listed == [name for name in phony.split()[1:] if name != "help"]
