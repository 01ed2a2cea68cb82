"""The report of a pull: one result per source, and their sums."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ..edition.curation import Source
from ..errors import SourceError

SourceStatus = Literal["new", "updated", "unchanged", "held back", "failed", "skipped"]
INTERRUPTED_EXIT_CODE = 130  # 128 + SIGINT, as shells report it


class SourceResult(Struct, frozen=True, kw_only=True):
    """The result of one source: its status, counts of entries, seconds and bytes.

    Of the `entries` in the feed, `new` ones reached the inbox, `updated` ones changed a file there, `unchanged` ones
    were known, `held_back` ones are a first pull's archive or a flood, `dropped` ones did not pass the source's
    filters, `elsewhere` ones were delivered by another source before. `seconds` is the duration without the wait for
    the host; `bytes` is the size of the transfer (compressed, if the server compresses). `reason` is the code of a
    failure or of a skipped source, `words` its message, `since` when a failing source began to fail. `remarks` say what
    became of suggestions.
    """

    # These names, and those of PullReport, are the keys of `kuratorium pull --json`.

    id: str
    name: str
    status: SourceStatus
    entries: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    held_back: int = 0
    dropped: int = 0
    elsewhere: int = 0
    seconds: float = 0.0
    bytes: int = 0
    reason: str = ""
    words: str = ""
    since: datetime | None = None
    remarks: tuple[str, ...] = ()

    @classmethod
    def from_error(cls, source: Source, error: SourceError) -> SourceResult:
        """Return the result of a source that could not be read."""
        return cls(id=source.id, name=source.name, status="failed", reason=error.reason, words=str(error))


class PullReport(Struct, frozen=True, kw_only=True):
    """The report of a pull: a result per source in the order of sources.yaml, and its duration in seconds.

    `joined` counts the inbox files that were merged into another one about the same article, `expired` those that
    were removed unread after thirty days, `dismissed` those that another clone dismissed. `warnings` are for the person
    who runs this machine. An `interrupted` pull
    has results for the sources that were finished; a `dry` one wrote nothing.
    """

    results: tuple[SourceResult, ...]
    seconds: float
    joined: int = 0
    expired: int = 0
    dismissed: int = 0
    warnings: tuple[str, ...] = ()
    interrupted: bool = False
    dry: bool = False

    @property
    def entries(self) -> int:
        """The number of entries in the feeds."""
        return self._sum("entries")

    @property
    def new(self) -> int:
        """The number of entries that reached the inbox."""
        return self._sum("new")

    @property
    def updated(self) -> int:
        """The number of inbox files that follow an edited entry."""
        return self._sum("updated")

    @property
    def held_back(self) -> int:
        """The number of entries that were held back: archives of first pulls, and floods."""
        return self._sum("held_back")

    @property
    def bytes(self) -> int:
        """The number of bytes that were transferred."""
        return self._sum("bytes")

    @property
    def failed_results(self) -> tuple[SourceResult, ...]:
        """The sources that could not be read."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def flooded_results(self) -> tuple[SourceResult, ...]:
        """The sources with too many new entries at once."""
        return tuple(result for result in self.results if result.status == "held back")

    @property
    def exit_code(self) -> int:
        """The exit code of the command: 0 fine, 1 some sources failed, 130 interrupted."""
        return INTERRUPTED_EXIT_CODE if self.interrupted else SourceError.exit_code if self.failed_results else 0

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON: the sums, then all fields."""
        sums = {key: self._sum(key) for key in ("entries", "new", "updated", "unchanged", "held_back", "bytes")}
        return {**sums, "failed": len(self.failed_results), **msgspec.to_builtins(self)}

    def _sum(self, field: str) -> int:
        return sum(getattr(result, field) for result in self.results)
