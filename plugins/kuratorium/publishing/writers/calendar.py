"""Talks as calendars (RFC 5545): one for each talk, and one of all that are to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any

from ...edition import labels
from ...edition.model import Post
from ..page import Page, SiteMeta

if TYPE_CHECKING:
    from icalendar import Event

_ICS_STATUSES = {"scheduled": "CONFIRMED", "moved": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def write_calendar(page: Page, translations: NullTranslations) -> bytes:
    """Write the calendar of the posts that `page` declares. Times are UTC: every calendar shows its owner's own."""
    from icalendar import Calendar  # noqa: PLC0415 - it takes 0.2 s, and most builds make no calendar

    context: dict[str, Any] = dict(page.context)
    site: SiteMeta = context["site"]
    made = Calendar()
    made.add("prodid", f"-//{site.name}//Kuratorium//{site.lang.upper()}")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if context["name"]:
        made.add("name", context["name"])
        made.add("x-wr-calname", context["name"])  # what calendars read in place of NAME
    for post in context["posts"]:
        made.add_component(_build_event(post, site, translations))
    written: bytes = made.to_ical()
    return written


def _build_event(post: Post, site: SiteMeta, translations: NullTranslations) -> Event:
    from icalendar import Event  # noqa: PLC0415 - see above

    assert post.event is not None  # noqa: S101 - for mypy: only talks with an event are declared
    made = Event()
    address = f"{site.url}/{post.path}"
    made.add("uid", f"{post.uid}@{site.url.split('/')[2]}")
    made.add("dtstamp", post.last_updated.astimezone(UTC))  # no clock: an event is as new as its post
    made.add("last-modified", post.last_updated.astimezone(UTC))
    made.add("dtstart", post.event.start.astimezone(UTC))
    made.add("dtend", _event_end(post).astimezone(UTC))
    made.add("summary", _build_event_title(post, translations))
    made.add("description", "\n".join(_list_description_lines(post, site, translations)))
    made.add("status", _ICS_STATUSES[post.event.status])
    made.add("url", address)
    if place := ", ".join(one for one in (post.event.place, post.event.url) if one):
        made.add("location", place)
    return made


def _event_end(post: Post) -> datetime:
    assert post.event is not None  # noqa: S101 - see above
    return post.event.end or post.event.start


def _build_event_title(post: Post, translations: NullTranslations) -> str:
    """The title, below whose interest is in play; behind it, that the talk does not take place as announced."""
    assert post.event is not None  # noqa: S101 - see above
    state = labels.EVENT_STATES.get(post.event.status)
    title = labels.label_title(post, translations)
    return f"{title} ({translations.gettext(state)})" if state else title


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
            yield f"{heading} {', '.join(one.name for one in people)}"
    yield f"{site.url}/{post.path}"
