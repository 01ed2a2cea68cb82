"""A pull of many sources in several forked workers. Each host belongs to one of them, which alone requests it.

A redirect to a host of another worker is handed over to that worker with the chain so far, so that no host gets more
than two requests at a time.
"""

from __future__ import annotations

import asyncio
import queue
import signal
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from multiprocessing.connection import Connection
from types import FrameType, TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition.curation import Source
from ..process_pool import WorkerPool, can_fork, count_processors
from . import schedule
from .http.responses import RedirectChain
from .inbox_index import IndexedItem
from .report import SourceResult
from .schedule import SourceState
from .suggestions.forges import find_pull_address

MIN_SOURCES_FOR_WORKERS = 64  # the pull of fewer ends before workers have started
_MAX_WORKERS = 4
_POLL_SECONDS = 0.2  # a wait for messages goes on after a signal (PEP 475): Ctrl-C is noticed after this time

Handover = tuple[str, RedirectChain]
"""The id of a source, and the redirects that another worker has followed to its feed."""
ProgressCallback = Callable[[SourceResult], None]
"""A function that is called with the result of each source that is done."""


class Coordinator(Protocol):
    """The connection of one worker of a pull to the others."""

    def owns_host(self, host: str) -> bool:
        """Return whether this worker is the one that requests a host."""

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Hand a source over to the worker that owns the next host of its redirect chain."""

    def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield the sources that other workers hand over, until all workers are done."""


class SingleWorker:
    """The coordinator of a pull in one process, which owns every host."""

    def owns_host(self, _host: str) -> bool:
        """Return True."""
        return True

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Raise AssertionError: there is no other worker."""
        raise AssertionError(source_id, redirect_chain)

    async def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield nothing."""
        handovers: tuple[Handover, ...] = ()
        for handover in handovers:
            yield handover


class PullOutcome(Struct, frozen=True, kw_only=True):
    """What a pull, or one of its workers, has done: `results` by source id, and the inbox items that were written.

    `failed_state_changes` has the states of each failed source before and after. `web_successes` has for each source on
    the web whether it could be read. `interrupted` is set after Ctrl-C.
    """

    results: dict[str, SourceResult]
    written_items: tuple[IndexedItem, ...] = ()
    failed_state_changes: dict[str, tuple[SourceState, SourceState]] = {}
    web_successes: tuple[bool, ...] = ()
    interrupted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def is_local_failure(self) -> bool:
        """Whether no source could be read, so that this machine or its network is to blame."""
        return schedule.is_local_failure(self.web_successes)

    def build_failed_states(self) -> dict[str, SourceState]:
        """Return the states to store for the sources that failed, by id.

        If this machine is to blame, only the Retry-After of a server is stored, and no failure.
        """
        is_local = self.is_local_failure
        return {
            source_id: replace(before, not_before=after.not_before) if is_local else after
            for source_id, (before, after) in self.failed_state_changes.items()
            if not is_local or after.not_before
        }


WorkFunction = Callable[[Sequence[Source], Coordinator, ProgressCallback], PullOutcome]
"""A function that pulls a share of the sources."""


def choose_worker_count(sources: int) -> int:
    """Return how many workers should pull this number of sources; 1 if processes cannot be forked."""
    if sources < MIN_SOURCES_FOR_WORKERS or not can_fork():
        return 1
    return min(_MAX_WORKERS, count_processors())


def distribute_work(
    sources: Sequence[Source], worker_count: int, work: WorkFunction, progress: ProgressCallback
) -> PullOutcome:
    """Return the merged outcome of `worker_count` processes that each call `work` for a share of the sources.

    `progress` is called in this process. Ctrl-C stops all workers, and the outcome has what they have done until then.
    Raises what a worker raises.
    """
    if worker_count == 1:
        return work(sources, SingleWorker(), progress)
    with WorkerPool(daemon=False) as pool:  # each worker starts parser processes, which a daemon may not
        connections = [
            pool.start(_pull_share, number, worker_count, share, work)
            for number, share in enumerate(divide_sources(sources, worker_count))
        ]
        _supervise_workers(pool, connections, len(sources), progress)
        return merge_outcomes(pool.results.values())


def divide_sources(sources: Sequence[Source], worker_count: int) -> list[list[Source]]:
    """Return a share of the sources for each worker, in their order: by host, or for a feed in a file by source id."""
    shares: list[list[Source]] = [[] for _ in range(worker_count)]
    for source in sources:
        address = urls.make_absolute_url(find_pull_address(source)) if urls.is_http_url(source.feed) else ""
        host = urlsplit(address).hostname or ""
        shares[assign_host(host or source.id, worker_count)].append(source)
    return shares


