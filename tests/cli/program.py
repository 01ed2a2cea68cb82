"""Run the program as people and scripts do: in a process, with or without a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import fork_server, terminal

PROGRAM = [sys.executable, "-W", "error", "-m", "kuratorium.cli.main"]


def kuratorium(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder, without a terminal, and return its exit code and output."""
    inherited = {key: value for key, value in os.environ.items() if key not in {"VISUAL", "EDITOR"}}
    return fork_server.run(words, folder, inherited | environment)


def at_terminal(folder: Path, *words: str, typed: str, stop_at: str = "", **environment: str) -> tuple[int, str]:
    """Run the program in a folder, at a terminal where `typed` is entered; see `terminal.run`."""
    return terminal.run([*PROGRAM, *words], folder=folder, typed=typed, stop_at=stop_at, **environment)
