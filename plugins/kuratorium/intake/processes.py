"""A pull of many sources on several processors: forked processes, each with the sources of hosts that it alone asks.

A redirect to another one's host is handed over with all that was seen on the way, so that no host is asked by two.
The processes end with the one that forked them, however that ends.

A lane, in its own process, and its line to the parent.

Who asks whom where a pull works in several processes: sources are shared out by host.

What working through sources came to, before the pull as a whole is judged.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import multiprocessing
import os
import queue
import signal
import sys
import threading
import traceback
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import FrameType, TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition.curation import Source
from . import schedule
from .http.client import Journey
from .inbox_index import Waiting
from .report import Result
from .schedule import State

Job = tuple[str, Journey]  # a source's id, and how far others have come with it
Tell = Callable[[Result], None]


class Others(Protocol):
    """What a lane knows of those beside it."""

    def is_mine(self, host: str) -> bool:
        """Tell whether this lane asks the host."""

    def hand_over(self, source_id: str, journey: Journey) -> None:
        """Let another lane go on with a source."""

    def jobs(self) -> AsyncIterator[Job]:
        """Yield what others hand over, until nobody has anything to do."""


class Alone:
    """The only lane: every host is its own."""

    def is_mine(self, _host: str) -> bool:
        """Tell that this lane asks the host."""
        return True

    def hand_over(self, source_id: str, journey: Journey) -> None:
        """Raise: there is nobody else."""
        raise AssertionError(source_id, journey)

    async def jobs(self) -> AsyncIterator[Job]:
        """Yield nothing."""
        none: tuple[Job, ...] = ()
        for job in none:
            yield job


def lane_of(host: str, lanes: int) -> int:
    """Tell which of so many lanes asks a host."""
    return zlib.crc32(host.encode("utf-8", "replace")) % lanes


def shares(sources: Sequence[Source], lanes: int) -> list[list[Source]]:
    """Share out sources by host, files by id; each share keeps their order."""
    found: list[list[Source]] = [[] for _ in range(lanes)]
    for source in sources:
        host = (urlsplit(urls.absolute(source.feed)).hostname or "") if urls.is_web(source.feed) else ""
        found[lane_of(host or source.id, lanes)].append(source)
    return found


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of sources: a result each, by id, and the inbox files that were written.

    `failures` are what was known of a source, and what its failure makes of it; `answered` tells of each source on the
    web whether it answered. After Ctrl-C it is `interrupted`.
    """

    results: dict[str, Result]
    files: tuple[Waiting, ...] = ()
    failures: dict[str, tuple[State, State]] = {}
    answered: tuple[bool, ...] = ()
    interrupted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def is_machine_fault(self) -> bool:
        """Tell whether so little answered that this machine is to blame."""
        return schedule.is_machine_fault(self.answered)

    def failed_states(self) -> dict[str, State]:
        """Tell what to keep of the sources that failed.

        Where this machine is to blame, only those servers are heard that asked us to wait.
        """
        fault = self.is_machine_fault
        return {
            one: replace(known, not_before=after.not_before) if fault else after
            for one, (known, after) in self.failures.items()
            if not fault or after.not_before
        }


def merged(outcomes: Iterable[Outcome]) -> Outcome:
    """Put together what was done side by side."""
    parts = list(outcomes)
    return Outcome(
        results={source: result for one in parts for source, result in one.results.items()},
        files=tuple(file for one in parts for file in one.files),
        failures={source: states for one in parts for source, states in one.failures.items()},
        answered=tuple(answer for one in parts for answer in one.answered),
        interrupted=any(one.interrupted for one in parts),
        warnings=tuple(dict.fromkeys(warning for one in parts for warning in one.warnings)),
    )


Work = Callable[[Sequence[Source], Others, Tell], Outcome]

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def be(
    channel: Channel,
    parents: list[Connection],
    share: Sequence[Source],
    work: Work,
    parent: int,
) -> None:
    """Be a lane, in its own process; `parents` are the ends of lines that are not its own, `parent` is a process."""
    _end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and tells
    gc.set_threshold(100_000, 20, 100)  # trees without circles: looking for them takes a tenth of the time
    for connection in parents:
        connection.close()
    with channel:
        try:
            channel.say("end", work(share, channel, lambda result: channel.say("done", result)))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the parent
            error.add_note(traceback.format_exc())
            channel.say("failed", error)


def _end_with(parent: int) -> None:
    """Die when the parent does, be it killed: whoever pulls next must find nobody at work."""
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Channel:
    """A lane's end of its line to the parent. A thread speaks, so that the lane can always listen."""

    def __init__(self, number: int, lanes: int, parent: Connection) -> None:
        self._number = number
        self._lanes = lanes
        self._parent = parent
        self._said: queue.SimpleQueue[tuple[object, ...] | None] = queue.SimpleQueue()
        self._speaker = threading.Thread(target=self._speak, daemon=True)

    def __enter__(self) -> Self:
        self._speaker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until all is said."""
        self._said.put(None)
        self._speaker.join()

    def say(self, kind: str, *told: object) -> None:
        """Tell the parent."""
        self._said.put((kind, *told))

    def _speak(self) -> None:
        while (said := self._said.get()) is not None:
            self._parent.send(said)

    def is_mine(self, host: str) -> bool:
        """Tell whether this lane asks the host."""
        return lane_of(host, self._lanes) == self._number

    def hand_over(self, source_id: str, journey: Journey) -> None:
        """Let another lane go on with a source."""
        self.say("over", source_id, journey)

    async def jobs(self) -> AsyncIterator[Job]:
        """Yield what others hand over, until nobody has anything to do; told to stop, cancel the task that asks."""
        loop, asking = asyncio.get_running_loop(), asyncio.current_task()
        assert asking  # noqa: S101 - who awaits is a task
        heard: asyncio.Queue[Job | None] = asyncio.Queue()

        def hear() -> None:
            message = self._parent.recv()
            if message == "stop":
                asking.cancel()
            else:
                heard.put_nowait(message)

        loop.add_reader(self._parent.fileno(), hear)
        try:
            while job := await heard.get():
                yield job
        finally:
            loop.remove_reader(self._parent.fileno())


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
            process = context.Process(target=be, args=(line, parents, share, work, os.getpid()))
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
