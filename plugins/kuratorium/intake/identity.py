"""What makes an entry the same entry tomorrow: its key, and the names derived from it."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Sequence

from .entry import Entry


def keys(source_id: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Give each entry of a feed its key: `source-id:16 hex digits`. Equal keys are one entry twice.

    It hangs on the guid, or on guid and link where entries with different links share one; without a guid on the
    link, or on link and date (title) where several share it; else on title and date, else on title and text.
    """
    links: dict[str, set[str]] = defaultdict(set)
    marks: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        links[entry.id].add(entry.link)
        marks[entry.link].add(_mark(entry))
    return tuple(
        key(source_id, _identity(entry, len(links[entry.id]) > 1, len(marks[entry.link]) > 1)) for entry in entries
    )


def key(source_id: str, identity: str) -> str:
    """Make a key of what identifies an entry within its source."""
    digest = hashlib.sha256(f"{source_id}\n{identity}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{source_id}:{digest[:16]}"


def digest_of(entry_key: str) -> str:
    """Take the 16 hex digits of a key, by which its source's seen file knows it."""
    return entry_key.rpartition(":")[2]


def uid_of(entry_key: str) -> str:
    """Make the uid of an entry's inbox file: the same in every pull, so that a killed one delivers nothing twice."""
    digits = base64.b32encode(hashlib.sha256(entry_key.encode()).digest()).decode().lower()
    return f"k{digits[:15]}"


def _identity(entry: Entry, shared_id: bool, shared_link: bool) -> str:
    if entry.id:
        return f"{entry.id}|{entry.link}" if shared_id else entry.id
    if entry.link:
        return f"{entry.link}|{_mark(entry)}" if shared_link else entry.link
    if entry.date:
        return f"{entry.title}|{entry.date.isoformat()}"
    return f"{entry.title}|{entry.summary or entry.content}"


def _mark(entry: Entry) -> str:
    return entry.date.isoformat() if entry.date else entry.title
