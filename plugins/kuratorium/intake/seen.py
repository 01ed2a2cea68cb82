"""Which entries of a source were seen before: curation/seen/{source}.txt.

The file has one line per entry that was delivered or passed over: `{digest} {day} {link}`. An entry that never reached
the inbox has one more word, which says why. `={link}` at the end is a second address that leads to the same article.
The lines are sorted, so that the bytes do not depend on who pulled when, and git merges the additions of two people.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path

import msgspec

from .. import urls
from ..compare_and_swap import FileChange, apply_changes
from ..edition.paths import SEEN_FOLDER
from ..file_lock import FileLock
from ..files import write_atomically
from . import identity
from .identity import IdentifiedEntry

# A digest alone is enough: people resolve merge conflicts by hand, and leave markers, blanks and cut lines behind.
_LINE_PATTERN = re.compile(r"^([0-9a-f]{16})\b(?: \S+ (\S+)((?:[^\S\n]+\S+)*))?", re.MULTILINE)

_MAX_ATTEMPTS = 20  # to add to a file that is written again each time


class SeenFile:
    """A source's seen file: its `text`; `digests` maps the digest of each entry's key to the entry's link.

    `is_missing` is true for a source that was never pulled.
    """

    def __init__(self, root: Path, source_id: str) -> None:
        self.path = get_seen_path(root, source_id)
        text = _read_text(self.path)
        self.is_missing = text is None
        self.text = text or ""
        self.digests = {match[1]: match[2] or "" for match in _LINE_PATTERN.finditer(self.text)}

    def contains(self, key: str, former_key: str, links: Collection[str]) -> bool:
        """Return whether an entry was seen: by its key, or by its `former_key` together with one of its links."""
        return identity.extract_digest(key) in self.digests or (
            bool(former_key) and self.digests.get(identity.extract_digest(former_key), "") in links
        )

    def find_last_day(self, key: str) -> date | None:
        """Return the day on which an entry was first seen; the last one, if the lines of two clones were merged."""
        lines = re.findall(rf"^{identity.extract_digest(key)} (\d{{4}}-\d\d-\d\d)\b", self.text, re.MULTILINE)
        days = []
        for day in lines:
            with suppress(ValueError):  # 2026-02-30
                days.append(date.fromisoformat(day))
        return max(days, default=None)

    def build_text_with(
        self, entries: Iterable[IdentifiedEntry], day: date, skip_reasons: Mapping[str, str] = {}
    ) -> str:
        """Return the file's text with `entries` added on `day`; empty if all of them were seen before.

        `skip_reasons` maps the keys of entries that never reach the inbox to one word that says why.
        """
        added: dict[str, str] = {}
        for entry in entries:
            digest = identity.extract_digest(entry.key)
            if digest not in self.digests:
                added.setdefault(digest, _format_line(entry, day, skip_reasons.get(entry.key, "")))
        if not added:
            return ""
        return _join_lines(self.text.splitlines(), added.values())


def add_lines(path: Path, text: str) -> None:
    """Add the lines of `text` to a seen file that was written since the pull read it; a deleted one stays deleted."""
    for _ in range(_MAX_ATTEMPTS):
        present = _read_text(path)
        if present is None:
            return
        merged = _join_lines(present.splitlines(), text.splitlines())
        if not apply_changes([FileChange(path=path, text=merged, expected=present)]):
            return
    write_atomically(path, merged)


def _join_lines(*groups: Iterable[str]) -> str:
    # Each line once: a merge of two clones that both added it may have left two.
    return "".join(f"{line}\n" for line in sorted({line for group in groups for line in group if line.strip()}))


def _read_text(path: Path) -> str | None:
    """Return the text of a seen file; None if there is none."""
    return path.read_text("utf-8", "replace") if path.is_file() else None


def _format_line(entry: IdentifiedEntry, day: date, skip_reason: str) -> str:
    words = (
        identity.extract_digest(entry.key),
        day.isoformat(),
        entry.link or "-",
        skip_reason,
        entry.alternate_link and f"={entry.alternate_link}",
    )
    return " ".join(word for word in words if word)


def get_seen_path(root: Path, source_id: str) -> Path:
    """Return the path of a source's seen file in the edition at `root`."""
    return root / SEEN_FOLDER / f"{source_id}.txt"


def read_seen_digest(root: Path, source_id: str) -> str:
    """Return the digest of a source's seen file; empty if there is none."""
    try:
        data = get_seen_path(root, source_id).read_bytes()
    except FileNotFoundError:
        return ""
    return compute_seen_digest(data)


def compute_seen_digest(data: bytes) -> str:
    """Return the digest of a seen file's bytes."""
    # git on Windows may check the file out with CRLF: that is no reason to fetch the whole feed again.
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:16]


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
            return read_delivered_links(self._root, self._feed_addresses)
        # The first process writes the file, the others read it: all must see what was delivered before the pull, not
        # what one of them has written since.
        with FileLock(self._shared_file.with_suffix(".lock")):
            if not self._shared_file.exists():
                links = read_delivered_links(self._root, self._feed_addresses)
                self._shared_file.write_bytes(msgspec.msgpack.encode(links))
            return msgspec.msgpack.decode(self._shared_file.read_bytes(), type=dict[str, set[str]])


def read_delivered_links(root: Path, feed_addresses: Mapping[str, str]) -> dict[str, set[str]]:
    """Read from the seen files which normalized links reached an inbox, and return the ids of their sources."""
    sources_by_link: dict[str, set[str]] = {}
    for path in sorted((root / SEEN_FOLDER).glob("*.txt")):
        feed_address = feed_addresses.get(path.stem, "")
        for match in _LINE_PATTERN.finditer(path.read_text("utf-8", "replace")):
            link, extras = match[2], (match[3] or "").split()
            # A word without "=" is the reason why the entry never reached the inbox.
            if link and link != "-" and all(extra.startswith("=") for extra in extras):
                for address in (link, *(extra[1:] for extra in extras)):
                    sources_by_link.setdefault(urls.normalize_url(address, feed_address), set()).add(path.stem)
    return sources_by_link
