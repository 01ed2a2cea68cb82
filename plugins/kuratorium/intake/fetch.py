"""One source -> its bytes: from a file, or by http(s) with good manners."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Coroutine, Iterator
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

from .. import __version__
from ..errors import SourceError
from . import failures, guard, inflate, links, schedule
from .hosts import Hosts

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REDIRECTS = {301, 302, 303, 307, 308}
_MIB = 1024 * 1024

Clock = Callable[[], datetime]


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


_Found = Fetched | tuple[int, str]  # an answer, or a redirect's status and where it leads


def user_agent(site_url: str, contact: str) -> str:
    """Say who asks, and whom to write to."""
    about = "; ".join(part for part in (f"+{site_url}" if site_url else "", contact) if part)
    agent = f"Kuratorium/{__version__}" + (f" ({about})" if about else "")
    return " ".join(agent.encode("ascii", "ignore").decode().split())


class Fetcher:
    """Fetches for one run; use it as an async context manager.

    `root` is where relative paths begin, `agent` what we say of ourselves, `clock` tells the time (aware). `intranet`
    names the hosts that need not be public, `resolve` looks names up (by default as the system does). There is no
    cookie jar, no proxy and no password anywhere in here: what is not kept cannot be sent on.
    """

    def __init__(
        self,
        root: Path,
        agent: str,
        clock: Clock,
        limits: Limits | None = None,
        *,
        intranet: Collection[str] = (),
        resolve: guard.Resolve | None = None,
    ) -> None:
        self._root = root
        self._clock = clock
        self._limits = limits or Limits()
        said = {"user-agent": agent, "accept": _ACCEPT, "accept-encoding": inflate.ACCEPTED}
        self._headers = [(name.encode(), value.encode("ascii")) for name, value in said.items()]
        self._names = guard.Resolver(self._limits.at_once)
        self._guard = guard.Guard(resolve or self._names, intranet)
        self._hosts: Hosts | None = None
        self._waiting: dict[str, datetime] = {}  # hosts that we asked too often, and until when they want peace

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._names.close()

    async def fetch(self, address: str, known: Known | None = None) -> Fetched:
        """Get what is at `address`: an http(s) address, a file: address or a path.

        With what is `known` of its last answer this one may be «unchanged». Raises SourceError.
        """
        if not links.is_web(address):
            return await asyncio.to_thread(self._read, address)
        safe = urldefrag(links.absolute(address)).url
        if not safe:
            raise SourceError("bad-address", f"«{address}» is no address")
        if "@" in urlsplit(address).netloc:
            raise failures.credentials()
        return await self._follow(safe, known)

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
        return Fetched(data=data, body_hash=_hash(data), compressed=len(data), inflated=len(data))

    async def _follow(self, address: str, known: Known | None) -> Fetched:
        """Ask at `address` and at wherever it redirects to, hop by hop; the seconds count only while it is our turn."""
        hops: list[tuple[int, str]] = []
        elapsed = 0.0
        at = address
        while True:
            host = urlsplit(at).hostname or ""
            async with self._open().turn(host) as pool:
                if until := self._waiting.get(host):
                    raise failures.too_often(until)
                started = perf_counter()
                found = await self._within(self._limits.total - elapsed, self._ask(pool, at, known))
                elapsed += perf_counter() - started
            if isinstance(found, Fetched):
                return _after(found, address, hops, elapsed)
            at = found[1]
            if len(hops) >= self._limits.redirects or at in {address, *(to for _, to in hops)}:
                raise failures.redirects(self._limits.redirects)
            hops.append(found)

    async def _within(self, seconds: float, asking: Coroutine[None, None, _Found]) -> _Found:
        try:
            async with asyncio.timeout(seconds):
                return await asking
        except TimeoutError as error:
            raise failures.timeout(self._limits.total) from error
        except failures.NETWORK as error:
            raise failures.of_error(error) from error

    async def _ask(self, pool: httpcore.AsyncConnectionPool, address: str, known: Known | None) -> _Found:
        """Send one request."""
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
                raise self._refused(answer.status, headers, url.host)
            return self._answer(answer.status, headers, address, known, await self._body(answer, headers))

    def _refused(self, status: int, headers: httpx.Headers, host: str) -> SourceError:
        """Tell what a refusal means; a host that we ask too often has its peace from all its feeds."""
        error = failures.of_answer(status, headers, self._clock())
        if status == 429 and isinstance(error, failures.PostponedError):
            self._waiting[host] = error.until
        return error

    async def _body(self, answer: httpcore.Response, headers: httpx.Headers) -> inflate.Inflater:
        inflater = inflate.Inflater(
            headers.get("content-encoding", ""), packed=self._limits.packed, size=self._limits.size
        )
        inflater.expect(headers.get("content-length", ""))
        async for piece in answer.aiter_stream():
            inflater.take(piece)
        return inflater

    def _answer(
        self, status: int, headers: httpx.Headers, address: str, known: Known | None, body: inflate.Inflater | None
    ) -> Fetched:
        """Make the record of an answer; a 304 need not repeat the validators, and has the body that is known."""
        data = body.whole() if body else None
        same = known if data is None else None
        body_hash = same.body_hash if same else _hash(data or b"")
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

    def _open(self) -> Hosts:
        """Make ready for the web when it is first needed: an edition of files needs no certificates."""
        if self._hosts is None:
            tls = httpx.create_ssl_context()
            self._hosts = Hosts(self._limits.per_host, self._limits.at_once, tls, self._guard)
        return self._hosts


def _target(location: str, address: str) -> str:
    """Tell where a redirect leads, without name, password and fragment; raises where that is no web address."""
    target = urldefrag(links.absolute(location.encode("latin-1").decode("utf-8", "replace"), address)).url
    if not target:
        raise httpx.InvalidURL(location)
    return target


def _after(fetched: Fetched, address: str, hops: list[tuple[int, str]], elapsed: float) -> Fetched:
    """Add to an answer how it was come by."""
    moved = schedule.moved_to(hops)
    return replace(fetched, redirects=tuple(hops), moved_to=moved if moved != address else "", elapsed=elapsed)


def _conditions(known: Known | None) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers that ask for changes only."""
    if known and known.etag:
        yield b"if-none-match", known.etag.encode("latin-1", "replace")
    if known and known.last_modified:
        yield b"if-modified-since", known.last_modified.encode("latin-1", "replace")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
