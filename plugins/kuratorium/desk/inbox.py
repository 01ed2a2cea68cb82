"""The inbox as an editor uses it: curation/inbox/*.md -> items, newest first, and the item that a reference means."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from datetime import date as Day
from datetime import tzinfo
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from .. import urls
from ..edition import frontmatter, loader
from ..edition.model import UNDATED, InboxFrontMatter
from ..edition.paths import INBOX_FOLDER
from ..edition.registry import read_timezone
from ..edition.works import Work
from ..errors import Problem, UsageError
from ..local_time import find_day

Match = TypeVar("Match")

MIN_ID_LENGTH = 4  # characters; shorter beginnings of a uid are more likely a typing mistake than a reference


class InboxItem(Struct, frozen=True, kw_only=True):
    """A file of the inbox.

    `short_id`: as much of its uid as names it on the command line.
    `day`: the day on which the work was published, else the item's own in the site's time zone; None if it has none.
    """

    file: str
    short_id: str
    meta: InboxFrontMatter
    body: str
    day: Day | None

    @property
    def work(self) -> Work:
        """The suggested work."""
        return self.meta.bookmark_of[0]


class StoryGroup(Struct, frozen=True):
    """An inbox item, and older ones that tell the same story, so that an editor decides on them at once."""

    item: InboxItem
    similar_items: tuple[InboxItem, ...] = ()


def read_inbox(root: Path) -> tuple[list[InboxItem], list[Problem]]:
    """Return the inbox items of the edition at `root`, newest first, and the problems of files that are invalid."""
    problems: list[Problem] = []
    zone = read_timezone(root)
    contents: dict[str, tuple[InboxFrontMatter, str]] = {}
    for file in loader.list_markdown_files(root, INBOX_FOLDER, problems):
        try:
            contents[file] = _read_item(root, file, zone)
        except frontmatter.InvalidFileError as error:
            problems += error.problems
    short_ids = shorten_uids(meta.uid for meta, _ in contents.values())
    items = [
        InboxItem(
            file=file,
            short_id=short_ids[meta.uid],
            meta=meta,
            body=body,
            day=meta.bookmark_of[0].published or (None if meta.date == UNDATED else find_day(meta.date, zone)),
        )
        for file, (meta, body) in contents.items()
    ]
    return sort_items(items), problems


def sort_items(items: Iterable[InboxItem]) -> list[InboxItem]:
    """Return the items sorted by day, those without one first, then the newest, and by uid within a day."""
    return sorted(items, key=lambda item: (-(item.day or Day.max).toordinal(), item.meta.uid))


def shorten_uids(uids: Iterable[str]) -> dict[str, str]:
    """Return for each uid its shortest beginning, of at least four characters, that no other uid has."""
    ordered = sorted(set(uids))
    lengths = dict.fromkeys(ordered, MIN_ID_LENGTH)
    for uid, following in pairwise(ordered):  # in sorted order, the most similar uid is a neighbour
        length = next(size for size in range(len(following) + 1) if not uid.startswith(following[:size]))
        lengths[uid] = max(lengths[uid], length)
        lengths[following] = max(lengths[following], length)
    return {uid: uid[:length] for uid, length in lengths.items()}


def find_item(items: Sequence[InboxItem], reference: str) -> InboxItem:
    """Return the item that a reference means: the beginning of its uid, its file or its work's address.

    Raises UsageError, with a suggestion, if there is none, and if there are several.
    """
    # A whole uid first: it may be the beginning of another one.
    matches = [item for item in items if item.meta.uid == reference] or [
        item for item in items if matches_reference(item, reference)
    ]
    if match := get_single_match(matches, reference, lambda item: f"{item.short_id}  {item.meta.title}"):
        return match
    raise UsageError(f'no item in {INBOX_FOLDER}/ matches "{reference}". {_suggest_nearest(items, reference)}')


def get_single_match(matches: Sequence[Match], reference: str, format_match: Callable[[Match], str]) -> Match | None:
    """Return the only match of a reference, or None if there is none.

    Raises UsageError if there are several; `format_match` returns the line that lists one of them.
    """
    if len(matches) > 1:
        several = "\n".join(f"    {format_match(match)}" for match in matches)
        raise UsageError(f'"{reference}" could be any of these:\n{several}')
    return matches[0] if matches else None


def matches_reference(item: InboxItem, reference: str) -> bool:
    """Return whether a reference is the beginning of an item's uid, its file or its work's address."""
    path = reference.removeprefix("./")  # as a shell completes it
    file = item.file
    # The same article under any address that a feed gave for it, in any spelling.
    addresses = (item.work.url, *(other.url for other in item.meta.also_in))
    if urls.identify_page(reference) in map(urls.identify_page, addresses):
        return True
    # The path from the root, from a folder within the edition, or from the file system's root.
    if path == file or file.endswith(f"/{path}") or path.endswith(f"/{file}"):
        return True
    stem = file.rsplit("/", 1)[-1].removesuffix(".md")
    uid = reference.lower()  # uids have no capitals, but people type some
    return path == stem or (len(uid) >= MIN_ID_LENGTH and item.meta.uid.startswith(uid))


def _read_item(root: Path, file: str, zone: tzinfo) -> tuple[InboxFrontMatter, str]:
    meta, parts = loader.read_front_matter(root, file, InboxFrontMatter, zone)
    if not (meta.bookmark_of and meta.bookmark_of[0].url):  # a feed brings no works in print
        message = "bookmark_of is missing, so this item suggests no work"
        hint = "Add bookmark_of: [{url: https://…, title: …}], or delete the file."
        raise frontmatter.InvalidFileError(Problem(file, 1, "", message, hint))
    return meta, parts.body


def _suggest_nearest(items: Sequence[InboxItem], reference: str) -> str:
    """Return a sentence that names the item with the most similar name, or how to find one."""
    if not items:
        return 'The inbox is empty; fill it with "kuratorium pull".'
    names = {name: item for item in items for name in (item.short_id, item.meta.uid, item.file.rsplit("/", 1)[-1])}
    close = difflib.get_close_matches(reference.rsplit("/", 1)[-1].lower(), names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {names[close[0]].short_id} ({names[close[0]].meta.title})?"
    return 'List the items with "kuratorium inbox".'
