"""All posts compared with the texts of their works: anew only if either of the two changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct, json

from ....edition import loader
from ....edition.loader import Edition
from ....edition.model import PostFile
from ....errors import Problem
from ....process_pool import choose_process_count, map_chunks
from ..text_cache import TextCache
from .archived_texts import ArchivedWork, find_archived_works, read_compared_posts
from .sources import find_altered_quotations, find_copies

_KIND = "sources"
Works = Mapping[str, ArchivedWork]


class Comparison(Struct, frozen=True):
    """Where a post is not what its works say, and where it has their words without quotation marks."""

    altered: list[Problem]
    copied: list[Problem]


def compare_posts(
    edition: Edition, cache: TextCache | None, gettext: Callable[[str], str], copied_words: int
) -> list[Comparison]:
    """Compare the posts of an edition with their works, as far as the archive of this machine holds these."""
    archived = find_archived_works(edition.root, edition.post_files)
    posts = [(post, archived[post.file]) for post in edition.post_files if post.file in archived]
    keys = {post.file: _find_key(cache, post, works) if cache else b"" for post, works in posts}
    results = {
        post.file: result
        for post, _ in posts
        if cache and (result := cache.get(_KIND, post.file, keys[post.file], Comparison)) is not None
    }
    missing = [pair for pair in posts if pair[0].file not in results]
    compare = partial(_compare_chunk, edition.root, gettext, copied_words)
    for chunk in map_chunks(missing, compare, choose_process_count(len(missing))):
        results |= chunk
    for post, _ in missing:
        if cache:
            cache.put(_KIND, post.file, keys[post.file], json.encode(results[post.file]))
    return [results[post.file] for post, _ in posts]


def _find_key(cache: TextCache, post: PostFile, works: Works) -> bytes:
    return cache.find_key(post, json.encode([(address, work.digest) for address, work in works.items()]))


def _compare_chunk(
    root: Path, gettext: Callable[[str], str], copied_words: int, chunk: Sequence[tuple[PostFile, Works]]
) -> dict[str, Comparison]:
    results: dict[str, Comparison] = {}
    for compared in read_compared_posts(root, chunk):
        post = compared.post
        altered = [(post, found) for found in find_altered_quotations(compared, gettext)]
        copied = [(post, found) for found in find_copies(compared, gettext, copied_words)]
        results[post.file] = Comparison(
            [*loader.report_violations(root, altered)], [*loader.report_violations(root, copied)]
        )
    return results
