"""The run: every source that is due is fetched, read and sifted, and what is new reaches the inbox.

A part of the sources, so that many machines share one pull: `2/4` is the second of four.

Inbox files that nobody wanted for a month: they go, and their entries stay seen.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from msgspec import Struct
from msgspec.structs import replace

from ..edition.curation import Source
from ..edition.registry import Registry
from ..edition.settings import SiteSettings
from ..edition.validation import suggest_nearest
from ..errors import UsageError
from ..files import acquire_lock, write_files_atomically
from ..translations import read_translations
from . import deduplicate, inbox, inbox_index, processes
from .archive import Archive
from .delivery import KnownEntries
from .filtering import IdentifiedEntry
from .http.client import Clock, Fetcher, FetchLimits, build_user_agent
from .inbox import PullContext
from .inbox_index import IndexedItem
from .parsers import dates
from .parsers.model import Entry
from .pipeline import PullPipeline
from .processes import Coordinator, PullOutcome
from .report import PullReport, SourceResult
from .seen import SeenFile


class Shard(Struct, frozen=True):
    """The `number`th of `of` parts, from 1. A source belongs to one by its id, so that shards write different files."""

    number: int = 1
    total: int = 1

    def contains(self, source_id: str) -> bool:
        """Tell whether a source belongs to this part."""
        digest = hashlib.sha256(source_id.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.total == self.number - 1


def parse_shard(text: str) -> Shard:
    """Read `I/N`; raises UsageError."""
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    shard = Shard(int(match[1]), int(match[2])) if match else None
    if shard is None or shard.number > shard.total:
        raise UsageError(f"«{text}» is no part of a pull: write I/N, such as 1/4 for the first of four.")
    return shard


MAX_INBOX_AGE = timedelta(days=30)


def find_expired_items(
    root: Path, items: Iterable[IndexedItem], written_digests: Mapping[str, str], context: PullContext
) -> list[IndexedItem]:
    """List the files that are older than thirty days, and that no editor touched; `written` are the digests by uid."""
    return [one for one in items if _is_expired(root, one, written_digests.get(one.uid), context)]


def remove_expired_items(root: Path, items: Iterable[IndexedItem], context: PullContext) -> None:
    """Remove inbox files; first their entries are made sure to be in the seen files."""
    by_source: dict[str, list[IndexedItem]] = defaultdict(list)
    for one in items:
        by_source[one.source_id].append(one)
    for source, group in by_source.items():
        seen = SeenFile(root, source)
        text = seen.build_text_with((IdentifiedEntry(one.entry_key, Entry()) for one in group), context.now.date())
        if text:
            write_files_atomically([(seen.path, text)])
        for one in group:
            (root / one.path).unlink(missing_ok=True)


def _is_expired(root: Path, item: IndexedItem, digest: str | None, context: PullContext) -> bool:
    pulled = dates.parse_date(item.pulled_at)
    if not item.source_id or pulled is None or context.now - pulled <= MAX_INBOX_AGE:
        return False
    text = inbox_index.read_item_text(root, item)
    return bool(text) and inbox.is_untouched(text, digest, context)


LOCK_FILE = "var/pull.lock"
_ALREADY_RUNNING_MESSAGE = "another pull of this edition is at work: wait for it, or stop it."
_LOCAL_FAILURE_WARNING = (
    "not one of {} sources that were asked answered well: that looks like this machine or its network, not like the "
    "sources, and is held against none of them."
)


class PullOptions(Struct, frozen=True, kw_only=True):
    """What a pull is asked for.

    `only` these sources (ids), or those of a `shard`; `anyway`: though they are not due; `flood`: however many entries
    are new; `dry`: fetch and tell, write nothing.
    """

    source_ids: tuple[str, ...] = ()
    shard: Shard = Shard()
    ignore_schedule: bool = False
    allow_flood: bool = False
    dry_run: bool = False


def _machine_clock() -> datetime:
    return datetime.now(UTC)


def pull_sources(
    root: Path,
    registry: Registry,
    *,
    now: datetime,
    site: SiteSettings,
    contact: str = "",
    source_ids: Collection[str] = (),
    options: PullOptions | None = None,
    progress: Callable[[SourceResult], None] | None = None,
    limits: FetchLimits | None = None,
    clock: Clock = _machine_clock,
) -> PullReport:
    """Pull the sources of the edition at `root`, or the `only` ones (ids); `progress` hears of each that is done.

    `now` is the edition's date, which may be pinned; `clock` is the machine's, by which sources are due and servers
    are left in peace. A source that fails is a result, and so is an interruption (Ctrl-C): what is done is kept.
    Raises UsageError for an id that is none or a pull that is at work already, OSError where we cannot write.
    """
    started = perf_counter()
    asked = options or PullOptions(source_ids=tuple(source_ids))
    sources = select_sources(registry, asked)
    setting = PullContext(registry=registry, now=now, translations=read_translations(root / site.theme, site.lang))
    feeds = {source.id: source.feed for source in registry.sources.values()}
    side_by_side = processes.choose_worker_count(len(sources))
    limits = (limits or FetchLimits()).divide(side_by_side)
    warnings: list[str] = []
    with _lock_and_open_archive(root, asked, warnings) as archive, tempfile.TemporaryDirectory() as shared:
        found = inbox_index.build_index(root, feeds)
        expired = find_expired_items(root, found.inbox_items.values(), archive.read_written_digests(), setting)
        gone = {one.path for one in expired}
        known = KnownEntries(
            root,
            archive,
            feeds,
            found,
            expired_paths=gone,
            allow_flood=asked.allow_flood,
            shared_file=Path(shared, "delivered"),
        )
        states = archive.read_states()

        def work(share: Sequence[Source], others: Coordinator, tell: Callable[[SourceResult], None]) -> PullOutcome:
            intranet = registry.policy.intranet if registry.policy else ()
            fetcher = Fetcher(
                root, build_user_agent(site.url, contact), clock, limits, intranet=intranet, owns_host=others.owns_host
            )
            line = PullPipeline(
                root,
                setting,
                fetcher,
                clock,
                known_entries=known,
                states=states,
                coordinator=others,
                ignore_schedule=asked.ignore_schedule,
                dry_run=asked.dry_run,
            )
            return replace(line.run(share, tell), warnings=tuple(warnings))

        archive.close()  # a connection must not be there twice: each process opens its own
        outcome = processes.distribute_work(sources, side_by_side, work, progress or (lambda _: None))
        mine = [one for one in expired if asked.shard.contains(one.source_id)]
        joined = (
            0
            if asked.dry_run
            else _clean_up_inbox(root, mine, outcome, known_entries=known, context=setting, shard=asked.shard)
        )
    if outcome.is_local_failure:
        warnings.append(_LOCAL_FAILURE_WARNING.format(len(outcome.web_successes)))
    return PullReport(
        results=tuple(outcome.results[source.id] for source in sources if source.id in outcome.results),
        seconds=perf_counter() - started,
        joined=joined,
        expired=len(mine),
        warnings=tuple(dict.fromkeys((*outcome.warnings, *warnings))),
        interrupted=outcome.interrupted,
        dry=asked.dry_run,
    )


def _clean_up_inbox(
    root: Path,
    expired_items: Sequence[IndexedItem],
    outcome: PullOutcome,
    *,
    known_entries: KnownEntries,
    context: PullContext,
    shard: Shard,
) -> int:
    """Do what is done when all sources are: join what is about one article, let go of what has lain long enough.

    Returns how many files became part of others.
    """
    archive = known_entries.archive
    remove_expired_items(root, expired_items, context)
    archive.store_written_digests({one.uid: "" for one in expired_items})
    archive.store_states(outcome.build_failed_states())
    desk = {**known_entries.inbox_index.inbox_items, **{one.uid: one for one in outcome.written_items}}
    if policy := context.registry.policy:
        bound = context.now.date() - timedelta(days=policy.archive_days)
        archive.prune(bound.isoformat(), context.registry.sources)
    return deduplicate.merge_duplicates(root, desk.values(), archive, context, shard.contains)


def deduplicate_inbox(root: Path, registry: Registry, *, now: datetime, site: SiteSettings) -> int:
    """Join the inbox files about one article that the shards of a pull brought; returns how many became part of others.

    A pull that is no shard does so itself.
    """
    setting = PullContext(registry=registry, now=now, translations=read_translations(root / site.theme, site.lang))
    with _lock_and_open_archive(root, PullOptions(), []) as archive:
        feeds = {source.id: source.feed for source in registry.sources.values()}
        return deduplicate.merge_duplicates(
            root, inbox_index.build_index(root, feeds).inbox_items.values(), archive, setting, lambda _: True
        )


def count_sources(registry: Registry, options: PullOptions | None = None) -> int:
    """Count the sources that a pull is about; raises UsageError for an id that is none."""
    return len(select_sources(registry, options or PullOptions()))


@contextlib.contextmanager
def _lock_and_open_archive(root: Path, options: PullOptions, warnings: list[str]) -> Iterator[Archive]:
    """Have the desk for oneself, with the archive open; a dry run only looks."""
    with contextlib.ExitStack() as stack:
        if not options.dry_run:
            stack.enter_context(acquire_lock(root / LOCK_FILE, _ALREADY_RUNNING_MESSAGE))
        yield stack.enter_context(Archive(root, write=not options.dry_run, warn=warnings.append))


def select_sources(registry: Registry, options: PullOptions) -> list[Source]:
    """List the sources that a pull is about; raises UsageError for an id that is none."""
    for one in options.source_ids:
        if one not in registry.sources:
            raise UsageError(f"«{one}» is no source in curation/sources.yaml. {suggest_nearest(one, registry.sources)}")
    sources = registry.sources.values()
    return [
        one
        for one in sources
        if options.shard.contains(one.id) and (not options.source_ids or one.id in options.source_ids)
    ]
