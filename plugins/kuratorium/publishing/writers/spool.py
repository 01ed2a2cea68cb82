"""Texts in a file without a name, out of memory: workers read from it what they need."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Hashable
from pathlib import Path


class Spool:
    """Texts by key, in a file without a name in `folder` (None: where the system keeps temporary files).

    Several processes may read at the same time; what one writes after a fork, only this one may read.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._stream = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - `close` closes it
        weakref.finalize(self, self._stream.close)
        self._places: dict[Hashable, tuple[int, int]] = {}
        self._end = 0

    def __contains__(self, key: Hashable) -> bool:
        return key in self._places

    def write(self, key: Hashable, text: bytes) -> None:
        """Add a text (UTF-8)."""
        rest = text
        while rest:  # an unbuffered write may take only a part, for example just before the disk is full
            rest = rest[self._stream.write(rest) :]
        self._places[key] = (len(text), self._end)
        self._end += len(text)

    def read(self, key: Hashable) -> str:
        """Return a text; raises KeyError if there is none."""
        return os.pread(self._stream.fileno(), *self._places[key]).decode()

    def close(self) -> None:
        """Delete the file."""
        self._stream.close()


class TextCache:
    """Texts by key: the last `max_in_memory` of them in memory, all others in a file in `folder`."""

    def __init__(self, max_in_memory: int, folder: Path | None = None) -> None:
        self._max_in_memory = max_in_memory
        self._folder = folder
        self._texts: dict[Hashable, str] = {}
        self._spool: Spool | None = None

    def find(self, key: Hashable) -> str | None:
        """Return a text; None if there is none."""
        text = self._texts.get(key)
        if text is None and self._spool and key in self._spool:
            return self._spool.read(key)
        return text

    def keep(self, key: Hashable, text: str) -> None:
        """Add a text."""
        self._texts[key] = text
        if len(self._texts) <= self._max_in_memory:
            return
        if not self._spool:  # not before: a worker that was forked must not write to the file of another
            self._spool = Spool(self._folder)
        oldest = next(iter(self._texts))
        self._spool.write(oldest, self._texts.pop(oldest).encode())
