"""Whose turn it is: a few requests at a time per host, many hosts at once, and the connections that they share."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore

from .guard import Guard


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
