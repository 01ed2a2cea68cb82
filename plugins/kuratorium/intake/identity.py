"""What makes an entry the same entry tomorrow: its key, and the names derived from it."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Sequence

from .parsers.model import Entry

MAX_BAD_GUID_SHARE = 0.05  # the share of bad guids above which a feed's guids are not believed on their own


def assign_keys(source_id: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Give each entry of a feed its key: `source-id:16 hex digits`. Equal keys are one entry twice.

    What decides, in this order:

    1. the guid; with the link added where entries with different links share the guid, and for all entries of a feed
       of which more than 5 % have no guid or a shared one (`bad_guids`), for who writes some wrongly repeats others
       tomorrow;
    2. without a guid the link; with the date added (without one, the title) where entries share the link;
    3. without a link title and date; without a date title and text.

    Seen files hang on this: an entry whose guid is sound has the same key whatever else in its feed changes.
    `formers` tells the one other key that it may have been given before its feed was judged differently.
    """
    shared_ids, shared_links = _find_shared(entries)
    doubted = compute_bad_guid_share(entries) > MAX_BAD_GUID_SHARE
    return tuple(
        build_key(source_id, _build_identity(entry, doubted or entry.id in shared_ids, entry.link in shared_links))
        for entry in entries
    )


def find_former_keys(source_id: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Tell by which other key each entry may be known from a day when its feed's guids were judged differently.

    Empty where there is none. An entry counts as known by it only if what was seen then had the entry's link.
    """
    shared_ids, _ = _find_shared(entries)
    doubted = compute_bad_guid_share(entries) > MAX_BAD_GUID_SHARE
    found = []
    for entry in entries:
        paired = doubted or entry.id in shared_ids
        told = bool(entry.id and entry.link) and not (paired and entry.id in shared_ids)
        found.append(build_key(source_id, _build_identity(entry, not paired, False)) if told else "")
    return tuple(found)


def compute_bad_guid_share(entries: Sequence[Entry]) -> float:
    """Tell the share (0 to 1) of entries whose guid is blank, or is also that of an entry with another link.

    A feed without any guid has none that is bad: its links are its guids.
    """
    if not any(entry.id for entry in entries):
        return 0.0
    shared_ids, _ = _find_shared(entries)
    return sum(not entry.id or entry.id in shared_ids for entry in entries) / len(entries)


def _find_shared(entries: Sequence[Entry]) -> tuple[set[str], set[str]]:
    """Find the guids that entries with different links share, and the links that different entries share."""
    by_id: dict[str, set[str]] = defaultdict(set)
    by_link: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        by_id[entry.id].add(entry.link)
        by_link[entry.link].add(_date_or_title(entry))
    ids = {one for one, links in by_id.items() if len(links) > 1}
    return ids, {one for one, marks in by_link.items() if len(marks) > 1}


def build_key(source_id: str, identity: str) -> str:
    """Make a key of what identifies an entry within its source."""
    digest = hashlib.sha256(f"{source_id}\n{identity}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{source_id}:{digest[:16]}"


def extract_digest(entry_key: str) -> str:
    """Take the 16 hex digits of a key, by which its source's seen file knows it."""
    return entry_key.rpartition(":")[2]


def build_uid(entry_key: str) -> str:
    """Make the uid of an entry's inbox file: the same in every pull, so that a killed one delivers nothing twice."""
    digits = base64.b32encode(hashlib.sha256(entry_key.encode()).digest()).decode().lower()
    return f"k{digits[:15]}"


def _build_identity(entry: Entry, shared_id: bool, shared_link: bool) -> str:
    if entry.id:
        return f"{entry.id}|{entry.link}" if shared_id else entry.id
    if entry.link:
        return f"{entry.link}|{_date_or_title(entry)}" if shared_link else entry.link
    if entry.date:
        return f"{entry.title}|{entry.date.isoformat()}"
    return f"{entry.title}|{entry.summary or entry.content}"


def _date_or_title(entry: Entry) -> str:
    return entry.date.isoformat() if entry.date else entry.title
