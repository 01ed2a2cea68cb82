"""The run: every source is fetched, read and sifted, and what is new reaches the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from msgspec.structs import replace

from ..conf import Site
from ..errors import SourceError, UsageError
from ..model import Source
from ..records import nearest
from ..registry import Registry
from . import inbox, links, parsers, seen, state
from .deliver import deliver
from .failures import PostponedError
from .fetch import Clock, Fetched, Fetcher, Limits, user_agent
from .report import Report, Result
from .state import State

__all__ = ["Report", "Result", "run"]


def _machine_clock() -> datetime:
    return datetime.now(UTC)


def run(
    root: Path,
    registry: Registry,
    *,
    now: datetime,
    site: Site,
    contact: str = "",
    only: Collection[str] = (),
    progress: Callable[[Result], None] | None = None,
    limits: Limits | None = None,
    clock: Clock = _machine_clock,
) -> Report:
    """Pull the sources of the edition at `root`, or the `only` ones (ids); `progress` hears of each that is done.

    `now` is the edition's date, which may be pinned; `clock` is the machine's, by which servers are left in peace.
    A source that fails is a result. Raises UsageError for an id that is none, OSError where we cannot write.
    """
    for one in only:
        if one not in registry.sources:
            raise UsageError(f"«{one}» is no source in curation/sources.yaml. {nearest(one, registry.sources)}")
    sources = [source for source in registry.sources.values() if not only or source.id in only]
    started = perf_counter()
    setting = inbox.Setting(registry=registry, now=now, lang=site.lang)
    fetcher = Fetcher(root, user_agent(site.url, contact), clock, limits)
    results = asyncio.run(_Run(root, setting, fetcher, clock).all(sources, progress or (lambda _: None)))
    return Report(results=results, seconds=perf_counter() - started)


class _Run:
    """One pull. Fetching is concurrent; reading and writing are one source after another, in a thread beside it."""

    def __init__(self, root: Path, setting: inbox.Setting, fetcher: Fetcher, clock: Clock) -> None:
        self._root = root
        self._setting = setting
        self._fetcher = fetcher
        self._clock = clock
        self._desk = seen.desk(root)

    async def all(self, sources: list[Source], progress: Callable[[Result], None]) -> tuple[Result, ...]:
        worker = ThreadPoolExecutor(max_workers=1)  # feedparser fills a table at its first use: no second thread

        async def one(source: Source) -> Result:
            result = await self._pull(source, worker)
            progress(result)
            return result

        try:
            async with self._fetcher, asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(source)) for source in sources]
            return tuple(task.result() for task in tasks)
        except BaseExceptionGroup as errors:  # a full disk is told as such, a bug with its own traceback
            raise errors.exceptions[0] from errors
        finally:
            worker.shutdown(cancel_futures=True)

    async def _pull(self, source: Source, worker: ThreadPoolExecutor) -> Result:
        known = state.read(self._root, source.id, source.feed)
        if reason := self._let_alone(source, known):
            return Result(id=source.id, name=source.name, status="skipped", reason=reason[0], words=reason[1])
        started = perf_counter()
        try:
            fetched = await self._fetcher.fetch(source.feed, known)
        except SourceError as error:
            if isinstance(error, PostponedError):
                state.write(self._root, source.id, replace(known, not_before=error.until))
            return replace(Result.failure(source, error), seconds=perf_counter() - started)
        asked = perf_counter() - started
        result = await asyncio.get_running_loop().run_in_executor(worker, self._settle, source, fetched)
        return replace(result, seconds=asked + result.seconds)

    def _let_alone(self, source: Source, known: State) -> tuple[str, str] | None:
        """Tell why a source is not asked at all."""
        if source.rights.opt_out:
            return "opt-out", "the source does not want to be pulled (rights.opt_out)"
        if known.not_before and self._clock() < known.not_before:
            return "retry-after", f"the server asked to be left alone until {known.not_before:%Y-%m-%d %H:%M} UTC"
        return None

    def _settle(self, source: Source, fetched: Fetched) -> Result:
        """Read and deliver what was fetched; the validators are kept last, when all that they vouch for is written."""
        started = perf_counter()
        result = Result(id=source.id, name=source.name, status="unchanged")
        try:
            if fetched.data is not None:
                feed = parsers.parse(fetched.data, fetched.content_type, site=source.site, address=fetched.address)
                result = replace(deliver(self._root, source, feed, self._desk, self._setting), bytes=len(fetched.data))
        except SourceError as error:
            result = replace(Result.failure(source, error), bytes=len(fetched.data or b""))
        else:
            if links.is_web(source.feed):
                kept = State(address=source.feed, etag=fetched.etag, last_modified=fetched.last_modified)
                state.write(self._root, source.id, kept)
        return replace(result, seconds=perf_counter() - started)
