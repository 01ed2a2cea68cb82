"""What the index of the search was made of, page by page, in var/search.index: the next run compares.

It may be deleted at any time; then all pages are indexed anew.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from ...files import write_atomically
from .pages import IndexedPage

_FILE = "var/search.index"


class PageRecord(Struct, frozen=True, array_like=True):
    """A page of the index: the name of its fragment, its filters, its fields of meta data, its words in lines."""

    page: IndexedPage
    fragment: str
    word_count: int
    filters: dict[str, list[str]]
    fields: tuple[str, ...]
    words: str


class _Records(Struct, frozen=True, array_like=True):
    digest: str
    pages: list[PageRecord]


def read_records(root: Path, digest: str) -> list[PageRecord]:
    """Return the records of the index that has this digest; none if they are of another one."""
    try:
        records = msgspec.msgpack.decode((root / _FILE).read_bytes(), type=_Records)
    except (OSError, msgspec.DecodeError):
        return []
    return records.pages if records.digest == digest else []


def write_records(root: Path, digest: str, pages: list[PageRecord]) -> None:
    """Write the records of the index with this digest."""
    write_atomically(root / _FILE, msgspec.msgpack.encode(_Records(digest, pages)))
