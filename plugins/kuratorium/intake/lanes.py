"""A pull of many sources on several processors: forked processes, each with the sources of hosts that it alone asks.

A redirect to another one's host is handed over with all that was seen on the way, so that no host is asked by two.
The processes end with the one that forked them, however that ends.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import FrameType, TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from ..model import Source
from . import channel
from .channel import Channel, Work
from .others import Alone, Tell, lane_of, shares
from .outcome import Outcome, merged

WORTHWHILE = 64  # sources; fewer are pulled before processes have started
_MOST = 4
_PAUSE = 0.2  # seconds after which Ctrl-C is heard


def count(sources: int) -> int:
    """Say how many lanes are worthwhile for so many sources, and safe: forking is not beside threads, nor on a Mac."""
    if sources < WORTHWHILE or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(_MOST, len(os.sched_getaffinity(0)))


def run(sources: Sequence[Source], lanes: int, work: Work, tell: Tell) -> Outcome:
    """Let so many processes `work` on their shares; `tell` hears, here, of each source that is done.

    Ctrl-C stops them all; what they have done is in their outcomes. What one raises is raised here.
    """
    if lanes == 1:
        return work(sources, Alone(), tell)
    return merged(_fork(sources, lanes, work, tell))


def _fork(sources: Sequence[Source], lanes: int, work: Work, tell: Tell) -> list[Outcome]:
    context = multiprocessing.get_context("fork")
    gc.collect()
    gc.freeze()  # or a lane's first collection would copy every page of shared memory
    running: list[tuple[ForkProcess, Connection]] = []
    try:
        for number, share in enumerate(shares(sources, lanes)):
            here, there = context.Pipe()
            line = Channel(number, lanes, there)
            parents = [*(connection for _, connection in running), here]
            process = context.Process(target=channel.be, args=(line, parents, share, work, os.getpid()))
            process.start()
            there.close()
            running.append((process, here))
        return _attend([connection for _, connection in running], len(sources), tell)
    except BaseException:
        for process, _ in running:
            process.kill()
        raise
    finally:
        for process, connection in running:
            process.join()
            connection.close()
        gc.unfreeze()


def _attend(lanes: list[Connection], ahead: int, tell: Tell) -> list[Outcome]:
    """Hear the lanes until each has told its outcome; pass on what one hands over to another."""
    outcomes: dict[Any, Outcome] = {}
    with _CtrlC() as pressed:
        while len(outcomes) < len(lanes):
            for lane in wait([one for one in lanes if one not in outcomes], timeout=_PAUSE):
                kind, *told = _heard(lane)
                match kind:
                    case "done":
                        tell(told[0])
                        ahead -= 1
                    case "over":
                        host = urlsplit(told[1].at).hostname or ""
                        lanes[lane_of(host, len(lanes))].send(told)
                    case "end":
                        outcomes[lane] = told[0]
                    case _:
                        raise told[0]
            if not ahead or pressed.count == 1:
                _send_all(lanes, "stop" if ahead else None)
                ahead, pressed.count = -1, pressed.count + 1
    return list(outcomes.values())


class _CtrlC:
    """Counts what it hears of Ctrl-C in its block, so that no message breaks off; at the third it raises."""

    def __init__(self) -> None:
        self.count = 0
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 2:
            raise KeyboardInterrupt


def _heard(lane: Any) -> Any:
    try:
        return lane.recv()
    except (EOFError, OSError):
        return "failed", RuntimeError("a process of this pull was killed, perhaps for want of memory")


def _send_all(lanes: list[Connection], message: object) -> None:
    for lane in lanes:
        try:
            lane.send(message)
        except OSError:  # it has ended
            continue
