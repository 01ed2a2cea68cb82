"""One source -> its bytes: from a file, or by http(s) with good manners."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import httpx
from msgspec import Struct

from .. import __version__
from ..errors import SourceError
from . import failures, links
from .state import State

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)

Clock = Callable[[], datetime]


class Limits(Struct, frozen=True, kw_only=True):
    """How long, how much, how often: seconds, bytes of the body as inflated, requests at a time."""

    connect: float = 10
    total: float = 30
    redirects: int = 5
    size: int = 15 * 1024 * 1024
    per_host: int = 2
    at_once: int = 64


class Fetched(Struct, frozen=True, kw_only=True):
    """An answer: its body (None: unchanged since the last one), where it came from, and the validators to keep."""

    data: bytes | None
    content_type: str = ""
    address: str = ""
    etag: str = ""
    last_modified: str = ""


def user_agent(site_url: str, contact: str) -> str:
    """Say who asks, and whom to write to."""
    about = "; ".join(part for part in (f"+{site_url}" if site_url else "", contact) if part)
    agent = f"Kuratorium/{__version__}" + (f" ({about})" if about else "")
    return agent.encode("ascii", "ignore").decode()


class Fetcher:
    """Fetches for one run; use it as an async context manager.

    `root` is where relative paths begin, `agent` what we say of ourselves, `clock` tells the time (aware).
    """

    def __init__(self, root: Path, agent: str, clock: Clock, limits: Limits | None = None) -> None:
        self._root = root
        self._clock = clock
        self._agent = agent
        self._limits = limits or Limits()
        self._stack = AsyncExitStack()
        self._client: httpx.AsyncClient | None = None
        self._places = asyncio.Semaphore(self._limits.at_once)
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(self._limits.per_host))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def fetch(self, address: str, known: State | None = None) -> Fetched:
        """Get what is at `address`: an http(s) address, a file: address or a path.

        With the validators of a `known` state the answer may be «unchanged». Raises SourceError.
        """
        if not links.is_web(address):
            return await asyncio.to_thread(self._read, address)
        safe = links.absolute(address)
        if not safe:
            raise SourceError("bad-address", f"«{address}» is no address")
        async with self._hosts[urlsplit(safe).netloc], self._places:
            try:
                async with asyncio.timeout(self._limits.total):
                    return await self._ask(address, known)
            except TimeoutError as error:
                raise failures.timeout(self._limits.total) from error
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                raise failures.of_error(error) from error

    def _read(self, address: str) -> Fetched:
        path = self._root / (unquote(urlsplit(address).path) if address.startswith("file:") else address)
        try:
            if not path.exists():
                raise SourceError("not-found", f"there is no file {address}")
            if not path.is_file():
                raise SourceError("not-found", f"{address} is no file")
            with path.open("rb") as file:
                data = file.read(self._limits.size + 1)
        except (OSError, ValueError) as error:
            raise SourceError("unreadable", f"{address} cannot be read: {error}") from error
        if len(data) > self._limits.size:
            raise failures.too_large(self._limits.size)
        return Fetched(data=data)

    async def _ask(self, address: str, known: State | None) -> Fetched:
        client = await self._open()
        async with client.stream("GET", address, headers=dict(_conditions(known))) as answer:
            if answer.status_code == 304 and known and (known.etag or known.last_modified):
                return _fetched(answer, None, known)
            if not answer.is_success:
                raise failures.of_answer(answer, self._clock())
            return _fetched(answer, await self._body(answer), None)

    async def _body(self, answer: httpx.Response) -> bytes:
        announced = answer.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > self._limits.size:
            raise failures.too_large(self._limits.size)
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > self._limits.size:
                raise failures.too_large(self._limits.size)
        return bytes(body)

    async def _open(self) -> httpx.AsyncClient:
        """Make the client when it is first needed: an edition of files needs none."""
        if self._client is None:
            # One place decides how long all takes: the total above. A pool that is full is no failure of a source.
            timeout = httpx.Timeout(self._limits.total, connect=self._limits.connect, pool=None)
            self._client = httpx.AsyncClient(
                headers={"user-agent": self._agent, "accept": _ACCEPT},
                timeout=timeout,
                follow_redirects=True,
                max_redirects=self._limits.redirects,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=self._limits.at_once),
                event_hooks={"request": [_judge]},
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # none is kept, none is sent
            )
            await self._stack.enter_async_context(self._client)
        return self._client


async def _judge(request: httpx.Request) -> None:
    """Look at the address of every hop before it is asked: a redirect may name any port and any host."""
    if not links.absolute(str(request.url)):
        raise httpx.InvalidURL(str(request.url))


def _conditions(known: State | None) -> Iterator[tuple[str, str]]:
    if known and known.etag:
        yield "if-none-match", known.etag
    if known and known.last_modified:
        yield "if-modified-since", known.last_modified


def _fetched(answer: httpx.Response, data: bytes | None, known: State | None) -> Fetched:
    """Keep the validators of an answer; a 304 need not repeat them."""
    return Fetched(
        data=data,
        content_type=answer.headers.get("content-type", ""),
        address=str(answer.url),
        etag=answer.headers.get("etag", known.etag if known else ""),
        last_modified=answer.headers.get("last-modified", known.last_modified if known else ""),
    )
