"""The edition without its bodies: what lists, feeds, relations and navigation are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from .. import rules, words
from ..formats import by_id
from ..model import Document, Leaf, Listed, ListedLeaf
from ..registry import Registry
from .fresh import Waiting

WORDS_A_MINUTE = 200


class Listing(Struct, frozen=True, kw_only=True):
    """Posts and standing pages in the order of format and file, the registry whose ids they name, the open inbox."""

    registry: Registry
    posts: tuple[Listed, ...]
    leaves: tuple[ListedLeaf, ...]
    waiting: tuple[Waiting, ...] = ()


def listed(text: Document | Leaf) -> Listed | ListedLeaf:
    """Keep of a text what is listed of it."""
    summary = text.meta.summary or words.first_sentence(text.body)
    if isinstance(text, Leaf):
        return ListedLeaf(file=text.file, meta=text.meta, summary=summary)
    minutes = max(1, round(len(text.body.split()) / WORDS_A_MINUTE))
    return Listed(
        file=text.file,
        format=text.format,
        meta=text.meta,
        summary=summary,
        minutes=minutes,
        leads=tuple(dict.fromkeys(target for _, _, target in rules.links(text) if target and target.endswith(".md"))),
        quoted=tuple(dict.fromkeys(_quoted(text))),
        timed=by_id(text.format).dialogue and any(turn.time for turn in words.turns(text.body)),
    )


def of(registry: Registry, texts: Iterable[Document | Leaf], waiting: Iterable[Waiting] = ()) -> Listing:
    """List texts that were just read."""
    return gather(registry, [listed(text) for text in texts], waiting)


def gather(registry: Registry, found: Iterable[Listed | ListedLeaf], waiting: Iterable[Waiting] = ()) -> Listing:
    """Tell posts from standing pages."""
    kept = list(found)
    return Listing(
        registry=registry,
        waiting=tuple(waiting),
        posts=tuple(one for one in kept if isinstance(one, Listed)),
        leaves=tuple(one for one in kept if isinstance(one, ListedLeaf)),
    )


def _quoted(text: Document) -> Iterator[str]:
    for quotation in words.quotations(text.body):
        yield from words.named(quotation.attribution)
