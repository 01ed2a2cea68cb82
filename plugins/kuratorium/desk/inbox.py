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
from ..edition import frontmatter, loader, paths
from ..edition.model import FrontMatter, Work
from ..errors import Problem, UsageError

T = TypeVar("T")

INBOX = paths.INBOX
SHORTEST = 4


class Candidate(Struct, frozen=True, kw_only=True):
    """A file of the inbox; `short` is enough of its uid to name it on the command line."""

    file: str
    short: str
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


class Card(Struct, frozen=True):
    """What an editor decides on at once: a candidate, and those that tell the same story."""

    first: Candidate
    alike: tuple[Candidate, ...] = ()


def read(root: Path) -> tuple[list[Candidate], list[Problem]]:
    """Read the inbox of the edition at `root`: newest first, and what is wrong with the other files."""
    problems: list[Problem] = []
    read: dict[str, tuple[FrontMatter, str]] = {}
    for file in loader.markdown_files(root, INBOX, problems):
        try:
            read[file] = _read_file(root, file)
        except frontmatter.BadFile as error:
            problems += error.problems
    short = short_ids(meta.uid for meta, _ in read.values())
    found = [Candidate(file=file, short=short[meta.uid], meta=meta, body=body) for file, (meta, body) in read.items()]
    return rank(found), problems


def cards(candidates: Sequence[Candidate]) -> list[Card]:
    """Group candidates that tell the same story; cards and what lies on them keep their order."""
    texts = [(one.meta.title, one.meta.teaser) for one in candidates]
    return [Card(candidates[first], tuple(candidates[place] for place in others))
            for first, *others in similarity.groups(texts)]  # fmt: skip


def rank(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Order candidates: newest first, of the same day by uid."""
    return sorted(candidates, key=lambda one: (-one.day.toordinal(), one.meta.uid))


def choose(candidates: Iterable[Candidate], *, topic: str = "", source: str = "") -> list[Candidate]:
    """Keep the candidates of a topic and of a source, where one is given (ids)."""
    return [
        one
        for one in candidates
        if (not topic or topic in one.meta.topics) and (not source or source == one.work.source)
    ]


def short_ids(uids: Iterable[str]) -> dict[str, str]:
    """Give each uid the shortest beginning that no other one has, of at least four characters."""
    known = sorted(set(uids))
    needed = dict.fromkeys(known, SHORTEST)
    for one, other in pairwise(known):
        length = next(size for size in range(len(other) + 1) if not one.startswith(other[:size]))
        needed[one] = max(needed[one], length)
        needed[other] = max(needed[other], length)
    return {uid: uid[:length] for uid, length in needed.items()}


def find(candidates: Sequence[Candidate], item: str) -> Candidate:
    """Find the candidate that `item` names: by the beginning of its uid, its file or its work's address."""
    matches = [one for one in candidates if one.meta.uid == item] or [one for one in candidates if is_named(one, item)]
    if only := only_one(matches, item, lambda one: f"{one.short}  {one.meta.title}"):
        return only
    raise UsageError(f"nothing in {INBOX}/ is called «{item}». {_nearest(candidates, item)}")


def only_one(matches: Sequence[T], item: str, line: Callable[[T], str]) -> T | None:
    """Take the one match of `item`, if there is any; raises UsageError, with a `line` on each, where there are more."""
    if len(matches) > 1:
        several = "\n".join(f"    {line(one)}" for one in matches)
        raise UsageError(f"«{item}» could be any of these:\n{several}")
    return matches[0] if matches else None


def _read_file(root: Path, file: str) -> tuple[FrontMatter, str]:
    meta, parts = loader.read_file(root, file, FrontMatter)
    if not meta.bookmark_of:
        mend = "Add bookmark_of: [{url: https://…, title: …}], or delete the file."
        raise frontmatter.BadFile(Problem(file, 1, "", "bookmark_of is missing: nothing is suggested", mend))
    return meta, parts.body


def is_named(candidate: Candidate, item: str) -> bool:
    """Tell whether `item` is the beginning of a candidate's uid, its file or its work's address."""
    path = item.removeprefix("./")
    file = candidate.file
    addresses = (candidate.work.url, *(other.url for other in candidate.meta.also_in))
    if urls.normal(item) in map(urls.normal, addresses):
        return True
    if path == file or file.endswith(f"/{path}") or path.endswith(f"/{file}"):
        return True
    stem = file.rsplit("/", 1)[-1].removesuffix(".md")
    uid = item.lower()
    return path == stem or (len(uid) >= SHORTEST and candidate.meta.uid.startswith(uid))


def _nearest(candidates: Sequence[Candidate], item: str) -> str:
    if not candidates:
        return "The inbox is empty; «kuratorium pull» fills it."
    names = {name: one for one in candidates for name in (one.short, one.meta.uid, one.file.rsplit("/", 1)[-1])}
    close = difflib.get_close_matches(item.rsplit("/", 1)[-1].lower(), names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {names[close[0]].short} ({names[close[0]].meta.title})?"
    return "«kuratorium inbox» lists what is there."
