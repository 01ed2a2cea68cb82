"""The texts of the works that posts recommend or quote, as far as the archive of this machine holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct

from .... import urls
from ....edition import prose
from ....edition.loader import Edition
from ....edition.model import PostFile
from .comparison import SourceText


class ComparedPost(Struct, frozen=True):
    """A post with the texts of its works, by address."""

    post: PostFile
    sources: Mapping[str, SourceText]


def read_compared_posts(edition: Edition) -> list[ComparedPost]:
    """Read the texts of all works that published posts recommend or quote, as far as the archive holds them."""
    from ....intake.archive import ARCHIVE_FILE, Archive  # noqa: PLC0415 - 0.2 s, and most checks in CI have none

    if not (edition.root / ARCHIVE_FILE).exists():
        return []
    addresses = {post.file: _list_addresses(post) for post in edition.post_files if post.meta.status != "draft"}
    wanted = {address for found in addresses.values() for address in found}
    if not wanted:
        return []
    with Archive(edition.root, write=False) as archive:
        ids = _match_links(wanted, archive.list_links())
        read = cache(lambda number: SourceText(archive.read_text(number)))
        compared: list[ComparedPost] = []
        for post in edition.post_files:
            texts = {address: read(ids[address]) for address in addresses.get(post.file, ()) if address in ids}
            if sources := {address: source for address, source in texts.items() if source.text}:
                compared.append(ComparedPost(post, sources))
    return compared


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
    works = (work.url for work in post.meta.works)
    return tuple(dict.fromkeys(address for address in (*works, *quoted) if address))
