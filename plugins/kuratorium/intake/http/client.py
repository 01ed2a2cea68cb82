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
from .ssrf_guard import PublicNetworkBackend

_MIB = 1024 * 1024


class Validators(Protocol):
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


class FetchLimits(Struct, frozen=True, kw_only=True):
    """How long, how much, how often.

    Seconds to connect, and in all, without waiting for one's turn; bytes of the body as sent if compressed (`packed`)
    and as unpacked (`size`); requests at a time `per_host`, and hosts `at_once`.
    """

    connect_seconds: float = 10
    total_seconds: float = 30
    max_redirects: int = 5
    max_compressed_bytes: int = 5 * _MIB
    max_bytes: int = 15 * _MIB
    requests_per_host: int = 2
    concurrent_hosts: int = 128

    def divide(self, worker_count: int) -> FetchLimits:
        """Tell what is left for each of so many who keep them together."""
        return replace(self, concurrent_hosts=-(-self.concurrent_hosts // worker_count))


class Response(Struct, frozen=True, kw_only=True):
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
    fresh_seconds: float = 0.0
    compressed_bytes: int = 0
    decompressed_bytes: int = 0
    elapsed: float = 0.0


class RedirectChain(Struct, frozen=True, kw_only=True):
    """How far somebody has come who follows redirects: the next address, status and target of each hop, seconds."""

    next_address: str
    hops: tuple[tuple[int, str], ...] = ()
    elapsed: float = 0.0


class HostNotOwnedError(Exception):
    """A `journey` leads to a host that another process asks: every host is asked by one of them alone."""

    def __init__(self, redirect_chain: RedirectChain) -> None:
        self.redirect_chain = redirect_chain
        super().__init__(redirect_chain.next_address)


_ACCEPT_HEADER = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REDIRECT_STATUSES = {301, 302, 303, 307, 308}

Clock = Callable[[], datetime]
ResponseOrRedirect = Response | tuple[int, str]  # an answer, or a redirect's status and where it leads


class RequestSender:
    """Asks as `agent`, within `limits`; `clock` tells the time (aware).

    There is no cookie jar, no proxy and no password anywhere in here: what is not kept cannot be sent on.
    """

    def __init__(self, agent: str, limits: FetchLimits, clock: Clock) -> None:
        said = {"user-agent": agent, "accept": _ACCEPT_HEADER, "accept-encoding": decompress.ACCEPT_ENCODING}
        self._headers = [(name.encode(), value.encode("ascii")) for name, value in said.items()]
        self._limits = limits
        self._clock = clock

    async def send(
        self, pool: httpcore.AsyncConnectionPool, address: str, validators: Validators | None
    ) -> ResponseOrRedirect:
        """Ask once for what is at `address`, which is safe. Raises SourceError, and what failures.NETWORK lists."""
        url = httpx.URL(address)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = [(b"host", url.netloc), *self._headers, *_build_conditional_headers(validators)]
        extensions = {"timeout": {"connect": self._limits.connect_seconds}}
        async with pool.stream("GET", target, headers=asked, extensions=extensions) as answer:
            headers = httpx.Headers(answer.headers, encoding="latin-1")  # a validator goes back as it came
            if answer.status in _REDIRECT_STATUSES and "location" in headers:
                return answer.status, _resolve_redirect(headers["location"], address)
            if answer.status == 304 and validators and (validators.etag or validators.last_modified):
                return self._build_response(304, headers, address, validators, None)
            if not 200 <= answer.status < 300:
                raise errors.build_status_error(answer.status, headers, self._clock())
            return self._build_response(
                answer.status, headers, address, validators, await self._read_body(answer, headers)
            )

    async def _read_body(self, response: httpcore.Response, headers: httpx.Headers) -> decompress.Decompressor:
        inflater = decompress.Decompressor(
            headers.get("content-encoding", ""),
            max_compressed_bytes=self._limits.max_compressed_bytes,
            max_bytes=self._limits.max_bytes,
        )
        inflater.check_content_length(headers.get("content-length", ""))
        async for piece in response.aiter_stream():
            inflater.add_chunk(piece)
        return inflater

    def _build_response(
        self,
        status: int,
        headers: httpx.Headers,
        address: str,
        validators: Validators | None,
        body: decompress.Decompressor | None,
    ) -> Response:
        """Make the record of an answer; a 304 need not repeat the validators, and has the body that is known."""
        data = body.get_body() if body else None
        same = validators if data is None else None
        body_hash = same.body_hash if same else hash_body(data or b"")
        unchanged = data is None or (validators is not None and body_hash == validators.body_hash)
        return Response(
            data=None if unchanged else data,
            status=status,
            content_type=headers.get("content-type", ""),
            address=address,
            etag=headers.get("etag", same.etag if same else ""),
            last_modified=headers.get("last-modified", same.last_modified if same else ""),
            body_hash=body_hash,
            fresh_seconds=schedule.read_freshness_seconds(headers, self._clock()),
            compressed_bytes=body.compressed_bytes if body else 0,
            decompressed_bytes=len(data or b""),
        )


def _resolve_redirect(location: str, address: str) -> str:
    """Tell where a redirect leads, without name, password and fragment; raises where that is no web address."""
    target = urldefrag(urls.make_absolute_url(location.encode("latin-1").decode("utf-8", "replace"), address)).url
    if not target:
        raise httpx.InvalidURL(location)
    return target


def _build_conditional_headers(validators: Validators | None) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers that ask for changes only."""
    if validators and validators.etag:
        yield b"if-none-match", validators.etag.encode("latin-1", "replace")
    if validators and validators.last_modified:
        yield b"if-modified-since", validators.last_modified.encode("latin-1", "replace")


def hash_body(data: bytes) -> str:
    """Make the hash by which two bodies are compared."""
    return hashlib.sha256(data).hexdigest()


class _HostConnections:
    """A host that somebody wants something of: its turns, its place among the hosts, its connections."""

    def __init__(self, requests_per_host: int, tls: ssl.SSLContext, network_backend: PublicNetworkBackend) -> None:
        self.waiting_count = 0
        self.has_slot = False
        self.slot_lock = asyncio.Lock()
        self.request_slots = asyncio.Semaphore(requests_per_host)
        # A pool of its own: in one for all, every request looks at every connection there is.
        self.pool = httpcore.AsyncConnectionPool(
            tls, max_connections=requests_per_host, network_backend=network_backend
        )


class HostLimiter:
    """Gives turns: at most `per_host` requests at a time to a host, and at most `at_once` hosts."""

    def __init__(
        self, requests_per_host: int, concurrent_hosts: int, tls: ssl.SSLContext, network_backend: PublicNetworkBackend
    ) -> None:
        self._requests_per_host = requests_per_host
        self._tls = tls
        self._network_backend = network_backend
        self._host_slots = asyncio.Semaphore(concurrent_hosts)
        self._hosts: dict[str, _HostConnections] = {}

    @asynccontextmanager
    async def acquire_host(self, name: str) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """Wait for a turn to ask the host of this `name`; yields its connections. Never hold two turns at a time."""
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _HostConnections(self._requests_per_host, self._tls, self._network_backend)
        host.waiting_count += 1
        try:
            async with host.request_slots:
                await self._acquire_slot(host)
                yield host.pool
        finally:
            host.waiting_count -= 1
            if not host.waiting_count:
                await self._release_host(name, host)

    async def _acquire_slot(self, host: _HostConnections) -> None:
        async with host.slot_lock:
            if not host.has_slot:
                await self._host_slots.acquire()
                host.has_slot = True

    async def _release_host(self, name: str, host: _HostConnections) -> None:
        """Make room for another host when nobody wants this one any more."""
        del self._hosts[name]
        if host.has_slot:
            self._host_slots.release()
        await host.pool.aclose()


def build_user_agent(site_url: str, contact: str) -> str:
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
        limits: FetchLimits | None = None,
        *,
        intranet: Collection[str] = (),
        resolve: ssrf_guard.ResolveFunction | None = None,
        owns_host: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._root = root
        self._limits = limits or FetchLimits()
        self._sender = RequestSender(agent, self._limits, clock)
        self._resolver = ssrf_guard.Resolver(self._limits.concurrent_hosts)
        self._network_backend = ssrf_guard.PublicNetworkBackend(resolve or self._resolver, intranet)
        self._owns_host = owns_host
        self._host_limiter: HostLimiter | None = None
        self._postponed_hosts: dict[str, datetime] = {}  # hosts that we asked too often, and until when they want peace

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resolver.close()

    async def fetch(
        self, address: str, validators: Validators | None = None, redirect_chain: RedirectChain | None = None
    ) -> Response:
        """Get what is at `address`: an http(s) address, a file: address or a path.

        With what is `known` of its last answer this one may be «unchanged». A `journey` goes on where it was broken
        off. Raises SourceError, and ElsewhereError where it leads to a host that is not mine.
        """
        if not urls.is_http_url(address):
            return await asyncio.to_thread(self._read_file, address)
        safe = urldefrag(urls.make_absolute_url(address)).url
        if not safe:
            raise SourceError("bad-address", f"«{address}» is no address")
        if "@" in urlsplit(address).netloc:
            raise errors.build_credentials_error()
        return await self._follow_redirects(safe, validators, redirect_chain or RedirectChain(next_address=safe))

    def _read_file(self, address: str) -> Response:
        path = self._root / (unquote(urlsplit(address).path) if address.startswith("file:") else address)
        try:
            if not path.exists():
                raise SourceError("not-found", f"there is no file {address}")
            if not path.is_file():
                raise SourceError("not-found", f"{address} is no file")
            with path.open("rb") as file:
                data = file.read(self._limits.max_bytes + 1)
        except (OSError, ValueError) as error:
            raise SourceError("unreadable", f"{address} cannot be read: {error}") from error
        if len(data) > self._limits.max_bytes:
            raise errors.build_too_large_error(self._limits.max_bytes)
        return Response(data=data, body_hash=hash_body(data), compressed_bytes=len(data), decompressed_bytes=len(data))

    async def _follow_redirects(
        self, address: str, validators: Validators | None, redirect_chain: RedirectChain
    ) -> Response:
        """Ask at `address` and at wherever it redirects to, hop by hop; the seconds count only while it is our turn."""
        while True:
            host = urlsplit(redirect_chain.next_address).hostname or ""
            if not self._owns_host(host):
                raise HostNotOwnedError(redirect_chain)
            async with self._get_host_limiter().acquire_host(host) as pool:
                if until := self._postponed_hosts.get(host):
                    raise errors.build_rate_limit_error(until)
                started = perf_counter()
                asking = self._sender.send(pool, redirect_chain.next_address, validators)
                found = await self._send_within(self._limits.total_seconds - redirect_chain.elapsed, host, asking)
                elapsed = redirect_chain.elapsed + perf_counter() - started
            if isinstance(found, Response):
                return _add_redirects(found, address, redirect_chain.hops, elapsed)
            target = found[1]
            if len(redirect_chain.hops) >= self._limits.max_redirects or target in {
                address,
                *(to for _, to in redirect_chain.hops),
            }:
                raise errors.build_redirect_error(self._limits.max_redirects)
            redirect_chain = RedirectChain(next_address=target, hops=(*redirect_chain.hops, found), elapsed=elapsed)

    async def _send_within(
        self, seconds: float, host: str, request: Coroutine[None, None, ResponseOrRedirect]
    ) -> ResponseOrRedirect:
        """Wait for an answer, and note that a host which we ask too often wants its peace from all its feeds."""
        try:
            async with asyncio.timeout(seconds):
                return await request
        except errors.PostponedError as error:
            if error.reason == "too-many-requests":
                self._postponed_hosts[host] = error.until
            raise
        except TimeoutError as error:
            raise errors.build_timeout_error(self._limits.total_seconds) from error
        except errors.NETWORK_ERRORS as error:
            raise errors.build_network_error(error) from error

    def _get_host_limiter(self) -> HostLimiter:
        """Make ready for the web when it is first needed: an edition of files needs no certificates."""
        if self._host_limiter is None:
            tls = httpx.create_ssl_context()
            self._host_limiter = HostLimiter(
                self._limits.requests_per_host, self._limits.concurrent_hosts, tls, self._network_backend
            )
        return self._host_limiter


def _add_redirects(response: Response, address: str, hops: tuple[tuple[int, str], ...], elapsed: float) -> Response:
    """Add to an answer how it was come by."""
    moved = schedule.find_permanent_target(hops)
    return replace(response, redirects=hops, moved_to=moved if moved != address else "", elapsed=elapsed)
