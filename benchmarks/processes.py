"""Run a program to its end, and measure its time, CPU time and peak memory, with all its child processes."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Usage:
    """What a run used: seconds, CPU seconds (user and system), bytes of memory; its exit `code`, and what it `said`."""

    seconds: float
    cpu: float
    memory: int
    code: int
    said: str


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Usage:
    """Run a program in `folder` to its end.

    Memory is the proportional set size of all processes of the tree (Linux: /proc/…/smaps_rollup), added up twenty
    times a second: unlike the resident set size, it counts pages that forked workers share only once. CPU is that of
    all processes that were waited for.
    """
    with (folder / "said.log").open("w+") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        sampler = _MemorySampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)  # unlike Popen.wait, it also returns the CPU time
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        sampler.stopped.set()
        sampler.join()
        log.seek(0)
        return Usage(seconds, usage.ru_utime + usage.ru_stime, sampler.peak, process.returncode, log.read())


class _MemorySampler(threading.Thread):
    """Samples the memory of a process and its descendants until `stopped` is set; `peak` is the most it saw."""

    def __init__(self, process: int) -> None:
        super().__init__()
        self.stopped = threading.Event()
        self.peak = 0
        self._process = process

    def run(self) -> None:
        while not self.stopped.wait(_SAMPLE_SECONDS):
            self.peak = max(self.peak, share_of_tree(self._process))


def share_of_tree(process: int) -> int:
    """Return the bytes of memory that a process and its descendants have now."""
    return sum(map(_read_memory_share, _list_tree(process)))


def count_ticks(process: int) -> int:
    """Return the clock ticks (user and system time) that a process, its descendants and ended children have used."""
    return sum(map(_read_ticks, _list_tree(process)))


def _read_ticks(process: int) -> int:
    try:
        # The name, in parentheses, may hold blanks; utime, stime, cutime and cstime are fields 14 to 17 (proc(5)).
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def _list_tree(process: int) -> Iterable[int]:
    pending = [process]
    while pending:
        pid = pending.pop()
        yield pid
        try:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                pending += map(int, (thread / "children").read_text().split())
        except OSError:  # it has ended meanwhile
            continue


def _read_memory_share(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
