"""The texts of the works that posts recommend or quote, as far as the archive of this machine holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from .... import urls
from ....edition import prose
from ....edition.model import PostFile
from .comparison import SourceText


class ComparedPost(Struct, frozen=True):
    """A post with the texts of its works, by address."""

    post: PostFile
    sources: Mapping[str, SourceText]


class ArchivedWork(Struct, frozen=True):
    """Where the archive holds the text of a work, and a digest that changes with it."""

    number: int
    digest: bytes


def find_archived_works(root: Path, posts: Iterable[PostFile]) -> dict[str, dict[str, ArchivedWork]]:
    """Return, by file, the works that published posts recommend or quote, by address, if the archive holds them."""
    from ....intake.archive import ARCHIVE_FILE, Archive  # noqa: PLC0415 - 0.2 s, and most checks in CI have none

    if not (root / ARCHIVE_FILE).exists():
        return {}
    addresses = {post.file: _list_addresses(post) for post in posts if post.meta.status != "draft"}
    wanted = {address for found in addresses.values() for address in found}
    if not wanted:
        return {}
    with Archive(root, write=False) as archive:
        links = archive.list_links()
    works = {number: ArchivedWork(number, digest) for _, number, digest in links}
    numbers = _match_links(wanted, ((link, number) for link, number, _ in links))
    return {
        file: {address: works[numbers[address]] for address in found if address in numbers}
        for file, found in addresses.items()
        if not numbers.keys().isdisjoint(found)
    }


def read_compared_posts(
    root: Path, works_by_post: Iterable[tuple[PostFile, Mapping[str, ArchivedWork]]]
) -> Iterator[ComparedPost]:
    """Yield posts with the texts of their works."""
    from ....intake.archive import Archive  # noqa: PLC0415 - see above

    with Archive(root, write=False) as archive:
        read = cache(lambda number: SourceText(archive.read_text(number)))
        for post, works in works_by_post:
            texts = {address: read(work.number) for address, work in works.items()}
            yield ComparedPost(post, {address: source for address, source in texts.items() if source.text})


def _match_links(addresses: Iterable[str], links: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the number of the entry with each address, as far as there is one."""
    keys = {address: urls.normalize_url(address) for address in addresses}
    # Most links of an archive are recommended nowhere; comparing the ends costs a tenth of normalizing all.
    ends = {key.rstrip("/")[-8:].casefold() for key in keys.values()}
    numbers = {
        urls.normalize_url(link): number
        for link, number in links
        if link.partition("#")[0].partition("?")[0].rstrip("/")[-8:].casefold() in ends
        or link.partition("#")[0].rstrip("/")[-8:].casefold() in ends
    }
    return {address: numbers[key] for address, key in keys.items() if key in numbers}


def _list_addresses(post: PostFile) -> tuple[str, ...]:
    quoted = (prose.find_source_address(item.attribution) for item in prose.find_quotations(post.body))
    works = (work.url for work in post.meta.bookmark_of)
    return tuple(dict.fromkeys(address for address in (*works, *quoted) if address))
