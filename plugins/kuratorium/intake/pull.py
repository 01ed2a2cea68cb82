"""The run: every source that is due is fetched, read and sifted, and what is new reaches the inbox."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from msgspec import Struct
from msgspec.structs import replace

from ..conf import Site
from ..errors import UsageError
from ..files import locked
from ..model import Source
from ..records import nearest
from ..registry import Registry
from . import expiry, joining, lanes, waiting
from .archive import Archive
from .deliver import Known
from .fetch import Clock, Fetcher, Limits, user_agent
from .inbox import Setting
from .line import Line
from .others import Others
from .outcome import Outcome
from .report import Report, Result
from .shards import Shard
from .waiting import Waiting

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
    setting = Setting(registry=registry, now=now, lang=site.lang)
    feeds = {source.id: source.feed for source in registry.sources.values()}
    side_by_side = lanes.count(len(sources))
    limits = (limits or Limits()).shared(side_by_side)
    warnings: list[str] = []
    with _desk(root, asked, warnings) as archive, tempfile.TemporaryDirectory() as shared:
        found = waiting.desk(root, feeds)
        expired = expiry.expired(root, found.inbox.values(), archive.written(), setting)
        gone = {one.path for one in expired}
        known = Known(root, archive, feeds, found, gone=gone, flood=asked.flood, shared=Path(shared, "delivered"))
        states = archive.states()

        def work(share: Sequence[Source], others: Others, tell: Callable[[Result], None]) -> Outcome:
            intranet = registry.policy.intranet if registry.policy else ()
            fetcher = Fetcher(
                root, user_agent(site.url, contact), clock, limits, intranet=intranet, mine=others.is_mine
            )
            line = Line(root, setting, fetcher, clock, known=known, states=states, others=others, anyway=asked.anyway,
                        dry=asked.dry)  # fmt: skip
            return replace(line.run(share, tell), warnings=tuple(warnings))

        archive.close()  # a connection must not be there twice: each process opens its own
        outcome = lanes.run(sources, side_by_side, work, progress or (lambda _: None))
        mine = [one for one in expired if asked.shard.holds(one.source)]
        joined = 0 if asked.dry else _tidy(root, mine, outcome, known=known, setting=setting, shard=asked.shard)
    if outcome.is_machine_fault:
        warnings.append(_FAULT.format(len(outcome.answered)))
    return Report(
        results=tuple(outcome.results[source.id] for source in sources if source.id in outcome.results),
        seconds=perf_counter() - started,
        joined=joined,
        expired=len(mine),
        warnings=tuple(dict.fromkeys((*outcome.warnings, *warnings))),
        interrupted=outcome.interrupted,
        dry=asked.dry,
    )


def _tidy(
    root: Path, expired: Sequence[Waiting], outcome: Outcome, *, known: Known, setting: Setting, shard: Shard
) -> int:
    """Do what is done when all sources are: join what is about one article, let go of what has lain long enough.

    Returns how many files became part of others.
    """
    archive = known.archive
    expiry.remove(root, expired, setting)
    archive.keep_written({one.uid: "" for one in expired})
    archive.keep_states(outcome.failed_states())
    desk = {**known.desk.inbox, **{one.uid: one for one in outcome.files}}
    if policy := setting.registry.policy:
        bound = setting.now.date() - timedelta(days=policy.archive_days)
        archive.prune(bound.isoformat(), setting.registry.sources)
    return joining.join(root, desk.values(), archive, setting, shard.holds)


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
