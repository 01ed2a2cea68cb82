"""What waits for a note: curation/inbox/*.md -> candidates, newest first, and the one an editor means."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from datetime import date as Day
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from .. import similarity, urls
from ..edition import frontmatter, loader
from ..edition.model import FrontMatter, Work
from ..edition.paths import INBOX_FOLDER
from ..errors import Problem, UsageError

Match = TypeVar("Match")

MIN_ID_LENGTH = 4


class InboxItem(Struct, frozen=True, kw_only=True):
    """A file of the inbox; `short` is enough of its uid to name it on the command line."""

    file: str
    short_id: str
    meta: FrontMatter
    body: str

    @property
    def work(self) -> Work:
        """The work it suggests."""
        return self.meta.bookmark_of[0]

    @property
    def day(self) -> Day:
        """The day the work came out, else the day it was pulled."""
        return self.work.published or self.meta.date.date()


class StoryGroup(Struct, frozen=True):
    """What an editor decides on at once: a candidate, and those that tell the same story."""

    item: InboxItem
    similar_items: tuple[InboxItem, ...] = ()


def read_inbox(root: Path) -> tuple[list[InboxItem], list[Problem]]:
    """Read the inbox of the edition at `root`: newest first, and what is wrong with the other files."""
    problems: list[Problem] = []
    read: dict[str, tuple[FrontMatter, str]] = {}
    for file in loader.list_markdown_files(root, INBOX_FOLDER, problems):
        try:
            read[file] = _read_item(root, file)
        except frontmatter.InvalidFileError as error:
            problems += error.problems
    short = shorten_uids(meta.uid for meta, _ in read.values())
    found = [
        InboxItem(file=file, short_id=short[meta.uid], meta=meta, body=body) for file, (meta, body) in read.items()
    ]
    return sort_items(found), problems


def group_by_story(items: Sequence[InboxItem]) -> list[StoryGroup]:
    """Group candidates that tell the same story; cards and what lies on them keep their order."""
    texts = [(one.meta.title, one.meta.teaser) for one in items]
    return [StoryGroup(items[first], tuple(items[place] for place in others))
            for first, *others in similarity.group_similar_texts(texts)]  # fmt: skip


def sort_items(items: Iterable[InboxItem]) -> list[InboxItem]:
    """Order candidates: newest first, of the same day by uid."""
    return sorted(items, key=lambda one: (-one.day.toordinal(), one.meta.uid))


def filter_items(items: Iterable[InboxItem], *, topic: str = "", source: str = "") -> list[InboxItem]:
    """Keep the candidates of a topic and of a source, where one is given (ids)."""
    return [
        one for one in items if (not topic or topic in one.meta.topics) and (not source or source == one.work.source)
    ]


def shorten_uids(uids: Iterable[str]) -> dict[str, str]:
    """Give each uid the shortest beginning that no other one has, of at least four characters."""
    known = sorted(set(uids))
    needed = dict.fromkeys(known, MIN_ID_LENGTH)
    for one, other in pairwise(known):
        length = next(size for size in range(len(other) + 1) if not one.startswith(other[:size]))
        needed[one] = max(needed[one], length)
        needed[other] = max(needed[other], length)
    return {uid: uid[:length] for uid, length in needed.items()}


def find_item(items: Sequence[InboxItem], reference: str) -> InboxItem:
    """Find the candidate that `item` names: by the beginning of its uid, its file or its work's address."""
    matches = [one for one in items if one.meta.uid == reference] or [
        one for one in items if matches_reference(one, reference)
    ]
    if only := get_single_match(matches, reference, lambda one: f"{one.short_id}  {one.meta.title}"):
        return only
    raise UsageError(f"nothing in {INBOX_FOLDER}/ is called «{reference}». {_suggest_nearest(items, reference)}")


def get_single_match(matches: Sequence[Match], reference: str, format_match: Callable[[Match], str]) -> Match | None:
    """Take the one match of `item`, if there is any; raises UsageError, with a `line` on each, where there are more."""
    if len(matches) > 1:
        several = "\n".join(f"    {format_match(one)}" for one in matches)
        raise UsageError(f"«{reference}» could be any of these:\n{several}")
    return matches[0] if matches else None


def _read_item(root: Path, file: str) -> tuple[FrontMatter, str]:
    meta, parts = loader.read_front_matter(root, file, FrontMatter)
    if not meta.bookmark_of:
        mend = "Add bookmark_of: [{url: https://…, title: …}], or delete the file."
        raise frontmatter.InvalidFileError(Problem(file, 1, "", "bookmark_of is missing: nothing is suggested", mend))
    return meta, parts.body


def matches_reference(item: InboxItem, reference: str) -> bool:
    """Tell whether `item` is the beginning of a candidate's uid, its file or its work's address."""
    path = reference.removeprefix("./")
    file = item.file
    addresses = (item.work.url, *(other.url for other in item.meta.also_in))
    if urls.normalize_url(reference) in map(urls.normalize_url, addresses):
        return True
    if path == file or file.endswith(f"/{path}") or path.endswith(f"/{file}"):
        return True
    stem = file.rsplit("/", 1)[-1].removesuffix(".md")
    uid = reference.lower()
    return path == stem or (len(uid) >= MIN_ID_LENGTH and item.meta.uid.startswith(uid))


def _suggest_nearest(candidates: Sequence[InboxItem], item: str) -> str:
    if not candidates:
        return "The inbox is empty; «kuratorium pull» fills it."
    names = {name: one for one in candidates for name in (one.short_id, one.meta.uid, one.file.rsplit("/", 1)[-1])}
    close = difflib.get_close_matches(item.rsplit("/", 1)[-1].lower(), names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {names[close[0]].short_id} ({names[close[0]].meta.title})?"
    return "«kuratorium inbox» lists what is there."
