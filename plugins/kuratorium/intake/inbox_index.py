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
from ..edition.frontmatter import BadFile, text_of
from . import identity

INBOX = "curation/inbox"
NOTES = "curation/notes"

# All are written by us; uid and item have no character that YAML would quote or escape, in whatever style.
_UID = re.compile(rb"^uid:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)
_ITEM = re.compile(rb"\bitem:[ \t]*[\"']?([a-z0-9-]+:[0-9a-f]{16})\b")
_DATE = re.compile(rb"^date:[ \t]*[\"']?(\S+?)[\"']?[ \t]*$", re.MULTILINE)
_URL = re.compile(rb"^- url:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_ALSO = re.compile(rb"^- source:[ \t]*[\"']?([a-z0-9-]+)[\"']?[ \t]*\n  url:[ \t]*(.+?)[ \t]*$", re.MULTILINE)


class Waiting(Struct, frozen=True, kw_only=True):
    """A file of the inbox, `path` from the root; `link` is its work's address in the form for comparing.

    `others` are the further addresses by which its work is known (`also_in`), in that form, too; `pulled` is when it
    came, as it is written there.
    """

    path: str
    uid: str
    item: str
    link: str
    pulled: str
    others: frozenset[str] = frozenset()

    @property
    def links(self) -> frozenset[str]:
        """All addresses by which its work is known."""
        return self.others | {self.link}

    @property
    def source(self) -> str:
        """The source it came by; empty for a file that no pull wrote."""
        return self.item.rpartition(":")[0]


class Desk(Struct, frozen=True, kw_only=True):
    """Inbox files by uid, and the uids and items of inbox and notes."""

    inbox: dict[str, Waiting]
    uids: frozenset[str]
    items: frozenset[str]

    def has(self, key: str) -> bool:
        """Tell whether the entry with this key lies on the desk."""
        return key in self.items or (bool(self.uids) and identity.uid_of(key) in self.uids)

    def links(self) -> frozenset[str]:
        """List what waits in the inbox, by all its links."""
        return frozenset(link for one in self.inbox.values() for link in one.links)


def desk(root: Path, feeds: Mapping[str, str]) -> Desk:
    """Look through the inbox and the notes; only their bytes are searched, for there may be ten thousand.

    `feeds` are the sources' addresses, by id.
    """
    inbox: dict[str, Waiting] = {}
    uids: set[str] = set()
    items: set[str] = set()
    for path, data in chain(_files(root, INBOX), _files(root, NOTES)):
        one = waiting(path, data, feeds) if path.startswith(INBOX) else None
        if one:
            inbox[one.uid] = one
            uids.add(one.uid)
        else:
            uids.update(uid.decode() for uid in _UID.findall(data))
        items.update(item.decode() for item in _ITEM.findall(data))
    return Desk(inbox=inbox, uids=frozenset(uids), items=frozenset(items))


def waiting(path: str, data: bytes, feeds: Mapping[str, str]) -> Waiting | None:
    """Read what an inbox file says of itself; None where it is none that a pull wrote."""
    uid, item, url = _UID.search(data), _ITEM.search(data), _URL.search(data)
    if not (uid and item and url):
        return None
    feed = feeds.get(item[1].decode().rpartition(":")[0], "")
    link = urls.normal(_plain(url[1].decode("utf-8", "replace")), feed)
    date = _DATE.search(data)
    pulled = date[1].decode("utf-8", "replace") if date else ""
    others = frozenset(
        urls.normal(_plain(other.decode("utf-8", "replace")), feeds.get(source.decode(), ""))
        for source, other in (_ALSO.findall(data) if b"also_in:" in data else ())
    )
    return Waiting(
        path=path, uid=uid[1].decode(), item=item[1].decode(), link=link, pulled=pulled, others=others - {link}
    )


def text(root: Path, one: Waiting) -> str:
    """Read an inbox file's text; empty where it is gone by now, or is none."""
    try:
        return text_of(one.path, (root / one.path).read_bytes())
    except (FileNotFoundError, BadFile):
        return ""


def _plain(scalar: str) -> str:
    if scalar[:1] not in {"'", '"'}:
        return scalar
    try:
        return str(yaml.load(scalar))
    except yaml.YamlError:
        return scalar


def _files(root: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """Read the Markdown files below a folder; of tens of thousands, a Path for each takes longer than the file."""
    for here, folders, names in os.walk(root / folder):
        folders.sort()
        way = PurePath(here).relative_to(root).as_posix()
        for name in sorted(names):
            if name.endswith(".md"):
                with contextlib.suppress(FileNotFoundError), open(f"{here}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
                    yield f"{way}/{name}", file.read()
