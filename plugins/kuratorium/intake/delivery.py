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
from ..edition.paths import SEEN_FOLDER
from . import identity, inbox, inbox_index, seen
from .archive import Archive, ArchivedEntry
from .filtering import FilterResult, IdentifiedEntry, filter_entries
from .inbox import InboxFile, PullContext
from .parsers.model import Entry, Feed
from .report import SourceResult
from .seen import SeenFile


class Delivery(Struct, frozen=True, kw_only=True):
    """What a pull of one source comes to: its result, and what is to be written and kept.

    `seen` is the new text of its seen file (empty: as it is), `flood` how many entries wait for a yes;
    `bad_guids` the share (0 to 1) of entries whose guid is blank or repeated.
    """

    result: SourceResult
    inbox_files: tuple[InboxFile, ...] = ()
    seen_text: str = ""
    entries_to_archive: tuple[ArchivedEntry, ...] = ()
    flood_count: int = 0
    bad_guid_share: float = 0.0


class KnownEntries:
    """What is known when a run begins: what lies on the desk, what was delivered, what the archive remembers.

    `shared` is a file for what several processes of the run must see alike.
    """

    def __init__(
        self,
        root: Path,
        archive: Archive,
        feed_addresses: Mapping[str, str],
        inbox_index: inbox_index.InboxIndex,
        *,
        expired_paths: Iterable[str] = (),
        allow_flood: bool = False,
        shared_file: Path | None = None,
    ) -> None:
        expired = set(expired_paths)
        self.feed_addresses = feed_addresses
        kept = {uid: one for uid, one in inbox_index.inbox_items.items() if one.path not in expired}
        self.inbox_index = replace(inbox_index, inbox_items=kept)
        self.allow_flood = allow_flood
        self.archive = archive
        self.written_digests = archive.read_written_digests()
        self.root = root
        self._delivered_links = seen.DeliveredLinks(root, feed_addresses, shared_file)

    def find_delivered_elsewhere(self, source: Source, entries: Iterable[IdentifiedEntry]) -> set[str]:
        """Tell the keys of entries whose article another source brought, and which no longer waits in the inbox.

        What waits there gets a file, which is then joined with the other one. Must be asked before the first seen
        line of a run is written: what counts is what was delivered before, whoever was pulled first.
        """
        delivered = self._delivered_links.sources_by_link
        if not delivered:
            return set()
        linked = {
            one.key: {
                *filter(
                    urls.is_article_url, urls.list_comparable_urls(one.entry.link, one.entry.canonical, source.feed)
                )
            }
            for one in entries
        }
        shared = Counter(link for names in linked.values() for link in names)
        return {
            key
            for key, names in linked.items()
            if names.isdisjoint(self._inbox_links)
            and any(shared[link] == 1 and delivered.get(link, set()) - {source.id} for link in names)
        }

    @cached_property
    def _inbox_links(self) -> frozenset[str]:
        return self.inbox_index.list_inbox_links()


