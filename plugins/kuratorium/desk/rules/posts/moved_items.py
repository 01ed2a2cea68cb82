"""The check of notes that were moved out of the inbox by hand: what a pull wrote is not yet the editor's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import PurePosixPath

from ....edition import frontmatter
from ....edition.fields import Violation
from ....edition.model import InboxFrontMatter, PostFile
from ....edition.paths import is_inbox_item


def find_moved_items(
    posts: Iterable[PostFile], former_files: Mapping[str, bytes], new_files: Collection[str], today: date
) -> Iterator[tuple[PostFile, Violation]]:
    """Yield each post that still has the date of its inbox file: by its name, or as the last commit had it.

    `former_files` are those that changed since the last commit, as it had them. Of an item that was never committed
    only the day of its work is known, which a note may share: it is only reported among `new_files`, after that day.
    """
    # The name of an inbox file ends with the beginning of its uid.
    endings = {_get_ending(file): data for file, data in former_files.items() if is_inbox_item(file)}
    for post in posts:
        name, ending = PurePosixPath(post.file).stem, post.meta.uid[:8]
        hint = 'Write the day of the note; "kuratorium note" does so.'
        if name.startswith(f"{post.meta.date:%Y-%m-%d}-") and name.endswith(f"-{ending}"):
            hint = 'Write the day of the note, and give the file a name of your own; "kuratorium note" does both.'
            message = "this is still the date that the file had in the inbox, as is its name"
            yield post, Violation(("date",), message, hint)
        elif ending in endings:
            if post.meta.date == _read_date(endings[ending]):
                yield post, Violation(("date",), "this is still the date that the file had in the inbox", hint)
        elif post.file in new_files and post.meta.date.date() < today and _is_day_of_item(post):
            message = "this is the day of the original, as in the inbox, and not that of the note"
            yield post, Violation(("date",), message, hint)


def _is_day_of_item(post: PostFile) -> bool:
    """Return whether a post is dated on the day on which a work was published that a pull found."""
    return any(work.item and work.published == post.meta.date.date() for work in post.meta.bookmark_of)


def _get_ending(file: str) -> str:
    return PurePosixPath(file).stem.rpartition("-")[2]


def _read_date(data: bytes) -> datetime | None:
    """Return the date in a former inbox file; None if it was invalid."""
    try:
        return frontmatter.parse_front_matter("", frontmatter.decode_text("", data), InboxFrontMatter)[0].date
    except frontmatter.InvalidFileError:
        return None
