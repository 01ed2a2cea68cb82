"""The builds of many editions, one after the other, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..terminal import print_message, print_result


def build_editions(folders: Sequence[Path], flags: Sequence[str]) -> int:
    """Build the editions in these folders, print a line for each, and return the worst exit code.

    An edition that fails does not stop the others; its errors go to stderr.
    """
    worst = 0
    for folder in folders:
        # A process each: its memory ends with it, and settings of one edition never reach the next.
        code, output, errors = _build(folder, flags)
        summary = next((line for line in output.splitlines() if line.strip()), "built.")
        print_result(f"{folder}: {f'failed with exit code {code}.' if code else summary}", "red" if code else "")
        for line in errors.splitlines() if code else ():
            print_message(line)
        worst = max(worst, code)
    return worst


def _build(folder: Path, flags: Sequence[str]) -> tuple[int, str, str]:
    """Return the exit code and the outputs of one build."""
    if not folder.is_dir():
        return 2, "", "this folder does not exist."
    command = [sys.executable, "-m", "kuratorium.cli.main", "build", *flags]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    return abs(ran.returncode), ran.stdout, ran.stderr
