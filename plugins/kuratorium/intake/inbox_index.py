"""What lies on the editors' desk: the entries that have an inbox file or a note, found by their bytes."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path, PurePath

from msgspec import Struct

from .. import urls
from ..edition import yaml
from ..edition.frontmatter import InvalidFileError, decode_text
from ..edition.paths import INBOX_FOLDER, NOTES_FOLDER
from . import identity

# All are written by us; uid and item have no character that YAML would quote or escape, in whatever style.
_UID_PATTERN = re.compile(rb"^uid:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)
_ITEM_PATTERN = re.compile(rb"\bitem:[ \t]*[\"']?([a-z0-9-]+:[0-9a-f]{16})\b")
_DATE_PATTERN = re.compile(rb"^date:[ \t]*[\"']?(\S+?)[\"']?[ \t]*$", re.MULTILINE)
_URL_PATTERN = re.compile(rb"^- url:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_ALSO_IN_PATTERN = re.compile(
    rb"^- source:[ \t]*[\"']?([a-z0-9-]+)[\"']?[ \t]*\n  url:[ \t]*(.+?)[ \t]*$", re.MULTILINE
)


class IndexedItem(Struct, frozen=True, kw_only=True):
    """A file of the inbox, `path` from the root; `link` is its work's address in the form for comparing.

    `others` are the further addresses by which its work is known (`also_in`), in that form, too; `pulled` is when it
    came, as it is written there.
    """

    path: str
    uid: str
    entry_key: str
    link: str
    pulled_at: str
    other_links: frozenset[str] = frozenset()

    @property
    def links(self) -> frozenset[str]:
        """All addresses by which its work is known."""
        return self.other_links | {self.link}

    @property
    def source_id(self) -> str:
        """The source it came by; empty for a file that no pull wrote."""
        return self.entry_key.rpartition(":")[0]


class InboxIndex(Struct, frozen=True, kw_only=True):
    """Inbox files by uid, and the uids and items of inbox and notes."""

    inbox_items: dict[str, IndexedItem]
    uids: frozenset[str]
    entry_keys: frozenset[str]

    def contains(self, key: str) -> bool:
        """Tell whether the entry with this key lies on the desk."""
        return key in self.entry_keys or (bool(self.uids) and identity.build_uid(key) in self.uids)

    def list_inbox_links(self) -> frozenset[str]:
        """List what waits in the inbox, by all its links."""
        return frozenset(link for one in self.inbox_items.values() for link in one.links)


def build_index(root: Path, feed_addresses: Mapping[str, str]) -> InboxIndex:
    """Look through the inbox and the notes; only their bytes are searched, for there may be ten thousand.

    `feeds` are the sources' addresses, by id.
    """
    inbox: dict[str, IndexedItem] = {}
    uids: set[str] = set()
    items: set[str] = set()
    for path, data in chain(_read_markdown_files(root, INBOX_FOLDER), _read_markdown_files(root, NOTES_FOLDER)):
        one = parse_item(path, data, feed_addresses) if path.startswith(INBOX_FOLDER) else None
        if one:
            inbox[one.uid] = one
            uids.add(one.uid)
        else:
            uids.update(uid.decode() for uid in _UID_PATTERN.findall(data))
        items.update(item.decode() for item in _ITEM_PATTERN.findall(data))
    return InboxIndex(inbox_items=inbox, uids=frozenset(uids), entry_keys=frozenset(items))


def parse_item(path: str, data: bytes, feed_addresses: Mapping[str, str]) -> IndexedItem | None:
    """Read what an inbox file says of itself; None where it is none that a pull wrote."""
    uid, item, url = _UID_PATTERN.search(data), _ITEM_PATTERN.search(data), _URL_PATTERN.search(data)
    if not (uid and item and url):
        return None
    feed = feed_addresses.get(item[1].decode().rpartition(":")[0], "")
    link = urls.normalize_url(_unquote_scalar(url[1].decode("utf-8", "replace")), feed)
    date = _DATE_PATTERN.search(data)
    pulled = date[1].decode("utf-8", "replace") if date else ""
    others = frozenset(
        urls.normalize_url(_unquote_scalar(other.decode("utf-8", "replace")), feed_addresses.get(source.decode(), ""))
        for source, other in (_ALSO_IN_PATTERN.findall(data) if b"also_in:" in data else ())
    )
    return IndexedItem(
        path=path,
        uid=uid[1].decode(),
        entry_key=item[1].decode(),
        link=link,
        pulled_at=pulled,
        other_links=others - {link},
    )


def read_item_text(root: Path, item: IndexedItem) -> str:
    """Read an inbox file's text; empty where it is gone by now, or is none."""
    try:
        return decode_text(item.path, (root / item.path).read_bytes())
    except (FileNotFoundError, InvalidFileError):
        return ""


def _unquote_scalar(scalar: str) -> str:
    if scalar[:1] not in {"'", '"'}:
        return scalar
    try:
        return str(yaml.load_yaml(scalar))
    except yaml.InvalidYamlError:
        return scalar


def _read_markdown_files(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """Read the Markdown files below a folder; of tens of thousands, a Path for each takes longer than the file."""
    for here, folders, names in os.walk(root / folder):
        folders.sort()
        way = PurePath(here).relative_to(root).as_posix()
        for name in sorted(names):
            if name.endswith(".md"):
                with contextlib.suppress(FileNotFoundError), open(f"{here}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
                    yield f"{way}/{name}", file.read()
