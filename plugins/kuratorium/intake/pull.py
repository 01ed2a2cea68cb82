"""Pull an edition's sources: those that are due are fetched, and their new entries reach the inbox.

Afterwards duplicates in the inbox are merged, and inbox files that no editor touched for thirty days are removed.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from msgspec.structs import replace

from ..compare_and_swap import FileChange, apply_changes, clean_edition
from ..edition.curation import Source
from ..edition.registry import Registry
from ..edition.settings import SiteSettings
from ..errors import SourceError
from ..file_lock import FileLock
from ..translations import read_translations
from . import deduplicate, inbox, inbox_index, pull_workers, schedule, seen
from .archive import Archive
from .context import PullContext, PullOptions, select_sources
from .delivery import KnownEntries
from .http.client import Clock, FetchLimits
from .inbox import InboxContext
from .inbox_index import InboxIndex, IndexedItem
from .parsers import dates
from .pipeline import run_pipeline
from .pull_workers import PullOutcome
from .report import PullReport, SourceResult
from .seen import SeenFile
from .sources import shared_state

LOCK_FILE = "var/pull.lock"  # var/ is not in git: each clone locks for itself, and shards merge afterwards
_FIRST_DAY = date(
    2026, 1, 1
)  # no pull was earlier, for the program is younger: a clock that was reset says 1970 or 2001
_IMPLAUSIBLE_GAP = timedelta(days=180)  # without a new entry of any source: rather the clock is wrong
_ALREADY_RUNNING_MESSAGE = "another pull of this edition is running: wait for it, or stop it."
_KEPT_WARNING = "{} was dismissed by one editor and kept by another, so it stays: dismiss it again if nobody wants it."
_LOCAL_FAILURE_WARNING = (
    "none of the {} sources on the web could be read: this looks like a problem of this machine or its network, "
    "so it is not recorded as a failure of any source."
)


def _get_machine_time() -> datetime:
    return datetime.now(UTC)


def pull_sources(
    root: Path,
    registry: Registry,
    *,
    now: datetime,
    site: SiteSettings,
    options: PullOptions | None = None,
    progress: Callable[[SourceResult], None] | None = None,
    clock: Clock = _get_machine_time,
) -> PullReport:
    """Pull the sources of the edition at `root`, and return a report with the result of each.

    `now` is the edition's date, which may be pinned; `clock` is the machine's, which decides which sources are due and
    which servers asked us to wait. `progress` is called with the result of each source when it is done. The failure of
    a source is a result, and so is an interruption (Ctrl-C): what was done before stays. Raises UsageError for an
    unknown source id or while another pull is running, OSError if the edition cannot be written.
    """
    started = perf_counter()
    options = options or PullOptions()
    sources = select_sources(registry, options)
    worker_count = pull_workers.choose_worker_count(len(sources))
    with _open_context(
        root, registry, site, options, now=now, clock=clock, limits=FetchLimits().divide(worker_count)
    ) as context:
        outcome = pull_workers.distribute_work(
            sources, worker_count, partial(run_pipeline, context), progress or _ignore_progress
        )
        counts = (0, len(context.expired_items)) if options.dry_run else _clean_up(context, outcome)
    return _build_report(sources, context, outcome, counts, seconds=perf_counter() - started)


def deduplicate_inbox(root: Path, registry: Registry, *, now: datetime, site: SiteSettings) -> int:
    """Merge the inbox files about one article that the shards of a pull delivered; returns how many were removed.

    A pull of all sources does this itself. Raises UsageError while a pull is running.
    """
    context = InboxContext(registry=registry, now=now, translations=read_translations(root / site.theme, site.lang))
    with _lock_and_open_archive(root, dry_run=False, warn=lambda _: None) as archive:
        index = inbox_index.build_index(root, _map_feed_addresses(registry))
        joined = deduplicate.remove_copies(root, index, archive, context, lambda _: True)
        merged_count = deduplicate.merge_duplicates(root, joined.inbox_items.values(), archive, context, lambda _: True)
        return len(index.copies) - len(joined.copies) + merged_count


@contextlib.contextmanager
def _lock_and_open_archive(root: Path, *, dry_run: bool, warn: Callable[[str], None]) -> Iterator[Archive]:
    """Lock the edition against other pulls, and open its archive; a dry run only reads, and needs no lock."""
    with contextlib.ExitStack() as stack:
        if not dry_run:
            stack.enter_context(FileLock(root / LOCK_FILE, busy_message=_ALREADY_RUNNING_MESSAGE))
            clean_edition(root)
        yield stack.enter_context(Archive(root, write=not dry_run, warn=warn))


@contextlib.contextmanager
def _open_context(
    root: Path,
    registry: Registry,
    site: SiteSettings,
    options: PullOptions,
    *,
    now: datetime,
    clock: Clock,
    limits: FetchLimits,
) -> Iterator[PullContext]:
    """Yield the context of a pull that begins now; the edition is locked until the end of the block."""
    warnings: list[str] = []
    inbox_context = InboxContext(
        registry=registry, now=now, translations=read_translations(root / site.theme, site.lang)
    )
    with (
        _lock_and_open_archive(root, dry_run=options.dry_run, warn=warnings.append) as archive,
        tempfile.TemporaryDirectory() as shared_folder,
    ):
        stored_states = shared_state.read_states(root, archive)
        known_entries, expired, dismissed_count = _read_known_entries(
            root,
            archive,
            replace(inbox_context, now=_find_safe_date(now, clock)),
            Path(shared_folder, "delivered"),
            options,
            nothing_expires=schedule.is_after_pause(stored_states.values(), clock()),
            warn=warnings.append,
        )
        # Before workers are forked (see Archive.close): each process opens the archive again when it needs it.
        archive.close()
        yield PullContext(
            registry=registry,
            now=now,
            translations=inbox_context.translations,
            root=root,
            site=site,
            options=options,
            clock=clock,
            limits=limits,
            known_entries=known_entries,
            states={source_id: schedule.correct_clock(state, clock()) for source_id, state in stored_states.items()},
            expired_items=tuple(item for item in expired if options.shard.contains(item.source_id)),
            dismissed_count=dismissed_count,
            warnings=warnings,
        )


def _find_safe_date(now: datetime, clock: Clock) -> datetime:
    """Return the date by which things are old enough to be removed: nothing is by a date that has not come yet."""
    return min(now, clock().astimezone(now.tzinfo))


def _is_implausible(root: Path, today: date) -> bool:
    """Return whether the seen files show that the clock is rather wrong than right.

    A new clone has no states of sources that could show it.
    """
    day = seen.find_newest_day(root, today)
    return day is not None and today - day > _IMPLAUSIBLE_GAP


def _read_known_entries(
    root: Path,
    archive: Archive,
    context: InboxContext,
    shared_file: Path,
    options: PullOptions,
    *,
    nothing_expires: bool,
    warn: Callable[[str], None],
) -> tuple[KnownEntries, list[IndexedItem], int]:
    """Return the entries that are known when a pull begins, and the inbox items that expire with this pull.

    Last, the number of inbox items that are removed now, because another clone dismissed them.
    """
    feed_addresses = _map_feed_addresses(context.registry)
    index, dismissed_count = inbox_index.build_index(root, feed_addresses), 0
    if index.copies and not options.dry_run:
        index = deduplicate.remove_copies(root, index, archive, context, options.shard.contains)
    if not options.dry_run:
        settled = deduplicate.settle_dismissals(root, index, archive, context, options.shard.contains)
        index, dismissed_count = settled.index, settled.removed_count
        for place in settled.kept:
            warn(_KEPT_WARNING.format(place))
    expired = [] if nothing_expires else find_expired_items(root, index, archive.read_written_digests(), context)
    if expired and _is_implausible(root, context.now.date()):
        expired = []
    # Items that expire are not updated or merged, whichever shard removes them: else the result of a pull would depend
    # on the number of its shards.
    known_entries = KnownEntries(root, archive, feed_addresses, index.without_items(expired), shared_file)
    return known_entries, expired, dismissed_count


def _map_feed_addresses(registry: Registry) -> dict[str, str]:
    return {source.id: source.feed for source in registry.sources.values()}


def _ignore_progress(_result: SourceResult) -> None:
    pass


def _clean_up(context: PullContext, outcome: PullOutcome) -> tuple[int, int]:
    """Finish a pull whose sources are all done; return how many inbox files were merged into others, and expired.

    Removes expired inbox files, stores the states of failed sources, prunes the archive and merges duplicates.
    """
    known_entries = context.known_entries
    archive = known_entries.archive
    expired_count = remove_expired_items(context.root, context.expired_items, context, archive)
    # Only now is it known whether the sources failed, or this machine's network.
    archive.store_states(outcome.build_failed_states())
    shared_state.write_states(
        context.root,
        archive.read_states(),
        now=context.clock(),
        source_ids=context.registry.sources,
        is_ours=context.options.shard.contains,
    )
    policy = context.registry.policy
    if policy and not schedule.is_after_pause(context.states.values(), context.clock()):
        oldest_day = _find_safe_date(context.now, context.clock).date() - timedelta(days=policy.archive_days)
        archive.prune(oldest_day.isoformat(), context.registry.sources)
    items = {**known_entries.inbox_index.inbox_items, **{item.uid: item for item in outcome.written_items}}
    owns_source = context.options.shard.contains
    return deduplicate.merge_duplicates(context.root, items.values(), archive, context, owns_source), expired_count


def find_expired_items(
    root: Path, index: InboxIndex, written_digests: Mapping[str, str], context: InboxContext
) -> list[IndexedItem]:
    """Return the inbox items that were first pulled longer ago than the policy allows, and that no editor touched.

    `written_digests` are the digests of inbox files that the archive stores, by uid.
    """
    policy = context.registry.policy
    max_age = timedelta(days=policy.triage.expire_days if policy else 0)
    if not max_age:
        return []
    return [
        item
        for item in index.inbox_items.values()
        if _is_old(root, item, context.now, max_age) and _is_item_untouched(root, item, written_digests, context)
    ]


def remove_expired_items(root: Path, items: Iterable[IndexedItem], context: InboxContext, archive: Archive) -> int:
    """Remove inbox items, except those that an editor has touched since they were found; returns their number."""
    digests = archive.read_written_digests()
    texts = {item.uid: inbox_index.read_item_text(root, item) for item in items}
    changes = {
        item.uid: FileChange(path=root / item.path, text=None, expected=texts[item.uid])
        for item in items
        if inbox.is_untouched(texts[item.uid], digests.get(item.uid), context)
    }
    refused = apply_changes(changes.values())
    removed = [uid for uid, change in changes.items() if change not in refused]
    archive.store_written_digests(dict.fromkeys(removed, ""))
    return len(removed)


def _is_old(root: Path, item: IndexedItem, now: datetime, max_age: timedelta) -> bool:
    """Return whether the pull that first brought an item was longer than `max_age` ago, by its line in the seen file.

    Without such a line an item does not expire: if it were removed, the next pull would deliver it again.
    """
    published = dates.parse_date(item.date)
    # The file has the entry's date, which is earlier than the pull: this spares the look into most seen files.
    if not item.source_id or (published and published <= now and now - published <= max_age):
        return False
    try:
        day = SeenFile(root, item.source_id).find_last_day(item.entry_key)
    except SourceError:  # its seen file cannot be read: the pull of the source reports it
        return False
    if day and day < _FIRST_DAY:
        return False
    if day and day > now.date():  # written while the clock was wrong
        day = published.date() if published else None
    return day is not None and now.date() - day > max_age


def _is_item_untouched(
    root: Path, item: IndexedItem, written_digests: Mapping[str, str], context: InboxContext
) -> bool:
    text = inbox_index.read_item_text(root, item)
    return bool(text) and inbox.is_untouched(text, written_digests.get(item.uid), context)


def _build_report(
    sources: Sequence[Source], context: PullContext, outcome: PullOutcome, counts: tuple[int, int], *, seconds: float
) -> PullReport:
    warnings = [*outcome.warnings, *context.warnings]
    if outcome.is_local_failure:
        warnings.append(_LOCAL_FAILURE_WARNING.format(len(outcome.web_successes)))
    return PullReport(
        results=tuple(outcome.results[source.id] for source in sources if source.id in outcome.results),
        seconds=seconds,
        joined=counts[0],
        expired=counts[1],
        dismissed=context.dismissed_count,
        warnings=tuple(dict.fromkeys(warnings)),  # several workers may have found the same damaged archive
        interrupted=outcome.interrupted,
        dry=context.options.dry_run,
    )
