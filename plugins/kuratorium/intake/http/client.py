"""One source -> its bytes: from a file, or by http(s) with good manners.

One request -> its answer, or where it leads.

What a fetch is bound by, what it may know before, and what comes of it.

Whose turn it is: a few requests at a time per host, many hosts at once, and the connections that they share.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urldefrag, urlsplit

import httpcore
import httpx
from msgspec import Struct
from msgspec.structs import replace

from ... import __version__, urls
from ...errors import SourceError
from .. import schedule
from . import decompress, errors, ssrf_guard
from .ssrf_guard import Guard

_MIB = 1024 * 1024


class Known(Protocol):
    """What is known of a source from its last good answer; empty where nothing is."""

    @property
    def etag(self) -> str:
        """The validator ETag, as its server wrote it."""

    @property
    def last_modified(self) -> str:
        """The validator Last-Modified, as its server wrote it."""

    @property
    def body_hash(self) -> str:
        """The `Fetched.body_hash` of what was read of it."""


class Limits(Struct, frozen=True, kw_only=True):
    """How long, how much, how often.

    Seconds to connect, and in all, without waiting for one's turn; bytes of the body as sent if compressed (`packed`)
    and as unpacked (`size`); requests at a time `per_host`, and hosts `at_once`.
    """

    connect: float = 10
    total: float = 30
    redirects: int = 5
    packed: int = 5 * _MIB
    size: int = 15 * _MIB
    per_host: int = 2
    at_once: int = 128

    def shared(self, among: int) -> Limits:
        """Tell what is left for each of so many who keep them together."""
        return replace(self, at_once=-(-self.at_once // among))


class Fetched(Struct, frozen=True, kw_only=True):
    """An answer: its body (None: unchanged since the last one), where it came from, and what to keep of it.

    `redirects` lists each hop's status and where it led, `moved_to` is where they led for good (or empty); `expires`
    counts the seconds that the server calls the answer fresh; `compressed` and `inflated` are bytes, `elapsed` the
    seconds that it took, without waiting for a turn. Keep the validators and `body_hash` when the body was read well.
    """

    data: bytes | None
    status: int = 200
    content_type: str = ""
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    redirects: tuple[tuple[int, str], ...] = ()
    moved_to: str = ""
    expires: float = 0.0
    compressed: int = 0
    inflated: int = 0
    elapsed: float = 0.0


class Journey(Struct, frozen=True, kw_only=True):
    """How far somebody has come who follows redirects: the next address, status and target of each hop, seconds."""

    at: str
    hops: tuple[tuple[int, str], ...] = ()
    elapsed: float = 0.0


class ElsewhereError(Exception):
    """A `journey` leads to a host that another process asks: every host is asked by one of them alone."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        super().__init__(journey.at)


_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REDIRECTS = {301, 302, 303, 307, 308}

Clock = Callable[[], datetime]
Found = Fetched | tuple[int, str]  # an answer, or a redirect's status and where it leads