def assign_host(host: str, worker_count: int) -> int:
    """Return the number of the worker that owns a host, from 0."""
    # Not hash(), which differs between processes that do not inherit its seed.
    return zlib.crc32(host.encode("utf-8", "replace")) % worker_count


def merge_outcomes(outcomes: Iterable[PullOutcome]) -> PullOutcome:
    """Return the merged outcome of all workers; a warning that several of them report appears once."""
    outcomes = list(outcomes)
    return PullOutcome(
        results={source_id: result for outcome in outcomes for source_id, result in outcome.results.items()},
        written_items=tuple(item for outcome in outcomes for item in outcome.written_items),
        failed_state_changes={
            source_id: states for outcome in outcomes for source_id, states in outcome.failed_state_changes.items()
        },
        web_successes=tuple(success for outcome in outcomes for success in outcome.web_successes),
        interrupted=any(outcome.interrupted for outcome in outcomes),
        warnings=tuple(dict.fromkeys(warning for outcome in outcomes for warning in outcome.warnings)),
    )


class WorkerChannel:
    """The coordinator within a worker: reports to the parent, and exchanges handovers through it."""

    def __init__(self, number: int, worker_count: int, parent: Connection) -> None:
        self._number = number
        self._worker_count = worker_count
        self._parent = parent
        self._outbox: queue.SimpleQueue[tuple[object, ...] | None] = queue.SimpleQueue()
        # A thread sends, because the pipe may be full while the parent is itself sending to this worker: if both waited
        # for the other to read, neither would ever go on.
        self._sender_thread = threading.Thread(target=self._send_queued, daemon=True)

    def __enter__(self) -> Self:
        self._sender_thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until everything has been sent."""
        self._outbox.put(None)
        self._sender_thread.join()

    def report_done(self, result: SourceResult) -> None:
        """Send the result of a source to the parent."""
        self._outbox.put((result,))

    def owns_host(self, host: str) -> bool:
        """Return whether this worker is the one that requests a host."""
        return assign_host(host, self._worker_count) == self._number

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Hand a source over to the worker that owns the next host of its redirect chain."""
        self._outbox.put((source_id, redirect_chain))

    async def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield the sources that other workers hand over, until all are done; Ctrl-C cancels the task that iterates."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task  # noqa: S101 - for mypy: a coroutine runs in a task
        handovers: asyncio.Queue[Handover | None] = asyncio.Queue()

        def receive() -> None:
            message = self._parent.recv()
            if message == _STOP:
                task.cancel()
            else:
                handovers.put_nowait(message)

        loop.add_reader(self._parent.fileno(), receive)
        try:
            while handover := await handovers.get():
                yield handover
        finally:
            loop.remove_reader(self._parent.fileno())

    def _send_queued(self) -> None:
        while (message := self._outbox.get()) is not None:
            self._parent.send(message)


# What the parent sends to a worker, besides handovers.
_STOP = "stop"  # after Ctrl-C
_ALL_DONE = None


def _pull_share(
    connection: Connection, number: int, worker_count: int, share: Sequence[Source], work: WorkFunction
) -> PullOutcome:
    """Pull a share of the sources in a worker process."""
    with WorkerChannel(number, worker_count, connection) as channel:
        return work(share, channel, channel.report_done)


def _supervise_workers(
    pool: WorkerPool, connections: Sequence[Connection], remaining: int, progress: ProgressCallback
) -> None:
    """Report results and pass on handovers until all workers have returned; `remaining` sources are not done yet."""
    is_ending = False
    with _InterruptCounter() as interrupts:
        while pool.is_running:
            for message in pool.receive(_POLL_SECONDS):
                match message:
                    case (SourceResult() as result,):
                        progress(result)
                        remaining -= 1
                    case (_, redirect_chain):
                        host = urlsplit(redirect_chain.next_address).hostname or ""
                        connections[assign_host(host, len(connections))].send(message)
            if not is_ending and (not remaining or interrupts.count):
                _send_to_all(connections, _STOP if remaining else _ALL_DONE)
                is_ending, interrupts.limit = True, interrupts.count


class _InterruptCounter:
    """A block in which Ctrl-C is counted, and raises KeyboardInterrupt only beyond `limit`.

    Raised at any place, it could end the parent in the middle of a message, and lose what a worker has done.
    """

    def __init__(self) -> None:
        self.count = 0
        self.limit = 2  # the third Ctrl-C ends a pull that does not end by itself
        self._previous_handler: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # only the main thread may set a handler
            self._previous_handler = signal.signal(signal.SIGINT, self._count_interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous_handler is not None:
            signal.signal(signal.SIGINT, self._previous_handler)

    def _count_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count > self.limit:
            raise KeyboardInterrupt


def _send_to_all(connections: Sequence[Connection], message: str | None) -> None:
    for connection in connections:
        try:
            connection.send(message)
        except OSError:  # this worker has ended
            continue
