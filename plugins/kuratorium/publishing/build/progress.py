"""Listeners for the progress of a build."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class ProgressListener(Protocol):
    """Receives the phases of a build, and how many steps of each are done."""

    def phase(self, name: str, total: int = 0) -> AbstractContextManager[None]:
        """Return a context that lasts as long as a phase of `total` steps."""

    def advance(self, count: int) -> None:
        """Record that `count` more steps of the phase are done."""

    def report_waiting(self) -> None:
        """Record that the build waits for another build of the same edition."""


class NullProgress:
    """A listener that ignores everything."""

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:  # noqa: ARG002 - ProgressListener names them
        """Ignore a phase."""
        yield

    def advance(self, count: int) -> None:
        """Ignore progress within a phase."""

    def report_waiting(self) -> None:
        """Ignore that the build waits."""


class Timings:
    """The seconds that each phase of a build took, in the order of the phases."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:
        """Measure a phase; the times of a phase that runs twice add up."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin
            self.counts[name] = self.counts.get(name, 0) + total

    def advance(self, count: int) -> None:
        """Ignore progress within a phase: `phase` knows the total."""

    def report_waiting(self) -> None:
        """Ignore that the build waits."""
