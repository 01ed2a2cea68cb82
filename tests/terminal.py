"""A terminal for tests: a program runs at it, somebody types, and what was on the screen is told."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

SECONDS = 60.0  # nobody waits longer for a program


def run(
    command: Sequence[str], *, folder: Path | None = None, typed: str = "", stop_at: str = "", **environment: str
) -> tuple[int, str]:
    """Run a command with a terminal as stdin, stdout and stderr; returns its exit code and all that was on the screen.

    `typed` is what somebody types, `stop_at` what on the screen makes them press Ctrl-C.
    """
    ours, theirs = pty.openpty()
    known = os.environ | {"TERM": "dumb", "COLUMNS": "120"} | environment
    with subprocess.Popen(command, cwd=folder, env=known, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        screen, deadline, stopped = b"", time.monotonic() + SECONDS, 0.0
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.5)[0]:
                part = _read(ours)
                if not part:
                    break
                screen += part
            if stop_at and stop_at in screen.decode("utf-8", "ignore") and time.monotonic() > stopped + 0.5:
                process.send_signal(signal.SIGINT)  # as often as it takes: one that comes before the read is lost on it
                stopped = time.monotonic()
        else:
            process.kill()
    os.close(ours)
    return _as_a_shell(process.returncode), screen.decode().replace("\r\n", "\n")


def _read(end: int) -> bytes:
    try:
        return os.read(end, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""


def _as_a_shell(code: int) -> int:
    """Tell an exit code as a shell does: who dies of a second Ctrl-C on the way out ends with 130, too."""
    return 128 - code if code < 0 else code
