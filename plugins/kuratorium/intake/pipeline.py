"""The pipeline of a pull in one process: fetch many sources at once, and deliver each when its response arrives.

Three limits keep memory bounded: sources at work, bytes that wait for the parser, sources that wait to be written.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from time import perf_counter
from types import TracebackType
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..compare_and_swap import apply_changes
from ..edition.curation import Source
from ..edition.paths import SEEN_FOLDER
from ..errors import SourceError
from . import delivery, inbox_index, schedule, seen
from .archive import ArchivedEntry
from .context import PullContext
from .delivery import Delivery
from .http.client import Fetcher
from .http.errors import PostponedError
from .http.responses import HostNotOwnedError, RedirectChain, Response
from .inbox import InboxFile
from .inbox_index import IndexedItem
from .parse_workers import ParserPool
from .parsers.model import Feed
from .pull_workers import Coordinator, PullOutcome
from .report import SourceResult
from .schedule import SourceState
from .suggestions.folder import read_folder
from .suggestions.forges import UNREAD_PAGES, fetch_further_pages, find_pull_address

_MAX_CONCURRENT_SOURCES = 400
_MAX_UNPARSED_BYTES = 24_000_000  # fetched, and waiting for the parser
_MAX_UNWRITTEN_SOURCES = 32  # parsed, and waiting to be written
_LARGE_FEED_ENTRIES = 1_000  # deciding on more of them would keep the event loop from the network too long
_BATCH_SIZE = 32  # sources that are written together, at most
_GATHERED_SOURCES = 16  # a batch of fewer waits for others, as long as there are any
_GATHER_SECONDS, _GATHER_STEP_SECONDS = 0.25, 0.02


def run_pipeline(
    context: PullContext,
    sources: Sequence[Source],
    coordinator: Coordinator,
    progress: Callable[[SourceResult], None],
) -> PullOutcome:
    """Pull `sources`, the share of this process; `progress` is called with the result of each.

    `coordinator` connects the worker processes of a pull. After Ctrl-C the outcome has what was done until then. Raises
    OSError if the edition cannot be written.
    """
    return PullPipeline(context, coordinator, progress).run(sources)


class PullPipeline:
    """The part of one process in a pull: fetch, parse, decide, write. Call `run` once."""

    def __init__(
        self, context: PullContext, coordinator: Coordinator, progress: Callable[[SourceResult], None]
    ) -> None:
        self._context = context
        self._coordinator = coordinator
        self._progress = progress
        self._fetcher = Fetcher(
            context.root,
            context.user_agent,
            context.clock,
            context.limits,
            intranet=context.intranet_hosts,
            owns_host=coordinator.owns_host,
        )
        self._parser_pool = ParserPool()
        self._writer = BatchWriter(context, count_unfinished=lambda: self._unfinished_count)
        self._byte_budget = ByteBudget(_MAX_UNPARSED_BYTES)
        self._source_slots = asyncio.Semaphore(_MAX_CONCURRENT_SOURCES)
        self._write_slots = asyncio.Semaphore(_MAX_UNWRITTEN_SOURCES)
        self._unfinished_count = 0
        self._results: dict[str, SourceResult] = {}
        # The state before and after each failure: whether they are stored is decided when all sources are done.
        self._failed_state_changes: dict[str, tuple[SourceState, SourceState]] = {}
        self._web_successes: list[bool] = []
        self._written_items: list[IndexedItem] = []

    def run(self, sources: Sequence[Source]) -> PullOutcome:
        """Pull `sources`; return their results, and the facts for decisions about the pull as a whole."""
        interrupted = False
        try:
            asyncio.run(self._pull_all(sources))
        except (KeyboardInterrupt, asyncio.CancelledError):
            interrupted = True
        except BaseExceptionGroup as errors:  # from the TaskGroup; the caller expects a plain OSError
            raise errors.exceptions[0] from errors
        return PullOutcome(
            results=self._results,
            written_items=tuple(self._written_items),
            failed_state_changes=self._failed_state_changes,
            web_successes=tuple(self._web_successes),
            interrupted=interrupted,
            warnings=tuple(self._context.warnings),
        )

    async def _pull_all(self, sources: Sequence[Source]) -> None:
        sources_by_id = self._context.registry.sources
        async with self._fetcher, self._parser_pool, self._writer, asyncio.TaskGroup() as group:
            for source in schedule.order_sources(sources, self._context.states):
                group.create_task(self._pull_or_hand_over(source))
            async for source_id, redirect_chain in self._coordinator.receive_handovers():
                group.create_task(self._pull_or_hand_over(sources_by_id[source_id], redirect_chain))

    async def _pull_or_hand_over(self, source: Source, redirect_chain: RedirectChain | None = None) -> None:
        """Pull a source, or hand it over to the worker that owns the host to which its feed redirects."""
        self._unfinished_count += 1
        try:
            async with self._source_slots:
                result = await self._pull_source(source, redirect_chain)
        except HostNotOwnedError as error:
            self._coordinator.hand_over(source.id, error.redirect_chain)
        else:
            self._results[result.id] = result
            self._progress(result)
        finally:
            self._unfinished_count -= 1

    async def _pull_source(self, source: Source, redirect_chain: RedirectChain | None) -> SourceResult:
        context = self._context
        try:
            seen_digest = seen.read_seen_digest(context.root, source.id)
        except SourceError as error:  # no failure of the source's server, so its state stays
            return SourceResult.from_error(source, error)
        state = schedule.reset_if_stale(context.states.get(source.id), source.feed, seen_digest)
        if skipped := find_skipped_result(source, state, context.clock(), context.options.ignore_schedule):
            return skipped
        started = perf_counter()
        response: Response | None = None
        try:
            await self._byte_budget.wait_for_room()
            response = await self._fetch(source, state, redirect_chain)
            started = perf_counter() - response.elapsed  # without the time that the source waited for its host
            async with self._byte_budget.reserve(len(response.data or b"")), self._write_slots:
                result = await self._handle_response(source, replace(state, seen_digest=seen_digest), response)
        except SourceError as error:
            result = await self._record_failure(source, state, error, perf_counter() - started)
            return replace(result, bytes=response.compressed_bytes if response else 0)
        if urls.is_http_url(source.feed):
            self._web_successes.append(True)
        return replace(result, seconds=perf_counter() - started, bytes=response.compressed_bytes)

    async def _fetch(self, source: Source, state: SourceState, redirect_chain: RedirectChain | None) -> Response:
        if source.type == "suggestions" and not urls.is_http_url(source.feed):
            return await asyncio.to_thread(read_folder, self._context.root, source.feed)
        response = await self._fetcher.fetch(find_pull_address(source), state, redirect_chain)
        return await fetch_further_pages(self._fetcher, response) if source.type == "suggestions" else response

    async def _handle_response(self, source: Source, state: SourceState, response: Response) -> SourceResult:
        """Parse a response, plan what to deliver, and write it; raises SourceError if the response is no feed."""
        planned: Delivery | None = None
        # Many servers send 200 with the same body instead of 304: parsing it again would find nothing new.
        if response.data is not None and response.body_hash != state.body_hash:
            feed = await self._parse(source, response)
            if source.type == "suggestions" and response.next_page:
                feed = replace(feed, refused=(*feed.refused, UNREAD_PAGES))
            planned = await self._plan_delivery(source, feed)
            state = _record_feed(state, feed, planned)
        state = _record_response(state, response, self._context.clock())
        if planned and planned.result.remarks:  # told in every pull, as long as there is something to tell
            state = state.without_validators()
        if not self._context.options.dry_run:
            await self._writer.write(PendingWrite(source_id=source.id, state=state, delivery=planned))
            self._index_written_files(planned.inbox_files if planned else ())
        return planned.result if planned else SourceResult(id=source.id, name=source.name, status="unchanged")

    async def _parse(self, source: Source, response: Response) -> Feed:
        return await self._parser_pool.parse(
            response.data or b"",
            response.content_type,
            site=source.site,
            address=response.address,
            lang=source.lang,
            select=source.select if source.type == "page" else None,
            has_suggestions=source.type == "suggestions",
        )

    async def _plan_delivery(self, source: Source, feed: Feed) -> Delivery:
        context = self._context
        allow_flood = context.options.allow_flood
        if len(feed.entries) > _LARGE_FEED_ENTRIES:
            return await asyncio.to_thread(
                delivery.plan_delivery, source, feed, context.known_entries, context, allow_flood=allow_flood
            )
        return delivery.plan_delivery(source, feed, context.known_entries, context, allow_flood=allow_flood)

    async def _record_failure(
        self, source: Source, state: SourceState, error: SourceError, seconds: float
    ) -> SourceResult:
        failed_state = schedule.record_failure(source.id, state, error, self._context.clock())
        failed_state = replace(failed_state, fetch_seconds=seconds)
        self._failed_state_changes[source.id] = state, failed_state
        if urls.is_http_url(source.feed):
            self._web_successes.append(False)
        # Retry-After is stored at once, so that it is respected even if this pull is killed.
        if isinstance(error, PostponedError) and not self._context.options.dry_run:
            postponed_state = replace(state, not_before=error.until)
            await self._writer.write(PendingWrite(source_id=source.id, state=postponed_state))
        return replace(SourceResult.from_error(source, error), since=failed_state.failing_since, seconds=seconds)

    def _index_written_files(self, files: Iterable[InboxFile]) -> None:
        feed_addresses = self._context.known_entries.feed_addresses
        items = (inbox_index.parse_item(file.path, file.text.encode(), feed_addresses) for file in files)
        self._written_items.extend(item for item in items if item)


class ByteBudget:
    """The limit of fetched bytes that wait for the parser, so that memory stays bounded.

    The size of a response is known only when it has arrived, so responses that are on their way may exceed the limit.
    Then no further source is fetched until enough bytes are released.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._reserved = 0
        self._space_freed = asyncio.Event()

    async def wait_for_room(self) -> None:
        """Wait until fewer bytes than the limit are reserved."""
        while self._reserved >= self._limit:
            self._space_freed.clear()
            await self._space_freed.wait()

    @asynccontextmanager
    async def reserve(self, size: int) -> AsyncIterator[None]:
        """Reserve `size` bytes until the end of the block."""
        self._reserved += size
        try:
            yield
        finally:
            self._reserved -= size
            self._space_freed.set()


