"""What is known already of a source's entries: curation/seen/{source}.txt.

It has one line per entry that was delivered or passed over: `{digest} {day} {link}`, for those that never reached the
inbox a further word that tells why, and `={link}` where the feed leads to the article by way of another address. It is
sorted, so that its bytes do not depend on who pulled when, and two people's additions merge.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

import msgspec

from .. import urls
from ..files import locked
from . import identity
from .filtering import Keyed

FOLDER = "curation/seen"
_LINE = re.compile(r"^([0-9a-f]{16})\b(?: \S+ (\S+)((?:[^\S\n]+\S+)*))?", re.MULTILINE)


class Seen:
    """A source's seen file as it was read: its `digests` with the link of each.

    Of a source that was never pulled it is `missing`.
    """

    def __init__(self, root: Path, source_id: str) -> None:
        self.path = root / FOLDER / f"{source_id}.txt"
        self.missing = not self.path.exists()
        self._text = "" if self.missing else self.path.read_text("utf-8", "replace")
        self.digests = {match[1]: match[2] or "" for match in _LINE.finditer(self._text)}

    def has(self, key: str, former: str, links: Collection[str]) -> bool:
        """Tell whether an entry stands here: by its key, or by a `former` one with one of its links."""
        return identity.digest_of(key) in self.digests or (
            bool(former) and self.digests.get(identity.digest_of(former), "") in links
        )

    def with_entries(self, entries: Iterable[Keyed], day: date, why: Mapping[str, str] = {}) -> str:
        """Write the file's text with more entries, where it changes, else empty; one that stands there keeps its line.

        `why` tells of some keys, in a word, why they never reached the inbox.
        """
        added: dict[str, str] = {}
        for one in entries:
            digest = identity.digest_of(one.key)
            if digest not in self.digests:
                words = (digest, day.isoformat(), one.link or "-", why.get(one.key), one.detour and f"={one.detour}")
                added.setdefault(digest, " ".join(word for word in words if word))
        if not added:
            return ""
        whole = sorted(line for line in (*self._text.splitlines(), *added.values()) if line.strip())
        return "".join(f"{line}\n" for line in whole)


def digest(root: Path, source_id: str) -> str:
    """Tell a seen file's digest; empty where there is none."""
    try:
        data = (root / FOLDER / f"{source_id}.txt").read_bytes()
    except FileNotFoundError:
        return ""
    return digest_of(data)


def digest_of(data: bytes) -> str:
    """Make the digest of a seen file's bytes; on what machine its lines ended does not matter."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:16]


class Delivered:
    """The links that reached an inbox before this run, with the sources they came by; read when they are first needed.

    `feeds` are the sources' addresses, by id. What is read goes into the file `shared`, where there is one: of several
    processes that pull at once, the others must not read what the first has written since.
    """

    def __init__(self, root: Path, feeds: Mapping[str, str], shared: Path | None = None) -> None:
        self._root = root
        self._feeds = feeds
        self._shared = shared

    @cached_property
    def links(self) -> dict[str, set[str]]:
        """Links in the form in which they are compared -> ids of sources."""
        if self._shared is None:
            return delivered(self._root, self._feeds)
        with locked(self._shared.with_suffix(".lock")):
            if not self._shared.exists():
                self._shared.write_bytes(msgspec.msgpack.encode(delivered(self._root, self._feeds)))
            return msgspec.msgpack.decode(self._shared.read_bytes(), type=dict[str, set[str]])


def delivered(root: Path, feeds: Mapping[str, str]) -> dict[str, set[str]]:
    """List the links that reached an inbox, in the form in which they are compared, with the sources they came by."""
    found: dict[str, set[str]] = {}
    for path in sorted((root / FOLDER).glob("*.txt")):
        feed = feeds.get(path.stem, "")
        for match in _LINE.finditer(path.read_text("utf-8", "replace")):
            others = (match[3] or "").split()
            if match[2] and match[2] != "-" and all(other.startswith("=") for other in others):
                for link in (match[2], *(other[1:] for other in others)):
                    found.setdefault(urls.normal(link, feed), set()).add(path.stem)
    return found
