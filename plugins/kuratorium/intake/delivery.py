"""The delivery of a feed: decide which entries are new, and list the inbox and seen files to write, in order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from datetime import date as Day
from functools import cached_property
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..compare_and_swap import FileChange
from ..edition.curation import Source
from ..file_lock import FileLock
from ..local_time import find_day
from . import identity, inbox, inbox_index, seen
from .archive import Archive, ArchivedEntry
from .filtering import FilterResult, filter_entries, find_waiting_months
from .identity import IdentifiedEntry
from .inbox import InboxContext, InboxFile
from .inbox_index import InboxIndex
from .parsers import dates, names, plain_text
from .parsers.model import Entry, Feed
from .report import SourceResult
from .seen import SeenFile
from .suggestions import history

_FLOOD_MESSAGE = (
    '{} new entries at once are held back: check the source; "kuratorium pull {} --now --flood" lets them through'
)
_UNUSABLE_MESSAGE = "{} entries passed over: they are empty, or neither they nor the source have an address"


class Delivery(Struct, frozen=True, kw_only=True):
    """What the pull of one source delivers: its result, the files to write and the entries to archive.

    `seen_text` is the new text of its seen file (empty: unchanged), `previous_seen_text` the present one (None: there
    is no file), `flood_count` the number of entries that are held back as too many at once, `bad_guid_share` the share
    (0 to 1) of entries whose guid is blank or repeated.
    """

    result: SourceResult
    inbox_files: tuple[InboxFile, ...] = ()
    seen_text: str = ""
    previous_seen_text: str | None = None
    entries_to_archive: tuple[ArchivedEntry, ...] = ()
    flood_count: int = 0
    bad_guid_share: float = 0.0


class KnownEntries:
    """The entries that are known when a pull begins: from inbox, notes, seen files and archive.

    `feed_addresses` maps source ids to their feeds. `shared_file` is a file through which several processes of one
    pull see the same delivered links.
    """

    def __init__(
        self,
        root: Path,
        archive: Archive,
        feed_addresses: Mapping[str, str],
        inbox_index: InboxIndex,
        shared_file: Path | None = None,
    ) -> None:
        self.root = root
        self.archive = archive
        self.feed_addresses = feed_addresses
        self.inbox_index = inbox_index
        self.written_digests = archive.read_written_digests()
        self._delivered_links = DeliveredLinks(root, feed_addresses, shared_file)

    def find_delivered_elsewhere(self, source: Source, entries: Iterable[IdentifiedEntry]) -> set[str]:
        """Return the keys of entries whose article was delivered by another source, and is no longer in the inbox.

        Call it before a pull writes its first seen line: only what was delivered before the pull counts, so that the
        order of the sources does not matter.
        """
        # An article that is still in the inbox gets a second file, which is then merged with the first.
        sources_by_link = self._delivered_links.sources_by_link
        if not sources_by_link:
            return set()
        links_by_key = {entry.key: _list_article_links(entry, source) for entry in entries}
        link_counts = Counter(link for links in links_by_key.values() for link in links)
        return {
            key
            for key, links in links_by_key.items()
            if links.isdisjoint(self._inbox_links)
            # A link that several entries of the feed share names no single article.
            and any(link_counts[link] == 1 and sources_by_link.get(link, set()) - {source.id} for link in links)
        }

    @cached_property
    def _inbox_links(self) -> frozenset[str]:
        return self.inbox_index.list_inbox_links()


def _list_article_links(identified: IdentifiedEntry, source: Source) -> set[str]:
    entry = identified.entry
    return {*filter(urls.is_article_url, urls.list_comparable_urls(entry.link, entry.canonical, source.feed))}


def plan_delivery(
    source: Source, feed: Feed, known_entries: KnownEntries, context: InboxContext, *, allow_flood: bool = False
) -> Delivery:
    """Return what to deliver of the entries of `feed`; reads files, writes none.

    `allow_flood` delivers any number of new entries.
    """
    usable = [entry for entry in feed.entries if inbox.is_usable(entry, feed, source)]
    seen_file = SeenFile(known_entries.root, source.id, context.now.date())
    is_suggested = source.type == "suggestions"
    entries = identity.identify_entries(source.id, usable)
    if not is_suggested:
        entries = _restore_keys(entries, seen_file, source, known_entries, context)
    known_keys = _find_known_keys(source, entries, seen_file, known_entries)
    waiting = _find_waiting(entries, known_keys, feed, context) if is_suggested else {}
    entries = [entry for entry in entries if entry.key not in waiting]
    entries = [_localize_dates(entry, source, context) for entry in entries]
    fresh = [entry for entry in entries if entry.key not in known_keys]
    filtered = filter_entries(
        entries,
        known_keys,
        source,
        now=context.now,
        # A suggestion is no archive, and about a work that is known it says that a reader wants it.
        is_first_pull=seen_file.is_first_pull and not is_suggested,
        elsewhere_keys=known_entries.find_delivered_elsewhere(source, fresh) if fresh and not is_suggested else (),
        allow_flood=allow_flood,
    )
    changed = _find_changed_entries(source, entries, known_entries, context)
    joined_uids = known_entries.inbox_index.joined_uids  # of two versions of a file, the feed knows which one is right
    edited = (
        entry
        for entry in entries
        if entry.key in known_keys
        and (entry.key in changed or (joined_uids and identity.build_uid(entry.key) in joined_uids))
    )
    updated_files = tuple(_build_updated_files(edited, feed, source, known_entries, context))
    new_files = tuple(inbox.build_inbox_file(entry, feed, source, context) for entry in filtered.new)
    result = _build_result(
        source, feed, filtered, unchanged=len(known_keys) - len(updated_files), updated=len(updated_files)
    )
    if is_suggested:
        result = replace(
            result, remarks=tuple(_describe_suggestions(feed, filtered.new, waiting.values(), known_entries))
        )
    return Delivery(
        result=_add_messages(result, unusable_count=len(feed.entries) - len(usable), flood_count=len(filtered.flood)),
        inbox_files=(*new_files, *updated_files),
        seen_text=_build_seen_text(seen_file, entries, filtered, context),
        previous_seen_text=None if seen_file.is_missing else seen_file.text,
        # A suggestion is not the text of its work, and no credit may be taken from it.
        entries_to_archive=() if is_suggested else tuple(changed.values()),
        flood_count=len(filtered.flood),
        bad_guid_share=identity.compute_bad_guid_share(usable),
    )


def _restore_keys(
    entries: list[IdentifiedEntry],
    seen_file: SeenFile,
    source: Source,
    known_entries: KnownEntries,
    context: InboxContext,
) -> list[IdentifiedEntry]:
    return seen_file.restore_keys(
        entries,
        source.feed,
        context.now,
        read_archived=known_entries.archive.read_entries,
        build_archived=lambda entry: _build_archived_entry(_localize_dates(entry, source, context), context),
    )


def _localize_dates(identified: IdentifiedEntry, source: Source, context: InboxContext) -> IdentifiedEntry:
    """Return an entry whose dates without an offset are in the time zone of its source."""
    # After the keys were assigned: seen files store them for good, and a date may be part of one.
    entry = identified.entry
    if entry.date is None or entry.utc_offset is not None:
        return identified
    zone = inbox.find_source_zone(source, context)
    published, updated = (
        moment and dates.localize(moment, entry.utc_offset, zone) for moment in (entry.published, entry.updated)
    )
    return replace(identified, entry=replace(entry, published=published, updated=updated))


def list_changes(root: Path, delivery: Delivery) -> list[FileChange]:
    """Return the files to write, in this order: inbox files first, then the seen file."""
    # A pull that is killed in between then delivers no entry twice (its uid is known), and loses none (no seen line).
    changes = [
        FileChange(path=root / file.path, text=file.text, expected=file.previous_text or None)
        for file in delivery.inbox_files
    ]
    if delivery.seen_text:
        path = seen.get_seen_path(root, delivery.result.id)
        changes.append(FileChange(path=path, text=delivery.seen_text, expected=delivery.previous_seen_text))
    return changes


def _find_known_keys(
    source: Source, entries: list[IdentifiedEntry], seen_file: SeenFile, known_entries: KnownEntries
) -> set[str]:
    """Return the keys of entries that have a seen line, an inbox file or a note."""
    former_keys = [""] * len(entries)  # without seen lines there is nothing to compare them with
    if seen_file.digests:
        former_keys = [*identity.find_former_keys(source.id, [entry.entry for entry in entries])]
    return {
        entry.key
        for entry, former_key in zip(entries, former_keys, strict=True)
        if seen_file.contains(entry.key, former_key, {entry.entry.link, entry.link} - {""})
        or known_entries.inbox_index.contains(entry.key)
    }


def _find_changed_entries(
    source: Source, entries: list[IdentifiedEntry], known_entries: KnownEntries, context: InboxContext
) -> dict[str, ArchivedEntry]:
    """Return by key the entries that the archive does not have, or has with another content."""
    first_by_key = {entry.key: entry for entry in reversed(entries)}  # of equal keys the first in the feed counts
    # The archive's digest of an entry shows an edit without keeping each feed: most entries of a pull are unchanged.
    archived = [_build_archived_entry(entry, context) for entry in first_by_key.values()]
    changed_keys = known_entries.archive.find_changed_keys(source.id, archived)
    return {entry.key: entry for entry in archived if entry.key in changed_keys}


def _build_updated_files(
    entries: Iterable[IdentifiedEntry], feed: Feed, source: Source, known_entries: KnownEntries, context: InboxContext
) -> Iterator[InboxFile]:
    """Yield the new inbox files of entries that were edited in their feed, unless an editor touched the file."""
    for entry in entries:
        uid = identity.build_uid(entry.key)
        item = known_entries.inbox_index.inbox_items.get(uid)
        text = inbox_index.read_item_text(known_entries.root, item) if item else ""
        if item and text and inbox.is_untouched(text, known_entries.written_digests.get(uid), context):
            new_text = inbox.render_updated_item(text, entry, feed, source, context)
            if new_text != text:
                yield InboxFile(item.path, new_text, uid, text)


def _build_archived_entry(identified: IdentifiedEntry, context: InboxContext) -> ArchivedEntry:
    entry: Entry = identified.entry
    # An entry whose date is not believed yet has another digest, so that its inbox file gets the date once it is.
    mark = b"" if inbox.has_believable_date(entry, context.now) else b"future"
    return ArchivedEntry(
        key=identified.key,
        digest=hashlib.blake2b(msgspec.msgpack.encode(entry) + mark, digest_size=8).digest(),
        link=identified.link,
        title=plain_text.shorten(entry.title, inbox.MAX_TITLE_LENGTH),
        authors=", ".join(names.limit_names(entry.authors)),
        # Never later than today: `find` and the statistics sort by this date.
        published=find_day(min(entry.date, context.now), context.now.tzinfo or UTC).isoformat() if entry.date else "",
        # Guests and hosts are found, too, but are no authors: a note takes its credit from here.
        text=" · ".join((entry.content or entry.summary, *(person.name for person in entry.people))),
    )


def _build_seen_text(
    seen_file: SeenFile, entries: Collection[IdentifiedEntry], filtered: FilterResult, context: InboxContext
) -> str:
    """Return the new text of the seen file; empty if it is unchanged. The entries of a flood get no line."""
    flood_keys = {entry.key for entry in filtered.flood}  # without a line they are new again in the next pull
    skip_reasons = {entry.key: "archive" for entry in filtered.backlog}
    skip_reasons |= {entry.key: "filter" for entry in filtered.dropped}
    handled = (entry for entry in entries if entry.key not in flood_keys)
    return seen_file.build_text_with(handled, context.now.date(), skip_reasons)


def _find_waiting(
    entries: Sequence[IdentifiedEntry], known_keys: Collection[str], feed: Feed, context: InboxContext
) -> dict[str, tuple[IdentifiedEntry, Day]]:
    """Return by key the suggestions that must wait, because their person has others this month, and until when."""
    policy = context.registry.policy
    per_month = policy.suggestions.per_month if policy else 0
    months = find_waiting_months(entries, feed.suggestions, per_month, context.now)
    return {
        entry.key: (entry, months[entry.key])
        for entry in entries
        if entry.key in months and entry.key not in known_keys
    }


def _describe_suggestions(
    feed: Feed,
    new: Sequence[IdentifiedEntry],
    waiting: Iterable[tuple[IdentifiedEntry, Day]],
    known_entries: KnownEntries,
) -> Iterator[str]:
    """Yield what becomes of each suggestion that is new, that waits for a month, or that is refused."""
    links = {entry.key: entry.link for entry in new}
    inbox_uids = known_entries.inbox_index.inbox_items.keys()
    found = history.find_histories(known_entries.root, links, history.read_picks(known_entries.root, links), inbox_uids)
    for entry in new:
        form = feed.suggestions[entry.entry.id]
        former = "; ".join(history.describe(item) for item in found[entry.key]) or "not seen before"
        html = " (a mail with HTML only, read as text)" if form.is_html else ""
        yield f"{form.by or form.place} suggests {entry.link}{html}: {former}"
    for entry, month in waiting:
        form = feed.suggestions[entry.entry.id]
        yield f"{form.place} waits until {month}: {form.by or 'the person'} has others in that time"
    yield from feed.refused


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
    messages = []
    if flood_count:
        messages.append(_FLOOD_MESSAGE.format(flood_count, result.id))
    if unusable_count:
        messages.append(_UNUSABLE_MESSAGE.format(unusable_count))
    return msgspec.structs.replace(result, words="; ".join(messages), reason="flood" if flood_count else "")


class DeliveredLinks:
    """The links that reached an inbox before this pull, and the sources that delivered them; read at the first use.

    `feed_addresses` maps the ids of sources to their feeds. `shared_file` is a file through which several processes of
    one pull share the links; without it the seen files are read.
    """

    def __init__(self, root: Path, feed_addresses: Mapping[str, str], shared_file: Path | None = None) -> None:
        self._root = root
        self._feed_addresses = feed_addresses
        self._shared_file = shared_file

    @cached_property
    def sources_by_link(self) -> dict[str, set[str]]:
        """The ids of the sources that delivered each link; the links are normalized (`urls.normalize_url`)."""
        if self._shared_file is None:
            return seen.read_delivered_links(self._root, self._feed_addresses)
        # The first process writes the file, the others read it: all must see what was delivered before the pull, not
        # what one of them has written since.
        with FileLock(self._shared_file.with_suffix(".lock")):
            if not self._shared_file.exists():
                links = seen.read_delivered_links(self._root, self._feed_addresses)
                self._shared_file.write_bytes(msgspec.msgpack.encode(links))
            return msgspec.msgpack.decode(self._shared_file.read_bytes(), type=dict[str, set[str]])
