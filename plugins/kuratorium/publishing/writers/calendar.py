"""Write talks as calendars (RFC 5545), with what RFC 7986 adds for calendars that one subscribes to."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from datetime import UTC, timedelta
from gettext import NullTranslations
from typing import TYPE_CHECKING

from ...edition import labels
from ...edition.model import Post
from ..page import CalendarPage, SiteMeta

if TYPE_CHECKING:
    import icalendar

# RFC 5545 knows no "moved": a moved talk takes place, at the time that the event says.
_ICS_STATUSES = {"scheduled": "CONFIRMED", "moved": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}
_FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # in any value (RFC 5545, section 3.1)
_REFRESH_INTERVAL = timedelta(hours=12)


def write_calendar(page: CalendarPage, translations: NullTranslations) -> bytes:
    """Return a calendar of the page's talks.

    Times are in UTC, which every calendar shows in its owner's time zone, and which is exact when the clocks change.
    """
    import icalendar  # noqa: PLC0415 - it takes 0.2 s, and most builds write no calendar

    site = page.site
    calendar = icalendar.Calendar()
    # RFC 5545, section 3.6, requires PRODID and VERSION.
    calendar.add("prodid", f"-//{_clean(site.name)}//Kuratorium//{site.lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")  # to look at, not an invitation to answer (RFC 5546, section 3.2.1)
    if page.name:
        _describe_subscription(calendar, page)
    for post in page.posts:
        calendar.add_component(_build_event(post, site, translations))
    data: bytes = calendar.to_ical()
    return data


def _describe_subscription(calendar: icalendar.Calendar, page: CalendarPage) -> None:
    """Add what a calendar says of itself to programs that fetch it again and again (RFC 7986, section 5)."""
    import icalendar  # noqa: PLC0415 - as above

    site, name = page.site, icalendar.vText(_clean(page.name))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # what calendar programs read in place of NAME
    if site.subtitle:
        calendar.add("description", icalendar.vText(_clean(site.subtitle)))
    if page.posts:  # not the clock's: the same talks give the same bytes
        calendar.add("last-modified", max(post.last_updated for post in page.posts).astimezone(UTC))
    calendar.add("url", icalendar.vUri(f"{site.url}/"))
    calendar.add("source", icalendar.vUri(f"{site.url}/{page.path}"), {"VALUE": "URI"})
    calendar.add("refresh-interval", icalendar.vDuration(_REFRESH_INTERVAL), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(_REFRESH_INTERVAL))  # Outlook's name for it
    _add_image(calendar, f"{site.url}/{site.paths.icon}", "BADGE")


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
    event.add("summary", _clean(_build_event_title(post, post.event.status, translations)))
    event.add("description", _clean("\n".join(_list_description_lines(post, site, translations))))
    event.add("status", _ICS_STATUSES[post.event.status])
    event.add("url", f"{site.url}/{post.path}")
    _add_organizer(event, site)
    if location := ", ".join(part for part in (post.event.place, post.event.url) if part):
        event.add("location", _clean(location))
    if post.topics:
        event.add("categories", [_clean(topic.name) for topic in post.topics])
    if post.image:
        path = post.picture.path if post.picture else post.image.file
        _add_image(event, f"{site.url}/{path}", "FULLSIZE")
    return event


def _add_organizer(event: icalendar.Event, site: SiteMeta) -> None:
    """Add whom to write to; a published event must name one (RFC 5546, section 3.2.1), by any address."""
    import icalendar  # noqa: PLC0415 - as above

    address = f"mailto:{site.imprint.email}" if site.imprint.email else f"{site.url}/"
    # A parameter may hold no quotation marks (RFC 5545, section 3.2), whatever the site is called.
    name = _clean(site.name).replace('"', "'").replace("\n", " ")
    event.add("organizer", icalendar.vCalAddress(address), {"CN": name})


def _add_image(component: icalendar.Component, address: str, display: str) -> None:
    import icalendar  # noqa: PLC0415 - as above

    parameters = {"VALUE": "URI", "DISPLAY": display}
    if media_type := mimetypes.guess_type(address)[0]:
        parameters["FMTTYPE"] = media_type
    component.add("image", icalendar.vUri(address), parameters)


def _clean(text: str) -> str:
    return _FORBIDDEN_CHARACTERS.sub("", text)


def _build_event_title(post: Post, status: str, translations: NullTranslations) -> str:
    """Return the title after its disclosure; a changed status follows it, for programs that do not show STATUS."""
    label = labels.EVENT_STATES.get(status)
    title = labels.label_title(post, translations)
    return f"{title} ({translations.gettext(label)})" if label else title


def _list_description_lines(post: Post, site: SiteMeta, translations: NullTranslations) -> Iterator[str]:
    if disclosed := labels.format_disclosure(post, translations):
        yield disclosed
    yield post.summary
    for heading, people in (
        (translations.gettext("With"), post.guests),
        (translations.gettext("In conversation with"), post.hosts),
    ):
        if people:
            yield f"{heading} {', '.join(person.name for person in people)}"
    yield f"{site.url}/{post.path}"
