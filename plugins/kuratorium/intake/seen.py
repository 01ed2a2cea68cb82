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
from ..edition.paths import SEEN_FOLDER
from ..file_lock import FileLock
from . import identity
from .filtering import IdentifiedEntry

_LINE_PATTERN = re.compile(r"^([0-9a-f]{16})\b(?: \S+ (\S+)((?:[^\S\n]+\S+)*))?", re.MULTILINE)


class SeenFile:
    """A source's seen file as it was read: its `digests` with the link of each.

    Of a source that was never pulled it is `missing`.
    """

    def __init__(self, root: Path, source_id: str) -> None:
        self.path = root / SEEN_FOLDER / f"{source_id}.txt"
        self.is_missing = not self.path.exists()
        self._text = "" if self.is_missing else self.path.read_text("utf-8", "replace")
        self.digests = {match[1]: match[2] or "" for match in _LINE_PATTERN.finditer(self._text)}

    def contains(self, key: str, former_key: str, links: Collection[str]) -> bool:
        """Tell whether an entry stands here: by its key, or by a `former` one with one of its links."""
        return identity.extract_digest(key) in self.digests or (
            bool(former_key) and self.digests.get(identity.extract_digest(former_key), "") in links
        )

    def build_text_with(
        self, entries: Iterable[IdentifiedEntry], day: date, skip_reasons: Mapping[str, str] = {}
    ) -> str:
        """Write the file's text with more entries, where it changes, else empty; one that stands there keeps its line.

        `why` tells of some keys, in a word, why they never reached the inbox.
        """
        added: dict[str, str] = {}
        for one in entries:
            digest = identity.extract_digest(one.key)
            if digest not in self.digests:
                words = (
                    digest,
                    day.isoformat(),
                    one.link or "-",
                    skip_reasons.get(one.key),
                    one.alternate_link and f"={one.alternate_link}",
                )
                added.setdefault(digest, " ".join(word for word in words if word))
        if not added:
            return ""
        whole = sorted(line for line in (*self._text.splitlines(), *added.values()) if line.strip())
        return "".join(f"{line}\n" for line in whole)


def read_seen_digest(root: Path, source_id: str) -> str:
    """Tell a seen file's digest; empty where there is none."""
    try:
        data = (root / SEEN_FOLDER / f"{source_id}.txt").read_bytes()
    except FileNotFoundError:
        return ""
    return compute_seen_digest(data)


def compute_seen_digest(data: bytes) -> str:
    """Make the digest of a seen file's bytes; on what machine its lines ended does not matter."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:16]


class DeliveredLinks:
    """The links that reached an inbox before this run, with the sources they came by; read when they are first needed.

    `feeds` are the sources' addresses, by id. What is read goes into the file `shared`, where there is one: of several
    processes that pull at once, the others must not read what the first has written since.
    """

    def __init__(self, root: Path, feed_addresses: Mapping[str, str], shared_file: Path | None = None) -> None:
        self._root = root
        self._feed_addresses = feed_addresses
        self._shared_file = shared_file

    @cached_property
    def sources_by_link(self) -> dict[str, set[str]]:
        """Links in the form in which they are compared -> ids of sources."""
        if self._shared_file is None:
            return read_delivered_links(self._root, self._feed_addresses)
        with FileLock(self._shared_file.with_suffix(".lock")):
            if not self._shared_file.exists():
                self._shared_file.write_bytes(
                    msgspec.msgpack.encode(read_delivered_links(self._root, self._feed_addresses))
                )
            return msgspec.msgpack.decode(self._shared_file.read_bytes(), type=dict[str, set[str]])


def read_delivered_links(root: Path, feed_addresses: Mapping[str, str]) -> dict[str, set[str]]:
    """List the links that reached an inbox, in the form in which they are compared, with the sources they came by."""
    found: dict[str, set[str]] = {}
    for path in sorted((root / SEEN_FOLDER).glob("*.txt")):
        feed = feed_addresses.get(path.stem, "")
        for match in _LINE_PATTERN.finditer(path.read_text("utf-8", "replace")):
            others = (match[3] or "").split()
            if match[2] and match[2] != "-" and all(other.startswith("=") for other in others):
                for link in (match[2], *(other[1:] for other in others)):
                    found.setdefault(urls.normalize_url(link, feed), set()).add(path.stem)
    return found
