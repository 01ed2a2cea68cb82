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
from ..files import write_together
from . import delivery, inbox, inbox_index, schedule, seen
from .archive import Archive, Kept
from .delivery import Delivery, Known
from .http.client import Clock, ElsewhereError, Fetched, Fetcher, Journey
from .http.errors import PostponedError
from .inbox import Setting
from .inbox_index import Waiting
from .parse_workers import Parsing
from .parsers.model import Feed
from .processes import Others, Outcome
from .report import Result
from .schedule import State


class Held:
    """Counts the bytes that are held; with `most` or more of them there is no room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._freed = asyncio.Event()

    async def room(self) -> None:
        """Wait until there is room."""
        while self._count >= self._most:
            self._freed.clear()
            await self._freed.wait()

    @asynccontextmanager
    async def bytes(self, data: bytes | None) -> AsyncIterator[None]:
        """Hold `data` until the end of the block."""
        size = len(data or b"")
        self._count += size
        try:
            yield
        finally:
            self._count -= size
            self._freed.set()


_TOGETHER = 32  # sources


class Brought(Struct, frozen=True, kw_only=True):
    """What is to be written of a source: its inbox files and seen lines, then its state and texts for the archive."""

    source: str
    state: State
    delivery: Delivery | None = None

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The entries whose texts the archive keeps."""
        return self.delivery.kept if self.delivery else ()


