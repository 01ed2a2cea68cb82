"""What a pull did: a result per source, and their sum."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ..edition.curation import Source
from ..errors import SourceError

SourceStatus = Literal["new", "updated", "unchanged", "held back", "failed", "skipped"]
INTERRUPTED_EXIT_CODE = 130


class SourceResult(Struct, frozen=True, kw_only=True):
    """What became of one source: counts of entries, seconds, bytes; of a failure its reason (a code) and its words.

    `new` reached the inbox, `updated` changed a file there, `unchanged` were known; `held_back` were an archive or a
    flood, `dropped` fell to a filter, `elsewhere` had come by another source. `since` is when a failing source began
    to fail. `seconds` are those spent on it, without waiting for its turn; `bytes` came over the line.
    """

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

    @classmethod
    def from_error(cls, source: Source, error: SourceError) -> SourceResult:
        """Make the result of a source that could not be read."""
        return cls(id=source.id, name=source.name, status="failed", reason=error.reason, words=str(error))


class PullReport(Struct, frozen=True, kw_only=True):
    """What a pull did: a result per source in the order of sources.yaml, and how many seconds it took.

    `joined` inbox files became part of another one about the same article, `expired` ones lay there too long.
    `warnings` are for whoever runs this machine. An `interrupted` pull has results for what was done; a `dry` one
    wrote nothing.
    """

    results: tuple[SourceResult, ...]
    seconds: float
    joined: int = 0
    expired: int = 0
    warnings: tuple[str, ...] = ()
    interrupted: bool = False
    dry: bool = False

    @property
    def entries(self) -> int:
        """How many entries the feeds held."""
        return self._sum("entries")

    @property
    def new(self) -> int:
        """How many entries reached the inbox."""
        return self._sum("new")

    @property
    def updated(self) -> int:
        """How many inbox files were brought up to date."""
        return self._sum("updated")

    @property
    def held_back(self) -> int:
        """How many entries were held back: archives of first pulls, and floods."""
        return self._sum("held_back")

    @property
    def bytes(self) -> int:
        """How many bytes came over the line."""
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
        """What the command ends with: 0 fine, 1 some sources failed, 130 interrupted."""
        return INTERRUPTED_EXIT_CODE if self.interrupted else SourceError.exit_code if self.failed_results else 0

    def to_dict(self) -> dict[str, Any]:
        """Turn it into values for JSON: the sums, then the results."""
        sums = {key: self._sum(key) for key in ("entries", "new", "updated", "unchanged", "held_back", "bytes")}
        return {**sums, "failed": len(self.failed_results), **msgspec.to_builtins(self)}

    def _sum(self, field: str) -> int:
        return sum(getattr(result, field) for result in self.results)
