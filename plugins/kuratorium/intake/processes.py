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
from .http.responses import RedirectChain
from .inbox_index import IndexedItem
from .report import SourceResult
from .schedule import SourceState

Handover = tuple[str, RedirectChain]  # a source's id, and how far others have come with it
ProgressCallback = Callable[[SourceResult], None]


class Coordinator(Protocol):
    """What a lane knows of those beside it."""

    def owns_host(self, host: str) -> bool:
        """Tell whether this lane asks the host."""

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Let another lane go on with a source."""

    def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield what others hand over, until nobody has anything to do."""


class SingleWorker:
    """The only lane: every host is its own."""

    def owns_host(self, _host: str) -> bool:
        """Tell that this lane asks the host."""
        return True

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Raise: there is nobody else."""
        raise AssertionError(source_id, redirect_chain)

    async def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield nothing."""
        none: tuple[Handover, ...] = ()
        for job in none:
            yield job


def assign_host(host: str, worker_count: int) -> int:
    """Tell which of so many lanes asks a host."""
    return zlib.crc32(host.encode("utf-8", "replace")) % worker_count


def divide_sources(sources: Sequence[Source], worker_count: int) -> list[list[Source]]:
    """Share out sources by host, files by id; each share keeps their order."""
    found: list[list[Source]] = [[] for _ in range(worker_count)]
    for source in sources:
        host = (urlsplit(urls.make_absolute_url(source.feed)).hostname or "") if urls.is_http_url(source.feed) else ""
        found[assign_host(host or source.id, worker_count)].append(source)
    return found


class PullOutcome(Struct, frozen=True, kw_only=True):
    """What came of sources: a result each, by id, and the inbox files that were written.

    `failures` are what was known of a source, and what its failure makes of it; `answered` tells of each source on the
    web whether it answered. After Ctrl-C it is `interrupted`.
    """

    results: dict[str, SourceResult]
    written_items: tuple[IndexedItem, ...] = ()
    failed_state_changes: dict[str, tuple[SourceState, SourceState]] = {}
    web_successes: tuple[bool, ...] = ()
    interrupted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def is_local_failure(self) -> bool:
        """Tell whether so little answered that this machine is to blame."""
        return schedule.is_local_failure(self.web_successes)

    def build_failed_states(self) -> dict[str, SourceState]:
        """Tell what to keep of the sources that failed.

        Where this machine is to blame, only those servers are heard that asked us to wait.
        """
        fault = self.is_local_failure
        return {
            one: replace(known, not_before=after.not_before) if fault else after
            for one, (known, after) in self.failed_state_changes.items()
            if not fault or after.not_before
        }


def merge_outcomes(outcomes: Iterable[PullOutcome]) -> PullOutcome:
    """Put together what was done side by side."""
    parts = list(outcomes)
    return PullOutcome(
        results={source: result for one in parts for source, result in one.results.items()},
        written_items=tuple(file for one in parts for file in one.written_items),
        failed_state_changes={source: states for one in parts for source, states in one.failed_state_changes.items()},
        web_successes=tuple(answer for one in parts for answer in one.web_successes),
        interrupted=any(one.interrupted for one in parts),
        warnings=tuple(dict.fromkeys(warning for one in parts for warning in one.warnings)),
    )


WorkFunction = Callable[[Sequence[Source], Coordinator, ProgressCallback], PullOutcome]

_PR_SET_PDEATHSIG = 1  # PR_SET_PDEATHSIG


