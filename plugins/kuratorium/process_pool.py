"""Worker processes for one job: forked from this one, connected by pipes, and ended with this one.

Fork, because the workers start at once with everything that this process has read; the standard library's pools would
pickle it for each task.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from types import TracebackType
from typing import Any, Self, TypeVar

from msgspec import Struct

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
MIN_PARALLEL_ITEMS = 500  # for fewer, starting processes takes longer than they save
_CHUNK_SIZE = 32  # neighbours share fragments, and are similar in cost

T = TypeVar("T")
R = TypeVar("R")


class WorkerPool:
    """Forked workers, as a context manager; leaving it waits for them, or kills them if an error leaves it.

    `daemon` workers cannot start processes themselves. They are killed when this process ends, even if the pool was not
    left, as when a traceback still holds the generator that uses it; for other workers, this process would wait.
    """

    def __init__(self, *, daemon: bool = True) -> None:
        self._daemon = daemon
        self._context = multiprocessing.get_context("fork")
        self._processes: dict[Connection, ForkProcess] = {}
        self.results: dict[Connection, Any] = {}
        """What workers returned, by their connection, in the order in which they ended."""

    def __enter__(self) -> Self:
        gc.freeze()  # else a worker's first collection would write to, and so copy, every page of shared memory
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            if error:
                process.kill()
        for connection, process in self._processes.items():
            process.join()
            connection.close()
        gc.unfreeze()

    @property
    def is_running(self) -> bool:
        """Whether any worker has not returned yet."""
        return len(self.results) < len(self._processes)

    def start(self, function: Callable[..., object], *arguments: object) -> Connection:
        """Fork a worker that calls `function` with its connection and `arguments`; returns our end of the connection.

        What the worker sends comes out of `receive`; what the function returns is added to `results`.
        """
        own_end, worker_end = self._context.Pipe()
        # A fork copies the ends of all earlier pipes. While any copy of it is open, a pipe does not report its end.
        inherited = [*self._processes, own_end]
        process = self._context.Process(
            target=_run_worker, args=(worker_end, inherited, function, arguments), daemon=self._daemon
        )
        process.start()
        worker_end.close()
        self._processes[own_end] = process
        return own_end

    def receive(self, timeout: float | None = None) -> Iterator[Any]:
        """Yield the messages that have arrived; waits for one, at most `timeout` seconds.

        Raises what a worker raised, with its traceback as a note, or RuntimeError if a worker was killed.
        """
        running = [connection for connection in self._processes if connection not in self.results]
        for connection in wait(running, timeout):
            assert isinstance(connection, Connection)  # noqa: S101 - for mypy: wait takes other objects, too
            message = _receive(connection)
            if isinstance(message, _Return):
                self.results[connection] = message.value
            elif isinstance(message, _Failure):
                raise message.error
            else:
                yield message


class _Return(Struct, frozen=True):
    """The last message of a worker: what its function returned."""

    value: Any


class _Failure(Struct, frozen=True):
    """The last message of a worker whose function raised an error."""

    error: BaseException


def choose_process_count(item_count: int, requested: int | None = None) -> int:
    """Return how many processes to use for so many items: those `requested`, else one per processor if it saves time.

    Where no process can be forked it is 1, whatever was requested.
    """
    if not can_fork():
        return 1
    return requested or (count_processors() if item_count >= MIN_PARALLEL_ITEMS else 1)


def map_chunks(
    items: Sequence[T], process_chunk: Callable[[Sequence[T]], R], processes: int, *, chunk_size: int = _CHUNK_SIZE
) -> Iterator[R]:
    """Yield what `process_chunk` returns for each chunk of `items`, as it is ready; `processes` share the chunks.

    Raises the error that it raises for the first chunk with one, so that the message is the same with any number of
    processes.
    """
    chunks = [items[start : start + chunk_size] for start in range(0, len(items), chunk_size)]
    if processes <= 1:
        yield from map(process_chunk, chunks)
        return
    failures: list[_ChunkFailure] = []
    with WorkerPool() as pool:
        numbered = list(enumerate(chunks))
        for number in range(min(processes, len(chunks))):
            size = -(-len(numbered) // processes)
            pool.start(_send_results, process_chunk, numbered[number * size : (number + 1) * size])
        while pool.is_running:
            for result in pool.receive():
                if isinstance(result, _ChunkFailure):
                    failures.append(result)
                elif not failures:
                    yield result
    if failures:
        raise min(failures, key=lambda failure: failure.number).error


class _ChunkFailure(Struct, frozen=True):
    """The error that a worker met in the chunk of this number; it works on none behind it."""

    number: int
    error: Exception


def _send_results(
    connection: Connection, process_chunk: Callable[[Sequence[T]], R], chunks: Sequence[tuple[int, Sequence[T]]]
) -> None:
    for number, chunk in chunks:
        try:
            connection.send(process_chunk(chunk))
        except Exception as error:  # noqa: BLE001 - it is raised again in the parent
            connection.send(_ChunkFailure(number, error))
            return


def can_fork() -> bool:
    """Return whether workers can be forked here: on Linux, and while this process has no other threads."""
    # A lock that another thread holds stays locked in the child for ever (CPython warns of it since 3.12). On a Mac,
    # libraries of the system do not survive a fork (https://github.com/python/cpython/issues/77906).
    return sys.platform == "linux" and threading.active_count() == 1


def count_processors() -> int:
    """Return how many processors this process may use: in a container or with taskset, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare_worker() -> None:
    """Set up this process, forked or spawned, as a worker: it leaves Ctrl-C to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to parent and workers alike
    # Records and parsed trees hold hardly a cycle; looking for cycles as often as by default takes a tenth of the time.
    gc.set_threshold(100_000, 20, 100)
    if sys.platform == "linux":
        _request_kill_with_parent()
    else:
        threading.Thread(target=_exit_with_parent, daemon=True).start()


def _run_worker(
    connection: Connection,
    inherited: list[Connection],
    function: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    prepare_worker()
    for other in inherited:
        other.close()
    try:
        connection.send(_Return(function(connection, *arguments)))
    except BaseException as error:  # noqa: BLE001 - it is raised again in the parent
        error.add_note(traceback.format_exc())
        connection.send(_Failure(error))


def _receive(connection: Connection) -> Any:
    try:
        return connection.recv()
    except (EOFError, OSError):
        return _Failure(RuntimeError("a worker process was killed, perhaps because memory ran out"))


def _request_kill_with_parent() -> None:
    """Let the kernel kill this process when its parent ends, even if the parent is killed or this one is in a C call.

    Otherwise a worker of a killed command would go on, and hold the command's lock (flock is inherited).
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent and os.getppid() != parent.pid:  # the parent ended before the call
        os._exit(1)


def _exit_with_parent() -> None:
    """End this process when its parent has ended, on systems whose kernel cannot do so."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def reduce_garbage_collection() -> Iterator[None]:
    """Collect garbage seldom: a build creates a hundred thousand records, with hardly a reference cycle among them."""
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
