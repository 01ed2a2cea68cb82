"""The rule on merges that git left to an editor: what collided in which file, and what to do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from ...edition import frontmatter
from ...edition.fields import Violation
from ...edition.frontmatter import UNFINISHED_MERGE
from ...edition.model import PostFile
from ...edition.paths import INBOX_FOLDER, NOTES_FOLDER, SEEN_FOLDER, SOURCES_FILE
from ...errors import Problem
from ...files import read_regular_file
from ...translations import N_
from .last_commit import read_unmerged_file, read_unmerged_files

Say = Callable[[str], str]

_BEFORE, _OURS, _THEIRS = 1, 2, 3  # git's numbers of what both sides came from, and of the sides
_SAME_DAYS = timedelta(days=7)
_UID = re.compile(r"^uid:[ \t]*(\S+)", re.MULTILINE)
_UNFINISHED = N_("the merge is not finished: {what}")

_SAME_ITEM = (
    N_("two editors kept the same item"),
    N_("Keep one note with what is right of both, delete the marker lines, then run: git add {file}"),
)
_TWO_TITLES = (
    N_("two editors kept the same item, each under a title of its own; the other note is {other}"),
    N_("Put what is right of both into one of them. For the other one run: git rm FILE, then: git add {file}"),
)
_KEPT_AND_DISMISSED = (
    N_("one editor kept this item as a note, another one dismissed it"),
    N_("To keep the note run: git add {file}. To dismiss it: git rm {file}"),
)
_DECIDED_TWICE = (
    N_("both sides decided on this item, such as a nomination or a day, and the file has only one of the decisions"),
    N_("Add what this prints and the file lacks: git show MERGE_HEAD:./{file}. Then run: git add {file}"),
)
_DECIDED_AND_GONE = (
    N_("one side decided on this item, the other one took it off the desk"),
    N_("To leave it on the desk run: git add {file}. To take it off: git rm {file}"),
)
_SEEN = (
    N_("both sides pulled, and this program does not merge as .gitattributes says"),
    N_("Keep the lines of both sides: doubles do no harm. Delete the marker lines, then run: git add {file}"),
)
_SOURCES = (
    N_("both sides changed the list of sources"),
    N_("Keep the entries of both, each with an id of its own, delete the marker lines, then run: git add {file}"),
)
_OTHER_CHANGE = (
    N_("both sides changed the same lines"),
    N_("Keep what is right of both, delete the marker lines, then run: git add {file}"),
)
_OTHER_DELETION = (
    N_("one side changed this file, the other one deleted it"),
    N_("To keep it run: git add {file}. To delete it: git rm {file}"),
)


def find_conflicts(root: Path, say: Say) -> Iterator[Problem]:
    """Yield each file that git could not merge although it has no markers, with what collided and the command."""
    unmerged = read_unmerged_files(root)
    for file, sides in unmerged.items():
        # A file that was renamed on both sides is explained by its new names, and markers are found by other rules.
        if sides & {_OURS, _THEIRS} and not frontmatter.find_unfinished_merge(file, _read_text(root / file)):
            what, remedy = _explain(root, file, unmerged, say)
            yield Problem(file, 0, "", say(_UNFINISHED).format(what=what), remedy)


def explain_markers(root: Path, problems: Iterable[Problem], say: Say) -> dict[Problem, Problem]:
    """Return the problems that tell of a merge's markers with a hint that says what collided, and the command."""
    markers = [problem for problem in problems if problem.message.startswith(UNFINISHED_MERGE) and problem.line]
    unmerged = read_unmerged_files(root) if markers else {}
    return {
        problem: replace(problem, hint=". ".join(_explain(root, problem.file, unmerged, say)))
        for problem in markers
        if problem.file in unmerged
    }


def check_same_items(posts: Sequence[PostFile], say: Say) -> Iterator[tuple[PostFile, Violation]]:
    """Yield notes on a work that another note of the same days recommends: two editors may have begun one each.

    Later, a second note on a work is a decision, and both posts say so.
    """
    earlier: dict[str, list[PostFile]] = defaultdict(list)
    for post in sorted(posts, key=lambda post: (post.meta.date, post.file)):
        # As written, which is quick: both editors have the address from the same feed, or from the same page.
        keys = {key for work in post.meta.bookmark_of for key in (work.url, work.item) if key}
        for key in sorted(keys):
            first = next((other for other in earlier[key] if post.meta.date - other.meta.date < _SAME_DAYS), None)
            if first and _get_original(first) != _get_original(post):
                message = say(N_("{file} recommends the same work on the same days")).format(file=first.file)
                hint = say(N_("Two editors may have begun one each: keep one note, with what is right of both."))
                yield post, Violation(("bookmark_of",), message, hint)
                break
        for key in keys:
            earlier[key].append(post)


def _get_original(post: PostFile) -> str:
    """Return the uid that a post shares with its translations."""
    return post.meta.translation_of or post.meta.uid


def _explain(root: Path, file: str, unmerged: Mapping[str, frozenset[int]], say: Say) -> tuple[str, str]:
    """Return what collided in a file, and what to do."""
    other = _find_other_title(root, file, unmerged)
    what, remedy = (
        say(text).format(file=file, other=other) for text in _choose_words(root, file, unmerged[file], other)
    )
    return what, remedy


def _choose_words(root: Path, file: str, sides: frozenset[int], other: str) -> tuple[str, str]:
    is_changed_twice = {_OURS, _THEIRS} <= sides
    if file.startswith(f"{NOTES_FOLDER}/"):
        was_item = _was_item(root, file, sides)
        if other or was_item:
            return _TWO_TITLES if other else _SAME_ITEM if is_changed_twice else _KEPT_AND_DISMISSED
    if file.startswith(f"{INBOX_FOLDER}/"):
        return _DECIDED_TWICE if is_changed_twice else _DECIDED_AND_GONE
    if is_changed_twice and file.startswith(f"{SEEN_FOLDER}/"):
        return _SEEN
    if is_changed_twice and file == SOURCES_FILE:
        return _SOURCES
    return _OTHER_CHANGE if is_changed_twice else _OTHER_DELETION


def _was_item(root: Path, file: str, sides: frozenset[int]) -> bool:
    """Return whether a note was an item of the inbox before both sides decided; git may have followed it from there."""
    former = read_unmerged_file(root, file, _BEFORE) if _BEFORE in sides else b""
    return b"\nslug:" not in former and (not former or any(key in former for key in (b"\nreasons:", b"\nteaser:")))


def _find_other_title(root: Path, file: str, unmerged: Mapping[str, frozenset[int]]) -> str:
    """Return the note that the other side made of the same item; empty if there is none."""
    if len(unmerged[file]) > 1 or not file.startswith(f"{NOTES_FOLDER}/"):
        return ""
    uid = _read_uid(root / file)
    others = (other for other, sides in unmerged.items() if other != file and len(sides) == 1)
    return next((other for other in others if uid and _read_uid(root / other) == uid), "")


def _read_uid(path: Path) -> str:
    match = _UID.search(_read_text(path))
    return match[1] if match else ""


def _read_text(path: Path) -> str:
    try:
        return read_regular_file(path).decode("utf-8", "replace").replace("\r\n", "\n")
    except OSError:  # deleted on one side
        return ""
