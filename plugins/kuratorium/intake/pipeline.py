"""The line on which a pull works: many sources are fetched at once, each is read and decided on when it has come.

How much is fetched and waits to be read: fetching runs ahead, but not further than memory allows.

Writing beside everything else: what several sources brought goes to the disk together, which waits for it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import chain, zip_longest
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition.curation import Source
from ..errors import SourceError
from ..files import write_files_atomically
from . import delivery, inbox, inbox_index, schedule, seen
from .archive import Archive, ArchivedEntry
from .delivery import Delivery, KnownEntries
from .http.client import Clock, Fetcher
from .http.errors import PostponedError
from .http.responses import HostNotOwnedError, RedirectChain, Response
from .inbox import PullContext
from .inbox_index import IndexedItem
from .parse_workers import ParserPool
from .parsers.model import Feed
from .processes import Coordinator, PullOutcome
from .report import SourceResult
from .schedule import SourceState


class ByteBudget:
    """Counts the bytes that are held; with `most` or more of them there is no room."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._reserved = 0
        self._space_freed = asyncio.Event()

    async def wait_for_room(self) -> None:
        """Wait until there is room."""
        while self._reserved >= self._limit:
            self._space_freed.clear()
            await self._space_freed.wait()

    @asynccontextmanager
    async def reserve(self, data: bytes | None) -> AsyncIterator[None]:
        """Hold `data` until the end of the block."""
        size = len(data or b"")
        self._reserved += size
        try:
            yield
        finally:
            self._reserved -= size
            self._space_freed.set()


_BATCH_SIZE = 32  # sources


class PendingWrite(Struct, frozen=True, kw_only=True):
    """What is to be written of a source: its inbox files and seen lines, then its state and texts for the archive."""

    source_id: str
    state: SourceState
    delivery: Delivery | None = None

    @property
    def entries_to_archive(self) -> tuple[ArchivedEntry, ...]:
        """The entries whose texts the archive keeps."""
        return self.delivery.entries_to_archive if self.delivery else ()


