"""What waits for a note, as readers may see it: facts of the open inbox, grouped by story, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date as Day
from pathlib import Path

from msgspec import Struct

from .. import similarity
from ..edition import frontmatter, loader
from ..edition.frontmatter import BadFile
from ..edition.model import FrontMatter, Work
from ..edition.registry import Registry
from ..files import hash_of_bytes
from ..urls import normal
from .page import Headline


class Waiting(Struct, frozen=True, kw_only=True):
    """A file of the inbox. `teaser` only tells which ones are one story: it is never published."""

    uid: str
    topics: tuple[str, ...]
    work: Work
    day: Day
    lang: str
    teaser: str
    addresses: tuple[str, ...]


Story = tuple[Waiting, ...]


class Item(Struct, frozen=True):
    """A file of the inbox as it was read: its bytes' hash, and what waits; None where it is gone or makes no sense."""

    hash: bytes
    waiting: Waiting | None


def read(root: Path, files: Iterable[str]) -> dict[str, Item]:
    """Read files of the inbox. What cannot be read stops no build; `check` tells of it."""
    return {file: _read(root, file) for file in files}


def stories(waiting: Iterable[Waiting], known: Registry, picked: Iterable[str]) -> tuple[Story, ...]:
    """Group what may be shown by story, the newest first; what was `picked` (addresses of works) waits no more.

    Nothing is shown of a source that opted out, is followed no more, or that the policy leaves out.
    """
    policy = known.policy
    if policy is None or not policy.fresh.show:
        return ()
    shown = {one.id for one in known.sources.values() if not one.rights.opt_out} - {*policy.fresh.without}
    taken = {normal(address) for address in picked}
    open_ones = sorted((one for one in waiting if _is_open(one, shown, taken)), key=_newest_first)
    return tuple([tuple([open_ones[place] for place in group]) for group in _groups(open_ones)])


def _read(root: Path, file: str) -> Item:
    try:
        data = loader.bytes_of(root, file)
        hashed = hash_of_bytes(data)
    except BadFile:
        return Item(b"", None)
    try:
        meta, _ = frontmatter.read(file, frontmatter.text_of(file, data), FrontMatter)
    except BadFile:
        return Item(hashed, None)
    return Item(hashed, _waiting(meta) if meta.bookmark_of else None)


def _waiting(meta: FrontMatter) -> Waiting:
    work = meta.bookmark_of[0]
    return Waiting(
        uid=meta.uid,
        topics=meta.topics,
        work=work,
        day=work.published or meta.date.date(),
        lang=work.lang or meta.lang,
        teaser=meta.teaser,
        addresses=(work.url, *(other.url for other in meta.also_in)),
    )


def _is_open(one: Waiting, shown: Collection[str], taken: Collection[str]) -> bool:
    return one.work.source in shown and not any(normal(address) in taken for address in one.addresses)


def _newest_first(one: Waiting) -> tuple[int, str]:
    return -one.day.toordinal(), one.uid


def _groups(waiting: Sequence[Waiting]) -> list[list[int]]:
    return similarity.groups([(one.work.title, one.teaser) for one in waiting])


def headlines(found: Iterable[Story], limit: int) -> tuple[Headline, ...]:
    """Tell stories in facts, up to `limit` works: nothing of a work's text and no picture (§ 87g UrhG)."""
    told: list[Headline] = []
    for story in found:
        if told and len(told) + len(story) > limit:
            break
        told += [_headline(one, more=place > 0) for place, one in enumerate(story)]
    return tuple(told)


def _headline(one: Waiting, *, more: bool) -> Headline:
    work = one.work
    outlet = work.publication or work.source
    authors = tuple(name for name in work.authors if name != outlet)  # channels sign with their own name
    return Headline(
        url=work.url, title=work.title, outlet=outlet, authors=authors, day=one.day, lang=one.lang, more=more
    )
