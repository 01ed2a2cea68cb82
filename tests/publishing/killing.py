"""Kill -9 at a chosen moment: in a fork of this process, at the n-th time that it is about to change the disk."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.copyfile"}
_WRITES = os.O_WRONLY | os.O_RDWR


def killed_at(moment: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process of its own that dies before its change number `moment`; False if it ended before that."""
    return _fork(moment, work)[0]


def moments(work: Callable[[], object]) -> int:
    """Do `work` in a process of its own; returns how often it changed the disk."""
    return _fork(sys.maxsize, work)[1]


def _fork(moment: int, work: Callable[[], object]) -> tuple[bool, int]:
    """Fork; returns whether the process was killed, and how many changes it told of."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiver)
        _be_killed(moment, sender, work)
    os.close(sender)
    with os.fdopen(receiver, "rb") as stream:
        told = len(stream.read())  # till its workers have ended, too
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, -signal.SIGKILL}, f"the build ended with {code}"
    return code != 0, told


def _be_killed(moment: int, sender: int, work: Callable[[], object]) -> None:
    """Count what Python tells of the disk, die in time, or end with 0. Workers of this process live on without it."""
    seen, doomed = 0, os.getpid()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES
        if (opens or event in _CHANGES) and os.getpid() == doomed:
            seen += 1
            if seen >= moment:
                os.kill(doomed, signal.SIGKILL)
            os.write(sender, b".")

    code = 1
    try:
        sys.addaudithook(hook)
        work()
        code = 0
    finally:
        os._exit(code)
