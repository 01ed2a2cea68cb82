"""HostLimiter: a few requests at a time per host, many hosts at once, and their connections."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore

from .ssrf_guard import PublicNetworkBackend


class HostLimiter:
    """Allows `requests_per_host` requests at a time to a host, and `concurrent_hosts` hosts at a time."""

    def __init__(
        self, requests_per_host: int, concurrent_hosts: int, tls: ssl.SSLContext, network_backend: PublicNetworkBackend
    ) -> None:
        self._requests_per_host = requests_per_host
        self._tls = tls
        self._network_backend = network_backend
        self._host_slots = asyncio.Semaphore(concurrent_hosts)
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def acquire_host(self, name: str) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """Wait until the host `name` may be requested, and yield its connections.

        Never hold two hosts at a time: two tasks that wait for each other's host would wait forever.
        """
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(self._requests_per_host, self._tls, self._network_backend)
        host.user_count += 1
        try:
            async with host.request_slots:
                await self._acquire_host_slot(host)
                yield host.pool
        finally:
            host.user_count -= 1
            if not host.user_count:
                await self._release_host(name, host)

    async def _acquire_host_slot(self, host: _Host) -> None:
        """Wait for a place among the concurrent hosts; a host's requests share one place."""
        async with host.slot_lock:
            if not host.has_slot:
                await self._host_slots.acquire()
                host.has_slot = True

    async def _release_host(self, name: str, host: _Host) -> None:
        """Close the connections of a host that no request uses, and let another host have its place."""
        del self._hosts[name]
        if host.has_slot:
            self._host_slots.release()
        await host.pool.aclose()


class _Host:
    """A host with running or waiting requests: its limits, its place among the concurrent hosts, its connections."""

    def __init__(self, requests_per_host: int, tls: ssl.SSLContext, network_backend: PublicNetworkBackend) -> None:
        self.user_count = 0
        self.has_slot = False
        self.slot_lock = asyncio.Lock()
        self.request_slots = asyncio.Semaphore(requests_per_host)
        # A pool per host: httpcore scans all connections of a pool at every request, which is slow in a shared one.
        self.pool = httpcore.AsyncConnectionPool(
            tls, max_connections=requests_per_host, network_backend=network_backend
        )
