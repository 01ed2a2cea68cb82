"""A source's feed -> inbox files and seen lines, in the order in which a kill loses nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition.curation import Source
from . import identity, inbox, inbox_index, seen
from .archive import Archive, Kept
from .filtering import Keyed, Sifted, sift
from .inbox import InboxFile, Setting
from .parsers.model import Entry, Feed
from .report import Result
from .seen import Seen


class Delivery(Struct, frozen=True, kw_only=True):
    """What a pull of one source comes to: its result, and what is to be written and kept.

    `seen` is the new text of its seen file (empty: as it is), `flood` how many entries wait for a yes;
    `bad_guids` the share (0 to 1) of entries whose guid is blank or repeated.
    """

    result: Result
    files: tuple[InboxFile, ...] = ()
    seen: str = ""
    kept: tuple[Kept, ...] = ()
    flood: int = 0
    bad_guids: float = 0.0


class Known:
    """What is known when a run begins: what lies on the desk, what was delivered, what the archive remembers.

    `shared` is a file for what several processes of the run must see alike.
    """

    def __init__(
        self,
        root: Path,
        archive: Archive,
        feeds: Mapping[str, str],
        found: inbox_index.Desk,
        *,
        gone: Iterable[str] = (),
        flood: bool = False,
        shared: Path | None = None,
    ) -> None:
        expired = set(gone)
        self.feeds = feeds
        kept = {uid: one for uid, one in found.inbox.items() if one.path not in expired}
        self.desk = replace(found, inbox=kept)
        self.flood = flood
        self.archive = archive
        self.written = archive.written()
        self.root = root
        self._before = seen.Delivered(root, feeds, shared)

    def elsewhere(self, source: Source, entries: Iterable[Keyed]) -> set[str]:
        """Tell the keys of entries whose article another source brought, and which no longer waits in the inbox.

        What waits there gets a file, which is then joined with the other one. Must be asked before the first seen
        line of a run is written: what counts is what was delivered before, whoever was pulled first.
        """
        delivered = self._before.links
        if not delivered:
            return set()
        linked = {
            one.key: {*filter(urls.is_telling, urls.aliases(one.entry.link, one.entry.canonical, source.feed))}
            for one in entries
        }
        shared = Counter(link for names in linked.values() for link in names)
        return {
            key
            for key, names in linked.items()
            if names.isdisjoint(self._waiting)
            and any(shared[link] == 1 and delivered.get(link, set()) - {source.id} for link in names)
        }

    @cached_property
    def _waiting(self) -> frozenset[str]:
        return self.desk.links()


def decide(root: Path, source: Source, feed: Feed, known: Known, setting: Setting) -> Delivery:
    """Decide what becomes of the entries of `feed`; reads files, writes none."""
    usable = [entry for entry in feed.entries if inbox.is_usable(entry, feed, source)]
    entries = [Keyed(*pair) for pair in zip(identity.keys(source.id, usable), usable, strict=True)]
    before = Seen(root, source.id)
    formers = identity.formers(source.id, usable) if before.digests else [""] * len(usable)
    old = {
        one.key
        for one, former in zip(entries, formers, strict=True)
        if before.has(one.key, former, {one.entry.link, one.link} - {""}) or known.desk.has(one.key)
    }
    fresh = [one for one in entries if one.key not in old]
    sifted = sift(
        entries,
        old,
        source,
        now=setting.now,
        first=before.missing,
        elsewhere=known.elsewhere(source, fresh) if fresh else (),
        flood=known.flood,
    )
    kept = [_kept(one, setting) for one in {one.key: one for one in reversed(entries)}.values()]
    changed = known.archive.changed(source.id, kept)
    edited = (one for one in entries if one.key in old & changed)
    updates = tuple(_updates(edited, feed, source, known, setting))
    new = tuple(inbox.file_of(one, feed, source, setting) for one in sifted.new)
    flooded = {one.key for one in sifted.flood}
    why = {one.key: "archive" for one in sifted.archive} | {one.key: "filter" for one in sifted.dropped}
    result = _result(source, feed, sifted, unchanged=len(old) - len(updates), updated=len(updates))
    return Delivery(
        result=_told(result, lost=len(feed.entries) - len(usable), flood=len(flooded)),
        files=(*new, *updates),
        seen=before.with_entries((one for one in entries if one.key not in flooded), setting.now.date(), why),
        kept=tuple(one for one in kept if one.key in changed),
        flood=len(flooded),
        bad_guids=identity.bad_guids(usable),
    )


def files(root: Path, delivery: Delivery) -> list[tuple[Path, str]]:
    """List what is to be written: inbox files first, then the seen file that vouches for them."""
    seen_file = [(root / seen.FOLDER / f"{delivery.result.id}.txt", delivery.seen)] if delivery.seen else []
    return [*((root / file.path, file.text) for file in delivery.files), *seen_file]


def _updates(
    entries: Iterable[Keyed], feed: Feed, source: Source, known: Known, setting: Setting
) -> Iterator[InboxFile]:
    """Write anew the inbox files of entries that were edited, as long as no editor touched them."""
    for one in entries:
        uid = identity.uid_of(one.key)
        there = known.desk.inbox.get(uid)
        text = inbox_index.text(known.root, there) if there else ""
        if there and text and inbox.is_untouched(text, known.written.get(uid), setting):
            told = inbox.updated(text, one, feed, source, setting)
            if told != text:
                yield InboxFile(there.path, told, uid, text)


def _kept(one: Keyed, setting: Setting) -> Kept:
    entry: Entry = one.entry
    return Kept(
        key=one.key,
        digest=hashlib.blake2b(msgspec.msgpack.encode(entry), digest_size=8).digest(),
        link=one.link,
        title=entry.title,
        authors=", ".join(dict.fromkeys((*entry.authors, *(one.name for one in entry.people)))),
        published=min(entry.date, setting.now).date().isoformat() if entry.date else "",
        text=entry.content or entry.summary,
    )


def _result(source: Source, feed: Feed, sifted: Sifted, *, unchanged: int, updated: int) -> Result:
    return Result(
        id=source.id,
        name=source.name,
        status="held back" if sifted.flood else "new" if sifted.new else "updated" if updated else "unchanged",
        entries=len(feed.entries),
        new=len(sifted.new),
        updated=updated,
        unchanged=unchanged,
        held_back=len(sifted.archive) + len(sifted.flood),
        dropped=len(sifted.dropped),
        elsewhere=len(sifted.elsewhere),
    )


def _told(result: Result, *, lost: int, flood: int) -> Result:
    words = []
    if flood:
        words.append(_FLOOD.format(flood, result.id))
    if lost:
        words.append(_LOST.format(lost))
    return replace(result, words="; ".join(words), reason="flood" if flood else "")


_FLOOD = (
    "{} new entries at once are held back: look at the source; «kuratorium pull {} --now --flood» lets them through"
)
_LOST = "{} entries say nothing, or have no link while the source has no site: passed over"