class Asker:
    """Asks as `agent`, within `limits`; `clock` tells the time (aware).

    There is no cookie jar, no proxy and no password anywhere in here: what is not kept cannot be sent on.
    """

    def __init__(self, agent: str, limits: Limits, clock: Clock) -> None:
        said = {"user-agent": agent, "accept": _ACCEPT, "accept-encoding": decompress.ACCEPTED}
        self._headers = [(name.encode(), value.encode("ascii")) for name, value in said.items()]
        self._limits = limits
        self._clock = clock

    async def ask(self, pool: httpcore.AsyncConnectionPool, address: str, known: Known | None) -> Found:
        """Ask once for what is at `address`, which is safe. Raises SourceError, and what failures.NETWORK lists."""
        url = httpx.URL(address)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = [(b"host", url.netloc), *self._headers, *_conditions(known)]
        extensions = {"timeout": {"connect": self._limits.connect}}
        async with pool.stream("GET", target, headers=asked, extensions=extensions) as answer:
            headers = httpx.Headers(answer.headers, encoding="latin-1")  # a validator goes back as it came
            if answer.status in _REDIRECTS and "location" in headers:
                return answer.status, _target(headers["location"], address)
            if answer.status == 304 and known and (known.etag or known.last_modified):
                return self._answer(304, headers, address, known, None)
            if not 200 <= answer.status < 300:
                raise errors.of_answer(answer.status, headers, self._clock())
            return self._answer(answer.status, headers, address, known, await self._body(answer, headers))

    async def _body(self, answer: httpcore.Response, headers: httpx.Headers) -> decompress.Inflater:
        inflater = decompress.Inflater(
            headers.get("content-encoding", ""), packed=self._limits.packed, size=self._limits.size
        )
        inflater.expect(headers.get("content-length", ""))
        async for piece in answer.aiter_stream():
            inflater.take(piece)
        return inflater

    def _answer(
        self, status: int, headers: httpx.Headers, address: str, known: Known | None, body: decompress.Inflater | None
    ) -> Fetched:
        """Make the record of an answer; a 304 need not repeat the validators, and has the body that is known."""
        data = body.whole() if body else None
        same = known if data is None else None
        body_hash = same.body_hash if same else hash_of(data or b"")
        unchanged = data is None or (known is not None and body_hash == known.body_hash)
        return Fetched(
            data=None if unchanged else data,
            status=status,
            content_type=headers.get("content-type", ""),
            address=address,
            etag=headers.get("etag", same.etag if same else ""),
            last_modified=headers.get("last-modified", same.last_modified if same else ""),
            body_hash=body_hash,
            expires=schedule.fresh_for(headers, self._clock()),
            compressed=body.compressed if body else 0,
            inflated=len(data or b""),
        )


def _target(location: str, address: str) -> str:
    """Tell where a redirect leads, without name, password and fragment; raises where that is no web address."""
    target = urldefrag(urls.absolute(location.encode("latin-1").decode("utf-8", "replace"), address)).url
    if not target:
        raise httpx.InvalidURL(location)
    return target