def plan_delivery(
    root: Path, source: Source, feed: Feed, known_entries: KnownEntries, context: PullContext
) -> Delivery:
    """Decide what becomes of the entries of `feed`; reads files, writes none."""
    usable = [entry for entry in feed.entries if inbox.is_usable(entry, feed, source)]
    entries = [IdentifiedEntry(*pair) for pair in zip(identity.assign_keys(source.id, usable), usable, strict=True)]
    before = SeenFile(root, source.id)
    formers = identity.find_former_keys(source.id, usable) if before.digests else [""] * len(usable)
    old = {
        one.key
        for one, former in zip(entries, formers, strict=True)
        if before.contains(one.key, former, {one.entry.link, one.link} - {""})
        or known_entries.inbox_index.contains(one.key)
    }
    fresh = [one for one in entries if one.key not in old]
    sifted = filter_entries(
        entries,
        old,
        source,
        now=context.now,
        is_first_pull=before.is_missing,
        elsewhere_keys=known_entries.find_delivered_elsewhere(source, fresh) if fresh else (),
        allow_flood=known_entries.allow_flood,
    )
    kept = [_build_archived_entry(one, context) for one in {one.key: one for one in reversed(entries)}.values()]
    changed = known_entries.archive.find_changed_keys(source.id, kept)
    edited = (one for one in entries if one.key in old & changed)
    updates = tuple(_build_updates(edited, feed, source, known_entries, context))
    new = tuple(inbox.build_inbox_file(one, feed, source, context) for one in sifted.new)
    flooded = {one.key for one in sifted.flood}
    why = {one.key: "archive" for one in sifted.backlog} | {one.key: "filter" for one in sifted.dropped}
    result = _build_result(source, feed, sifted, unchanged=len(old) - len(updates), updated=len(updates))
    return Delivery(
        result=_add_messages(result, unusable_count=len(feed.entries) - len(usable), flood_count=len(flooded)),
        inbox_files=(*new, *updates),
        seen_text=before.build_text_with((one for one in entries if one.key not in flooded), context.now.date(), why),
        entries_to_archive=tuple(one for one in kept if one.key in changed),
        flood_count=len(flooded),
        bad_guid_share=identity.compute_bad_guid_share(usable),
    )


def list_writes(root: Path, delivery: Delivery) -> list[tuple[Path, str]]:
    """List what is to be written: inbox files first, then the seen file that vouches for them."""
    seen_file = [(root / SEEN_FOLDER / f"{delivery.result.id}.txt", delivery.seen_text)] if delivery.seen_text else []
    return [*((root / file.path, file.text) for file in delivery.inbox_files), *seen_file]


def _build_updates(
    entries: Iterable[IdentifiedEntry], feed: Feed, source: Source, known_entries: KnownEntries, context: PullContext
) -> Iterator[InboxFile]:
    """Write anew the inbox files of entries that were edited, as long as no editor touched them."""
    for one in entries:
        uid = identity.build_uid(one.key)
        there = known_entries.inbox_index.inbox_items.get(uid)
        text = inbox_index.read_item_text(known_entries.root, there) if there else ""
        if there and text and inbox.is_untouched(text, known_entries.written_digests.get(uid), context):
            told = inbox.render_updated_item(text, one, feed, source, context)
            if told != text:
                yield InboxFile(there.path, told, uid, text)


def _build_archived_entry(identified: IdentifiedEntry, context: PullContext) -> ArchivedEntry:
    entry: Entry = identified.entry
    return ArchivedEntry(
        key=identified.key,
        digest=hashlib.blake2b(msgspec.msgpack.encode(entry), digest_size=8).digest(),
        link=identified.link,
        title=entry.title,
        authors=", ".join(dict.fromkeys((*entry.authors, *(one.name for one in entry.people)))),
        published=min(entry.date, context.now).date().isoformat() if entry.date else "",
        text=entry.content or entry.summary,
    )


def _build_result(source: Source, feed: Feed, filtered: FilterResult, *, unchanged: int, updated: int) -> SourceResult:
    return SourceResult(
        id=source.id,
        name=source.name,
        status="held back" if filtered.flood else "new" if filtered.new else "updated" if updated else "unchanged",
        entries=len(feed.entries),
        new=len(filtered.new),
        updated=updated,
        unchanged=unchanged,
        held_back=len(filtered.backlog) + len(filtered.flood),
        dropped=len(filtered.dropped),
        elsewhere=len(filtered.delivered_elsewhere),
    )


def _add_messages(result: SourceResult, *, unusable_count: int, flood_count: int) -> SourceResult:
    words = []
    if flood_count:
        words.append(_FLOOD_MESSAGE.format(flood_count, result.id))
    if unusable_count:
        words.append(_UNUSABLE_MESSAGE.format(unusable_count))
    return replace(result, words="; ".join(words), reason="flood" if flood_count else "")


_FLOOD_MESSAGE = (
    "{} new entries at once are held back: look at the source; «kuratorium pull {} --now --flood» lets them through"
)
_UNUSABLE_MESSAGE = "{} entries say nothing, or have no link while the source has no site: passed over"
