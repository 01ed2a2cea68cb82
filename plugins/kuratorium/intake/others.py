"""Who asks whom where a pull works in several processes: sources are shared out by host."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from .. import links
from ..model import Source
from .answers import Journey
from .report import Result

Job = tuple[str, Journey]  # a source's id, and how far others have come with it
Tell = Callable[[Result], None]


class Others(Protocol):
    """What a lane knows of those beside it."""

    def is_mine(self, host: str) -> bool:
        """Tell whether this lane asks the host."""

    def hand_over(self, source_id: str, journey: Journey) -> None:
        """Let another lane go on with a source."""

    def jobs(self) -> AsyncIterator[Job]:
        """Yield what others hand over, until nobody has anything to do."""


class Alone:
    """The only lane: every host is its own."""

    def is_mine(self, _host: str) -> bool:
        """Tell that this lane asks the host."""
        return True

    def hand_over(self, source_id: str, journey: Journey) -> None:
        """Raise: there is nobody else."""
        raise AssertionError(source_id, journey)

    async def jobs(self) -> AsyncIterator[Job]:
        """Yield nothing."""
        none: tuple[Job, ...] = ()
        for job in none:
            yield job


def lane_of(host: str, lanes: int) -> int:
    """Tell which of so many lanes asks a host."""
    return zlib.crc32(host.encode("utf-8", "replace")) % lanes


def shares(sources: Sequence[Source], lanes: int) -> list[list[Source]]:
    """Share out sources by host, files by id; each share keeps their order."""
    found: list[list[Source]] = [[] for _ in range(lanes)]
    for source in sources:
        host = (urlsplit(links.absolute(source.feed)).hostname or "") if links.is_web(source.feed) else ""
        found[lane_of(host or source.id, lanes)].append(source)
    return found
