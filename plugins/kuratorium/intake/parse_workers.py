"""Parsing beside the fetching: in worker processes, which a pull that has much to read starts once.

What travels back is packed, for unpacking is faster than parsing by far; an error travels as its reason and words. A
document that takes too long, or ends its process, is a failure of its source alone.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from types import FrameType, TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from ..edition.curation import EntrySelectors
from ..errors import SourceError
from .parsers import dispatch
from .parsers.model import Feed

PARSE_TIMEOUT_SECONDS = 30.0  # for one document; real ones take a few milliseconds
_SMALL_DOCUMENT_BYTES = 1_000_000  # bytes; the fast lane reads them in some 30 ms
_IN_PROCESS_BYTES = 2_000_000  # bytes that are read in this process: a small pull ends before a worker has started
_MAX_WORKERS = 4  # at most; each takes some 50 MB


class _ParseResult(Struct, frozen=True):
    """What came of a document: a feed, or why there is none."""

    feed: Feed | None = None
    reason: str = ""
    message: str = ""


class _ParseRequest(Struct, frozen=True):
    """A document to read."""

    data: bytes
    content_type: str
    site: str
    address: str
    select: EntrySelectors | None


class _ParseTimeoutError(BaseException):
    """A document takes too long; no parser may take this for an error of its own."""


class ParserPool:
    """Reads documents for one pull; use it as an async context manager, from one event loop."""

    def __init__(
        self,
        workers: int = 0,
        *,
        in_process_bytes: int = _IN_PROCESS_BYTES,
        timeout_seconds: float = PARSE_TIMEOUT_SECONDS,
    ) -> None:
        self._workers = workers or min(_MAX_WORKERS, _count_processors())
        self._in_process_bytes_left = in_process_bytes
        self._timeout_seconds = timeout_seconds
        self._thread_executor = ThreadPoolExecutor(
            max_workers=1
        )  # feedparser fills a table at its first use: no second thread
        self._pool: ProcessPoolExecutor | None = None
        self._inline_lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._thread_executor, self._pool):
            if one:
                one.shutdown(cancel_futures=True)

    async def parse(
        self,
        data: bytes,
        content_type: str = "",
        *,
        site: str = "",
        address: str = "",
        select: EntrySelectors | None = None,
    ) -> Feed:
        """Read a document as `parse_feed` does: at once what is small and sound, else beside everything else."""
        if len(data) <= _SMALL_DOCUMENT_BYTES and not select:
            async with self._inline_lock:
                await asyncio.sleep(0)  # the network is looked at between two documents, so that fetching runs ahead
                sound = dispatch.parse_wellformed_feed(data, content_type, site_url=site, feed_url=address)
            if sound:
                return sound
        order = _ParseRequest(data, content_type, site, address, select)
        self._in_process_bytes_left -= len(data)
        packed = await (
            self._run_in_executor(self._thread_executor, _parse_to_bytes, order)
            if self._in_process_bytes_left >= 0
            else self._parse_in_worker(order)
        )
        answer = msgspec.msgpack.decode(packed, type=_ParseResult)
        if answer.feed is None:
            raise SourceError(answer.reason, answer.message)
        return answer.feed

    async def _parse_in_worker(self, order: _ParseRequest) -> bytes:
        for _ in range(2):
            pool = self._pool = self._pool or self._start_pool()
            try:
                return await self._run_in_executor(pool, _parse_to_bytes, order, self._timeout_seconds)
            except BrokenProcessPool:  # this document did it, or one that was read beside it
                if self._pool is pool:
                    self._pool = None
                    pool.shutdown(wait=False)
        raise SourceError("broken", "the feed could not be read: whoever reads it runs out of memory")

    def _start_pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")  # a process with threads must not be forked
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_initialize_worker)

    @staticmethod
    async def _run_in_executor(executor: Executor, function: Callable[..., bytes], *arguments: object) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)


def _count_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _initialize_worker() -> None:
    """Set a worker up: Ctrl-C is for the pull to hear, which then lets its workers go; killed, it takes them along."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000, 20, 100)  # trees without circles: looking for them takes a tenth of the time
    threading.Thread(target=_exit_with_parent, args=(multiprocessing.parent_process(),), daemon=True).start()


def _exit_with_parent(parent: BaseProcess | None) -> None:
    if parent:
        parent.join()
        os._exit(1)


def _parse_to_bytes(request: _ParseRequest, seconds: float = 0) -> bytes:
    try:
        with _TimeLimit(seconds):
            feed = dispatch.parse_feed(
                request.data,
                request.content_type,
                site_url=request.site,
                feed_url=request.address,
                select=request.select,
            )
            answer = _ParseResult(feed)
    except SourceError as error:
        answer = _ParseResult(reason=error.reason, message=str(error))
    except _ParseTimeoutError:
        answer = _ParseResult(reason="slow", message=f"reading the feed takes more than {seconds:.0f} s")
    return msgspec.msgpack.encode(answer)


class _TimeLimit:
    """Raises _SlowError in the block after some seconds, in the main thread of a system that can."""

    def __init__(self, seconds: float) -> None:
        can = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._seconds = seconds if can else 0

    def __enter__(self) -> None:
        if self._seconds:
            signal.signal(signal.SIGALRM, _raise_timeout)
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_: object) -> None:
        if self._seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _raise_timeout(_number: int, _frame: FrameType | None) -> None:
    raise _ParseTimeoutError
