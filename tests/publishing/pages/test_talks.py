from datetime import timedelta
from gettext import NullTranslations
from typing import Any

import pytest
from icalendar import Calendar, Component
from msgspec.structs import replace

from kuratorium.edition.model import Disclosure, Event, Post, SeriesPosition
from kuratorium.edition.podcasts.model import Chapter, Media
from kuratorium.publishing.page import CalendarPage, Page
from kuratorium.publishing.pages.outputs import plan_pages
from kuratorium.publishing.pages.talks import build_talk_materials, find_episode
from kuratorium.publishing.writers.calendar import write_calendar
from kuratorium.translations import read_translations
from tests.editions import REPOSITORY
from tests.publishing.makers import BEN, NOON, catalog, post, site

EVENT = Event(start=NOON, end=NOON + timedelta(hours=1), url="https://raum.example/1")
DE = read_translations(REPOSITORY / "theme", "de")


def talk(number: int = 1, **fields: Any) -> Post:
    """Return a talk."""
    base = {"format": "talk", "path": f"gespraeche/nr-{number}.html", "event": EVENT, "guests": (BEN,)}
    return post(number, **(base | fields))


def read_events(*posts: Post, translations: NullTranslations = DE) -> list[Component]:
    """Return the events of a calendar of these talks, as another program reads them."""
    page = CalendarPage(path="k.ics", site=site(), name="Weiche", posts=posts)
    return Calendar.from_ical(write_calendar(page, translations)).walk("VEVENT")


def plan(*posts: Post) -> dict[str, Page]:
    """Return the planned pages by path."""
    return {page.path: page for page in plan_pages(catalog(*posts), site())}


def test_a_talks_files_lie_beside_its_page() -> None:
    """Calendar, captions, transcript and chapters are planned for talks that have them."""
    media = Media(chapters=(Chapter(start="00:00", title="Anfang"),))
    pages = plan(talk(1, media=media, has_timecodes=True), talk(2), post(3))
    writers = {path: page.writer for path, page in pages.items() if page.writer not in ("html", "feed", "card")}
    assert {path: writers[path] for path in writers if path.startswith(("gespraeche", "notizen"))} == {
        "gespraeche/nr-1.ics": "calendar",
        "gespraeche/nr-1.vtt": "captions",
        "gespraeche/nr-1.txt": "transcript",
        "gespraeche/nr-1.chapters.json": "chapters",
        "gespraeche/nr-2.ics": "calendar",
    }
    assert pages["gespraeche/nr-1.vtt"].body_keys == pages["gespraeche/nr-1.txt"].body_keys == ("u-000001",)


def test_captions_made_for_a_recording_are_not_made_again() -> None:
    """A WebVTT file of the edition has more exact times: the page links to it, and none is planned."""
    own = talk(media=Media(transcript="media/abend.vtt"), has_timecodes=True)
    assert build_talk_materials(own).captions == "media/abend.vtt"
    assert "gespraeche/nr-1.vtt" not in plan(own)
    assert "gespraeche/nr-1.txt" in plan(own)


def test_one_calendar_holds_what_is_to_come() -> None:
    """It has upcoming talks, the next one first, and no long past ones; a site without talks has no calendar."""
    later = Event(start=NOON + timedelta(days=9), end=NOON + timedelta(days=9, hours=1))
    past = Event(start=NOON - timedelta(days=40), end=NOON - timedelta(days=40) + timedelta(hours=1))
    pages = plan(talk(1, upcoming=True, event=later), talk(2, upcoming=True), talk(3, event=past))
    assert [listed.uid for listed in pages["kalender.ics"].context["posts"]] == ["u-000002", "u-000001"]
    assert plan(talk(3, event=past))["kalender.ics"].context["posts"] == ()
    assert "kalender.ics" not in plan(post(1))


@pytest.mark.parametrize(("late", "stays"), [(timedelta(seconds=-1), True), (timedelta(), False)])
def test_a_talk_leaves_the_calendar_30_days_after_its_end(late: timedelta, stays: bool) -> None:
    """To the second; whoever was away for some weeks still finds it."""
    end = NOON - timedelta(days=30) - late
    pages = plan(talk(event=Event(start=end - timedelta(hours=1), end=end)))
    assert bool(pages["kalender.ics"].context["posts"]) is stays
    assert "gespraeche/nr-1.ics" in pages


def test_a_calendar_says_when_where_and_what() -> None:
    """Times are exact, the uid is made of the post's uid, and dtstamp does not depend on the time of the build."""
    (event,) = read_events(talk(lang="de"))
    assert event["uid"] == "u-000001@weiche.example"
    assert (event["dtstart"].dt, event["dtend"].dt) == (EVENT.start, EVENT.end)
    assert event["dtstamp"].dt == NOON - timedelta(days=1)
    assert event["summary"] == "Nummer 1"
    assert event["location"] == "https://raum.example/1"
    assert event["url"] == "https://weiche.example/gespraeche/nr-1.html"
    assert event["status"] == "CONFIRMED"
    assert event["description"].splitlines() == [
        *("Worum es geht.", "Mit Ben Roth", "https://weiche.example/gespraeche/nr-1.html"),
    ]


def test_a_moved_talk_says_how_often() -> None:
    """Calendars take over the form of an event with the highest SEQUENCE; without one it is 0 (RFC 5545)."""
    (before,) = read_events(talk())
    (after,) = read_events(talk(event=replace(EVENT, sequence=2), modified=NOON))
    assert "sequence" not in before
    assert (after["sequence"], after["last-modified"].dt, after["dtstamp"].dt) == (2, NOON, NOON)


def test_what_is_to_be_disclosed_comes_first_in_a_calendar() -> None:
    """The label "Anzeige" stands before the title and before the text (§ 22 MStV)."""
    (event,) = read_events(talk(disclosure=Disclosure(kind="sponsor", text="Bezahlt von Roth.")))
    assert event["summary"] == "Anzeige: Nummer 1"
    assert event["description"].splitlines()[0] == "Anzeige: Bezahlt von Roth."


@pytest.mark.parametrize(
    ("status", "summary", "state"),
    [
        ("cancelled", "Nummer 1 (Abgesagt)", "CANCELLED"),
        ("postponed", "Nummer 1 (Verschoben)", "TENTATIVE"),
        ("moved", "Nummer 1 (Verlegt)", "CONFIRMED"),
    ],
)
def test_a_talk_that_does_not_take_place_says_so(status: Any, summary: str, state: str) -> None:
    """Calendar programs that do not show STATUS show it in the title."""
    (event,) = read_events(talk(event=Event(start=EVENT.start, end=EVENT.end, status=status)))
    assert (event["summary"], event["status"]) == (summary, state)


def test_a_post_knows_its_place_in_its_series() -> None:
    """Episodes are ordered by position, not by date; positions may have gaps."""
    parts = [
        talk(number, series=SeriesPosition(id="abende", position=place)) for number, place in ((1, 4), (2, 1), (3, 2))
    ]
    published = catalog(*parts, talk(4, series=SeriesPosition(id="andere", position=3)), talk(5))
    assert [
        (episode.earlier and episode.earlier.uid, episode.later and episode.later.uid, episode.count)
        for episode in (find_episode(part, published, site()) for part in parts)
        if episode
    ] == [("u-000003", None, 3), (None, "u-000003", 3), ("u-000002", "u-000001", 3)]
    assert find_episode(published.posts[-1], published, site()) is None