def run_worker(
    channel: WorkerChannel,
    inherited_connections: list[Connection],
    share: Sequence[Source],
    work: WorkFunction,
    parent_pid: int,
) -> None:
    """Be a lane, in its own process; `parents` are the ends of lines that are not its own, `parent` is a process."""
    _exit_with_parent(parent_pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and tells
    gc.set_threshold(100_000, 20, 100)  # trees without circles: looking for them takes a tenth of the time
    for connection in inherited_connections:
        connection.close()
    with channel:
        try:
            channel.send("end", work(share, channel, lambda result: channel.send("done", result)))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the parent
            error.add_note(traceback.format_exc())
            channel.send("failed", error)


def _exit_with_parent(parent_pid: int) -> None:
    """Die when the parent does, be it killed: whoever pulls next must find nobody at work."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(1)


class WorkerChannel:
    """A lane's end of its line to the parent. A thread speaks, so that the lane can always listen."""

    def __init__(self, number: int, worker_count: int, parent: Connection) -> None:
        self._number = number
        self._worker_count = worker_count
        self._parent = parent
        self._outbox: queue.SimpleQueue[tuple[object, ...] | None] = queue.SimpleQueue()
        self._sender_thread = threading.Thread(target=self._send_queued, daemon=True)

    def __enter__(self) -> Self:
        self._sender_thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until all is said."""
        self._outbox.put(None)
        self._sender_thread.join()

    def send(self, kind: str, *values: object) -> None:
        """Tell the parent."""
        self._outbox.put((kind, *values))

    def _send_queued(self) -> None:
        while (said := self._outbox.get()) is not None:
            self._parent.send(said)

    def owns_host(self, host: str) -> bool:
        """Tell whether this lane asks the host."""
        return assign_host(host, self._worker_count) == self._number

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Let another lane go on with a source."""
        self.send("over", source_id, redirect_chain)

    async def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield what others hand over, until nobody has anything to do; told to stop, cancel the task that asks."""
        loop, asking = asyncio.get_running_loop(), asyncio.current_task()
        assert asking  # noqa: S101 - who awaits is a task
        heard: asyncio.Queue[Handover | None] = asyncio.Queue()

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


MIN_SOURCES_FOR_WORKERS = 64  # sources; fewer are pulled before processes have started
_MAX_WORKERS = 4
_POLL_SECONDS = 0.2  # seconds after which Ctrl-C is heard


def choose_worker_count(sources: int) -> int:
    """Say how many lanes are worthwhile for so many sources, and safe: forking is not beside threads, nor on a Mac."""
    if sources < MIN_SOURCES_FOR_WORKERS or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(_MAX_WORKERS, len(os.sched_getaffinity(0)))


def distribute_work(
    sources: Sequence[Source], worker_count: int, work: WorkFunction, progress: ProgressCallback
) -> PullOutcome:
    """Let so many processes `work` on their shares; `tell` hears, here, of each source that is done.

    Ctrl-C stops them all; what they have done is in their outcomes. What one raises is raised here.
    """
    if worker_count == 1:
        return work(sources, SingleWorker(), progress)
    return merge_outcomes(_fork_workers(sources, worker_count, work, progress))


def _fork_workers(
    sources: Sequence[Source], worker_count: int, work: WorkFunction, progress: ProgressCallback
) -> list[PullOutcome]:
    context = multiprocessing.get_context("fork")
    gc.collect()
    gc.freeze()  # or a lane's first collection would copy every page of shared memory
    running: list[tuple[ForkProcess, Connection]] = []
    try:
        for number, share in enumerate(divide_sources(sources, worker_count)):
            here, there = context.Pipe()
            line = WorkerChannel(number, worker_count, there)
            parents = [*(connection for _, connection in running), here]
            process = context.Process(target=run_worker, args=(line, parents, share, work, os.getpid()))
            process.start()
            there.close()
            running.append((process, here))
        return _supervise_workers([connection for _, connection in running], len(sources), progress)
    except BaseException:
        for process, _ in running:
            process.kill()
        raise
    finally:
        for process, connection in running:
            process.join()
            connection.close()
        gc.unfreeze()


def _supervise_workers(connections: list[Connection], remaining: int, progress: ProgressCallback) -> list[PullOutcome]:
    """Hear the lanes until each has told its outcome; pass on what one hands over to another."""
    outcomes: dict[Any, PullOutcome] = {}
    with _InterruptCounter() as pressed:
        while len(outcomes) < len(connections):
            for lane in wait([one for one in connections if one not in outcomes], timeout=_POLL_SECONDS):
                kind, *told = _receive_message(lane)
                match kind:
                    case "done":
                        progress(told[0])
                        remaining -= 1
                    case "over":
                        host = urlsplit(told[1].next_address).hostname or ""
                        connections[assign_host(host, len(connections))].send(told)
                    case "end":
                        outcomes[lane] = told[0]
                    case _:
                        raise told[0]
            if not remaining or pressed.count == 1:
                _send_to_all(connections, "stop" if remaining else None)
                remaining, pressed.count = -1, pressed.count + 1
    return list(outcomes.values())


class _InterruptCounter:
    """Counts what it hears of Ctrl-C in its block, so that no message breaks off; at the third it raises."""

    def __init__(self) -> None:
        self.count = 0
        self._previous_handler: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._previous_handler = signal.signal(signal.SIGINT, self._count_interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous_handler is not None:
            signal.signal(signal.SIGINT, self._previous_handler)

    def _count_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 2:
            raise KeyboardInterrupt


def _receive_message(connection: Any) -> Any:
    try:
        return connection.recv()
    except (EOFError, OSError):
        return "failed", RuntimeError("a process of this pull was killed, perhaps for want of memory")


def _send_to_all(connections: list[Connection], message: object) -> None:
    for lane in connections:
        try:
            lane.send(message)
        except OSError:  # it has ended
            continue
