"""What a build made, and who watches it.

Where the time of a build went.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from ...edition.paths import Linked, Stamp
from ..settings import Settings


class State(Struct, frozen=True, kw_only=True):
    """What a build remembers of itself.

    It holds from `since` until `until` (None: without end), unless policy.yaml pins the edition's date (`pinned`).
    `linked` are the files that texts link to; `whole`: the site is what the texts that are kept say.
    """

    settings: Settings
    since: datetime | None = None
    until: datetime | None = None
    pinned: datetime | None = None
    linked: Linked = Linked()
    posts: int = 0
    pages: int = 0
    whole: bool = False

    def holds(self, as_of: datetime) -> bool:
        """Tell whether nothing falls due, and no talk ends, between the last build's date and this one."""
        return (self.since is None or self.since <= as_of) and (self.until is None or as_of < self.until)


class Change(Struct, frozen=True, kw_only=True):
    """What differs from the last build: files by what they are, files of the site, the settings, the date."""

    texts: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    registry: bool = False
    inbox: frozenset[str] = frozenset()
    templates: bool = False
    words: bool = False
    assets: frozenset[str] = frozenset()
    settings: bool = False
    day: bool = False
    lost: frozenset[str] = frozenset()
    strange: frozenset[str] = frozenset()
    unfinished: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the site is as it should be."""
        return self == NOTHING

    @property
    def plan(self) -> bool:
        """Whether other pages than those that hold a changed text may be concerned, before any text was read."""
        files = self.gone or self.registry or self.inbox or self.templates or self.words
        return bool(files or self.settings or self.day or self.unfinished)


NOTHING = Change()

Outputs = dict[str, tuple[Stamp, bytes, bytes]]
"""Path -> stamp, hash and fingerprint of a file of the site; an asset has no fingerprint."""


class Moved(Struct, frozen=True):
    """Which files a build wrote and deleted, and how many it left as they were."""

    written: tuple[str, ...]
    unchanged: int
    deleted: tuple[str, ...]


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