class BatchWriter:
    """Writes for one pull, in a thread of its own; use it as an async context manager, from one event loop.

    `day` (ISO) is when all this was pulled.
    """

    def __init__(self, root: Path, archive: Archive, day: str) -> None:
        self._root = root
        self._archive = archive
        self._day = day
        self._queue: list[tuple[PendingWrite, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writing")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what was brought, after Ctrl-C, too."""
        if self._task:
            await self._task
        self._executor.shutdown()

    async def write(self, pending: PendingWrite) -> None:
        """Wait until all this is on the disk. Raises OSError where it refuses."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((pending, written))
        if self._task is None:
            self._task = asyncio.create_task(self._drain_queue())
        await written

    async def _drain_queue(self) -> None:
        while self._queue:
            batch, self._queue = self._queue[:_BATCH_SIZE], self._queue[_BATCH_SIZE:]
            loop = asyncio.get_running_loop()
            error: Exception | None = None
            try:
                await loop.run_in_executor(self._executor, self._write_batch, [brought for brought, _ in batch])
            except Exception as refused:  # noqa: BLE001 - whoever waits for it hears it
                error = refused
            for _, written in batch:
                if not written.done():
                    written.set_exception(error) if error else written.set_result(None)
        self._task = None

    def _write_batch(self, batch: list[PendingWrite]) -> None:
        """Write in the order in which a kill loses nothing: what vouches for something is written after it."""
        deliveries = [one.delivery for one in batch if one.delivery]
        self._archive.store_written_digests(
            {file.uid: file.accepted_digests for one in deliveries for file in one.inbox_files}
        )
        files = [file for one in deliveries for file in delivery.list_writes(self._root, one)]
        if files:
            write_files_atomically(files)
        self._archive.store_pull_results(
            {one.source_id: (one.state, one.entries_to_archive) for one in batch}, self._day
        )


_MAX_CONCURRENT_SOURCES = 400  # sources at work at once
_MAX_UNPARSED_BYTES = 24_000_000  # bytes that are fetched and wait to be read: with more of them nobody else is asked
_MAX_UNWRITTEN_SOURCES = 32  # sources that are read and wait to be written
_SLOW_SECONDS = 1.0  # seconds; a source that took longer last time is asked first, for it will again
_LARGE_FEED_ENTRIES = 1_000  # entries that are not decided on between two looks at the network


class PullPipeline:
    """Works through sources in one process; `others` are those beside it."""

    def __init__(
        self,
        root: Path,
        context: PullContext,
        fetcher: Fetcher,
        clock: Clock,
        *,
        known_entries: KnownEntries,
        states: dict[str, SourceState],
        coordinator: Coordinator,
        ignore_schedule: bool = False,
        dry_run: bool = False,
    ) -> None:
        self._root = root
        self._context = context
        self._fetcher = fetcher
        self._clock = clock
        self._known_entries = known_entries
        self._states = states
        self._coordinator = coordinator
        self._ignore_schedule = ignore_schedule
        self._dry_run = dry_run
        self._results: dict[str, SourceResult] = {}
        self._failed_state_changes: dict[
            str, tuple[SourceState, SourceState]
        ] = {}  # what was known, and what the failure makes of it
        self._web_successes: list[bool] = []
        self._written_items: list[IndexedItem] = []
        self._byte_budget = ByteBudget(_MAX_UNPARSED_BYTES)
        self._write_slots = asyncio.Semaphore(_MAX_UNWRITTEN_SOURCES)

    def run(self, sources: Sequence[Source], progress: Callable[[SourceResult], None]) -> PullOutcome:
        """Pull `sources`; `progress` hears of each that is done. Ctrl-C ends it, and what is done counts."""
        interrupted = False
        try:
            asyncio.run(self._pull_all(sources, progress))
        except (KeyboardInterrupt, asyncio.CancelledError):
            interrupted = True
        except BaseExceptionGroup as errors:  # a full disk is told as such, a bug with its own traceback
            raise errors.exceptions[0] from errors
        return PullOutcome(
            results=self._results,
            written_items=tuple(self._written_items),
            failed_state_changes=self._failed_state_changes,
            web_successes=tuple(self._web_successes),
            interrupted=interrupted,
        )

    async def _pull_all(self, sources: Sequence[Source], progress: Callable[[SourceResult], None]) -> None:
        ahead = asyncio.Semaphore(_MAX_CONCURRENT_SOURCES)
        by_id = {source.id: source for source in self._context.registry.sources.values()}
        writing = BatchWriter(self._root, self._known_entries.archive, self._context.now.date().isoformat())

        async def one(source: Source, journey: RedirectChain | None = None) -> None:
            async with ahead:
                try:
                    result = await self._pull_source(source, journey, parsing, writer)
                except HostNotOwnedError as met:
                    self._coordinator.hand_over(source.id, met.redirect_chain)
                else:
                    self._results[result.id] = result
                    progress(result)

        async with self._fetcher, ParserPool() as parsing, writing as writer, asyncio.TaskGroup() as group:
            for source in self._order_sources(sources):
                group.create_task(one(source))
            async for source_id, journey in self._coordinator.receive_handovers():
                group.create_task(one(by_id[source_id], journey))

    async def _pull_source(
        self, source: Source, redirect_chain: RedirectChain | None, parser_pool: ParserPool, writer: BatchWriter
    ) -> SourceResult:
        before = seen.read_seen_digest(self._root, source.id)
        known = schedule.reset_if_stale(self._states.get(source.id), source.feed, before)
        if alone := self._find_skip_reason(source, known):
            return SourceResult(id=source.id, name=source.name, status="skipped", **alone)
        web = urls.is_http_url(source.feed)
        started = perf_counter()
        fetched, feed = None, None
        try:
            await self._byte_budget.wait_for_room()
            fetched = await self._fetcher.fetch(source.feed, known, redirect_chain)
            started = perf_counter() - fetched.elapsed  # who had to wait for his turn took no longer for it
            async with self._byte_budget.reserve(fetched.data), self._write_slots:
                if fetched.data is not None and fetched.body_hash != known.body_hash:
                    feed = await _parse_response(source, fetched, parser_pool)
                result = await self._deliver(source, replace(known, seen_digest=before), fetched, feed, writer)
        except SourceError as error:
            result = await self._record_failure(source, known, error, writer, perf_counter() - started)
            return replace(result, bytes=fetched.compressed_bytes if fetched else 0)
        if web:
            self._web_successes.append(True)
        return replace(result, seconds=perf_counter() - started, bytes=fetched.compressed_bytes)

    def _find_skip_reason(self, source: Source, source_state: SourceState) -> dict[str, Any] | None:
        """Tell why a source is not asked at all."""
        now = self._clock()
        if source.rights.opt_out:
            return {"reason": "opt-out", "words": "the source does not want to be pulled (rights.opt_out)"}
        if source_state.not_before and now < source_state.not_before:
            words = f"the server asked to be left alone until {source_state.not_before:%Y-%m-%d %H:%M} UTC"
            return {"reason": "retry-after", "words": words, "since": source_state.failing_since}
        due = schedule.is_due(
            now, next_due=source_state.next_due, not_before=None, ignore_schedule=self._ignore_schedule
        )
        if due or not urls.is_http_url(source.feed):
            return None
        if source_state.next_due == schedule.NEVER:
            return {"reason": "gone", "words": "given up: gone (410) for a week", "since": source_state.failing_since}
        words = f"not due until {source_state.next_due:%Y-%m-%d %H:%M} UTC" + (
            f"; {source_state.last_error_message}" if source_state.last_error_message else ""
        )
        return {"reason": "not-due", "words": words, "since": source_state.failing_since}

    async def _record_failure(
        self, source: Source, source_state: SourceState, error: SourceError, writer: BatchWriter, seconds: float
    ) -> SourceResult:
        now = self._clock()
        after = replace(schedule.record_failure(source.id, source_state, error, now), fetch_seconds=seconds)
        self._failed_state_changes[source.id] = source_state, after
        if urls.is_http_url(source.feed):
            self._web_successes.append(False)
        if (
            isinstance(error, PostponedError) and not self._dry_run
        ):  # a promise to its server, whatever becomes of this run
            await writer.write(PendingWrite(source_id=source.id, state=replace(source_state, not_before=error.until)))
        return replace(SourceResult.from_error(source, error), since=after.failing_since, seconds=seconds)

    async def _deliver(
        self, source: Source, source_state: SourceState, response: Response, feed: Feed | None, writer: BatchWriter
    ) -> SourceResult:
        """Deliver what was fetched; the validators are kept last, when all that they vouch for is written."""
        delivery: Delivery | None = None
        if feed is not None:
            delivery = await self._plan_delivery(source, feed)
            source_state = replace(
                source_state,
                held_back=delivery.flood_count,
                bad_guid_share=delivery.bad_guid_share,
                update_interval=feed.pull_interval,
            )
            if delivery.seen_text:
                source_state = replace(source_state, seen_digest=seen.compute_seen_digest(delivery.seen_text.encode()))
        after = replace(
            schedule.record_success(source_state, response.moved_to, response.fresh_seconds, self._clock()),
            etag=response.etag,
            last_modified=response.last_modified,
            body_hash=response.body_hash,
            fetch_seconds=response.elapsed,
        )
        if after.held_back:
            after = after.without_validators()  # a flood is told of until somebody lets it through
        if not self._dry_run:
            await writer.write(PendingWrite(source_id=source.id, state=after, delivery=delivery))
            self._index_written_files(delivery.inbox_files if delivery else ())
        return delivery.result if delivery else SourceResult(id=source.id, name=source.name, status="unchanged")

    async def _plan_delivery(self, source: Source, feed: Feed) -> Delivery:
        given = (self._root, source, feed, self._known_entries, self._context)
        if len(feed.entries) > _LARGE_FEED_ENTRIES:
            return await asyncio.to_thread(delivery.plan_delivery, *given)
        return delivery.plan_delivery(*given)

    def _index_written_files(self, files: Iterable[inbox.InboxFile]) -> None:
        for file in files:
            if one := inbox_index.parse_item(file.path, file.text.encode(), self._known_entries.feed_addresses):
                self._written_items.append(one)

    def _order_sources(self, sources: Sequence[Source]) -> list[Source]:
        """Put those first that were slow last time; those on one host, who wait for one another, do not follow."""
        took = {
            one.id: known.fetch_seconds
            for one in sources
            if (known := self._states.get(one.id)) and known.fetch_seconds > _SLOW_SECONDS
        }
        return sorted(_interleave_hosts(sources), key=lambda one: -took.get(one.id, 0.0))


async def _parse_response(source: Source, response: Response, parser_pool: ParserPool) -> Feed:
    select = source.select if source.type == "page" else None
    data = response.data or b""
    return await parser_pool.parse(
        data, response.content_type, site=source.site, address=response.address, select=select
    )


def _interleave_hosts(sources: Sequence[Source]) -> list[Source]:
    """Order sources so that those on one host, who must wait for one another, keep nobody else waiting."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(urlsplit(source.feed).netloc if urls.is_http_url(source.feed) else "", []).append(source)
    return [one for one in chain.from_iterable(zip_longest(*by_host.values())) if one is not None]
