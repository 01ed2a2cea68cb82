"""A pool of worker processes in which functions read untrusted documents, within limits of time and memory.

A worker that takes too long is killed, and one that dies is replaced: only the document that it read fails.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from ...errors import SourceError
from ...process_pool import count_processors
from . import worker
from .call import CpuLimit, SlowCallError, call_parser, is_cheap

TIMEOUT_SECONDS = 30.0  # for one document; real ones take a few milliseconds
_HERE_SECONDS = 1.0  # of this process's time; what takes longer begins anew in a worker
_MAX_WORKERS = 4  # each takes some 50 MB of memory
_PIPE_BYTES = 1 << 20  # read at a time

R = TypeVar("R")


class SandboxPool:
    """Worker processes that start when they are needed, as an async context manager; for one event loop.

    `workers` is their number (0: one per processor, at most four). Each may take `timeout_seconds` for a document.
    """

    def __init__(self, workers: int = 0, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._slots = asyncio.Semaphore(workers or min(_MAX_WORKERS, count_processors()))
        self._idle: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._idle:
            await _end(process)

    async def read(self, function: Callable[..., R], data: bytes, *arguments: object) -> R:
        """Return what `function` makes of a document: at once if it is small and plain, else in a worker.

        Raises SourceError, whatever goes wrong in the function.
        """
        if is_cheap(data):
            try:
                return call_here(function, data, *arguments)
            except SlowCallError:
                pass
        return await self.read_apart(function, data, *arguments)

    async def read_apart(self, function: Callable[..., R], data: bytes, *arguments: object) -> R:
        """Return what `function` makes of a document in a worker. Raises SourceError."""
        async with self._slots:
            process = self._idle.pop() if self._idle else await _start()
            is_reusable = False
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    succeeded, value = await _exchange(process, (function, (data, *arguments)))
                is_reusable = True
            except TimeoutError as error:
                message = f"reading it takes more than {self._timeout_seconds:.0f} s"
                raise SourceError("slow", message) from error
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                message = "the process that reads it was killed: perhaps it takes too much memory"
                raise SourceError("broken", message) from error
            finally:
                if is_reusable:
                    self._idle.append(process)
                else:
                    await _end(process)
        if not succeeded:
            raise SourceError(*value)
        result: R = value
        return result


def call_here(function: Callable[..., R], *arguments: object) -> R:
    """Return what `function` returns within a second. Raises SourceError, and SlowCallError after that time."""
    with CpuLimit(_HERE_SECONDS):
        return call_parser(function, *arguments)


async def _start() -> Process:
    # Not forked: this process has threads by now (see process_pool.can_fork). -P: the folder in which an editor works
    # may hold a json.py.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = (sys.executable, "-P", "-m", worker.__name__)
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, limit=_PIPE_BYTES
    )


async def _exchange(process: Process, request: worker.Request) -> worker.Result:
    assert process.stdin  # noqa: S101 - for mypy: both are pipes
    assert process.stdout  # noqa: S101 - see above
    process.stdin.write(worker.encode_message(request))
    await process.stdin.drain()
    size = int.from_bytes(await process.stdout.readexactly(worker.HEADER_BYTES), "big")
    result: worker.Result = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - from our own worker
    return result


async def _end(process: Process) -> None:
    """Kill a worker, and wait for its end."""
    if process.returncode is None:
        process.kill()
    if process.stdin:
        process.stdin.close()
    await process.wait()
