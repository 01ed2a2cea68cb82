"""A pull of many sources in several forked workers, each of which alone asks the hosts of its sources.

A redirect to a host of another worker is handed over to it with the chain so far, so that no host is asked by two
workers at once, and has at most two requests at a time.
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

MIN_SOURCES_FOR_WORKERS = 64  # fewer are pulled before workers have started
_MAX_WORKERS = 4
_POLL_SECONDS = 0.2  # a wait for messages goes on after a signal (PEP 475): Ctrl-C is noticed after this time

Handover = tuple[str, RedirectChain]
"""The id of a source, and the redirects that another worker has followed for it."""
ProgressCallback = Callable[[SourceResult], None]
"""Is called with the result of each source that is done."""


class Coordinator(Protocol):
    """What one worker of a pull needs to know of the others."""

    def owns_host(self, host: str) -> bool:
        """Return whether this worker asks the host."""

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Let the worker that owns the next host of the chain go on with a source."""

    def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield the sources that others hand over, until all workers are done."""


class SingleWorker:
    """The coordinator of a pull in one process, which asks every host."""

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
    """What became of the sources of a pull, or of one worker's share: `results` by source id, and files written.

    `failed_state_changes` has for each failed source its state before and after. `web_successes` has for each source on
    the web whether it answered. `interrupted` is set after Ctrl-C.
    """

    results: dict[str, SourceResult]
    written_items: tuple[IndexedItem, ...] = ()
    failed_state_changes: dict[str, tuple[SourceState, SourceState]] = {}
    web_successes: tuple[bool, ...] = ()
    interrupted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def is_local_failure(self) -> bool:
        """Whether so few sources answered that this machine or its network is to blame."""
        return schedule.is_local_failure(self.web_successes)

    def build_failed_states(self) -> dict[str, SourceState]:
        """Return the states to store for the sources that failed, by id.

        If this machine is to blame, no failure counts; only a server's wish to be asked later is stored.
        """
        is_local = self.is_local_failure
        return {
            source_id: replace(before, not_before=after.not_before) if is_local else after
            for source_id, (before, after) in self.failed_state_changes.items()
            if not is_local or after.not_before
        }


WorkFunction = Callable[[Sequence[Source], Coordinator, ProgressCallback], PullOutcome]
"""Pulls a share of the sources."""


def choose_worker_count(sources: int) -> int:
    """Return how many workers to use for so many sources; 1 where none can be forked."""
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
        host = (urlsplit(urls.make_absolute_url(source.feed)).hostname or "") if urls.is_http_url(source.feed) else ""
        shares[assign_host(host or source.id, worker_count)].append(source)
    return shares


def assign_host(host: str, worker_count: int) -> int:
    """Return the number of the worker that asks a host, from 0."""
    # Not hash(), which differs between processes that do not inherit its seed.
    return zlib.crc32(host.encode("utf-8", "replace")) % worker_count


def merge_outcomes(outcomes: Iterable[PullOutcome]) -> PullOutcome:
    """Return the outcomes of all workers as one; a warning that several have in common appears once."""
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
    """The coordinator within a worker: tells the parent what happened, and receives what other workers hand over.

    A thread sends, because the pipe may be full while the parent is itself sending to this worker: if both waited for
    the other to read, neither would ever go on.
    """

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
        """Wait until everything is sent."""
        self._outbox.put(None)
        self._sender_thread.join()

    def report_done(self, result: SourceResult) -> None:
        """Tell the parent that a source is done."""
        self._outbox.put((result,))

    def owns_host(self, host: str) -> bool:
        """Return whether this worker asks the host."""
        return assign_host(host, self._worker_count) == self._number

    def hand_over(self, source_id: str, redirect_chain: RedirectChain) -> None:
        """Let the worker that owns the next host of the chain go on with a source."""
        self._outbox.put((source_id, redirect_chain))

    async def receive_handovers(self) -> AsyncIterator[Handover]:
        """Yield the sources that others hand over, until all workers are done; Ctrl-C cancels the task that asks."""
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
    """Run one worker."""
    with WorkerChannel(number, worker_count, connection) as channel:
        return work(share, channel, channel.report_done)


def _supervise_workers(
    pool: WorkerPool, connections: Sequence[Connection], remaining: int, progress: ProgressCallback
) -> None:
    """Report results and pass on handovers until all workers have returned; `remaining` sources are to be done."""
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
    """Counts Ctrl-C within its block instead of raising KeyboardInterrupt, which it does only beyond `limit`.

    Raised at any place, it could break off a message half read, and with it what a worker has done.
    """

    def __init__(self) -> None:
        self.count = 0
        self.limit = 2  # who presses a third time waits for something that does not come
        self._previous_handler: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # only this one may set a handler
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
