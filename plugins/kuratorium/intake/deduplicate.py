"""The same article from several sources: one inbox file, which names the others in `also_in`.

It is suggested for what any of them suggested it for, with all their reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from .. import urls
from ..files import write_atomically
from . import inbox, inbox_index
from .archive import Archive
from .inbox import PullContext
from .inbox_index import IndexedItem


class MergeCandidate(Struct, frozen=True):
    """An inbox file that no editor touched: what it says of itself, and its values."""

    item: IndexedItem
    values: dict[str, Any]

    @property
    def url(self) -> str:
        """Where its work can be read."""
        return str(self.values["bookmark_of"][0]["url"])


class MergePlan(Struct, frozen=True):
    """A file to write anew (its path, text and uid), and the files that go, for they are in it."""

    merged_file: inbox.InboxFile
    obsolete_items: tuple[IndexedItem, ...]


def merge_duplicates(
    root: Path, items: Iterable[IndexedItem], archive: Archive, context: PullContext, owns_source: Callable[[str], bool]
) -> int:
    """Join those inbox files that are about one article, as far as they came by sources that are `mine`.

    The file that stays is written before the others go. Returns how many went.
    """
    written = archive.read_written_digests()
    count = 0
    for group in _group_by_link(one for one in items if owns_source(one.source_id)):
        texts = [(one, inbox_index.read_item_text(root, one)) for one in group]
        untouched = [
            MergeCandidate(one, inbox.read_values(text))
            for one, text in texts
            if text and inbox.is_untouched(text, written.get(one.uid), context)
        ]
        if joined := plan_merge(untouched, context):
            file = joined.merged_file
            archive.store_written_digests({file.uid: file.accepted_digests})
            write_atomically(root / file.path, file.text)
            for one in joined.obsolete_items:
                (root / one.path).unlink(missing_ok=True)
            archive.store_written_digests({one.uid: "" for one in joined.obsolete_items})
            count += len(joined.obsolete_items)
    return count


def plan_merge(candidates: Sequence[MergeCandidate], context: PullContext) -> MergePlan | None:
    """Decide what becomes of files about one article; None where there is nothing to join.

    The one that was there first stays; of the same pull that of the site which the article is on, else that of the
    source which sources.yaml names first. So it does not matter in which order they are joined.
    """
    if len({one.item.source_id for one in candidates}) < 2:
        return None
    places = {source: place for place, source in enumerate(context.registry.sources)}
    ranked = sorted(candidates, key=lambda one: _merge_rank(one, places, context))
    first, others = ranked[0], ranked[1:]
    named = {_reference_key(one): one for other in reversed(ranked) for one in _list_references(other)}
    named.pop(_reference_key({"source": first.item.source_id, "url": first.url}), None)
    also = sorted(named.values(), key=lambda one: (places.get(one["source"], len(places)), one["source"], one["url"]))
    suggested = inbox.merge_item_suggestions([one.values for one in ranked], first.item.source_id, context)
    text = inbox.render_front_matter({**first.values, **suggested, "also_in": also})
    file = inbox.InboxFile(first.item.path, text, first.item.uid, inbox.render_front_matter(first.values))
    return MergePlan(file, tuple(one.item for one in others))


def _merge_rank(
    candidate: MergeCandidate, source_order: dict[str, int], context: PullContext
) -> tuple[str, bool, int, str]:
    source = context.registry.sources.get(candidate.item.source_id)
    away = source is None or urls.get_host(source.site) != urls.get_host(candidate.url)
    return (
        candidate.item.pulled_at,
        away,
        source_order.get(candidate.item.source_id, len(source_order)),
        candidate.item.uid,
    )


def _list_references(candidate: MergeCandidate) -> Iterator[dict[str, str]]:
    yield from candidate.values.get("also_in") or ()
    yield {"source": candidate.item.source_id, "url": candidate.url}


def _reference_key(reference: dict[str, str]) -> tuple[str, str]:
    return reference["source"], urls.normalize_url(reference["url"])


def _group_by_link(items: Iterable[IndexedItem]) -> Iterator[list[IndexedItem]]:
    """Put together files that share a link, or that several links lead together.

    A link of which a source has several files does not name one article. Where links lead several files of a source
    together, somebody calls articles one that are not: then all stay apart.
    """
    by_link: dict[str, list[IndexedItem]] = defaultdict(list)
    for one in items:
        for link in one.links if one.source_id else ():
            if urls.is_article_url(link):
                by_link[link].append(one)
    groups: dict[str, dict[str, IndexedItem]] = {}  # the group of each file, by path
    for found in by_link.values():
        if 1 < len(found) == len({one.source_id for one in found}):
            whole = {path: file for one in found for path, file in groups.get(one.path, {one.path: one}).items()}
            groups |= dict.fromkeys(whole, whole)
    for path, group in groups.items():
        if path == min(group) and len(group) == len({one.source_id for one in group.values()}):
            yield [*group.values()]
