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
from ..edition.settings import Site
from ..edition.validation import nearest
from ..errors import UsageError
from ..files import locked, write_together
from . import deduplicate, inbox, inbox_index, processes
from .archive import Archive
from .delivery import Known
from .filtering import Keyed
from .http.client import Clock, Fetcher, Limits, user_agent
from .inbox import Setting
from .inbox_index import Waiting
from .parsers import dates
from .parsers.model import Entry
from .pipeline import Line
from .processes import Others, Outcome
from .report import Report, Result
from .seen import Seen


class Shard(Struct, frozen=True):
    """The `number`th of `of` parts, from 1. A source belongs to one by its id, so that shards write different files."""

    number: int = 1
    of: int = 1

    def holds(self, source_id: str) -> bool:
        """Tell whether a source belongs to this part."""
        digest = hashlib.sha256(source_id.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.of == self.number - 1


def read(text: str) -> Shard:
    """Read `I/N`; raises UsageError."""
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    shard = Shard(int(match[1]), int(match[2])) if match else None
    if shard is None or shard.number > shard.of:
        raise UsageError(f"«{text}» is no part of a pull: write I/N, such as 1/4 for the first of four.")
    return shard


AGE = timedelta(days=30)


def find_expired(root: Path, files: Iterable[Waiting], written: Mapping[str, str], setting: Setting) -> list[Waiting]:
    """List the files that are older than thirty days, and that no editor touched; `written` are the digests by uid."""
    return [one for one in files if _is_expired(root, one, written.get(one.uid), setting)]


def remove(root: Path, files: Iterable[Waiting], setting: Setting) -> None:
    """Remove inbox files; first their entries are made sure to be in the seen files."""
    by_source: dict[str, list[Waiting]] = defaultdict(list)
    for one in files:
        by_source[one.source].append(one)
    for source, group in by_source.items():
        seen = Seen(root, source)
        text = seen.with_entries((Keyed(one.item, Entry()) for one in group), setting.now.date())
        if text:
            write_together([(seen.path, text)])
        for one in group:
            (root / one.path).unlink(missing_ok=True)


def _is_expired(root: Path, one: Waiting, digest: str | None, setting: Setting) -> bool:
    pulled = dates.of_text(one.pulled)
    if not one.source or pulled is None or setting.now - pulled <= AGE:
        return False
    text = inbox_index.text(root, one)
    return bool(text) and inbox.is_untouched(text, digest, setting)


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
    side_by_side = processes.count(len(sources))
    limits = (limits or Limits()).shared(side_by_side)
    warnings: list[str] = []
    with _desk(root, asked, warnings) as archive, tempfile.TemporaryDirectory() as shared:
        found = inbox_index.desk(root, feeds)
        expired = find_expired(root, found.inbox.values(), archive.written(), setting)
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
        outcome = processes.run(sources, side_by_side, work, progress or (lambda _: None))
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
    remove(root, expired, setting)
    archive.keep_written({one.uid: "" for one in expired})
    archive.keep_states(outcome.failed_states())
    desk = {**known.desk.inbox, **{one.uid: one for one in outcome.files}}
    if policy := setting.registry.policy:
        bound = setting.now.date() - timedelta(days=policy.archive_days)
        archive.prune(bound.isoformat(), setting.registry.sources)
    return deduplicate.join(root, desk.values(), archive, setting, shard.holds)


def join(root: Path, registry: Registry, *, now: datetime, site: Site) -> int:
    """Join the inbox files about one article that the shards of a pull brought; returns how many became part of others.

    A pull that is no shard does so itself.
    """
    setting = Setting(registry=registry, now=now, lang=site.lang)
    with _desk(root, Options(), []) as archive:
        feeds = {source.id: source.feed for source in registry.sources.values()}
        return deduplicate.join(root, inbox_index.desk(root, feeds).inbox.values(), archive, setting, lambda _: True)


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
