"""The versions of a post in other languages."""

from __future__ import annotations

from collections.abc import Sequence

from ...edition.model import Post
from ..catalog import Catalog
from ..template_inputs import Link


def find_translations(post: Post, catalog: Catalog) -> tuple[Post, ...]:
    """Return the published versions of a post in other languages: the original first, then by language."""
    family = catalog.find_family(post.translation_of or post.uid)
    return tuple(version for version in family if version.uid != post.uid and version.lang != post.lang)


def build_alternate_links(post: Post, versions: Sequence[Post]) -> tuple[Link, ...]:
    """Link a post and its versions by language (hreflang); empty if there is one language only, or it is hidden.

    Search engines ignore hreflang unless all versions link to each other and to themselves, with the same set of links.
    """
    if post.hidden or not versions:
        return ()
    ordered = sorted((post, *versions), key=lambda version: (version.lang, version.uid))
    return tuple(Link(version.lang, version.path) for version in ordered)
