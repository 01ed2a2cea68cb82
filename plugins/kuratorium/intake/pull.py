"""The run: every source that is due is fetched, read and sifted, and what is new reaches the inbox."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from msgspec import Struct

from ..conf import Site
from ..errors import UsageError
from ..files import locked
from ..model import Source
from ..records import nearest
from ..registry import Registry
from . import expiry, joining, waiting
from .archive import Archive
from .deliver import Known
from .fetch import Clock, Fetcher, Limits, user_agent
from .inbox import Setting
from .line import Line
from .report import Report, Result
from .shards import Shard

__all__ = ["Options", "Report", "Result", "count", "join", "run"]

LOCK = "var/pull.lock"
_BUSY = "another pull of this edition is at work: wait for it, or stop it."
_FAULT = (
    "not one of {} sources that were asked answered well: that looks like this machine or its network, not like the "
    "sources, and is held against none of them."
)


class Options(Struct, frozen=True, kw_only=True):
    """What a pull is asked for.

    `only` these sources (ids), or those of a `shard`; `anyway`: though they are not due; `flood`: however many entries
    are new; `dry`: fetch and tell, write nothing.
    """

    only: tuple[str, ...] = ()
    shard: Shard = Shard()
    anyway: bool = False
    flood: bool = False
    dry: bool = False


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
    options: Options | None = None,
    progress: Callable[[Result], None] | None = None,
    limits: Limits | None = None,
    clock: Clock = _machine_clock,
) -> Report:
    """Pull the sources of the edition at `root`, or the `only` ones (ids); `progress` hears of each that is done.

    `now` is the edition's date, which may be pinned; `clock` is the machine's, by which sources are due and servers
    are left in peace. A source that fails is a result, and so is an interruption (Ctrl-C): what is done is kept.
    Raises UsageError for an id that is none or a pull that is at work already, OSError where we cannot write.
    """
    started = perf_counter()
    asked = options or Options(only=tuple(only))
    sources = chosen(registry, asked)
    intranet = registry.policy.intranet if registry.policy else ()
    fetcher = Fetcher(root, user_agent(site.url, contact), clock, limits, intranet=intranet)
    setting = Setting(registry=registry, now=now, lang=site.lang)
    feeds = {source.id: source.feed for source in registry.sources.values()}
    warnings: list[str] = []
    with _desk(root, asked, warnings) as archive:
        found = waiting.desk(root, feeds)
        expired = expiry.expired(root, found.inbox.values(), archive.written(), setting)
        known = Known(root, archive, feeds, found, gone={one.path for one in expired}, flood=asked.flood)
        line = Line(root, setting, fetcher, clock, known, anyway=asked.anyway, dry=asked.dry)
        done = line.run(sources, progress or (lambda _: None))
        mine = [one for one in expired if asked.shard.holds(one.source)]
        joined = 0
        if not asked.dry:
            expiry.remove(root, mine, setting)
            archive.keep_written({one.uid: "" for one in mine})
            joined = joining.join(root, line.desk(), archive, setting, asked.shard.holds)
        if not line.settle_failures():
            warnings.append(_FAULT.format(line.asked))
        if registry.policy:
            bound = now.date() - timedelta(days=registry.policy.archive_days)
            archive.prune(bound.isoformat(), registry.sources)
    return Report(
        results=tuple(done[source.id] for source in sources if source.id in done),
        seconds=perf_counter() - started,
        joined=joined,
        expired=len(mine),
        warnings=tuple(warnings),
        interrupted=line.interrupted,
        dry=asked.dry,
    )


def join(root: Path, registry: Registry, *, now: datetime, site: Site) -> int:
    """Join the inbox files about one article that the shards of a pull brought; returns how many became part of others.

    A pull that is no shard does so itself.
    """
    setting = Setting(registry=registry, now=now, lang=site.lang)
    with _desk(root, Options(), []) as archive:
        feeds = {source.id: source.feed for source in registry.sources.values()}
        return joining.join(root, waiting.desk(root, feeds).inbox.values(), archive, setting, lambda _: True)


def count(registry: Registry, options: Options | None = None) -> int:
    """Count the sources that a pull is about; raises UsageError for an id that is none."""
    return len(chosen(registry, options or Options()))


@contextlib.contextmanager
def _desk(root: Path, options: Options, warnings: list[str]) -> Iterator[Archive]:
    """Have the desk for oneself, with the archive open; a dry run only looks."""
    with contextlib.ExitStack() as stack:
        if not options.dry:
            stack.enter_context(locked(root / LOCK, _BUSY))
        yield stack.enter_context(Archive(root, write=not options.dry, warn=warnings.append))


def chosen(registry: Registry, options: Options) -> list[Source]:
    """List the sources that a pull is about; raises UsageError for an id that is none."""
    for one in options.only:
        if one not in registry.sources:
            raise UsageError(f"«{one}» is no source in curation/sources.yaml. {nearest(one, registry.sources)}")
    sources = registry.sources.values()
    return [one for one in sources if options.shard.holds(one.id) and (not options.only or one.id in options.only)]
