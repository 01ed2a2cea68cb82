"""The check of events that moved since the last commit: calendars must learn that they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...edition import frontmatter, loader
from ...edition.fields import Violation
from ...edition.loader import Edition
from ...edition.model import Event, FrontMatter, PostFile
from ...errors import Problem


def check_moved_events(edition: Edition, former_files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Find published events whose start or end changed since the last commit, without `sequence` and `modified`.

    Calendars take a changed event for an old copy unless SEQUENCE grows (RFC 5545, section 3.8.7.4), and LAST-MODIFIED
    is that of the post. `former_files` are those that changed since, as the last commit had them.
    """
    violations = _find_violations(edition.post_files, former_files)
    yield from loader.report_violations(edition.root, violations)


def _find_violations(
    posts: Iterable[PostFile], former_files: Mapping[str, bytes]
) -> Iterator[tuple[PostFile, Violation]]:
    for post in posts:
        if post.meta.event and not post.meta.is_withheld and post.file in former_files:
            before = _parse_committed(post.file, former_files[post.file])
            if before and before.event and not before.is_withheld:
                yield from ((post, violation) for violation in _compare(before, before.event, post.meta))


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
