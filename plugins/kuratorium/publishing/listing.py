"""The edition without its bodies: what lists, feeds, relations and navigation are made of."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from .. import words
from ..model import Document, Leaf, Listed, ListedLeaf
from ..registry import Registry

WORDS_A_MINUTE = 200


class Listing(Struct, frozen=True, kw_only=True):
    """Posts and standing pages in the order of format and file, and the registry whose ids they name."""

    registry: Registry
    posts: tuple[Listed, ...]
    leaves: tuple[ListedLeaf, ...]


def listed(text: Document | Leaf) -> Listed | ListedLeaf:
    """Keep of a text what is listed of it."""
    summary = text.meta.summary or words.first_sentence(text.body)
    if isinstance(text, Leaf):
        return ListedLeaf(file=text.file, meta=text.meta, summary=summary)
    minutes = max(1, round(len(text.body.split()) / WORDS_A_MINUTE))
    return Listed(file=text.file, format=text.format, meta=text.meta, summary=summary, minutes=minutes)


def of(registry: Registry, texts: Iterable[Document | Leaf]) -> Listing:
    """List texts that were just read."""
    return gather(registry, [listed(text) for text in texts])


def gather(registry: Registry, found: Iterable[Listed | ListedLeaf]) -> Listing:
    """Tell posts from standing pages."""
    kept = list(found)
    return Listing(
        registry=registry,
        posts=tuple(one for one in kept if isinstance(one, Listed)),
        leaves=tuple(one for one in kept if isinstance(one, ListedLeaf)),
    )
