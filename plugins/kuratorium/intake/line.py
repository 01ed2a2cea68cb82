"""The line on which a pull works: fetching is concurrent, parsing and writing go on beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, zip_longest
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from ..errors import SourceError
from ..model import Source
from . import deliver, inbox, links, schedule, seen, state, waiting
from .archive import Kept
from .deliver import Known
from .entry import Feed
from .failures import PostponedError
from .fetch import Clock, Fetched, Fetcher
from .inbox import Setting
from .parsing import Parsing
from .report import Result
from .state import State
from .waiting import Waiting

_WRITERS = 4  # threads; they wait for the disk most of the time
_AHEAD = 160  # sources at work at once: what is fetched and waits to be read takes memory


class Line:
    """One pull. `asked` counts the sources on the web that were asked; after Ctrl-C it is `interrupted`."""

    def __init__(
        self,
        root: Path,
        setting: Setting,
        fetcher: Fetcher,
        clock: Clock,
        known: Known,
        *,
        anyway: bool = False,
        dry: bool = False,
    ) -> None:
        self.interrupted = False
        self._root = root
        self._setting = setting
        self._fetcher = fetcher
        self._clock = clock
        self._known = known
        self._anyway = anyway
        self._dry = dry
        self._states = known.archive.states()
        self._done: dict[str, Result] = {}
        self._failures: dict[str, tuple[State, State]] = {}  # what was known, and what the failure makes of it
        self._answered: list[bool] = []
        self._desk = dict(known.desk.inbox)

    @property
    def asked(self) -> int:
        """How many sources on the web were asked."""
        return len(self._answered)

    def run(self, sources: Sequence[Source], progress: Callable[[Result], None]) -> dict[str, Result]:
        """Pull `sources`; returns the results of those that were done, by id. `progress` hears of each."""
        try:
            asyncio.run(self._all(sources, progress))
        except KeyboardInterrupt:
            self.interrupted = True
        except BaseExceptionGroup as errors:  # a full disk is told as such, a bug with its own traceback
            raise errors.exceptions[0] from errors
        return self._done

    def desk(self) -> Iterable[Waiting]:
        """List what lies in the inbox by now."""
        return self._desk.values()

    def settle_failures(self) -> bool:
        """Note the failures against their sources.

        False where this machine is to blame: then only those servers are heard that asked us to wait.
        """
        fault = schedule.is_machine_fault(self._answered)
        kept = {
            one: replace(known, not_before=after.not_before) if fault else after
            for one, (known, after) in self._failures.items()
            if not fault or after.not_before
        }
        if kept and not self._dry:
            self._known.archive.keep_states(kept)
        return not fault

    async def _all(self, sources: Sequence[Source], progress: Callable[[Result], None]) -> None:
        ahead = asyncio.Semaphore(_AHEAD)
        with ThreadPoolExecutor(_WRITERS) as writers:

            async def one(source: Source) -> None:
                async with ahead:
                    progress(await self._pull(source, parsing, writers))

            async with self._fetcher, Parsing() as parsing, asyncio.TaskGroup() as group:
                for source in _mixed(sources):
                    group.create_task(one(source))

    async def _pull(self, source: Source, parsing: Parsing, writers: ThreadPoolExecutor) -> Result:
        loop = asyncio.get_running_loop()
        known = state.known_at(self._states.get(source.id), source.feed, seen.digest(self._root, source.id))
        if alone := self._let_alone(source, known):
            return self._note(Result(id=source.id, name=source.name, status="skipped", **alone))
        web = links.is_web(source.feed)
        started = perf_counter()
        fetched, feed = None, None
        try:
            fetched = await self._fetcher.fetch(source.feed, known)
            started = perf_counter() - fetched.elapsed  # who had to wait for his turn took no longer for it
            if fetched.data is not None and fetched.body_hash != known.body_hash:
                select = source.select if source.type == "page" else None
                feed = await parsing.parse(
                    fetched.data, fetched.content_type, site=source.site, address=fetched.address, select=select
                )
        except SourceError as error:
            result = await loop.run_in_executor(writers, self._fail, source, known, error, web)
            size = fetched.compressed if fetched else 0
            return self._note(replace(result, seconds=perf_counter() - started, bytes=size))
        if web:
            self._answered.append(True)
        seconds = perf_counter() - started
        return await loop.run_in_executor(writers, self._settle, source, known, fetched, feed, seconds)

    def _let_alone(self, source: Source, known: State) -> dict[str, Any] | None:
        """Tell why a source is not asked at all."""
        now = self._clock()
        if source.rights.opt_out:
            return {"reason": "opt-out", "words": "the source does not want to be pulled (rights.opt_out)"}
        if known.not_before and now < known.not_before:
            words = f"the server asked to be left alone until {known.not_before:%Y-%m-%d %H:%M} UTC"
            return {"reason": "retry-after", "words": words, "since": known.failing_since}
        due = schedule.is_due(now, next_due=known.next_due, not_before=None, anyway=self._anyway)
        if due or not links.is_web(source.feed):
            return None
        if known.next_due == schedule.NEVER:
            return {"reason": "gone", "words": "given up: gone (410) for a week", "since": known.failing_since}
        words = f"not due until {known.next_due:%Y-%m-%d %H:%M} UTC" + (
            f"; {known.last_words}" if known.last_words else ""
        )
        return {"reason": "not-due", "words": words, "since": known.failing_since}

    def _fail(self, source: Source, known: State, error: SourceError, web: bool) -> Result:
        now = self._clock()
        after = state.after_failure(source.id, known, error, now)
        self._failures[source.id] = known, after
        if web:
            self._answered.append(False)
        if isinstance(error, PostponedError) and not self._dry:  # a promise to its server, whatever becomes of this run
            self._known.archive.keep_states({source.id: replace(known, not_before=error.until)})
        return replace(Result.failure(source, error), since=after.failing_since)

    def _settle(self, source: Source, known: State, fetched: Fetched, feed: Feed | None, seconds: float) -> Result:
        """Deliver what was fetched; the validators are kept last, when all that they vouch for is written."""
        started = perf_counter()
        result = Result(id=source.id, name=source.name, status="unchanged")
        entries: tuple[Kept, ...] = ()
        after = known
        if feed is not None:
            delivery = deliver.decide(self._root, source, feed, self._known, self._setting)
            result, entries = delivery.result, delivery.kept
            after = replace(known, held_back=delivery.flood, bad_guids=delivery.bad_guids, pace=feed.pace)
            if not self._dry:
                self._known.archive.keep_written({file.uid: file.digests for file in delivery.files})
                deliver.write(self._root, source, delivery)
                self._lay_out(delivery.files)
        after = replace(state.after_answer(after, fetched.moved_to, fetched.expires, self._clock()), etag=fetched.etag,
                        last_modified=fetched.last_modified, body_hash=fetched.body_hash,
                        seen=seen.digest(self._root, source.id))  # fmt: skip
        if after.held_back:
            after = after.unconditional()  # a flood is told of until somebody lets it through
        if not self._dry:
            self._known.archive.keep(source.id, after, entries, self._setting.now.date().isoformat())
        return self._note(replace(result, seconds=seconds + perf_counter() - started, bytes=fetched.compressed))

    def _lay_out(self, files: Iterable[inbox.InboxFile]) -> None:
        for file in files:
            if one := waiting.waiting(file.path, file.text.encode(), self._known.feeds):
                self._desk[one.uid] = one

    def _note(self, result: Result) -> Result:
        self._done[result.id] = result
        return result


def _mixed(sources: Sequence[Source]) -> list[Source]:
    """Order sources so that those on one host, who must wait for one another, keep nobody else waiting."""
    by_host: dict[str, list[Source]] = {}
    for source in sources:
        by_host.setdefault(urlsplit(source.feed).netloc if links.is_web(source.feed) else "", []).append(source)
    return [one for one in chain.from_iterable(zip_longest(*by_host.values())) if one is not None]
