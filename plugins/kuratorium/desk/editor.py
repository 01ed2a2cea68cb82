"""Opens a file in the editor of the person at the terminal."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import UsageError


def find_editor_command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Tell the command that $VISUAL, else $EDITOR, names; empty where there is none."""
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(name, ""))
        except ValueError as error:
            raise UsageError(f"${name} is no command: {error}.") from error
        if words:
            return words
    return []


def open_file(path: Path) -> None:
    """Open `path` and wait until the editor ends; does nothing without a terminal or without an editor."""
    words = find_editor_command() if sys.stdin.isatty() and sys.stdout.isatty() else []
    if not words:
        return
    try:
        subprocess.run([*words, str(path)], check=False)  # noqa: S603 - the user's own choice of editor
    except OSError as error:
        raise UsageError(f"your editor «{words[0]}» does not start: {error.strerror}. The file is {path}.") from error
