"""How much is fetched and waits to be read: fetching runs ahead, but not further than memory allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Held:
    """Counts the bytes that are held; with `most` or more of them there is no room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._freed = asyncio.Event()

    async def room(self) -> None:
        """Wait until there is room."""
        while self._count >= self._most:
            self._freed.clear()
            await self._freed.wait()

    @asynccontextmanager
    async def bytes(self, data: bytes | None) -> AsyncIterator[None]:
        """Hold `data` until the end of the block."""
        size = len(data or b"")
        self._count += size
        try:
            yield
        finally:
            self._count -= size
            self._freed.set()
