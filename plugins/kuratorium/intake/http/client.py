"""The fetcher: one address -> its bytes, from a file or by HTTP, politely and within limits.

Requests go through httpcore, so that the guard against private networks makes the connections, and this module follows
redirects itself. There is no cookie jar, no proxy and no password, so that none can leak to another host.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urlencode, urlsplit

import httpcore
import httpx
from msgspec import Struct
from msgspec.structs import replace

from ... import __version__, urls
from ...edition import paths
from ...errors import SourceError
from . import decompress, errors, headers, network_errors, ssrf_guard
from .host_limiter import HostLimiter
from .responses import (
    HostNotOwnedError,
    Redirect,
    RedirectChain,
    Response,
    Validators,
    find_permanent_target,
    hash_body,
)

_MIB = 1024 * 1024
# Some servers choose a format by this header; */* is for servers that answer 406 if they do not know the formats.
_ACCEPT_HEADER = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REDIRECT_STATUSES = {301, 302, 303, 307, 308}  # 300 and 304 are in the same range, but redirect nothing by themselves

Clock = Callable[[], datetime]


class FetchLimits(Struct, frozen=True, kw_only=True):
    """Limits of time, size and parallelism.

    `total_seconds` covers a whole redirect chain, but no waiting for other requests to a host;
    `max_compressed_bytes` is the size as sent of a compressed body, `max_bytes` that of any body after decompression.
    """

    # Generous for feeds: of 680 real ones, the largest is below 3 MiB. The limits protect memory and time of a pull.
    connect_seconds: float = 10
    total_seconds: float = 30
    max_redirects: int = 5
    max_compressed_bytes: int = 5 * _MIB
    max_bytes: int = 15 * _MIB
    requests_per_host: int = 2
    concurrent_hosts: int = 128

    def divide(self, worker_count: int) -> FetchLimits:
        """Return the limits of one of `worker_count` processes that fetch at the same time."""
        return replace(self, concurrent_hosts=-(-self.concurrent_hosts // worker_count))  # rounded up


def build_user_agent(site_url: str, contact: str) -> str:
    """Return the User-Agent: the program, the site and a contact; empty parts are left out."""
    about = "; ".join(part for part in (f"+{site_url}" if site_url else "", contact) if part)
    agent = f"Kuratorium/{__version__}" + (f" ({about})" if about else "")
    return " ".join(agent.encode("ascii", "ignore").decode().split())  # header values are ASCII on one line


class Fetcher:
    """The fetcher of one run, as an async context manager.

    Relative paths begin at `root`; `agent` is the User-Agent; `clock` returns the current time (aware). Hosts in
    `intranet` need not be public. `resolve` looks host names up (by default as the system does). Only hosts for which
    `owns_host` is true are requested.
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
        self._sender = _RequestSender(agent, self._limits, clock)
        self._resolver = ssrf_guard.Resolver(self._limits.concurrent_hosts)
        self._network_backend = ssrf_guard.PublicNetworkBackend(resolve or self._resolver, intranet)
        self._intranet = frozenset(map(ssrf_guard.normalize_host, intranet))
        self._owns_host = owns_host
        self._host_limiter: HostLimiter | None = None
        self._postponed_hosts: dict[str, datetime] = {}  # hosts that answered 429, and the end of the pause

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resolver.close()

    async def fetch(
        self,
        address: str,
        validators: Validators | None = None,
        redirect_chain: RedirectChain | None = None,
        *,
        named_by: str = "",
    ) -> Response:
        """Fetch an address (http, https, file: or a path).

        With `validators`, a response may be "unchanged". A `redirect_chain` continues at its next address. `named_by`
        is the address of a foreign page that names this one: neither it nor a redirect may lead into the intranet.
        Raises SourceError if nothing usable arrives, and HostNotOwnedError if a redirect leads to a host that is not
        owned.
        """
        if not urls.is_http_url(address):
            return await asyncio.to_thread(self._read_file, address)
        safe_address = urldefrag(urls.make_absolute_url(address)).url
        if not safe_address:
            raise SourceError("bad-address", f'"{address}" is no address')
        if "@" in urlsplit(address).netloc:
            raise errors.build_credentials_error()
        chain = redirect_chain or RedirectChain(next_address=safe_address)
        return await self._follow_redirects(safe_address, validators, chain, named_by or safe_address)

    async def post_forms(
        self, address: str, forms: Iterable[Mapping[str, str]]
    ) -> AsyncGenerator[SourceError | None, None]:
        """Send forms to an address, one after another over one connection; yield for each None, or why it failed."""
        host = urlsplit(address).hostname or ""
        async with self._get_host_limiter().acquire_host(host) as pool:
            for form in forms:
                request = self._sender.send(pool, address, None, form)
                try:
                    result = await self._send_within(self._limits.total_seconds, host, request)
                    yield errors.build_moved_form_error(result[1]) if isinstance(result, tuple) else None
                except SourceError as error:
                    yield error

    def _read_file(self, address: str) -> Response:
        """Read a file of the edition. Raises SourceError for any other, which may hold what nobody is to see."""
        path = paths.find_edition_file(self._root, address)
        if path is None:
            raise SourceError("not-found", f"{address} is neither a web address nor a file in the edition")
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
        self, address: str, validators: Validators | None, chain: RedirectChain, origin: str
    ) -> Response:
        """Request `address` and the targets of its redirects; only the time of requests counts, not of waiting.

        A host of the intranet is requested only if an editor has named it: if it is that of `origin`.
        """
        origin_host = ssrf_guard.normalize_host(urlsplit(origin).hostname or "")
        while True:
            host = urlsplit(chain.next_address).hostname or ""
            if ssrf_guard.normalize_host(host) in self._intranet - {origin_host}:
                raise errors.build_foreign_intranet_error(host)
            if not self._owns_host(host):
                raise HostNotOwnedError(chain)
            async with self._get_host_limiter().acquire_host(host) as pool:
                # Checked after the wait: meanwhile the host may have answered 429 to another feed.
                if until := self._postponed_hosts.get(host):
                    raise errors.build_rate_limit_error(until)
                started = perf_counter()
                request = self._sender.send(pool, chain.next_address, validators)
                result = await self._send_within(self._limits.total_seconds - chain.elapsed, host, request)
                elapsed = chain.elapsed + perf_counter() - started
            if isinstance(result, Response):
                return _add_redirects(result, address, chain.hops, elapsed)
            chain = self._extend_chain(chain, result, address, elapsed)

    def _extend_chain(self, chain: RedirectChain, redirect: Redirect, address: str, elapsed: float) -> RedirectChain:
        """Return the chain with one more hop. Raises SourceError if it gets too long, or leads in a circle."""
        target = redirect[1]
        if len(chain.hops) >= self._limits.max_redirects or target in {address, *(to for _, to in chain.hops)}:
            raise errors.build_redirect_error(self._limits.max_redirects)
        return RedirectChain(next_address=target, hops=(*chain.hops, redirect), elapsed=elapsed)

    async def _send_within(
        self, seconds: float, host: str, request: Coroutine[None, None, Response | Redirect]
    ) -> Response | Redirect:
        """Wait for a response, and turn errors into SourceError; a 429 counts for all feeds of the host."""
        try:
            async with asyncio.timeout(seconds):
                return await request
        except errors.PostponedError as error:
            if error.reason == "too-many-requests":
                self._postponed_hosts[host] = error.until
            raise
        except TimeoutError as error:
            raise errors.build_timeout_error(self._limits.total_seconds) from error
        except network_errors.NETWORK_ERRORS as error:
            raise network_errors.build_network_error(error) from error

    def _get_host_limiter(self) -> HostLimiter:
        """Return the limiter, which is built at the first request."""
        # Not earlier: loading certificates takes time, and a source may be a file.
        if self._host_limiter is None:
            tls = httpx.create_ssl_context()
            self._host_limiter = HostLimiter(
                self._limits.requests_per_host, self._limits.concurrent_hosts, tls, self._network_backend
            )
        return self._host_limiter