class PendingWrite(Struct, frozen=True, kw_only=True):
    """What is to be written of a source: its inbox files and seen lines, then its state and entries for the archive."""

    source_id: str
    state: SourceState
    delivery: Delivery | None = None

    @property
    def entries_to_archive(self) -> tuple[ArchivedEntry, ...]:
        """The entries whose texts the archive stores."""
        return self.delivery.entries_to_archive if self.delivery else ()


class BatchWriter:
    """A writer that collects what several sources deliver, and writes it in batches, in a thread of its own.

    Use it as an async context manager, from one event loop. `count_unfinished` returns of how many sources something
    may still be written, those in the queue included.
    """

    # In batches, because each batch waits for the disk (fsync) only once.

    def __init__(self, context: PullContext, *, count_unfinished: Callable[[], int]) -> None:
        self._root = context.root
        self._archive = context.known_entries.archive
        self._day = context.now.date().isoformat()
        self._count_unfinished = count_unfinished
        self._queue: list[tuple[PendingWrite, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writing")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is queued, also after Ctrl-C."""
        if self._task:
            await self._task
        self._executor.shutdown()

    async def write(self, pending: PendingWrite) -> None:
        """Write, and return when everything is on the disk; raises OSError if the disk fails or is full."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((pending, written))
        if self._task is None:
            self._task = asyncio.create_task(self._drain_queue())
        await written

    async def _drain_queue(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            await self._gather()
            batch, self._queue = self._queue[:_BATCH_SIZE], self._queue[_BATCH_SIZE:]
            failure: Exception | None = None
            try:
                await loop.run_in_executor(self._executor, self._write_batch, [pending for pending, _ in batch])
            except Exception as error:  # noqa: BLE001 - raised in every task that waits for this batch
                failure = error
            for _, written in batch:
                if not written.done():  # a cancelled task's future is done
                    written.set_exception(failure) if failure else written.set_result(None)
        self._task = None

    async def _gather(self) -> None:
        """Wait a moment until there is enough for a batch, or until no other source is at work."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _GATHER_SECONDS
        while loop.time() < end:  # not an Event: a source may also end without a write
            if len(self._queue) >= min(_GATHERED_SOURCES, self._count_unfinished()):
                break
            await asyncio.sleep(_GATHER_STEP_SECONDS)

    def _write_batch(self, batch: list[PendingWrite]) -> None:
        """Write a batch in an order in which a kill loses nothing.

        Digests come first (the old and the new text of an inbox file then count as untouched), then inbox files, then
        the seen files that call their entries seen, then the states with validators, which rely on the seen files.
        """
        deliveries = [pending.delivery for pending in batch if pending.delivery]
        self._archive.store_written_digests(
            {file.uid: file.accepted_digests for planned in deliveries for file in planned.inbox_files}
        )
        changes = [change for planned in deliveries for change in delivery.list_changes(self._root, planned)]
        # An inbox file that an editor saved or deleted since it was read stays as it is.
        for refused in apply_changes(changes):
            if refused.path.parent == self._root / SEEN_FOLDER and refused.text:
                seen.edit_lines(refused.path, added=refused.text.splitlines())
        self._archive.store_pull_results(
            {pending.source_id: (pending.state, pending.entries_to_archive) for pending in batch}, self._day
        )


def find_skipped_result(
    source: Source, state: SourceState, now: datetime, ignore_schedule: bool
) -> SourceResult | None:
    """Return the result of a source that must not be fetched now, with the reason; None if it must be fetched."""
    if source.rights.opt_out:
        return _build_skipped_result(source, "opt-out", "the source opted out of being pulled (rights.opt_out)", None)
    since = state.failing_since
    if state.not_before and now < state.not_before:
        message = f"the server asked us to wait until {state.not_before:%Y-%m-%d %H:%M} UTC"
        return _build_skipped_result(source, "retry-after", message, since)
    due = schedule.is_due(now, next_due=state.next_due, not_before=None, ignore_schedule=ignore_schedule)
    if due or not urls.is_http_url(source.feed):  # reading a file disturbs no server
        return None
    if state.next_due == schedule.NEVER:
        return _build_skipped_result(source, "gone", "given up: the server answered 410 (gone) for a week", since)
    message = f"not due until {state.next_due:%Y-%m-%d %H:%M} UTC"
    if state.last_error_message:
        message += f"; {state.last_error_message}"
    return _build_skipped_result(source, "not-due", message, since)


def _build_skipped_result(source: Source, reason: str, message: str, since: datetime | None) -> SourceResult:
    return SourceResult(id=source.id, name=source.name, status="skipped", reason=reason, words=message, since=since)


def _record_feed(state: SourceState, feed: Feed, planned: Delivery) -> SourceState:
    """Return the state with the facts of a parsed feed."""
    return replace(
        state,
        held_back=planned.flood_count,
        bad_guid_share=planned.bad_guid_share,
        update_interval=feed.pull_interval,
        seen_digest=seen.compute_seen_digest(planned.seen_text.encode()) if planned.seen_text else state.seen_digest,
    )


def _record_response(state: SourceState, response: Response, now: datetime) -> SourceState:
    """Return the state after a response that was parsed or is unchanged, with its validators."""
    state = replace(
        schedule.record_success(state, response.moved_to, response.fresh_seconds, now),
        etag=response.etag,
        last_modified=response.last_modified,
        body_hash=response.body_hash,
        fetch_seconds=response.elapsed,
    )
    # A flood is reported in every pull until an editor lets it through: a 304 would hide it.
    return state.without_validators() if state.held_back else state
