"""Open a file in the user's editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import UsageError


def find_editor_command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the words of the command in $VISUAL, else in $EDITOR; empty if neither is set.

    Raises UsageError if the quotes in it do not match.
    """
    for name in ("VISUAL", "EDITOR"):  # in the order of git, crontab and most Unix programs
        try:
            words = shlex.split(environment.get(name, ""))  # the value may have options: "code --wait"
        except ValueError as error:
            raise UsageError(f"${name} is not a valid command: {error}.") from error
        if words:
            return words
    return []


def open_file(path: Path) -> None:
    """Open a file in the editor and wait until it ends; do nothing without a terminal or without an editor.

    Raises UsageError if the editor does not start.
    """
    words = find_editor_command() if sys.stdin.isatty() and sys.stdout.isatty() else []
    if not words:
        return
    try:
        # An editor's exit code does not say whether the file was saved.
        subprocess.run([*words, str(path)], check=False)  # noqa: S603 - the user's own choice of editor
    except OSError as error:
        raise UsageError(f'your editor "{words[0]}" does not start: {error.strerror}. The file is {path}.') from error
