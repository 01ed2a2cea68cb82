"""What a build made, and who watches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct


class Built(Struct, frozen=True, kw_only=True):
    """What a build made: posts, HTML pages, files written, left alone and deleted; seconds; where it lies.

    `files` are the paths that were written or deleted, from the site's root. `pelican` says why the build went
    through Pelican, if it did.
    """

    posts: int
    pages: int
    written: int
    unchanged: int
    deleted: int
    seconds: float
    output: Path
    files: frozenset[str] = frozenset()
    pelican: str = ""

    @property
    def index(self) -> Path:
        """The file to open."""
        return self.output / "index.html"


class Watch(Protocol):
    """Who watches a build: is told of its phases, and of what is done in each."""

    def phase(self, name: str, things: int = 0) -> AbstractContextManager[None]:
        """Be with a phase of so many things from its begin to its end."""

    def tick(self, things: int) -> None:
        """Note that so many more things are done."""

    def waits(self) -> None:
        """Note that another build of this edition is not done yet."""


class Nobody:
    """Watches nothing."""

    @contextmanager
    def phase(self, name: str, things: int = 0) -> Iterator[None]:  # noqa: ARG002 - see Watch
        """Let it pass."""
        yield

    def tick(self, things: int) -> None:
        """Let it pass."""

    def waits(self) -> None:
        """Let it pass."""


class Order(Struct, frozen=True, kw_only=True):
    """What is asked of a build: the date (None: the edition's), the clock, the processes, and which files changed.

    `changed` are paths from the edition's root that are all that changed since the last build, as far as somebody
    watches them; None: nobody does, look at everything.
    """

    as_of: datetime | None
    now: datetime
    jobs: int | None = None
    changed: frozenset[str] | None = None
