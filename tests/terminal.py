"""A terminal for tests: run a program at it, type, and return what was on the screen."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

TIMEOUT = 60.0  # seconds; then the program is killed, so that a test fails instead of hanging


def run(
    command: Sequence[str], *, folder: Path | None = None, typed: str = "", stop_at: str = "", **environment: str
) -> tuple[int, str]:
    """Run a command with a terminal as stdin, stdout and stderr; return its exit code and all it printed.

    `typed` is the input; Ctrl-C is pressed as soon as `stop_at` is on the screen.
    """
    our_end, program_end = pty.openpty()
    variables = os.environ | {"TERM": "dumb", "COLUMNS": "120"} | environment
    with subprocess.Popen(
        command, cwd=folder, env=variables, stdin=program_end, stdout=program_end, stderr=program_end
    ) as process:
        os.close(program_end)
        os.write(our_end, typed.encode())
        screen, deadline, stopped = b"", time.monotonic() + TIMEOUT, 0.0
        while time.monotonic() < deadline:
            if select.select([our_end], [], [], 0.5)[0]:
                data = _read(our_end)
                if not data:
                    break
                screen += data
            if stop_at and stop_at in screen.decode("utf-8", "ignore") and time.monotonic() > stopped + 0.5:
                # Repeated: a signal that arrives before the program reads its input can be lost.
                process.send_signal(signal.SIGINT)
                stopped = time.monotonic()
        else:
            process.kill()
    os.close(our_end)
    return _to_shell_exit_code(process.returncode), screen.decode().replace("\r\n", "\n")


def _read(file_descriptor: int) -> bytes:
    try:
        return os.read(file_descriptor, 4096)
    except OSError:  # EIO, which Linux reports when the program has closed its end
        return b""


def _to_shell_exit_code(code: int) -> int:
    """Return an exit code as a shell does: 130 also for a program that a second Ctrl-C killed on its way out."""
    return 128 - code if code < 0 else code
