"""The parsing of documents while a pull goes on fetching: in this process, or in workers once there is much to parse.

If a worker takes too long or dies, only the source of its document fails.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import FrameType, TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from ..edition.curation import EntrySelectors
from ..errors import SourceError
from ..process_pool import count_processors, prepare_worker
from .parsers import dispatch
from .parsers.model import Feed

PARSE_TIMEOUT_SECONDS = 30.0  # for one document; real ones take a few milliseconds
_SMALL_DOCUMENT_BYTES = 1_000_000  # the fast parser needs some 30 ms for this
_IN_PROCESS_BYTES = 2_000_000  # in all; a small pull ends before a worker has started
_MAX_WORKERS = 4  # each takes some 50 MB of memory


class ParserPool:
    """The parser of one pull, as an async context manager; for one event loop.

    `workers` is the number of processes (0: one per processor, at most four). The first `in_process_bytes` are parsed
    in this process. A worker may take `timeout_seconds` for a document.
    """

    def __init__(
        self,
        workers: int = 0,
        *,
        in_process_bytes: int = _IN_PROCESS_BYTES,
        timeout_seconds: float = PARSE_TIMEOUT_SECONDS,
    ) -> None:
        self._workers = workers or min(_MAX_WORKERS, count_processors())
        self._in_process_bytes_left = in_process_bytes
        self._timeout_seconds = timeout_seconds
        # One thread only: feedparser fills a global table at its first use, and is not safe for a second one then.
        self._thread_executor = ThreadPoolExecutor(max_workers=1)
        self._pool: ProcessPoolExecutor | None = None
        self._inline_lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for executor in (self._thread_executor, self._pool):
            if executor:
                executor.shutdown(cancel_futures=True)

    async def parse(
        self,
        data: bytes,
        content_type: str = "",
        *,
        site: str = "",
        address: str = "",
        select: EntrySelectors | None = None,
    ) -> Feed:
        """Return the feed in a document, as `dispatch.parse_feed` does; raises SourceError.

        A small well-formed document is parsed at once, any other one outside of the event loop's thread.
        """
        request = _ParseRequest(data, content_type, site, address, select)
        return await self._parse_at_once(request) or await self._parse_outside_loop(request)

    async def _parse_at_once(self, request: _ParseRequest) -> Feed | None:
        """Return the feed in a small well-formed document; None for any other document."""
        if len(request.data) > _SMALL_DOCUMENT_BYTES or request.select:
            return None
        async with self._inline_lock:
            await asyncio.sleep(0)  # lets the event loop serve the network between two documents
            return dispatch.parse_wellformed_feed(
                request.data, request.content_type, site_url=request.site, feed_url=request.address
            )

    async def _parse_outside_loop(self, request: _ParseRequest) -> Feed:
        self._in_process_bytes_left -= len(request.data)
        encoded = await (
            self._run_in_executor(self._thread_executor, _parse_to_bytes, request)
            if self._in_process_bytes_left >= 0
            else self._parse_in_worker(request)
        )
        result = msgspec.msgpack.decode(encoded, type=_ParseResult)
        if result.feed is None:
            raise SourceError(result.reason, result.message)
        return result.feed

    async def _parse_in_worker(self, request: _ParseRequest) -> bytes:
        # A worker that dies breaks the whole pool, and any document in it may be to blame: each is tried a second time,
        # in a new pool.
        for _ in range(2):
            pool = self._pool = self._pool or self._start_pool()
            try:
                return await self._run_in_executor(pool, _parse_to_bytes, request, self._timeout_seconds)
            except BrokenProcessPool:
                if self._pool is pool:
                    self._pool = None
                    pool.shutdown(wait=False)
        raise SourceError("broken", "the feed could not be read: the process that reads it was killed twice")

    def _start_pool(self) -> ProcessPoolExecutor:
        # Spawned, not forked: this process has threads by now (see process_pool.can_fork).
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=prepare_worker)

    @staticmethod
    async def _run_in_executor(executor: Executor, function: Callable[..., bytes], *arguments: object) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)


class _ParseRequest(Struct, frozen=True):
    """A document to parse."""

    data: bytes
    content_type: str
    site: str
    address: str
    select: EntrySelectors | None


class _ParseResult(Struct, frozen=True):
    """The feed in a document, or the reason and message of a SourceError."""

    feed: Feed | None = None
    reason: str = ""
    message: str = ""


class _ParseTimeoutError(BaseException):
    """A document takes too long. Not an Exception, so that no parser catches it as an error of its own."""


def _parse_to_bytes(request: _ParseRequest, seconds: float = 0) -> bytes:
    """Return the encoded _ParseResult of a document."""
    # MessagePack is decoded many times faster than a pickle, and than the document itself.
    try:
        with _TimeLimit(seconds):
            feed = dispatch.parse_feed(
                request.data,
                request.content_type,
                site_url=request.site,
                feed_url=request.address,
                select=request.select,
            )
            result = _ParseResult(feed)
    except SourceError as error:
        result = _ParseResult(reason=error.reason, message=str(error))
    except _ParseTimeoutError:
        result = _ParseResult(reason="slow", message=f"reading the feed takes more than {seconds:.0f} s")
    return msgspec.msgpack.encode(result)


class _TimeLimit:
    """A block that raises _ParseTimeoutError after some seconds (0: never).

    It uses a signal, because nothing else stops a parser; so it works only in the main thread, and not on Windows.
    """

    def __init__(self, seconds: float) -> None:
        is_available = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        self._seconds = seconds if is_available else 0

    def __enter__(self) -> None:
        if self._seconds:
            signal.signal(signal.SIGALRM, _raise_timeout)
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_: object) -> None:
        if self._seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _raise_timeout(_number: int, _frame: FrameType | None) -> None:
    raise _ParseTimeoutError
