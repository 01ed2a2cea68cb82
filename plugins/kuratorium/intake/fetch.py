"""One source -> its bytes: from a file, or by http(s) with good manners."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urldefrag, urlsplit

import httpx
from msgspec.structs import replace

from .. import __version__, links
from ..errors import SourceError
from . import failures, guard, schedule
from .answers import ElsewhereError, Fetched, Journey, Known, Limits
from .asking import Asker, Clock, Found, hash_of
from .hosts import Hosts

__all__ = ["Clock", "Fetched", "Fetcher", "Known", "Limits", "user_agent"]


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
        resolve: guard.Resolve | None = None,
        mine: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._root = root
        self._limits = limits or Limits()
        self._asker = Asker(agent, self._limits, clock)
        self._names = guard.Resolver(self._limits.at_once)
        self._guard = guard.Guard(resolve or self._names, intranet)
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
        if not links.is_web(address):
            return await asyncio.to_thread(self._read, address)
        safe = urldefrag(links.absolute(address)).url
        if not safe:
            raise SourceError("bad-address", f"«{address}» is no address")
        if "@" in urlsplit(address).netloc:
            raise failures.credentials()
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
            raise failures.too_large(self._limits.size)
        return Fetched(data=data, body_hash=hash_of(data), compressed=len(data), inflated=len(data))

    async def _follow(self, address: str, known: Known | None, journey: Journey) -> Fetched:
        """Ask at `address` and at wherever it redirects to, hop by hop; the seconds count only while it is our turn."""
        while True:
            host = urlsplit(journey.at).hostname or ""
            if not self._mine(host):
                raise ElsewhereError(journey)
            async with self._open().turn(host) as pool:
                if until := self._waiting.get(host):
                    raise failures.too_often(until)
                started = perf_counter()
                asking = self._asker.ask(pool, journey.at, known)
                found = await self._within(self._limits.total - journey.elapsed, host, asking)
                elapsed = journey.elapsed + perf_counter() - started
            if isinstance(found, Fetched):
                return _after(found, address, journey.hops, elapsed)
            target = found[1]
            if len(journey.hops) >= self._limits.redirects or target in {address, *(to for _, to in journey.hops)}:
                raise failures.redirects(self._limits.redirects)
            journey = Journey(at=target, hops=(*journey.hops, found), elapsed=elapsed)

    async def _within(self, seconds: float, host: str, asking: Coroutine[None, None, Found]) -> Found:
        """Wait for an answer, and note that a host which we ask too often wants its peace from all its feeds."""
        try:
            async with asyncio.timeout(seconds):
                return await asking
        except failures.PostponedError as error:
            if error.reason == "too-many-requests":
                self._waiting[host] = error.until
            raise
        except TimeoutError as error:
            raise failures.timeout(self._limits.total) from error
        except failures.NETWORK as error:
            raise failures.of_error(error) from error

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
