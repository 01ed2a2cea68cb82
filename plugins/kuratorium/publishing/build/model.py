"""The records of a build: its request, the detected changes, the state that it leaves, its result, its progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from ...edition.paths import FileStamp, LinkedFiles
from ..settings import Settings
from .snapshot_file import is_valid_at

InputRecord = tuple[FileStamp, bytes, int]
"""Stamp and hash of a file of the edition, and when it was stamped (nanoseconds)."""


class FileHashes(Mapping[str, bytes]):
    """The hash of every file of the edition: those that are `new` to its records, and those in the records.

    The records are not copied: an edit asks for a few of ten thousand.
    """

    def __init__(self, new: dict[str, bytes], records: Mapping[str, InputRecord]) -> None:
        self.new = new
        self._records = records

    def __getitem__(self, file: str) -> bytes:
        return self.new[file] if file in self.new else self._records[file][1]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._records, **self.new})

    def __len__(self) -> int:
        return len(self._records.keys() | self.new.keys())


OutputRecords = dict[str, tuple[FileStamp, bytes, bytes]]
"""Path in the site -> stamp, hash and fingerprint of a file; an asset's fingerprint is NO_FINGERPRINT."""

NO_FINGERPRINT = b""
"""In the place of an asset's fingerprint: it is copied, not rendered from inputs."""


class BuildRequest(Struct, frozen=True, kw_only=True):
    """The request for a build.

    `as_of`: the date to build for; None for the edition's, or `now`.
    `jobs`: number of processes; None for one per core if that saves time.
    `changed_files`: paths from the edition's root of all files that changed since the last build, as a watcher saw
      them; None without a watcher, so that every file is stamped.
    `draws_cards`: whether share cards and pictures are drawn; a preview shows no cards, and draws pictures when a
      page asks for them.
    `output`: a folder other than that of the settings; the build then starts from nothing, without the cache.
    `shows_drafts`: whether drafts, later posts and unreleased interviews are shown, marked as such; only for an
      `output` of their own, without a cache.
    `settings`: those that plain `pelican` was called with, if they differ from pelicanconf.py.
    """

    as_of: datetime | None
    now: datetime
    jobs: int | None = None
    changed_files: frozenset[str] | None = None
    draws_cards: bool = True
    output: Path | None = None
    shows_drafts: bool = False
    settings: Settings | None = None


class BuildState(Struct, frozen=True, kw_only=True):
    """The state that a build leaves in the cache.

    The site is up to date from `valid_from` until `valid_until` (None: no limit), unless policy.yaml pins the edition's
    date (`pinned_date`). `linked_files` are the files that posts and pages link to. `is_complete` is False while the
    cache holds texts that the site does not show yet, `has_stale_cards` True while share cards wait for a build that
    draws them.
    """

    settings: Settings
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    pinned_date: datetime | None = None
    linked_files: LinkedFiles = LinkedFiles()
    post_count: int = 0
    page_count: int = 0
    is_complete: bool = False
    has_stale_cards: bool = False

    def is_valid_at(self, as_of: datetime) -> bool:
        """Return whether nothing falls due, and no talk ends, between the last build's date and `as_of`."""
        valid_from, valid_until = (
            moment.timestamp() if moment else None for moment in (self.valid_from, self.valid_until)
        )
        return is_valid_at(as_of.timestamp(), valid_from, valid_until)


class ChangeSet(Struct, frozen=True, kw_only=True):
    """What differs from the last build: files of the edition by kind, files of the site, the settings, the date."""

    changed_texts: frozenset[str] = frozenset()
    removed_texts: frozenset[str] = frozenset()
    registry_changed: bool = False
    changed_inbox_files: frozenset[str] = frozenset()
    templates_changed: bool = False
    translations_changed: bool = False
    changed_assets: frozenset[str] = frozenset()
    settings_changed: bool = False
    conversion_changed: bool = False
    date_changed: bool = False
    altered_outputs: frozenset[str] = frozenset()
    unexpected_outputs: frozenset[str] = frozenset()
    last_build_incomplete: bool = False
    cards_stale: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the site needs no build."""
        return self == NO_CHANGES

    @property
    def theme_changed(self) -> bool:
        """Whether the digests of the theme must be computed again."""
        return self.templates_changed or self.translations_changed or self.settings_changed

    @property
    def requires_full_plan(self) -> bool:
        """Whether pages without a changed text may differ, too; decided before any text is read."""
        files = self.removed_texts or self.changed_inbox_files
        return bool(
            files
            or self.registry_changed
            or self.theme_changed
            or self.date_changed
            or self.last_build_incomplete
            or self.cards_stale
        )


NO_CHANGES = ChangeSet()


class PublishResult(Struct, frozen=True):
    """Paths that were written to and deleted from the site, and the number of files left as they were."""

    written: tuple[str, ...]
    unchanged_count: int
    deleted: tuple[str, ...]


class BuildResult(Struct, frozen=True, kw_only=True):
    """The result of a build: numbers of posts, HTML pages and files; seconds; the site's folder.

    `lang` is the site's language, `site_version` differs after each build that changed it ("": no records tell).
    `changed_paths` are the paths that were written or deleted, from the site's root. `whole_build_reason` says why
    every file was rendered ("" if only what changed was). `precompresses`: texts get compressed copies after the build.
    """

    post_count: int
    page_count: int
    written_count: int
    unchanged_count: int
    deleted_count: int
    seconds: float
    output: Path
    lang: str
    site_version: str = ""
    precompresses: bool = False
    changed_paths: frozenset[str] = frozenset()
    whole_build_reason: str = ""

    @property
    def index_path(self) -> Path:
        """The page to open first."""
        return self.output / "index.html"


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
