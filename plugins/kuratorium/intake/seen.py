"""What is known already: curation/seen/{source}.txt, and what lies on the editors' desk.

A seen file has one line per entry that was delivered or passed over: `{digest} {day} {link}`. It is sorted, so that
its bytes do not depend on who pulled when, and two people's additions merge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from msgspec import Struct

from ..files import write_atomically
from . import identity
from .sift import Keyed

FOLDER = "curation/seen"
_DESK = ("curation/inbox", "curation/notes")
_DIGEST = re.compile(r"^([0-9a-f]{16})\b", re.MULTILINE)
# Both are written by us and have no character that YAML would quote or escape, in whatever style.
_UID = re.compile(rb"^uid:[ \t]*[\"']?(k[a-z2-7]{15})\b", re.MULTILINE)
_ITEM = re.compile(rb"\bitem:[ \t]*[\"']?([a-z0-9-]+:[0-9a-f]{16})\b")


class Desk(Struct, frozen=True):
    """The entries that have an inbox file or a note, by its uid or its `bookmark_of.item`."""

    uids: frozenset[str]
    items: frozenset[str]

    def has(self, key: str) -> bool:
        """Tell whether the entry with this key lies on the desk."""
        return key in self.items or identity.uid_of(key) in self.uids


def desk(root: Path) -> Desk:
    """Look through the inbox and the notes; only their bytes are searched, for there may be ten thousand."""
    uids: set[str] = set()
    items: set[str] = set()
    for folder in _DESK:
        for path in (root / folder).rglob("*.md"):
            data = path.read_bytes() if path.is_file() else b""
            uids.update(uid.decode() for uid in _UID.findall(data))
            items.update(item.decode() for item in _ITEM.findall(data))
    return Desk(frozenset(uids), frozenset(items))


def read(root: Path, source_id: str) -> frozenset[str] | None:
    """Read the digests that a source's seen file holds; None where the source was never pulled."""
    try:
        text = _path(root, source_id).read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    return frozenset(_DIGEST.findall(text))


def add(root: Path, source_id: str, entries: Iterable[Keyed], day: date) -> None:
    """Add entries to their source's seen file; one that stands there keeps its line."""
    path = _path(root, source_id)
    lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    known = {line[:16] for line in lines}
    added = {
        digest: f"{digest} {day.isoformat()} {one.entry.link or '-'}"
        for one in entries
        if (digest := identity.digest_of(one.key)) not in known
    }
    if added:
        whole = sorted(line for line in (*lines, *added.values()) if line.strip())
        write_atomically(path, "".join(f"{line}\n" for line in whole))


def _path(root: Path, source_id: str) -> Path:
    return root / FOLDER / f"{source_id}.txt"
