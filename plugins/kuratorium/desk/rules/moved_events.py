"""The check of events that changed since the last commit: calendars must learn that they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ...edition import frontmatter, loader
from ...edition.fields import Violation
from ...edition.loader import Edition
from ...edition.model import FrontMatter, PostFile
from ...edition.paths import is_post_or_page
from ...errors import Problem

# Its time, its place and whether it takes place: what is in a calendar, and what people come for.
_FACTS = ("start", "end", "mode", "place", "url", "status")


class MovedEvent(Struct, frozen=True):
    """A post whose published event changed, and the front matter of the last commit."""

    post: PostFile
    before: FrontMatter

    @property
    def next_sequence(self) -> int:
        """The least `sequence` by which calendars see that the event changed."""
        return self.before.event.sequence + 1 if self.before.event else 0

    @property
    def lacks_sequence(self) -> bool:
        """Whether `sequence` did not grow."""
        return self.post.meta.event is not None and self.post.meta.event.sequence < self.next_sequence

    @property
    def lacks_modified(self) -> bool:
        """Whether the post does not say that it changed."""
        meta = self.post.meta
        return (meta.modified or meta.date) <= (self.before.modified or self.before.date)


def check_moved_events(edition: Edition, former_files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Find published events whose time, place or status changed, without `sequence` and `modified`.

    Calendars take a changed event for an old copy unless SEQUENCE grows (RFC 5545, section 3.8.7.4), and LAST-MODIFIED
    is that of the post. `former_files` are those that changed since the last commit, as it had them.
    """
    moved = find_moved_events(edition.post_files, former_files)
    violations = ((event.post, violation) for event in moved for violation in _list_violations(event))
    yield from loader.report_violations(edition.root, violations)


def find_moved_events(posts: Iterable[PostFile], former_files: Mapping[str, bytes]) -> Iterator[MovedEvent]:
    """Yield the posts that are published with another event than in the last commit, which published it, too.

    By uid: a post may have moved to another file.
    """
    committed = (_parse_committed(file, data) for file, data in former_files.items() if is_post_or_page(file))
    by_uid = {before.uid: before for before in committed if before}
    for post in posts:
        if post.meta.event and not post.meta.is_withheld:
            before = by_uid.get(post.meta.uid)
            if before and before.event and not before.is_withheld:
                facts = [(getattr(post.meta.event, name), getattr(before.event, name)) for name in _FACTS]
                if any(now != then for now, then in facts):
                    yield MovedEvent(post, before)


def _list_violations(moved: MovedEvent) -> Iterator[Violation]:
    if moved.lacks_sequence:
        hint = (
            f"Write sequence: {moved.next_sequence} below event:, so that calendars take over the change; "
            '"kuratorium check --fix" does it.'
        )
        yield Violation(("event",), "the event changed since the last commit, and its sequence did not grow", hint)
    if moved.lacks_modified:
        hint = 'Write modified: with the time of this change; "kuratorium check --fix" does it.'
        yield Violation(("event",), "the event changed since the last commit, and modified is as before", hint)


def _parse_committed(file: str, data: bytes) -> FrontMatter | None:
    """Return the front matter of a file as it was committed; None if it was invalid."""
    try:
        return frontmatter.parse_front_matter(file, frontmatter.decode_text(file, data), FrontMatter)[0]
    except frontmatter.InvalidFileError:
        return None