def _add_redirects(response: Response, address: str, hops: tuple[Redirect, ...], elapsed: float) -> Response:
    target = find_permanent_target(hops)
    return replace(response, redirects=hops, moved_to=target if target != address else "", elapsed=elapsed)


class _RequestSender:
    """The sender of single requests as `agent`, within `limits`; `clock` returns the current time (aware)."""

    def __init__(self, agent: str, limits: FetchLimits, clock: Clock) -> None:
        own_headers = {"user-agent": agent, "accept": _ACCEPT_HEADER, "accept-encoding": decompress.ACCEPT_ENCODING}
        self._headers = [(name.encode(), value.encode("ascii")) for name, value in own_headers.items()]
        self._limits = limits
        self._clock = clock

    async def send(
        self,
        pool: httpcore.AsyncConnectionPool,
        address: str,
        validators: Validators | None,
        form: Mapping[str, str] | None = None,
    ) -> Response | Redirect:
        """Send one request to a valid address, with a `form` a POST.

        Raises SourceError, and what network_errors.NETWORK_ERRORS lists.
        """
        url = httpx.URL(address)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        request_headers = [(b"host", url.netloc), *self._headers, *_build_conditional_headers(validators)]
        extensions = {"timeout": {"connect": self._limits.connect_seconds}}
        content = urlencode(form or {}).encode()
        if form:
            request_headers += [
                (b"content-type", b"application/x-www-form-urlencoded"),
                (b"content-length", str(len(content)).encode()),
            ]
        method = "POST" if form else "GET"
        async with pool.stream(
            method, target, headers=request_headers, content=content or None, extensions=extensions
        ) as stream:
            # Latin-1 maps each byte to a character, so that a validator goes back byte for byte.
            response_headers = httpx.Headers(stream.headers, encoding="latin-1")
            return await self._read_response(stream, response_headers, address, validators)

    async def _read_response(
        self, stream: httpcore.Response, response_headers: httpx.Headers, address: str, validators: Validators | None
    ) -> Response | Redirect:
        """Return a response or redirect by its status. Raises SourceError for any other status."""
        if stream.status in _REDIRECT_STATUSES and "location" in response_headers:
            return stream.status, _resolve_redirect(response_headers["location"], address)
        # A 304 answers a conditional request only (RFC 9110, 15.4.5); to any other one it is an error, without a body.
        if stream.status == 304 and validators and (validators.etag or validators.last_modified):
            return self._build_response(304, response_headers, address, validators, None)
        if not 200 <= stream.status < 300 or stream.status == 206:  # a part of a feed is none
            until = headers.parse_retry_after(response_headers.get("retry-after", ""), self._clock())
            raise errors.build_status_error(stream.status, until)
        body = await self._read_body(stream, response_headers)
        return self._build_response(stream.status, response_headers, address, validators, body)

    async def _read_body(self, stream: httpcore.Response, response_headers: httpx.Headers) -> decompress.Decompressor:
        decompressor = decompress.Decompressor(
            response_headers.get("content-encoding", ""),
            max_compressed_bytes=self._limits.max_compressed_bytes,
            max_bytes=self._limits.max_bytes,
        )
        decompressor.check_content_length(response_headers.get("content-length", ""))
        async for chunk in stream.aiter_stream():
            decompressor.add_chunk(chunk)
        return decompressor

    def _build_response(
        self,
        status: int,
        response_headers: httpx.Headers,
        address: str,
        validators: Validators | None,
        body: decompress.Decompressor | None,
    ) -> Response:
        """Build the record of a response; without a body (304), stored validators replace those that are missing."""
        data = body.get_body() if body else None
        stored = validators if data is None else None
        body_hash = stored.body_hash if stored else hash_body(data or b"")
        is_unchanged = data is None or (validators is not None and body_hash == validators.body_hash)
        return Response(
            data=None if is_unchanged else data,
            status=status,
            content_type=response_headers.get("content-type", ""),
            content_language=response_headers.get("content-language", ""),
            address=address,
            etag=response_headers.get("etag", stored.etag if stored else ""),
            last_modified=response_headers.get("last-modified", stored.last_modified if stored else ""),
            body_hash=body_hash,
            next_page=headers.find_next_page(response_headers.get("link", ""), address),
            fresh_seconds=headers.read_freshness_seconds(response_headers, self._clock()),
            compressed_bytes=body.compressed_bytes if body else 0,
            decompressed_bytes=len(data or b""),
        )


def _resolve_redirect(location: str, address: str) -> str:
    """Return the target of a redirect without user name, password and fragment. Raises if it is no web address."""
    # Location should be ASCII; like browsers, we read other bytes as UTF-8.
    target = urldefrag(urls.make_absolute_url(location.encode("latin-1").decode("utf-8", "replace"), address)).url
    if not target:
        raise httpx.InvalidURL(location)
    return target


def _build_conditional_headers(validators: Validators | None) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers of a conditional request (RFC 9110, 13.1)."""
    if validators and validators.etag:
        yield b"if-none-match", validators.etag.encode("latin-1", "replace")
    if validators and validators.last_modified:
        yield b"if-modified-since", validators.last_modified.encode("latin-1", "replace")
