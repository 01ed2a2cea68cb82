"""The options of a pull, the sources that they select, and the context that its worker processes inherit."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from msgspec import Struct

from ..edition.curation import Source
from ..edition.registry import Registry, suggest_record
from ..edition.settings import SiteSettings
from ..errors import UsageError
from .delivery import KnownEntries
from .http.client import Clock, FetchLimits, build_user_agent
from .inbox import InboxContext
from .inbox_index import IndexedItem
from .schedule import SourceState


class Shard(Struct, frozen=True):
    """Part `number` (from 1) of the `total` parts into which the sources of a pull are divided among machines."""

    number: int = 1
    total: int = 1

    def contains(self, source_id: str) -> bool:
        """Return whether a source belongs to this part."""
        # Only the id decides: every file of a source is written by one machine, and git merges the shards without a
        # conflict.
        # Not hash(): Python salts it, so that each machine would divide the sources differently.
        digest = hashlib.sha256(source_id.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.total == self.number - 1


def parse_shard(text: str) -> Shard:
    """Parse `I/N`, such as `2/4`, or `I-of-N`, which counts from 0: `1-of-4` is the second, too; raises UsageError."""
    # Six digits are more machines than any pull uses, and keep int() away from endless input.
    match = re.fullmatch(r"(\d{1,6})(/|-of-)([1-9]\d{0,5})", text)
    # Job arrays count from 0 (Kubernetes: $JOB_COMPLETION_INDEX): a word of its own, for "1/4" must mean one thing.
    shard = Shard(int(match[1]) + (match[2] == "-of-"), int(match[3])) if match else None
    if shard is None or not 1 <= shard.number <= shard.total:
        raise UsageError(
            f'"{text}" is not a part of a pull: write I/N, such as 1/4 for the first of four parts '
            "(or 0-of-4, where machines are counted from 0)."
        )
    return shard


class PullOptions(Struct, frozen=True, kw_only=True):
    """The options of a pull.

    `source_ids` limits it to some sources, `shard` to a part of them. `ignore_schedule` also pulls sources that are
    not due, `allow_flood` delivers any number of new entries, `dry_run` fetches and reports without writing.
    """

    source_ids: tuple[str, ...] = ()
    shard: Shard = Shard()
    ignore_schedule: bool = False
    allow_flood: bool = False
    dry_run: bool = False


def select_sources(registry: Registry, options: PullOptions) -> list[Source]:
    """Return the sources to pull, in the order of sources.yaml; raises UsageError for an unknown id."""
    for source_id in options.source_ids:
        if source_id not in registry.sources:
            hint = suggest_record(source_id, registry.sources)
            raise UsageError(f'unknown source "{source_id}" (ids are in curation/sources.yaml). {hint}')
    return [
        source
        for source in registry.sources.values()
        if options.shard.contains(source.id) and (not options.source_ids or source.id in options.source_ids)
    ]


class PullContext(InboxContext, frozen=True, kw_only=True):
    """What does not change during a pull: the edition, the options, and the known entries and states.

    `now` is the edition's date, which policy.yaml may pin; `clock` is the machine's, which decides what is due.
    `limits` are those of one worker process. `known_entries` and `states` (by source id) are as they were when the
    pull began. `expired_items` are the inbox files that this pull removes at its end, `dismissed_count` is the number
    of those that it has removed because another clone dismissed them. `warnings` collects messages for the person who
    runs this machine; a worker process appends to its own copy.
    """

    root: Path
    site: SiteSettings
    options: PullOptions
    clock: Clock
    limits: FetchLimits
    known_entries: KnownEntries
    states: dict[str, SourceState]
    expired_items: tuple[IndexedItem, ...]
    dismissed_count: int
    warnings: list[str]

    @property
    def user_agent(self) -> str:
        """The User-Agent of every request: it names the site, and the imprint's address as a contact."""
        policy = self.registry.policy
        return build_user_agent(self.site.url, policy.imprint.email if policy else "")

    @property
    def intranet_hosts(self) -> tuple[str, ...]:
        """The hosts that may have private addresses (`intranet` in policy.yaml)."""
        return self.registry.policy.intranet if self.registry.policy else ()
