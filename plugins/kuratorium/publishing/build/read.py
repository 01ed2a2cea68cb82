"""What changed in the edition is read again, and the whole is held against the rules, as if all had been read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ...edition import loader, registry
from ...edition.model import Listed, ListedLeaf
from ...edition.paths import CONTENT, format_of
from ...edition.registry import Registry
from ...edition.rules import tables
from ...errors import EditionError, Problem
from ...files import digest
from .. import inbox_headlines
from .. import posts as reader
from ..inbox_headlines import Item, Waiting
from ..posts import Text
from . import workers
from .cached_posts import Memory, in_order
from .result import Change, Order, Watch


class Reading(Struct, frozen=True, kw_only=True):
    """The registry, texts that were read, those that are gone; whether any list may differ; what waits.

    `inbox`: hashes of the files of the inbox that were looked at.
    """

    registry: Registry
    texts: tuple[Text, ...]
    gone: frozenset[str]
    relisted: bool
    waiting: dict[str, Waiting]
    inbox: dict[str, bytes]

    @property
    def pinned(self) -> datetime | None:
        """The date that policy.yaml pins, if any."""
        return self.registry.policy.as_of if self.registry.policy else None


class Unsound(Exception):  # noqa: N818 - it carries the error
    """The edition has problems: `reading` is what can be kept of it all the same, `error` tells them."""

    def __init__(self, reading: Reading | None, error: EditionError) -> None:
        self.reading = reading
        self.error = error
        super().__init__(str(error))


def read_changed(
    root: Path, memory: Memory, change: Change, strays: Iterable[Problem], *, order: Order, watch: Watch
) -> Reading:
    """Read what changed in the edition at `root`; raises Unsound with all problems of the edition."""
    known, problems = registry.read(root) if _registry_differs(change) or not memory.registry else (memory.registry, [])
    sound = not problems
    problems += strays
    files = sorted(_concerned(memory, change, known if change.registry else None))
    with watch.phase("read", len(files)):
        read = _texts(root, known, files, order=order, watch=watch)
    relisted = bool(change.gone) or any(_is_other(text, memory) for text in read)
    inbox = inbox_headlines.read(root, sorted(change.inbox))
    reading = Reading(
        registry=known,
        texts=tuple(read),
        gone=change.gone,
        relisted=relisted or change.registry,
        waiting=_waiting(memory, inbox),
        inbox={file: one.hash for file, one in inbox.items()},
    )
    problems += [problem for text in read for problem in text.problems]
    if reading.relisted or change.plan:
        texts = _all(memory, reading)
        problems += loader.place(root, tables.together(texts))
        problems += loader.pins(root, known, texts) if all(text.listed for text in read) else []
    if problems:
        raise Unsound(reading if sound else None, EditionError(problems))
    return reading


def _registry_differs(change: Change) -> bool:
    """Tell whether the registry must be read again: it names pictures, too."""
    return change.registry or any(file.startswith(CONTENT) for file in change.assets)


def _concerned(memory: Memory, change: Change, known: Registry | None) -> set[str]:
    """Name the texts to read: changed ones, those whose links may lead nowhere now, those the registry speaks in."""
    files = set(change.texts)
    missing = change.gone | change.assets
    if missing:
        files |= {body.file for body in memory.bodies.values() if not missing.isdisjoint(body.links)}
    if known and memory.registry:
        was = memory.registry
        files |= {file for file, listed in memory.listed.items() if reader.is_stale(listed, was, known)}
    return files - change.gone


def _waiting(memory: Memory, inbox: Mapping[str, Item]) -> dict[str, Waiting]:
    """Tell what waits: what changed, and the rest as it was."""
    if not inbox:
        return memory.waiting
    kept = {file: one for file, one in memory.waiting.items() if file not in inbox}
    return kept | {file: one.waiting for file, one in inbox.items() if one.waiting}


def _texts(root: Path, known: Registry, files: list[str], *, order: Order, watch: Watch) -> list[Text]:
    formats = {file: format_of(file) or "" for file in files}
    read: list[Text] = []
    for chunk in workers.share(files, reader.reader(root, known, formats), workers.count(len(files), order.jobs)):
        read += chunk
        watch.tick(len(chunk))
    return read


def _is_other(text: Text, memory: Memory) -> bool:
    """Tell whether a list, or a link, may differ for a text; by what is written, for 9:00 in Berlin is 7:00 in UTC."""
    was = memory.one(text.file)
    return bool(text.problems) or digest(was) != digest(text.listed) or memory.links(text.file) != text.links


def _all(memory: Memory, reading: Reading) -> list[Listed | ListedLeaf]:
    """List all texts, the unsound ones too, as far as they can be read."""
    found = {file: text for file, text in memory.listed.items() if file not in reading.gone}
    for text in reading.texts:
        found.pop(text.file, None)
        if text.listed:
            found[text.file] = text.listed
    return in_order(found.values())
