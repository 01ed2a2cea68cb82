"""Talks in words, for readers who do not see the page: when and where, how to join, the recording."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name

from ...edition import labels
from ...edition.model import Event, Post
from ...local_time import find_day
from ...text.timecodes import parse_timecode
from ...translations import N_
from ..pages.talks import build_talk_materials

EventFormatter = Callable[[Event], str]


def make_event_formatter(zone: ZoneInfo, locale: Locale, translations: NullTranslations) -> EventFormatter:
    """Return a function that writes day, hours and time zone of an event: Thursday, November 5, 2026, 5:00 PM CET."""

    def format_event(event: Event) -> str:
        start, end = event.start.astimezone(zone), (event.end or event.start).astimezone(zone)
        values = {
            "start": format_time(start, "short", locale=locale),
            "zone": get_timezone_name(start, "short", locale=locale),
            "end": format_time(end, "short", locale=locale),
            "end_zone": get_timezone_name(end, "short", locale=locale),
            "day": format_date(find_day(end, zone), "long", locale=locale),
        }
        if not event.end:
            hours = translations.gettext("at %(start)s %(zone)s")
        elif find_day(start, zone) != find_day(end, zone):
            hours = translations.gettext("%(start)s %(zone)s until %(day)s, %(end)s %(end_zone)s")
        elif values["zone"] != values["end_zone"]:  # the clocks change while it takes place
            hours = translations.gettext("%(start)s %(zone)s to %(end)s %(end_zone)s")
        else:
            hours = translations.gettext("%(start)s to %(end)s") + " %(zone)s"
        return f"{format_date(find_day(start, zone), 'full', locale=locale)}, {hours % values}"

    return format_event


def render_talk(post: Post, root: str, format_event: EventFormatter, translations: NullTranslations) -> str:
    """Return when and where a talk takes place, who takes part, room and calendar; of a past one the recording.

    `root` is the site's address with a slash at its end. Empty for a post without an event.
    """
    if not post.event:
        return ""
    mode = translations.gettext(labels.EVENT_MODES[post.event.mode])
    place = f"{mode}, {post.event.place}" if post.event.place else mode
    state = labels.EVENT_STATES.get(post.event.status)
    label = f"<strong>{html.escape(translations.gettext(state), False)}</strong> " if state else ""
    when = f"<p>{label}{html.escape(format_event(post.event), False)}<br>{html.escape(place, False)}</p>\n"
    links = _list_coming_links(post, root) if post.upcoming else _list_recordings(post, root)
    texts = [f'<a href="{html.escape(address)}">{translations.gettext(text)}</a>' for address, text in links]
    guests = _render_guests(post, translations)
    return when + guests + (f"<p>{' · '.join(texts)}</p>\n" if texts else "") + _render_chapters(post, root)


def _render_guests(post: Post, translations: NullTranslations) -> str:
    names = [f"{guest.name} ({guest.role})" if guest.role else guest.name for guest in post.guests]
    line = translations.gettext("With {names}").format(names=", ".join(names))
    return f"<p>{html.escape(line, False)}</p>\n" if names else ""


def _render_chapters(post: Post, root: str) -> str:
    """Return the chapters of a recording, each with a link to its place in it; of a provider's, to the talk's page."""
    media = post.media
    if post.upcoming or not media or not media.chapters:
        return ""
    file = next((recording.file for recording in (media.audio, media.video) if recording and recording.file), "")
    address = (media.audio and media.audio.url) or root + (file or post.path)
    lines = []
    for chapter in media.chapters:
        seconds = parse_timecode(chapter.start)
        place = f"{address}#t={seconds}" if address != root + post.path else f"{address}#t-{seconds}"
        lines.append(f'<li><a href="{html.escape(place)}">{chapter.start}</a> {html.escape(chapter.title, False)}</li>')
    return f"<ul>{''.join(lines)}</ul>\n"


def _list_coming_links(post: Post, root: str) -> Iterator[tuple[str, str]]:
    """Yield address and text of what a listener needs before a talk; a cancelled one has no room."""
    event = post.event
    if event and event.url and event.status in labels.TAKING_PLACE:
        yield event.url, N_("Join the talk")
    yield root + build_talk_materials(post).calendar, N_("Add to my calendar")


def _list_recordings(post: Post, root: str) -> Iterator[tuple[str, str]]:
    """Yield address and text of the recording; that of a provider is shown on the talk's page, after consent."""
    media = post.media
    if media and media.audio:
        yield media.audio.url or root + media.audio.file, N_("Listen to the recording")
    if media and media.video:
        yield root + (media.video.file or post.path), N_("Watch the recording")
