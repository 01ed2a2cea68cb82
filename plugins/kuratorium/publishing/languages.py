"""Languages: those in which the same post can be read."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Post
from .catalog import Catalog
from .page import Link


def others(post: Post, catalog: Catalog) -> tuple[Post, ...]:
    """List what says the same in other languages and is published: the original first, then by language."""
    family = catalog.by_original.get(post.translation_of or post.uid, ())
    return tuple(one for one in family if one.uid != post.uid and one.lang != post.lang)


def alternates(post: Post, versions: Sequence[Post]) -> tuple[Link, ...]:
    """Name by language where a post and its other versions are, as each of them does (hreflang)."""
    if post.hidden or not versions:
        return ()
    return tuple(Link(one.lang, one.path) for one in sorted((post, *versions), key=lambda one: (one.lang, one.uid)))
