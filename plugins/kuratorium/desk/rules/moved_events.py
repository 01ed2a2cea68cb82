"""The check of events that moved since the last commit: calendars must learn that they did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...edition import frontmatter
from ...edition.fields import Violation
from ...edition.model import Event, FrontMatter, PostFile
from .last_commit import read_former_files


def check_moved_events(root: Path, posts: list[PostFile]) -> Iterator[tuple[PostFile, Violation]]:
    """Find published events whose start or end changed since the last commit, without `sequence` and `modified`.

    Calendars take a changed event for an old copy unless SEQUENCE grows (RFC 5545, section 3.8.7.4), and LAST-MODIFIED
    is that of the post. Without git, or before the first commit, there is nothing to compare.
    """
    events = {post.file: post for post in posts if post.meta.event and not post.meta.is_withheld}
    former_files = read_former_files(root) if events else {}
    for file in [name for name in events if name in former_files]:
        before = _parse_committed(file, former_files[file])
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


def _parse_committed(file: str, data: bytes) -> FrontMatter | None:
    """Return the front matter of a file as it was committed; None if it was invalid."""
    try:
        return frontmatter.parse_front_matter(file, frontmatter.decode_text(file, data), FrontMatter)[0]
    except frontmatter.InvalidFileError:
        return None