def _conditions(known: Known | None) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers that ask for changes only."""
    if known and known.etag:
        yield b"if-none-match", known.etag.encode("latin-1", "replace")
    if known and known.last_modified:
        yield b"if-modified-since", known.last_modified.encode("latin-1", "replace")


def hash_of(data: bytes) -> str:
    """Make the hash by which two bodies are compared."""
    return hashlib.sha256(data).hexdigest()


class _Host:
    """A host that somebody wants something of: its turns, its place among the hosts, its connections."""

    def __init__(self, per_host: int, tls: ssl.SSLContext, guard: Guard) -> None:
        self.wanted = 0
        self.placed = False
        self.placing = asyncio.Lock()
        self.turns = asyncio.Semaphore(per_host)
        # A pool of its own: in one for all, every request looks at every connection there is.
        self.pool = httpcore.AsyncConnectionPool(tls, max_connections=per_host, network_backend=guard)


class Hosts:
    """Gives turns: at most `per_host` requests at a time to a host, and at most `at_once` hosts."""

    def __init__(self, per_host: int, at_once: int, tls: ssl.SSLContext, guard: Guard) -> None:
        self._per_host = per_host
        self._tls = tls
        self._guard = guard
        self._places = asyncio.Semaphore(at_once)
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """Wait for a turn to ask the host of this `name`; yields its connections. Never hold two turns at a time."""
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(self._per_host, self._tls, self._guard)
        host.wanted += 1
        try:
            async with host.turns:
                await self._place(host)
                yield host.pool
        finally:
            host.wanted -= 1
            if not host.wanted:
                await self._leave(name, host)

    async def _place(self, host: _Host) -> None:
        async with host.placing:
            if not host.placed:
                await self._places.acquire()
                host.placed = True

    async def _leave(self, name: str, host: _Host) -> None:
        """Make room for another host when nobody wants this one any more."""
        del self._hosts[name]
        if host.placed:
            self._places.release()
        await host.pool.aclose()


def user_agent(site_url: str, contact: str) -> str:
    """Say who asks, and whom to write to."""
    about = "; ".join(part for part in (f"+{site_url}" if site_url else "", contact) if part)
    agent = f"Kuratorium/{__version__}" + (f" ({about})" if about else "")
    return " ".join(agent.encode("ascii", "ignore").decode().split())


class Fetcher:
    """Fetches for one run; use it as an async context manager.

    `root` is where relative paths begin, `agent` what we say of ourselves, `clock` tells the time (aware). `intranet`
    names the hosts that need not be public, `resolve` looks names up (by default as the system does); only hosts that
    are `mine` are asked.
    """

    def __init__(
        self,
        root: Path,
        agent: str,
        clock: Clock,
        limits: Limits | None = None,
        *,
        intranet: Collection[str] = (),
        resolve: ssrf_guard.Resolve | None = None,
        mine: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._root = root
        self._limits = limits or Limits()
        self._asker = Asker(agent, self._limits, clock)
        self._names = ssrf_guard.Resolver(self._limits.at_once)
        self._guard = ssrf_guard.Guard(resolve or self._names, intranet)
        self._mine = mine
        self._hosts: Hosts | None = None
        self._waiting: dict[str, datetime] = {}  # hosts that we asked too often, and until when they want peace

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._names.close()

    async def fetch(self, address: str, known: Known | None = None, journey: Journey | None = None) -> Fetched:
        """Get what is at `address`: an http(s) address, a file: address or a path.

        With what is `known` of its last answer this one may be «unchanged». A `journey` goes on where it was broken
        off. Raises SourceError, and ElsewhereError where it leads to a host that is not mine.
        """
        if not urls.is_web(address):
            return await asyncio.to_thread(self._read, address)
        safe = urldefrag(urls.absolute(address)).url
        if not safe:
            raise SourceError("bad-address", f"«{address}» is no address")
        if "@" in urlsplit(address).netloc:
            raise errors.credentials()
        return await self._follow(safe, known, journey or Journey(at=safe))

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
            raise errors.too_large(self._limits.size)
        return Fetched(data=data, body_hash=hash_of(data), compressed=len(data), inflated=len(data))

    async def _follow(self, address: str, known: Known | None, journey: Journey) -> Fetched:
        """Ask at `address` and at wherever it redirects to, hop by hop; the seconds count only while it is our turn."""
        while True:
            host = urlsplit(journey.at).hostname or ""
            if not self._mine(host):
                raise ElsewhereError(journey)
            async with self._open().turn(host) as pool:
                if until := self._waiting.get(host):
                    raise errors.too_often(until)
                started = perf_counter()
                asking = self._asker.ask(pool, journey.at, known)
                found = await self._within(self._limits.total - journey.elapsed, host, asking)
                elapsed = journey.elapsed + perf_counter() - started
            if isinstance(found, Fetched):
                return _after(found, address, journey.hops, elapsed)
            target = found[1]
            if len(journey.hops) >= self._limits.redirects or target in {address, *(to for _, to in journey.hops)}:
                raise errors.redirects(self._limits.redirects)
            journey = Journey(at=target, hops=(*journey.hops, found), elapsed=elapsed)

    async def _within(self, seconds: float, host: str, asking: Coroutine[None, None, Found]) -> Found:
        """Wait for an answer, and note that a host which we ask too often wants its peace from all its feeds."""
        try:
            async with asyncio.timeout(seconds):
                return await asking
        except errors.PostponedError as error:
            if error.reason == "too-many-requests":
                self._waiting[host] = error.until
            raise
        except TimeoutError as error:
            raise errors.timeout(self._limits.total) from error
        except errors.NETWORK as error:
            raise errors.of_error(error) from error

    def _open(self) -> Hosts:
        """Make ready for the web when it is first needed: an edition of files needs no certificates."""
        if self._hosts is None:
            tls = httpx.create_ssl_context()
            self._hosts = Hosts(self._limits.per_host, self._limits.at_once, tls, self._guard)
        return self._hosts


def _after(fetched: Fetched, address: str, hops: tuple[tuple[int, str], ...], elapsed: float) -> Fetched:
    """Add to an answer how it was come by."""
    moved = schedule.moved_to(hops)
    return replace(fetched, redirects=hops, moved_to=moved if moved != address else "", elapsed=elapsed)
