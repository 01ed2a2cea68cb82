"""Headlines of the works that wait for a note, grouped by story, newest first.

They are facts only: a title, names, a date and a link are free of the press publishers' right (§ 87g UrhG); teasers and
pictures are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date as Day
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from .. import similarity
from ..edition import frontmatter, loader
from ..edition.frontmatter import InvalidFileError
from ..edition.model import UNDATED, InboxFrontMatter
from ..edition.registry import Registry
from ..edition.works import Work
from ..files import hash_bytes
from ..local_time import find_day
from ..text.unsafe_characters import remove_unsafe_characters
from ..urls import normalize_url
from .template_inputs import Headline


class PublicInboxItem(Struct, frozen=True, kw_only=True):
    """The work of an inbox file; `addresses` are all under which sources brought it.

    `day`: that on which the work was published; `date`, the file's own, stands for it if its page does not say, and is
    UNDATED if its feed does not, either.
    `teaser` is never published: it only shows which items report the same story.
    """

    uid: str
    topics: tuple[str, ...]
    work: Work
    day: Day | None
    date: datetime
    lang: str
    teaser: str
    addresses: tuple[str, ...]


Story = tuple[PublicInboxItem, ...]


class ReadInboxFile(Struct, frozen=True):
    """An inbox file as it was read: the hash of its bytes, and its item; None if the file is gone or invalid."""

    hash: bytes
    item: PublicInboxItem | None


def read_inbox_files(root: Path, files: Iterable[str]) -> dict[str, ReadInboxFile]:
    """Return inbox files by their path. An invalid one stops no build, since a pull wrote it; `check` reports it."""
    return {file: _read_file(root, file) for file in files}


def group_stories(
    items: Iterable[PublicInboxItem], registry: Registry, recommended_urls: Iterable[str]
) -> tuple[Story, ...]:
    """Return the items that may be shown, by story, the newest first; a recommended work waits no longer.

    Items of sources that opted out, that left sources.yaml or that the policy excludes are not shown.
    """
    policy = registry.policy
    if policy is None or not policy.fresh.show:
        return ()
    # No title that anybody can send in is shown before an editor has chosen it.
    sources = {source.id for source in registry.sources.values() if source.is_followed}
    shown_sources = sources - {*policy.fresh.without}
    recommended = {normalize_url(url) for url in recommended_urls}
    waiting = sorted(
        (
            item if item.day or item.date == UNDATED else replace(item, day=find_day(item.date, registry.zone))
            # Two clones may have written one item under two names; a pull unites them.
            for item in {item.uid: item for item in sorted(items, key=_version_key)}.values()
            if _is_waiting(item, shown_sources, recommended)
        ),
        key=_newest_first_key,
    )
    # Groups are in the order of their first items, so a story is as new as its newest item.
    groups = similarity.group_similar_texts([(item.work.title, item.teaser) for item in waiting])
    return tuple([tuple([waiting[place] for place in group]) for group in groups])


def build_headlines(stories: Iterable[Story], limit: int) -> tuple[Headline, ...]:
    """Return the headlines of stories, up to `limit`; a story is shown whole, the first even if it is longer."""
    headlines: list[Headline] = []
    for story in stories:
        if headlines and len(headlines) + len(story) > limit:
            break
        headlines += [_to_headline(item, continues_story=place > 0) for place, item in enumerate(story)]
    return tuple(headlines)


def _read_file(root: Path, file: str) -> ReadInboxFile:
    try:
        data = loader.read_bytes(root, file)
    except InvalidFileError:
        return ReadInboxFile(b"", None)
    data_hash = hash_bytes(data)
    try:
        meta, _ = frontmatter.parse_front_matter(file, frontmatter.decode_text(file, data), InboxFrontMatter)
    except InvalidFileError:
        return ReadInboxFile(data_hash, None)
    return ReadInboxFile(data_hash, _build_item(meta) if meta.bookmark_of else None)


def _build_item(meta: InboxFrontMatter) -> PublicInboxItem:
    work = meta.bookmark_of[0]
    return PublicInboxItem(
        uid=meta.uid,
        topics=meta.topics,
        work=work,
        day=work.published,
        date=meta.date,
        lang=work.lang or meta.lang,
        teaser=meta.teaser,
        addresses=(work.url, *(other.url for other in meta.also_in)),
    )


def _version_key(item: PublicInboxItem) -> tuple[str, str, str]:
    """Return the sort key of an item; the order in which files are read is another in each build."""
    return item.uid, item.work.title, item.teaser


def _is_waiting(item: PublicInboxItem, shown_sources: Collection[str], recommended: Collection[str]) -> bool:
    if item.work.source not in shown_sources:
        return False
    return not any(normalize_url(address) in recommended for address in item.addresses)


def _newest_first_key(item: PublicInboxItem) -> tuple[int, str]:
    return -(item.day or Day.min).toordinal(), item.uid


def _to_headline(item: PublicInboxItem, *, continues_story: bool) -> Headline:
    work = item.work
    outlet = work.publication or work.source
    authors = tuple(name for name in work.authors if name != outlet)  # channels name themselves as authors
    return Headline(
        url=work.url,
        title=remove_unsafe_characters(work.title),
        publication=remove_unsafe_characters(outlet),
        authors=tuple(map(remove_unsafe_characters, authors)),
        day=item.day,
        lang=item.lang,
        continues_story=continues_story,
    )
