"""What waits for a note, as readers may see it: facts of the open inbox, grouped by story, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date as Day
from pathlib import Path

from msgspec import Struct

from .. import similarity
from ..edition import frontmatter, loader
from ..edition.frontmatter import InvalidFileError
from ..edition.model import FrontMatter, Work
from ..edition.registry import Registry
from ..files import hash_bytes
from ..urls import normalize_url
from .template_inputs import Headline


class InboxItem(Struct, frozen=True, kw_only=True):
    """A file of the inbox. `teaser` only tells which ones are one story: it is never published."""

    uid: str
    topics: tuple[str, ...]
    work: Work
    day: Day
    lang: str
    teaser: str
    addresses: tuple[str, ...]


Story = tuple[InboxItem, ...]


class InboxFile(Struct, frozen=True):
    """A file of the inbox as it was read: its bytes' hash, and what waits; None where it is gone or makes no sense."""

    hash: bytes
    item: InboxItem | None


def read_inbox_files(root: Path, files: Iterable[str]) -> dict[str, InboxFile]:
    """Read files of the inbox. What cannot be read stops no build; `check` tells of it."""
    return {file: _read_file(root, file) for file in files}


def group_stories(items: Iterable[InboxItem], registry: Registry, recommended_urls: Iterable[str]) -> tuple[Story, ...]:
    """Group what may be shown by story, the newest first; what was `picked` (addresses of works) waits no more.

    Nothing is shown of a source that opted out, is followed no more, or that the policy leaves out.
    """
    policy = registry.policy
    if policy is None or not policy.fresh.show:
        return ()
    shown = {one.id for one in registry.sources.values() if not one.rights.opt_out} - {*policy.fresh.without}
    taken = {normalize_url(address) for address in recommended_urls}
    open_ones = sorted((one for one in items if _is_open(one, shown, taken)), key=_newest_first_key)
    return tuple([tuple([open_ones[place] for place in group]) for group in _group_similar(open_ones)])


def _read_file(root: Path, file: str) -> InboxFile:
    try:
        data = loader.read_bytes(root, file)
        hashed = hash_bytes(data)
    except InvalidFileError:
        return InboxFile(b"", None)
    try:
        meta, _ = frontmatter.parse_front_matter(file, frontmatter.decode_text(file, data), FrontMatter)
    except InvalidFileError:
        return InboxFile(hashed, None)
    return InboxFile(hashed, _build_item(meta) if meta.bookmark_of else None)


def _build_item(meta: FrontMatter) -> InboxItem:
    work = meta.bookmark_of[0]
    return InboxItem(
        uid=meta.uid,
        topics=meta.topics,
        work=work,
        day=work.published or meta.date.date(),
        lang=work.lang or meta.lang,
        teaser=meta.teaser,
        addresses=(work.url, *(other.url for other in meta.also_in)),
    )


def _is_open(item: InboxItem, shown: Collection[str], taken: Collection[str]) -> bool:
    return item.work.source in shown and not any(normalize_url(address) in taken for address in item.addresses)


def _newest_first_key(item: InboxItem) -> tuple[int, str]:
    return -item.day.toordinal(), item.uid


def _group_similar(items: Sequence[InboxItem]) -> list[list[int]]:
    return similarity.group_similar_texts([(one.work.title, one.teaser) for one in items])


def build_headlines(stories: Iterable[Story], limit: int) -> tuple[Headline, ...]:
    """Tell stories in facts, up to `limit` works: nothing of a work's text and no picture (§ 87g UrhG)."""
    told: list[Headline] = []
    for story in stories:
        if told and len(told) + len(story) > limit:
            break
        told += [_to_headline(one, continues_story=place > 0) for place, one in enumerate(story)]
    return tuple(told)


def _to_headline(item: InboxItem, *, continues_story: bool) -> Headline:
    work = item.work
    outlet = work.publication or work.source
    authors = tuple(name for name in work.authors if name != outlet)  # channels sign with their own name
    return Headline(
        url=work.url,
        title=work.title,
        publication=outlet,
        authors=authors,
        day=item.day,
        lang=item.lang,
        continues_story=continues_story,
    )
