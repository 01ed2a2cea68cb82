"""What changed in the edition is read again, and the whole is held against the rules, as if all had been read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ...edition import loader, registry
from ...edition.model import PostSummary, StandalonePageSummary
from ...edition.paths import CONTENT_PREFIX, detect_format
from ...edition.registry import Registry
from ...edition.rules import tables
from ...errors import EditionError, Problem
from ...files import digest_value
from .. import inbox_headlines
from .. import posts as reader
from ..inbox_headlines import InboxFile, InboxItem
from ..posts import LoadedText
from . import workers
from .cached_posts import CachedPosts, sort_texts
from .result import BuildRequest, ChangeSet, ProgressListener


class ReadResult(Struct, frozen=True, kw_only=True):
    """The registry, texts that were read, those that are gone; whether any list may differ; what waits.

    `inbox`: hashes of the files of the inbox that were looked at.
    """

    registry: Registry
    texts: tuple[LoadedText, ...]
    removed_texts: frozenset[str]
    lists_may_change: bool
    inbox_items: dict[str, InboxItem]
    inbox_hashes: dict[str, bytes]

    @property
    def pinned_date(self) -> datetime | None:
        """The date that policy.yaml pins, if any."""
        return self.registry.policy.as_of if self.registry.policy else None


class InvalidEditionError(Exception):
    """The edition has problems: `reading` is what can be kept of it all the same, `error` tells them."""

    def __init__(self, result: ReadResult | None, error: EditionError) -> None:
        self.result = result
        self.error = error
        super().__init__(str(error))


def read_changed_texts(
    root: Path,
    cached_posts: CachedPosts,
    changes: ChangeSet,
    stray_problems: Iterable[Problem],
    *,
    request: BuildRequest,
    progress: ProgressListener,
) -> ReadResult:
    """Read what changed in the edition at `root`; raises Unsound with all problems of the edition."""
    known, problems = (
        registry.read_registry(root)
        if _must_read_registry(changes) or not cached_posts.registry
        else (cached_posts.registry, [])
    )
    sound = not problems
    problems += stray_problems
    files = sorted(_find_texts_to_read(cached_posts, changes, known if changes.registry_changed else None))
    with progress.phase("read", len(files)):
        read = _read_texts(root, known, files, request=request, progress=progress)
    relisted = bool(changes.removed_texts) or any(_affects_lists(text, cached_posts) for text in read)
    inbox = inbox_headlines.read_inbox_files(root, sorted(changes.changed_inbox_files))
    reading = ReadResult(
        registry=known,
        texts=tuple(read),
        removed_texts=changes.removed_texts,
        lists_may_change=relisted or changes.registry_changed,
        inbox_items=_merge_inbox_items(cached_posts, inbox),
        inbox_hashes={file: one.hash for file, one in inbox.items()},
    )
    problems += [problem for text in read for problem in text.problems]
    if reading.lists_may_change or changes.requires_full_plan:
        texts = _list_all_texts(cached_posts, reading)
        problems += loader.report_violations(root, tables.check_edition_rules(texts))
        problems += loader.check_pinned_posts(root, known, texts) if all(text.summary for text in read) else []
    if problems:
        raise InvalidEditionError(reading if sound else None, EditionError(problems))
    return reading


def _must_read_registry(change: ChangeSet) -> bool:
    """Tell whether the registry must be read again: it names pictures, too."""
    return change.registry_changed or any(file.startswith(CONTENT_PREFIX) for file in change.changed_assets)


def _find_texts_to_read(memory: CachedPosts, change: ChangeSet, known: Registry | None) -> set[str]:
    """Name the texts to read: changed ones, those whose links may lead nowhere now, those the registry speaks in."""
    files = set(change.changed_texts)
    missing = change.removed_texts | change.changed_assets
    if missing:
        files |= {body.file for body in memory.bodies.values() if not missing.isdisjoint(body.links)}
    if known and memory.registry:
        was = memory.registry
        files |= {file for file, listed in memory.summaries.items() if reader.is_stale(listed, was, known)}
    return files - change.removed_texts


def _merge_inbox_items(memory: CachedPosts, inbox: Mapping[str, InboxFile]) -> dict[str, InboxItem]:
    """Tell what waits: what changed, and the rest as it was."""
    if not inbox:
        return memory.inbox_items
    kept = {file: one for file, one in memory.inbox_items.items() if file not in inbox}
    return kept | {file: one.item for file, one in inbox.items() if one.item}


def _read_texts(
    root: Path, known: Registry, files: list[str], *, request: BuildRequest, progress: ProgressListener
) -> list[LoadedText]:
    formats = {file: detect_format(file) or "" for file in files}
    read: list[LoadedText] = []
    for chunk in workers.map_chunks(
        files, reader.make_text_reader(root, known, formats), workers.choose_process_count(len(files), request.jobs)
    ):
        read += chunk
        progress.advance(len(chunk))
    return read


def _affects_lists(text: LoadedText, memory: CachedPosts) -> bool:
    """Tell whether a list, or a link, may differ for a text; by what is written, for 9:00 in Berlin is 7:00 in UTC."""
    was = memory.find_summary(text.file)
    return (
        bool(text.problems)
        or digest_value(was) != digest_value(text.summary)
        or memory.read_links(text.file) != text.links
    )


def _list_all_texts(memory: CachedPosts, reading: ReadResult) -> list[PostSummary | StandalonePageSummary]:
    """List all texts, the unsound ones too, as far as they can be read."""
    found = {file: text for file, text in memory.summaries.items() if file not in reading.removed_texts}
    for text in reading.texts:
        found.pop(text.file, None)
        if text.summary:
            found[text.file] = text.summary
    return sort_texts(found.values())
