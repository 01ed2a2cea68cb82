"""Where the time of a build went."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings:
    """Watches a build with a watch in hand: seconds by phase, in their order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.things: dict[str, int] = {}

    @contextmanager
    def phase(self, name: str, things: int = 0) -> Iterator[None]:
        """Measure a phase."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
            self.things[name] = self.things.get(name, 0) + things

    def tick(self, things: int) -> None:
        """Let it pass: it is the end of a phase that counts."""

    def waits(self) -> None:
        """Let it pass."""