class Writer:
    """Writes for one pull, in a thread of its own; use it as an async context manager, from one event loop.

    `day` (ISO) is when all this was pulled.
    """

    def __init__(self, root: Path, archive: Archive, day: str) -> None:
        self._root = root
        self._archive = archive
        self._day = day
        self._ahead: list[tuple[Brought, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writing")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what was brought, after Ctrl-C, too."""
        if self._work:
            await self._work
        self._thread.shutdown()

    async def write(self, brought: Brought) -> None:
        """Wait until all this is on the disk. Raises OSError where it refuses."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ahead.append((brought, written))
        if self._work is None:
            self._work = asyncio.create_task(self._all())
        await written

    async def _all(self) -> None:
        while self._ahead:
            batch, self._ahead = self._ahead[:_TOGETHER], self._ahead[_TOGETHER:]
            loop = asyncio.get_running_loop()
            error: Exception | None = None
            try:
                await loop.run_in_executor(self._thread, self._together, [brought for brought, _ in batch])
            except Exception as refused:  # noqa: BLE001 - whoever waits for it hears it
                error = refused
            for _, written in batch:
                if not written.done():
                    written.set_exception(error) if error else written.set_result(None)
        self._work = None

    def _together(self, batch: list[Brought]) -> None:
        """Write in the order in which a kill loses nothing: what vouches for something is written after it."""
        deliveries = [one.delivery for one in batch if one.delivery]
        self._archive.keep_written({file.uid: file.digests for one in deliveries for file in one.files})
        files = [file for one in deliveries for file in delivery.files(self._root, one)]
        if files:
            write_together(files)
        self._archive.keep({one.source: (one.state, one.kept) for one in batch}, self._day)


_AHEAD = 400  # sources at work at once
_HELD = 24_000_000  # bytes that are fetched and wait to be read: with more of them nobody else is asked
_UNWRITTEN = 32  # sources that are read and wait to be written
_SLOW = 1.0  # seconds; a source that took longer last time is asked first, for it will again
_MANY = 1_000  # entries that are not decided on between two looks at the network


class Line:
    """Works through sources in one process; `others` are those beside it."""

    def __init__(
        self,
        root: Path,
        setting: Setting,
        fetcher: Fetcher,
        clock: Clock,
        *,
        known: Known,
        states: dict[str, State],
        others: Others,
        anyway: bool = False,
        dry: bool = False,
    ) -> None:
        self._root = root
        self._setting = setting
        self._fetcher = fetcher
        self._clock = clock
        self._known = known
        self._states = states
        self._others = others
        self._anyway = anyway
        self._dry = dry
        self._done: dict[str, Result] = {}
        self._failures: dict[str, tuple[State, State]] = {}  # what was known, and what the failure makes of it
        self._answered: list[bool] = []
        self._files: list[Waiting] = []
        self._held = Held(_HELD)
        self._unwritten = asyncio.Semaphore(_UNWRITTEN)

    def run(self, sources: Sequence[Source], progress: Callable[[Result], None]) -> Outcome:
        """Pull `sources`; `progress` hears of each that is done. Ctrl-C ends it, and what is done counts."""
        interrupted = False
        try:
            asyncio.run(self._all(sources, progress))
        except (KeyboardInterrupt, asyncio.CancelledError):
            interrupted = True
        except BaseExceptionGroup as errors:  # a full disk is told as such, a bug with its own traceback
            raise errors.exceptions[0] from errors
        return Outcome(
            results=self._done,
            files=tuple(self._files),
            failures=self._failures,
            answered=tuple(self._answered),
            interrupted=interrupted,
        )

    async def _all(self, sources: Sequence[Source], progress: Callable[[Result], None]) -> None:
        ahead = asyncio.Semaphore(_AHEAD)
        by_id = {source.id: source for source in self._setting.registry.sources.values()}
        writing = Writer(self._root, self._known.archive, self._setting.now.date().isoformat())

        async def one(source: Source, journey: Journey | None = None) -> None:
            async with ahead:
                try:
                    result = await self._pull(source, journey, parsing, writer)
                except ElsewhereError as met:
                    self._others.hand_over(source.id, met.journey)
                else:
                    self._done[result.id] = result
                    progress(result)

        async with self._fetcher, Parsing() as parsing, writing as writer, asyncio.TaskGroup() as group:
            for source in self._ordered(sources):
                group.create_task(one(source))
            async for source_id, journey in self._others.jobs():
                group.create_task(one(by_id[source_id], journey))

    async def _pull(self, source: Source, journey: Journey | None, parsing: Parsing, writer: Writer) -> Result:
        before = seen.digest(self._root, source.id)
        known = schedule.known_at(self._states.get(source.id), source.feed, before)
        if alone := self._let_alone(source, known):
            return Result(id=source.id, name=source.name, status="skipped", **alone)
        web = urls.is_web(source.feed)
        started = perf_counter()
        fetched, feed = None, None
        try:
            await self._held.room()
            fetched = await self._fetcher.fetch(source.feed, known, journey)
            started = perf_counter() - fetched.elapsed  # who had to wait for his turn took no longer for it
            async with self._held.bytes(fetched.data), self._unwritten:
                if fetched.data is not None and fetched.body_hash != known.body_hash:
                    feed = await _read(source, fetched, parsing)
                result = await self._settle(source, replace(known, seen=before), fetched, feed, writer)
        except SourceError as error:
            result = await self._fail(source, known, error, writer, perf_counter() - started)
            return replace(result, bytes=fetched.compressed if fetched else 0)
        if web:
            self._answered.append(True)
        return replace(result, seconds=perf_counter() - started, bytes=fetched.compressed)

    def _let_alone(self, source: Source, known: State) -> dict[str, Any] | None:
        """Tell why a source is not asked at all."""
        now = self._clock()
        if source.rights.opt_out:
            return {"reason": "opt-out", "words": "the source does not want to be pulled (rights.opt_out)"}
        if known.not_before and now < known.not_before:
            words = f"the server asked to be left alone until {known.not_before:%Y-%m-%d %H:%M} UTC"
            return {"reason": "retry-after", "words": words, "since": known.failing_since}
        due = schedule.is_due(now, next_due=known.next_due, not_before=None, anyway=self._anyway)
        if due or not urls.is_web(source.feed):
            return None
        if known.next_due == schedule.NEVER:
            return {"reason": "gone", "words": "given up: gone (410) for a week", "since": known.failing_since}
        words = f"not due until {known.next_due:%Y-%m-%d %H:%M} UTC" + (
            f"; {known.last_words}" if known.last_words else ""
        )
        return {"reason": "not-due", "words": words, "since": known.failing_since}

    async def _fail(self, source: Source, known: State, error: SourceError, writer: Writer, seconds: float) -> Result:
        now = self._clock()
        after = replace(schedule.state_after_failure(source.id, known, error, now), took=seconds)
        self._failures[source.id] = known, after
        if urls.is_web(source.feed):
            self._answered.append(False)
        if isinstance(error, PostponedError) and not self._dry:  # a promise to its server, whatever becomes of this run
            await writer.write(Brought(source=source.id, state=replace(known, not_before=error.until)))
        return replace(Result.failure(source, error), since=after.failing_since, seconds=seconds)

    async def _settle(
        self, source: Source, known: State, fetched: Fetched, feed: Feed | None, writer: Writer
    ) -> Result:
        """Deliver what was fetched; the validators are kept last, when all that they vouch for is written."""
        delivery: Delivery | None = None
        if feed is not None:
            delivery = await self._decided(source, feed)
            known = replace(known, held_back=delivery.flood, bad_guids=delivery.bad_guids, pace=feed.pace,
                            seen=seen.digest_of(delivery.seen.encode()) if delivery.seen else known.seen)  # fmt: skip
        after = replace(
            schedule.after_answer(known, fetched.moved_to, fetched.expires, self._clock()),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            body_hash=fetched.body_hash,
            took=fetched.elapsed,
        )
        if after.held_back:
            after = after.unconditional()  # a flood is told of until somebody lets it through
        if not self._dry:
            await writer.write(Brought(source=source.id, state=after, delivery=delivery))
            self._lay_out(delivery.files if delivery else ())
        return delivery.result if delivery else Result(id=source.id, name=source.name, status="unchanged")

    async def _decided(self, source: Source, feed: Feed) -> Delivery:
        given = (self._root, source, feed, self._known, self._setting)
        if len(feed.entries) > _MANY:
            return await asyncio.to_thread(delivery.decide, *given)
        return delivery.decide(*given)

    def _lay_out(self, files: Iterable[inbox.InboxFile]) -> None:
        for file in files:
            if one := inbox_index.waiting(file.path, file.text.encode(), self._known.feeds):
                self._files.append(one)

    def _ordered(self, sources: Sequence[Source]) -> list[Source]:
        """Put those first that were slow last time; those on one host, who wait for one another, do not follow."""
        took = {one.id: known.took for one in sources if (known := self._states.get(one.id)) and known.took > _SLOW}
        return sorted(_mixed(sources), key=lambda one: -took.get(one.id, 0.0))


async def _read(source: Source, fetched: Fetched, parsing: Parsing) -> Feed:
    select = source.select if source.type == "page" else None
    data = fetched.data or b""
    return await parsing.parse(data, fetched.content_type, site=source.site, address=fetched.address, select=select)


def _mixed(sources: Sequence[Source]) -> list[Source]:
    """Order sources so that those on one host, who must wait for one another, keep nobody else waiting."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(urlsplit(source.feed).netloc if urls.is_web(source.feed) else "", []).append(source)
    return [one for one in chain.from_iterable(zip_longest(*by_host.values())) if one is not None]
