"""The check of events that changed since they were published: calendars must learn that they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from ....edition import frontmatter, loader
from ....edition.fields import Violation
from ....edition.loader import Edition
from ....edition.model import Event, FrontMatter, PostFile
from ....edition.paths import is_post_or_page
from ....errors import Problem
from ..last_commit import read_file_history

_SHOWN_AFTERWARDS = timedelta(days=30)  # as long as the site's calendars show an event that is over
# Its time, its place and whether it takes place: what is in a calendar, and what people come for.
_FACTS = ("start", "end", "mode", "place", "url", "status")


class MovedEvent(Struct, frozen=True):
    """A post whose published event changed, and its front matter in the commits that published another event."""

    post: PostFile
    former: tuple[FrontMatter, ...]

    @property
    def next_sequence(self) -> int:
        """The least `sequence` by which calendars see that the event changed."""
        return max(meta.event.sequence for meta in self.former if meta.event) + 1

    @property
    def last_modified(self) -> datetime:
        """The time after which the post must have changed."""
        return max(meta.modified or meta.date for meta in self.former)

    @property
    def lacks_sequence(self) -> bool:
        """Whether `sequence` did not grow."""
        return self.post.meta.event is not None and self.post.meta.event.sequence < self.next_sequence

    @property
    def lacks_modified(self) -> bool:
        """Whether the post does not say that it changed."""
        return (self.post.meta.modified or self.post.meta.date) <= self.last_modified


def check_moved_events(edition: Edition, former_files: Mapping[str, bytes], now: datetime | None) -> Iterator[Problem]:
    """Find published events whose time, place or status changed, without `sequence` and `modified`.

    Calendars take a changed event for an old copy unless SEQUENCE grows (RFC 5545, section 3.8.7.4), and LAST-MODIFIED
    is that of the post. `former_files` are those that changed since the last commit, as it had them. Without `now`,
    only that commit counts.
    """
    as_of = edition.resolve_as_of(None, now) if now else None
    moved = find_moved_events(edition, former_files, as_of)
    violations = ((event.post, violation) for event in moved for violation in _list_violations(event))
    yield from loader.report_violations(edition.root, violations)


def find_moved_events(
    edition: Edition, former_files: Mapping[str, bytes], as_of: datetime | None
) -> Iterator[MovedEvent]:
    """Yield the posts that are published with another event than in a commit that published it, too.

    By uid: a post may have moved to another file. All commits count of events that calendars show at `as_of` (None: of
    none): somebody's calendar may have any of their states.
    """
    committed = {
        meta.uid: (file, meta)
        for file, data in former_files.items()
        if is_post_or_page(file) and (meta := _parse_committed(file, data))
    }
    for post in edition.post_files:
        event = post.meta.event
        if not event or post.meta.is_withheld:
            continue
        file, before = committed.get(post.meta.uid, (post.file, post.meta))
        is_shown = as_of is not None and (event.end or event.start) + _SHOWN_AFTERWARDS > as_of
        former = [before, *(_read_history(edition.root, file, post.meta.uid) if is_shown else ())]
        if moved := tuple(meta for meta in former if _has_other_event(meta, event)):
            yield MovedEvent(post, moved)


def _read_history(root: Path, file: str, uid: str) -> Iterator[FrontMatter]:
    for data in read_file_history(root, file):
        if (meta := _parse_committed(file, data)) and meta.uid == uid:
            yield meta


def _has_other_event(former: FrontMatter, event: Event) -> bool:
    """Return whether a state of a post was published with another event."""
    if not former.event or former.is_withheld:
        return False
    return any(getattr(former.event, name) != getattr(event, name) for name in _FACTS)


def _list_violations(moved: MovedEvent) -> Iterator[Violation]:
    if moved.lacks_sequence:
        hint = (
            f"Write sequence: {moved.next_sequence} below event:, so that calendars take over the change; "
            '"kuratorium check --fix" does it.'
        )
        yield Violation(("event",), "the event changed since a former commit, and its sequence did not grow", hint)
    if moved.lacks_modified:
        hint = 'Write modified: with the time of this change; "kuratorium check --fix" does it.'
        yield Violation(("event",), "the event changed since a former commit, and modified did not", hint)


def _parse_committed(file: str, data: bytes) -> FrontMatter | None:
    """Return the front matter of a file as it was committed; None if it was invalid."""
    try:
        return frontmatter.parse_front_matter(file, frontmatter.decode_text(file, data), FrontMatter)[0]
    except frontmatter.InvalidFileError:
        return None
