"""Which entries have an inbox file or a note, found by searching the bytes of those files."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePath

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..edition import yaml
from ..edition.frontmatter import InvalidFileError, decode_text
from ..edition.paths import INBOX_FOLDER, NOTES_FOLDER
from ..files import read_regular_file
from . import identity

# Regular expressions instead of YAML: an edition may have ten thousand notes, and parsing each would take a pull
# seconds. A pull wrote these lines, and no uid or item has a character that YAML would escape.
_UID_PATTERN = re.compile(rb"^uid:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)
_ENTRY_KEY_PATTERN = re.compile(rb"\bitem:[ \t]*[\"']?([a-z0-9-]+:[0-9a-f]{16})\b")
_DATE_PATTERN = re.compile(rb"^date:[ \t]*[\"']?(\S+?)[\"']?[ \t]*$", re.MULTILINE)
_URL_PATTERN = re.compile(rb"^- url:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_ALSO_IN_PATTERN = re.compile(
    rb"^- source:[ \t]*[\"']?([a-z0-9-]+)[\"']?[ \t]*\n  url:[ \t]*(.+?)[ \t]*$", re.MULTILINE
)


class IndexedItem(Struct, frozen=True, kw_only=True):
    """A file of the inbox; `path` is relative to the edition's root.

    `entry_key` is the key of its entry, `link` the normalized address of its work, `other_links` has further normalized
    addresses of the work (`also_in`), `date` is as written in the file (empty: none).
    """

    path: str
    uid: str
    entry_key: str
    link: str
    date: str
    other_links: frozenset[str] = frozenset()

    @property
    def links(self) -> frozenset[str]:
        """All normalized addresses of the work."""
        return self.other_links | {self.link}

    @property
    def source_id(self) -> str:
        """The id of the source that delivered the item; empty for a file that no pull wrote."""
        return self.entry_key.rpartition(":")[0]


class InboxIndex(Struct, frozen=True, kw_only=True):
    """The inbox items by uid, and the uids and entry keys in all files of inbox and notes.

    `copies` are further files with the uid of an item, `joined_uids` those of which a pull has removed copies.
    """

    inbox_items: dict[str, IndexedItem]
    uids: frozenset[str]
    entry_keys: frozenset[str]
    copies: tuple[IndexedItem, ...] = ()
    joined_uids: frozenset[str] = frozenset()

    def contains(self, key: str) -> bool:
        """Return whether the entry with this key has an inbox file or a note."""
        # The uid counts, too: it is derived from the key, and stays when an editor removes `item` from a note.
        return key in self.entry_keys or (bool(self.uids) and identity.build_uid(key) in self.uids)

    def list_inbox_links(self) -> frozenset[str]:
        """Return the normalized addresses of all works in the inbox."""
        return frozenset(link for item in self.inbox_items.values() for link in item.links)

    def without_items(self, items: Collection[IndexedItem]) -> InboxIndex:
        """Return the index without these inbox items; their uids and entry keys stay known."""
        paths = {item.path for item in items}
        return replace(
            self, inbox_items={uid: item for uid, item in self.inbox_items.items() if item.path not in paths}
        )


def build_index(root: Path, feed_addresses: Mapping[str, str]) -> InboxIndex:
    """Read the inbox and the notes of the edition at `root`; `feed_addresses` maps source ids to their feeds."""
    items: dict[str, IndexedItem] = {}
    copies: list[IndexedItem] = []
    uids: set[str] = set()
    entry_keys: set[str] = set()
    for path, data in _read_markdown_files(root, INBOX_FOLDER):
        if item := parse_item(path, data, feed_addresses):
            copies += filter(None, [items.get(item.uid)])
            items[item.uid] = item
            uids.add(item.uid)
        else:
            uids.update(_find_uids(data))
        entry_keys.update(_find_entry_keys(data))
    for _, data in _read_markdown_files(root, NOTES_FOLDER):
        uids.update(_find_uids(data))
        entry_keys.update(_find_entry_keys(data))
    return InboxIndex(inbox_items=items, uids=frozenset(uids), entry_keys=frozenset(entry_keys), copies=tuple(copies))


def parse_item(path: str, data: bytes, feed_addresses: Mapping[str, str]) -> IndexedItem | None:
    """Return the record of an inbox file; None if no pull wrote it."""
    uid, entry_key, url = _UID_PATTERN.search(data), _ENTRY_KEY_PATTERN.search(data), _URL_PATTERN.search(data)
    if not (uid and entry_key and url):
        return None
    feed_address = feed_addresses.get(entry_key[1].decode().rpartition(":")[0], "")
    link = urls.normalize_url(_decode_scalar(url[1]), feed_address)
    date = _DATE_PATTERN.search(data)
    return IndexedItem(
        path=path,
        uid=uid[1].decode(),
        entry_key=entry_key[1].decode(),
        link=link,
        date=date[1].decode("utf-8", "replace") if date else "",
        other_links=frozenset(_find_other_links(data, feed_addresses)) - {link},
    )


def read_item_text(root: Path, item: IndexedItem) -> str:
    """Return the text of an inbox file; empty if it was removed since the index was built, or is not UTF-8."""
    try:
        return decode_text(item.path, read_regular_file(root / item.path))
    except (OSError, InvalidFileError):
        return ""


def _find_uids(data: bytes) -> Iterator[str]:
    return (uid.decode() for uid in _UID_PATTERN.findall(data))


def _find_entry_keys(data: bytes) -> Iterator[str]:
    return (entry_key.decode() for entry_key in _ENTRY_KEY_PATTERN.findall(data))


def _find_other_links(data: bytes, feed_addresses: Mapping[str, str]) -> Iterator[str]:
    if b"also_in:" not in data:  # true of most files, and faster than trying the pattern at every line
        return
    for source_id, url in _ALSO_IN_PATTERN.findall(data):
        yield urls.normalize_url(_decode_scalar(url), feed_addresses.get(source_id.decode(), ""))


def _decode_scalar(data: bytes) -> str:
    """Return the text of a YAML scalar: addresses with `#`, `:` or quotes are written in quotes."""
    scalar = data.decode("utf-8", "replace")
    if scalar[:1] not in {"'", '"'}:
        return scalar
    try:
        return str(yaml.load_yaml(scalar))
    except yaml.InvalidYamlError:
        return scalar


def _read_markdown_files(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield path (from the root) and bytes of every Markdown file below a folder."""
    # With os.walk and open: for ten thousand files, creating a Path object takes longer than reading the file.
    for parent, folders, names in os.walk(root / folder):
        folders.sort()
        relative = PurePath(parent).relative_to(root).as_posix()
        for name in sorted(names):
            if name.endswith(".md"):
                # An editor may move or delete a file while we read; what is no file, such as a FIFO, is left alone.
                with contextlib.suppress(OSError):
                    yield f"{relative}/{name}", read_regular_file(Path(parent, name))
