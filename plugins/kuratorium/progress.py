"""A bar for builds that take longer than a second, at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .publishing.timings import Timings

_PATIENCE = 1.0  # seconds; what is quicker needs no bar
_WORDS = {"read": "Reading texts", "render": "Rendering pages"}


class Bar(Timings):
    """Watches a build, and shows how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = time.perf_counter()
        self._bar: Any = None
        self._task: Any = None
        self._name, self._done, self._all = "", 0, 0

    @contextmanager
    def phase(self, name: str, things: int = 0) -> Iterator[None]:
        """Measure a phase; the bar goes with it."""
        self._name, self._done, self._all = name, 0, things
        with super().phase(name, things):
            try:
                yield
            finally:
                self._end()

    def tick(self, things: int) -> None:
        """Move the bar on."""
        self._done += things
        if self._bar is None and sys.stderr.isatty() and time.perf_counter() - self._begun > _PATIENCE:
            self._begin()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def waits(self) -> None:
        """Say that another build must end first."""
        sys.stderr.write("Another build of this edition is running: waiting for its end.\n")

    def _begin(self) -> None:
        from rich.progress import Progress

        from . import console

        self._bar = Progress(console=console.err(), transient=True)
        self._bar.start()
        self._task = self._bar.add_task(_WORDS.get(self._name, self._name), total=self._all)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
