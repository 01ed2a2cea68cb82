"""Merge the inbox files about one article into one, which names the other sources in `also_in`.

The merged file is suggested for all topics that any of the files was suggested for, with all their reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..compare_and_swap import FileChange, apply_changes
from . import inbox, inbox_index, seen
from .archive import Archive
from .inbox import InboxContext, InboxFile
from .inbox_index import InboxIndex, IndexedItem


class MergeCandidate(Struct, frozen=True):
    """An inbox file that no editor touched, with its text and the values of its front matter."""

    item: IndexedItem
    text: str
    values: dict[str, Any]

    @property
    def url(self) -> str:
        """The address of the work that it recommends."""
        return str(self.values["bookmark_of"][0]["url"])


class MergePlan(Struct, frozen=True):
    """The merged file, and the files that it replaces."""

    merged_file: InboxFile
    obsolete: tuple[MergeCandidate, ...]


def merge_duplicates(
    root: Path,
    items: Iterable[IndexedItem],
    archive: Archive,
    context: InboxContext,
    owns_source: Callable[[str], bool],
) -> int:
    """Merge the inbox files about one article, and return how many were removed.

    Only files of sources for which `owns_source` is true are considered. Files that an editor touched stay apart.
    """
    digests = archive.read_written_digests()
    removed_count = 0
    for group in _group_by_link(item for item in items if owns_source(item.source_id)):
        candidates = list(_select_untouched(root, group, digests, context))
        if plan := plan_merge(candidates, context):
            removed_count += _apply_merge(root, plan, archive)
    return removed_count


def remove_copies(
    root: Path, index: InboxIndex, archive: Archive, context: InboxContext, owns_source: Callable[[str], bool]
) -> InboxIndex:
    """Remove inbox files whose uid another one has, and return the index without them.

    Two clones that pulled an entry before and after its title changed write files with different names; git merges
    both. Files that an editor touched stay; of the others one does, the last by name, so that all clones keep the same.
    """
    digests = archive.read_written_digests()
    items, removed = dict(index.inbox_items), list[IndexedItem]()
    for uid in sorted({item.uid for item in index.copies if owns_source(item.source_id)}):
        files = [*(item for item in index.copies if item.uid == uid), items[uid]]
        texts = {item.path: inbox_index.read_item_text(root, item) for item in files}
        untouched = [item for item in files if _is_untouched(texts[item.path], digests.get(uid), context)]
        touched = [item for item in files if item not in untouched]
        items[uid] = (touched or untouched)[-1]
        if not touched:
            archive.store_written_digests({uid: inbox.compute_text_digest(texts[items[uid].path])})
        obsolete = [item for item in untouched if item != items[uid]]
        apply_changes(FileChange(path=root / item.path, text=None, expected=texts[item.path]) for item in obsolete)
        removed += obsolete
    return replace(
        index,
        inbox_items=items,
        copies=tuple(
            item
            for item in (*index.copies, *index.inbox_items.values())
            if item not in removed and item != items[item.uid]
        ),
        joined_uids=frozenset(item.uid for item in removed),
    )


class SettledDismissals(Struct, frozen=True):
    """The index without items that another clone dismissed, their number, and the files that are kept all the same."""

    index: InboxIndex
    removed_count: int
    kept: tuple[str, ...]


def settle_dismissals(
    root: Path, index: InboxIndex, archive: Archive, context: InboxContext, owns_source: Callable[[str], bool]
) -> SettledDismissals:
    """Mark the entries whose inbox files were deleted here, and remove those that were dismissed in another clone.

    git brings a file back that one clone deleted before the other committed it. What an editor touched or kept stays,
    and is marked no longer.
    """
    digests = archive.read_written_digests()
    missing = {uid for uid in digests if uid not in index.uids}
    keys = seen.find_delivered_keys(root, missing)
    others = {uid for uid, key in keys.items() if not owns_source(_get_source(key))}
    # A note of several works has the uid of the first one.
    gone = [key for uid, key in keys.items() if uid not in others and not index.contains(key)]
    seen.change_dismissals(root, gone, dismissed=True)
    archive.store_written_digests(dict.fromkeys(missing - others, ""))
    marked = {key for key in seen.read_dismissed_keys(root) if index.contains(key) and owns_source(_get_source(key))}
    if not marked:
        return SettledDismissals(index, 0, ())
    items = [item for item in index.inbox_items.values() if item.entry_key in marked]
    texts = {item.path: inbox_index.read_item_text(root, item) for item in items}
    untouched = [item for item in items if _is_untouched(texts[item.path], digests.get(item.uid), context)]
    changes = {item.path: FileChange(path=root / item.path, text=None, expected=texts[item.path]) for item in untouched}
    refused = apply_changes(changes.values())
    removed = [item for item in untouched if changes[item.path] not in refused]
    archive.store_written_digests({item.uid: "" for item in removed})
    kept = marked - {item.entry_key for item in removed}
    seen.change_dismissals(root, kept, dismissed=False)
    paths = {item.entry_key: item.path for item in items}
    return SettledDismissals(
        index.without_items(removed), len(removed), tuple(sorted(paths.get(key, key) for key in kept))
    )


def _get_source(key: str) -> str:
    return key.rpartition(":")[0]


def _is_untouched(text: str, digests: str | None, context: InboxContext) -> bool:
    # The archive knows only what this clone wrote, and not the file of the other.
    return bool(text) and (inbox.is_untouched(text, digests, context) or inbox.is_untouched(text, None, context))


def plan_merge(candidates: Sequence[MergeCandidate], context: InboxContext) -> MergePlan | None:
    """Return how to merge files about one article; None if they come from fewer than two sources.

    The file of the source on whose site the article is stays, else that of the first source by id. Neither the time of
    the pull nor the order of sources.yaml counts, so that two clones merge to the same file.
    """
    # The result must not depend on the order of the files: the shards of a pull merge to the same bytes as one pull.
    if len({candidate.item.source_id for candidate in candidates}) < 2:
        return None
    ranked = sorted(candidates, key=lambda candidate: _merge_rank(candidate, context))
    first, others = ranked[0], ranked[1:]
    merged = inbox.merge_item_values([candidate.values for candidate in ranked], first.item.source_id, context)
    also_in = _merge_references(first, ranked)
    text = inbox.render_front_matter({**first.values, **merged, "also_in": also_in})
    return MergePlan(InboxFile(first.item.path, text, first.item.uid, first.text), tuple(others))


def _select_untouched(
    root: Path, items: Iterable[IndexedItem], digests: dict[str, str], context: InboxContext
) -> Iterator[MergeCandidate]:
    for item in items:
        text = inbox_index.read_item_text(root, item)
        if text and inbox.is_untouched(text, digests.get(item.uid), context):
            yield MergeCandidate(item, text, inbox.read_values(text))


def _apply_merge(root: Path, plan: MergePlan, archive: Archive) -> int:
    """Write the merged file, remove those that it replaces, and return how many were removed.

    What an editor has saved or deleted since it was read stays as it is.
    """
    # In this order, so that a pull that is killed in between loses no source.
    file = plan.merged_file
    archive.store_written_digests({file.uid: file.accepted_digests})
    if apply_changes([FileChange(path=root / file.path, text=file.text, expected=file.previous_text)]):
        return 0
    paths = {root / candidate.item.path: candidate for candidate in plan.obsolete}
    refused = apply_changes(
        FileChange(path=path, text=None, expected=candidate.text) for path, candidate in paths.items()
    )
    removed = paths.keys() - {change.path for change in refused}
    archive.store_written_digests({paths[path].item.uid: "" for path in removed})
    return len(removed)


def _merge_rank(candidate: MergeCandidate, context: InboxContext) -> tuple[bool, bool, str, str]:
    """Return the sort key of a file among those about one article; the lowest stays."""
    item = candidate.item
    source = context.registry.sources.get(item.source_id)
    is_elsewhere = source is None or urls.get_host(source.site) != urls.get_host(candidate.url)
    # A feed knows more of a work than the person who suggests it.
    is_suggested = source is not None and source.type == "suggestions"
    return is_suggested, is_elsewhere, item.source_id, item.uid


def _merge_references(first: MergeCandidate, ranked: Sequence[MergeCandidate]) -> list[dict[str, str]]:
    """Return `also_in` of the merged file: each source and address once, sorted."""
    # Of two spellings of one address, that of the file with the better rank stays: it overwrites the other.
    references = {
        _reference_key(reference): reference
        for candidate in reversed(ranked)
        for reference in _list_references(candidate)
    }
    references.pop(_reference_key({"source": first.item.source_id, "url": first.url}), None)
    return sorted(references.values(), key=lambda reference: (reference["source"], reference["url"]))


def _list_references(candidate: MergeCandidate) -> Iterator[dict[str, str]]:
    yield from candidate.values.get("also_in") or ()
    yield {"source": candidate.item.source_id, "url": candidate.url}


def _reference_key(reference: dict[str, str]) -> tuple[str, str]:
    return reference["source"], urls.normalize_url(reference["url"])


def _group_by_link(items: Iterable[IndexedItem]) -> Iterator[list[IndexedItem]]:
    """Yield the groups of files that share a link, directly or through other files of the group."""
    groups: dict[str, dict[str, IndexedItem]] = {}  # the group of each file, both by path
    for linked_items in _list_items_by_link(items).values():
        # A link shared by several entries of one source (a live blog, a news index) identifies no single article,
        # so it never groups entries.
        if len(linked_items) > 1 and _is_one_per_source(linked_items):
            group = {
                path: member
                for item in linked_items
                for path, member in groups.get(item.path, {item.path: item}).items()
            }
            groups |= dict.fromkeys(group, group)
    for path, group in groups.items():
        # Two entries of one source in a group: some feed claims that two articles are the same. It must not be able
        # to remove another source's article, so the whole group stays apart.
        if path == min(group) and _is_one_per_source(group.values()):
            yield [*group.values()]


def _list_items_by_link(items: Iterable[IndexedItem]) -> dict[str, list[IndexedItem]]:
    items_by_link: dict[str, list[IndexedItem]] = defaultdict(list)
    for item in items:
        for link in item.links if item.source_id else ():
            if urls.is_article_url(link):  # a site's front page is no article
                items_by_link[link].append(item)
    return items_by_link


def _is_one_per_source(items: Iterable[IndexedItem]) -> bool:
    source_ids = [item.source_id for item in items]
    return len(source_ids) == len(set(source_ids))
