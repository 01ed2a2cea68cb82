"""The checks of dates: one says the hour of the site's clocks, so its offset is theirs; changes come after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ...edition.fields import Violation
from ...edition.model import PostFile
from ...edition.registry import Registry
from ...edition.rules.post import list_moments
from ...local_time import has_offset_of, move_to, put_on_clock


def check_offsets(post: PostFile, registry: Registry) -> Iterator[Violation]:
    """Find moments whose offset is not that of the site's time zone then: the page shows another hour than the file.

    Most often the offset is that of the other half of the year, or the hour is the one that clocks skip in spring.
    """
    for path, moment in list_moments(post.meta):
        if 1900 <= moment.year < 3000 and not has_offset_of(moment, registry.zone):
            yield Violation(path, *_describe(moment, registry.zone))


def check_modified(post: PostFile, _: Registry) -> Iterator[Violation]:
    """Find posts that were changed before their date."""
    if post.meta.modified and post.meta.modified < post.meta.date:
        yield Violation(("modified",), "this is before the post's date", "Correct one of them, or delete this line.")


def _describe(moment: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return message and hint for a moment with another offset."""
    on_clock = put_on_clock(moment, zone)
    if on_clock.replace(tzinfo=None) != moment.replace(tzinfo=None):
        return f"clocks in {zone.key} skip {moment:%H:%M} on this day", f"Write {on_clock.isoformat()}."
    message = f"the offset {_get_offset(moment)} is not that of {zone.key} on this day"
    hint = f"Write {on_clock.isoformat()}, or {move_to(moment, zone).isoformat()} for the same moment."
    return message, hint


def _get_offset(moment: datetime) -> str:
    return moment.isoformat()[-6:]
