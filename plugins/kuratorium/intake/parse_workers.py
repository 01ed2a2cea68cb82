"""The parsing of feeds while a pull goes on fetching: in this process, or in a sandbox once there is much to parse."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from ..edition.curation import EntrySelectors
from .parsers import dispatch
from .parsers.model import Feed
from .sandbox.call import SlowCallError, is_cheap
from .sandbox.pool import TIMEOUT_SECONDS, SandboxPool, call_here

_IN_PROCESS_BYTES = 2_000_000  # in all; a small pull ends before a worker has started


class _Origin(Struct, frozen=True):
    """Where a document comes from: its Content-Type, the site and address, and what its source says of it."""

    content_type: str
    site: str
    address: str
    lang: str
    select: EntrySelectors | None
    has_suggestions: bool


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
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._in_process_bytes_left = in_process_bytes
        self._sandbox = SandboxPool(workers, timeout_seconds=timeout_seconds)
        self._inline_lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sandbox.__aexit__(kind, error, trace)

    async def parse(
        self,
        data: bytes,
        content_type: str = "",
        *,
        site: str = "",
        address: str = "",
        lang: str = "",
        select: EntrySelectors | None = None,
        has_suggestions: bool = False,
    ) -> Feed:
        """Return the feed in a document, as `dispatch.parse_feed` does; raises SourceError whatever goes wrong.

        A small plain document is parsed at once, any other one outside of this process.
        """
        origin = _Origin(content_type, site, address, lang, select, has_suggestions)
        if is_cheap(data):
            async with self._inline_lock:
                await asyncio.sleep(0)  # lets the event loop serve the network between two documents
                if feed := self._parse_here(data, origin):
                    return feed
        encoded = await self._sandbox.read_apart(_parse_to_bytes, data, origin)
        return msgspec.msgpack.decode(encoded, type=Feed)

    def _parse_here(self, data: bytes, origin: _Origin) -> Feed | None:
        """Return the feed if it is well-formed, or if few others were parsed here before; else None."""
        try:
            feed = None if origin.select or origin.has_suggestions else call_here(_parse_wellformed, data, origin)
            if feed is None:
                self._in_process_bytes_left -= len(data)
                if self._in_process_bytes_left >= 0:
                    feed = call_here(_parse, data, origin)
        except SlowCallError:
            return None
        return feed


def _parse_wellformed(data: bytes, origin: _Origin) -> Feed | None:
    return dispatch.parse_wellformed_feed(
        data, origin.content_type, site_url=origin.site, feed_url=origin.address, lang=origin.lang
    )


def _parse(data: bytes, origin: _Origin) -> Feed:
    return dispatch.parse_feed(
        data,
        origin.content_type,
        site_url=origin.site,
        feed_url=origin.address,
        lang=origin.lang,
        select=origin.select,
        has_suggestions=origin.has_suggestions,
    )


def _parse_to_bytes(data: bytes, origin: _Origin) -> bytes:
    # MessagePack is decoded many times faster than a pickle, and than the document itself.
    return msgspec.msgpack.encode(_parse(data, origin))
