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

from ...edition.paths import FileStamp, LinkedFiles
from ..settings import Settings


class BuildState(Struct, frozen=True, kw_only=True):
    """What a build remembers of itself.

    It holds from `since` until `until` (None: without end), unless policy.yaml pins the edition's date (`pinned`).
    `linked` are the files that texts link to; `whole`: the site is what the texts that are kept say.
    """

    settings: Settings
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    pinned_date: datetime | None = None
    linked_files: LinkedFiles = LinkedFiles()
    post_count: int = 0
    page_count: int = 0
    is_complete: bool = False

    def is_valid_at(self, as_of: datetime) -> bool:
        """Tell whether nothing falls due, and no talk ends, between the last build's date and this one."""
        return (self.valid_from is None or self.valid_from <= as_of) and (
            self.valid_until is None or as_of < self.valid_until
        )


class ChangeSet(Struct, frozen=True, kw_only=True):
    """What differs from the last build: files by what they are, files of the site, the settings, the date."""

    changed_texts: frozenset[str] = frozenset()
    removed_texts: frozenset[str] = frozenset()
    registry_changed: bool = False
    changed_inbox_files: frozenset[str] = frozenset()
    templates_changed: bool = False
    translations_changed: bool = False
    changed_assets: frozenset[str] = frozenset()
    settings_changed: bool = False
    date_changed: bool = False
    altered_outputs: frozenset[str] = frozenset()
    unexpected_outputs: frozenset[str] = frozenset()
    last_build_incomplete: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the site is as it should be."""
        return self == NO_CHANGES

    @property
    def requires_full_plan(self) -> bool:
        """Whether other pages than those that hold a changed text may be concerned, before any text was read."""
        files = (
            self.removed_texts
            or self.registry_changed
            or self.changed_inbox_files
            or self.templates_changed
            or self.translations_changed
        )
        return bool(files or self.settings_changed or self.date_changed or self.last_build_incomplete)


NO_CHANGES = ChangeSet()

OutputRecords = dict[str, tuple[FileStamp, bytes, bytes]]
"""Path -> stamp, hash and fingerprint of a file of the site; an asset has no fingerprint."""


class PublishResult(Struct, frozen=True):
    """Which files a build wrote and deleted, and how many it left as they were."""

    written: tuple[str, ...]
    unchanged_count: int
    deleted: tuple[str, ...]


class BuildResult(Struct, frozen=True, kw_only=True):
    """What a build made: posts, HTML pages, files written, left alone and deleted; seconds; where it lies.

    `files` are the paths that were written or deleted, from the site's root. `pelican` says why the build went
    through Pelican, if it did.
    """

    post_count: int
    page_count: int
    written_count: int
    unchanged_count: int
    deleted_count: int
    seconds: float
    output: Path
    changed_paths: frozenset[str] = frozenset()
    pelican_reason: str = ""

    @property
    def index_path(self) -> Path:
        """The file to open."""
        return self.output / "index.html"


class ProgressListener(Protocol):
    """Who watches a build: is told of its phases, and of what is done in each."""

    def phase(self, name: str, total: int = 0) -> AbstractContextManager[None]:
        """Be with a phase of so many things from its begin to its end."""

    def advance(self, count: int) -> None:
        """Note that so many more things are done."""

    def report_waiting(self) -> None:
        """Note that another build of this edition is not done yet."""


class NullProgress:
    """Watches nothing."""

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:  # noqa: ARG002 - see Watch
        """Let it pass."""
        yield

    def advance(self, count: int) -> None:
        """Let it pass."""

    def report_waiting(self) -> None:
        """Let it pass."""


class BuildRequest(Struct, frozen=True, kw_only=True):
    """What is asked of a build: the date (None: the edition's), the clock, the processes, and which files changed.

    `changed` are paths from the edition's root that are all that changed since the last build, as far as somebody
    watches them; None: nobody does, look at everything.
    """

    as_of: datetime | None
    now: datetime
    jobs: int | None = None
    changed_files: frozenset[str] | None = None


class Timings:
    """Watches a build with a watch in hand: seconds by phase, in their order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    @contextmanager
    def phase(self, name: str, total: int = 0) -> Iterator[None]:
        """Measure a phase."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
            self.counts[name] = self.counts.get(name, 0) + total

    def advance(self, count: int) -> None:
        """Let it pass: it is the end of a phase that counts."""

    def report_waiting(self) -> None:
        """Let it pass."""
