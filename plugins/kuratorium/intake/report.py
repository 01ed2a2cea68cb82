"""What a pull did: a result per source, and their sum."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ..errors import SourceError
from ..model import Source

Status = Literal["new", "unchanged", "failed", "skipped"]


class Result(Struct, frozen=True, kw_only=True):
    """What became of one source: counts of entries, seconds, bytes; of a failure its reason (a code) and its words.

    `seconds` are those spent on it, without waiting for its turn.
    """

    id: str
    name: str
    status: Status
    entries: int = 0
    new: int = 0
    held_back: int = 0
    dropped: int = 0
    seconds: float = 0.0
    bytes: int = 0
    reason: str = ""
    words: str = ""

    @classmethod
    def failure(cls, source: Source, error: SourceError) -> Result:
        """Make the result of a source that could not be read."""
        return cls(id=source.id, name=source.name, status="failed", reason=error.reason, words=str(error))


class Report(Struct, frozen=True, kw_only=True):
    """What a pull did: a result per source in the order of sources.yaml, and how many seconds it took."""

    results: tuple[Result, ...]
    seconds: float

    @property
    def entries(self) -> int:
        """How many entries the feeds held."""
        return sum(result.entries for result in self.results)

    @property
    def new(self) -> int:
        """How many entries reached the inbox."""
        return sum(result.new for result in self.results)

    @property
    def held_back(self) -> int:
        """How many entries a first pull passed over as archive."""
        return sum(result.held_back for result in self.results)

    @property
    def failed(self) -> tuple[Result, ...]:
        """The sources that could not be read."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def exit_code(self) -> int:
        """What the command ends with: 0 fine, 1 some sources failed."""
        return SourceError.exit_code if self.failed else 0
