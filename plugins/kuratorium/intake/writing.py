"""Writing beside everything else: what several sources brought goes to the disk together, which waits for it once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from ..files import write_together
from . import deliver
from .archive import Archive
from .deliver import Delivery
from .state import State
from .tables import Kept

_TOGETHER = 32  # sources


class Brought(Struct, frozen=True, kw_only=True):
    """What is to be written of a source: its inbox files and seen lines, then its state and texts for the archive."""

    source: str
    state: State
    delivery: Delivery | None = None

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The entries whose texts the archive keeps."""
        return self.delivery.kept if self.delivery else ()


class Writer:
    """Writes for one pull, in a thread of its own; use it as an async context manager, from one event loop.

    `day` (ISO) is when all this was pulled.
    """

    def __init__(self, root: Path, archive: Archive, day: str) -> None:
        self._root = root
        self._archive = archive
        self._day = day
        self._ahead: list[tuple[Brought, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writing")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what was brought, after Ctrl-C, too."""
        if self._work:
            await self._work
        self._thread.shutdown()

    async def write(self, brought: Brought) -> None:
        """Wait until all this is on the disk. Raises OSError where it refuses."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ahead.append((brought, written))
        if self._work is None:
            self._work = asyncio.create_task(self._all())
        await written

    async def _all(self) -> None:
        while self._ahead:
            batch, self._ahead = self._ahead[:_TOGETHER], self._ahead[_TOGETHER:]
            loop = asyncio.get_running_loop()
            error: Exception | None = None
            try:
                await loop.run_in_executor(self._thread, self._together, [brought for brought, _ in batch])
            except Exception as refused:  # noqa: BLE001 - whoever waits for it hears it
                error = refused
            for _, written in batch:
                if not written.done():
                    written.set_exception(error) if error else written.set_result(None)
        self._work = None

    def _together(self, batch: list[Brought]) -> None:
        """Write in the order in which a kill loses nothing: what vouches for something is written after it."""
        deliveries = [one.delivery for one in batch if one.delivery]
        self._archive.keep_written({file.uid: file.digests for one in deliveries for file in one.files})
        files = [file for one in deliveries for file in deliver.files(self._root, one)]
        if files:
            write_together(files)
        self._archive.keep({one.source: (one.state, one.kept) for one in batch}, self._day)
