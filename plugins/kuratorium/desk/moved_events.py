"""The check of events that moved since the last commit: calendars must learn that they did."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from ..edition import frontmatter
from ..edition.fields import Violation
from ..edition.model import Event, FrontMatter, PostFile

_GIT_TIMEOUT = 10  # seconds


def check_moved_events(root: Path, posts: list[PostFile]) -> Iterator[tuple[PostFile, Violation]]:
    """Find published events whose start or end changed since the last commit, without `sequence` and `modified`.

    Calendars take a changed event for an old copy unless SEQUENCE grows (RFC 5545, section 3.8.7.4), and LAST-MODIFIED
    is that of the post. Without git, or before the first commit, there is nothing to compare.
    """
    events = {post.file: post for post in posts if post.meta.event and not post.meta.is_withheld}
    changed = _run_git(root, "diff", "--name-only", "-z", "--relative", "HEAD", "--", *events) if events else ""
    for file in changed.split("\0"):
        before = _read_committed(root, file) if file in events else None
        if before and before.event and not before.is_withheld:
            yield from ((events[file], violation) for violation in _compare(before, before.event, events[file].meta))


def _compare(before: FrontMatter, old: Event, meta: FrontMatter) -> Iterator[Violation]:
    event = meta.event
    if not event or (event.start, event.end) == (old.start, old.end):
        return
    if event.sequence <= old.sequence:
        hint = f"Write sequence: {old.sequence + 1} below event:, so that calendars take over the new time."
        yield Violation(("event",), "the event moved since the last commit, and its sequence did not grow", hint)
    if (meta.modified or meta.date) <= (before.modified or before.date):
        hint = "Write modified: with the time of this change."
        yield Violation(("event",), "the event moved since the last commit, and modified is as before", hint)


def _read_committed(root: Path, file: str) -> FrontMatter | None:
    """Return the front matter of a file as it was committed; None if it was not, or was invalid."""
    text = _run_git(root, "show", "--no-textconv", f"HEAD:./{file}")
    try:
        return frontmatter.parse_front_matter(file, text, FrontMatter)[0]
    except frontmatter.InvalidFileError:
        return None


def _run_git(root: Path, *words: str) -> str:
    """Return what git prints; nothing if it fails."""
    try:
        result = subprocess.run(  # noqa: S603 - the words are ours
            ["git", "--no-optional-locks", "-C", str(root), *words],  # noqa: S607 - git is where the editor's path says
            capture_output=True,
            timeout=_GIT_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return result.stdout.decode("utf-8", "replace") if result.returncode == 0 else ""
