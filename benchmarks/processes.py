"""One program with all its children, from start to end: seconds, CPU, and the most memory that they had together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PAUSE = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Taken:
    """What a run took: seconds, CPU seconds (user and system), bytes of memory; its exit code and what it said."""

    seconds: float
    cpu: float
    memory: int
    code: int
    said: str


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Taken:
    """Run a program in `folder` to its end.

    Memory is the proportional share of every process of the tree (Linux: /proc/…/smaps_rollup), added up twenty times
    a second; pages that workers share count once. CPU is of all children that were waited for.
    """
    with (folder / "said.log").open("w+") as log:
        clock = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - clock
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.ended.set()
        watch.join()
        log.seek(0)
        return Taken(seconds, usage.ru_utime + usage.ru_stime, watch.most, process.returncode, log.read())


class _Watch(threading.Thread):
    """Looks at the memory of a process and its descendants until it is told that they have ended."""

    def __init__(self, process: int) -> None:
        super().__init__()
        self.ended = threading.Event()
        self.most = 0
        self._process = process

    def run(self) -> None:
        while not self.ended.wait(_PAUSE):
            self.most = max(self.most, share_of_tree(self._process))


def share_of_tree(process: int) -> int:
    """The bytes of memory that a process and its descendants have now."""
    return sum(map(_share, _tree(process)))


def _tree(process: int) -> Iterable[int]:
    ahead = [process]
    while ahead:
        one = ahead.pop()
        yield one
        try:
            for thread in Path(f"/proc/{one}/task").iterdir():
                ahead += map(int, (thread / "children").read_text().split())
        except OSError:
            continue


def _share(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
