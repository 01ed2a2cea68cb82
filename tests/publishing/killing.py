"""Kill -9 at a chosen moment: in a fork of this process, just before its n-th change to the disk."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

# Audit events of Python (PEP 578) that announce a change to the disk; "open" is one when its flags allow writing.
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.copyfile"}
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR


def killed_at(change: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed before its change number `change`; return False if it ended before that."""
    return _fork(change, work)[0]


def count_changes(work: Callable[[], object]) -> int:
    """Do `work` in a process of its own; return how often it changed the disk."""
    return _fork(sys.maxsize, work)[1]


def _fork(change: int, work: Callable[[], object]) -> tuple[bool, int]:
    """Fork; return whether the process was killed, and how many changes it announced."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiver)
        _run_until_killed(change, sender, work)
    os.close(sender)
    with os.fdopen(receiver, "rb") as stream:
        changes = len(stream.read())  # returns once the child's own workers have ended, too: they inherit the pipe
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, -signal.SIGKILL}, f"the build ended with {code}"
    return code != 0, changes


def _run_until_killed(change: int, sender: int, work: Callable[[], object]) -> None:
    """Do `work`, count its changes, and die before number `change`; else exit with 0. Its workers are not killed."""
    changes, process = 0, os.getpid()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal changes
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITE_FLAGS
        if (writes or event in _CHANGES) and os.getpid() == process:  # a worker forked from here has the hook, too
            changes += 1
            if changes >= change:
                os.kill(process, signal.SIGKILL)
            os.write(sender, b".")

    code = 1
    try:
        sys.addaudithook(hook)
        work()
        code = 0
    finally:
        os._exit(code)
