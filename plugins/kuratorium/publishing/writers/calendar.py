"""Write talks as calendars (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from gettext import NullTranslations
from typing import TYPE_CHECKING

from ...edition import labels
from ...edition.model import Post
from ..page import CalendarPage, SiteMeta

if TYPE_CHECKING:
    import icalendar

# RFC 5545 knows no "moved": a moved talk takes place, at the time that the event says.
_ICS_STATUSES = {"scheduled": "CONFIRMED", "moved": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def write_calendar(page: CalendarPage, translations: NullTranslations) -> bytes:
    """Return a calendar of the page's talks. Times are in UTC, which every calendar shows in its owner's time zone."""
    import icalendar  # noqa: PLC0415 - it takes 0.2 s, and most builds write no calendar

    site = page.site
    calendar = icalendar.Calendar()
    # RFC 5545, section 3.6, requires PRODID and VERSION.
    calendar.add("prodid", f"-//{site.name}//Kuratorium//{site.lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")  # to look at, not an invitation to answer (RFC 5546, section 3.2.1)
    if page.name:
        calendar.add("name", page.name)  # RFC 7986, section 5.1
        calendar.add("x-wr-calname", page.name)  # what calendar programs read in place of NAME
    for post in page.posts:
        calendar.add_component(_build_event(post, site, translations))
    data: bytes = calendar.to_ical()
    return data


def _build_event(post: Post, site: SiteMeta, translations: NullTranslations) -> icalendar.Event:
    import icalendar  # noqa: PLC0415 - as above

    assert post.event is not None  # noqa: S101 - for mypy: `talks.plan_calendars` plans only talks with an event
    event = icalendar.Event()
    # RFC 5545 wants a globally unique uid that never changes: the post's, at the site's host.
    event.add("uid", f"{post.uid}@{site.url.split('/')[2]}")
    event.add("dtstamp", post.last_updated.astimezone(UTC))  # not the clock's: the same post gives the same bytes
    event.add("last-modified", post.last_updated.astimezone(UTC))
    if post.event.sequence:  # 0 is what calendars take for granted (RFC 5545, section 3.8.7.4)
        event.add("sequence", post.event.sequence)
    event.add("dtstart", post.event.start.astimezone(UTC))
    event.add("dtend", (post.event.end or post.event.start).astimezone(UTC))
    event.add("summary", _build_event_title(post, post.event.status, translations))
    event.add("description", "\n".join(_list_description_lines(post, site, translations)))
    event.add("status", _ICS_STATUSES[post.event.status])
    event.add("url", f"{site.url}/{post.path}")
    if location := ", ".join(part for part in (post.event.place, post.event.url) if part):
        event.add("location", location)
    return event


def _build_event_title(post: Post, status: str, translations: NullTranslations) -> str:
    """Return the title after its disclosure; a changed status follows it, for programs that do not show STATUS."""
    label = labels.EVENT_STATES.get(status)
    title = labels.label_title(post, translations)
    return f"{title} ({translations.gettext(label)})" if label else title


def _list_description_lines(post: Post, site: SiteMeta, translations: NullTranslations) -> Iterator[str]:
    if post.disclosure:
        label = translations.gettext(labels.DISCLOSURES[post.disclosure.kind])
        yield f"{label}: {post.disclosure.text}" if post.disclosure.text else label
    yield post.summary
    for heading, people in (
        (translations.gettext("With"), post.guests),
        (translations.gettext("In conversation with"), post.hosts),
    ):
        if people:
            yield f"{heading} {', '.join(person.name for person in people)}"
    yield f"{site.url}/{post.path}"
