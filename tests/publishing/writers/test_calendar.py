from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Component
from msgspec.structs import replace

from kuratorium.edition.curation import Image, Imprint
from kuratorium.edition.model import Event, Post
from kuratorium.publishing.page import CalendarPage, SiteMeta
from kuratorium.publishing.writers.calendar import write_calendar
from kuratorium.translations import read_translations
from tests.editions import REPOSITORY
from tests.publishing.hostile import HOSTILE_TEXTS
from tests.publishing.makers import BEN, NOON, post, site

DE = read_translations(REPOSITORY / "theme", "de")
EVENT = Event(start=NOON, end=NOON + timedelta(hours=1), url="https://raum.example/1", place="Rathaus, Saal 2")
BERLIN = ZoneInfo("Europe/Berlin")


def talk(**fields: object) -> Post:
    """Return a talk."""
    return post(**({"format": "talk", "path": "gespraeche/a.html", "event": EVENT, "guests": (BEN,)} | fields))


def read_calendar(*posts: Post, name: str = "Weiche", meta: SiteMeta | None = None) -> Component:
    """Return the calendar of these talks, as another program reads it."""
    page = CalendarPage(path="kalender.ics", site=meta or site(), name=name, posts=posts)
    data = write_calendar(page, DE)
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)  # RFC 5545, section 3.1
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    (calendar,) = Calendar.from_ical(data, multiple=True)
    assert calendar.errors == []
    assert all(event.errors == [] for event in calendar.walk("VEVENT"))
    return calendar


def read_event(**fields: object) -> Component:
    """Return the event of a talk."""
    (event,) = read_calendar(talk(**fields)).walk("VEVENT")
    return event


def test_a_calendar_to_subscribe_to_says_what_it_is_and_where() -> None:
    """Name, description, page, its own address, how often to ask, a picture, and when a talk changed last."""
    calendar = read_calendar(talk(modified=NOON))
    assert (calendar["name"], calendar["x-wr-calname"], calendar["description"]) == ("Weiche", "Weiche", "Was zählt")
    assert calendar["url"] == "https://weiche.example/"
    assert calendar["source"] == "https://weiche.example/kalender.ics"
    assert calendar["source"].params["value"] == "URI"
    assert calendar["refresh-interval"].params["value"] == "DURATION"
    assert calendar["refresh-interval"].to_ical() == b"PT12H"
    assert calendar["x-published-ttl"].to_ical() == b"PT12H"
    assert calendar["image"] == "https://weiche.example/icon-512.png"
    assert calendar["image"].params["fmttype"] == "image/png"
    assert calendar["last-modified"].dt == NOON


def test_the_calendar_of_one_talk_is_no_subscription() -> None:
    """It is imported once: it has neither a name nor an interval."""
    calendar = read_calendar(talk(), name="")
    assert not {"name", "source", "refresh-interval", "image"} & {name.lower() for name in calendar}


def test_an_empty_calendar_is_one() -> None:
    """Between two talks it says who it is, and not when it changed, which nobody knows."""
    calendar = read_calendar()
    assert calendar.walk("VEVENT") == []
    assert (calendar["version"], calendar["method"], calendar["name"]) == ("2.0", "PUBLISH", "Weiche")
    assert "last-modified" not in calendar


def test_an_event_names_its_organizer_place_topics_and_picture() -> None:
    """Each in the property that calendar programs read."""
    image = Image(file="images/a.jpg", alt="A", credit="B")
    meta = site(imprint=Imprint(responsible="Ada Lamm", email="ada@weiche.example"))
    (event,) = read_calendar(talk(image=image), meta=meta).walk("VEVENT")
    assert (event["organizer"], event["organizer"].params["cn"]) == ("mailto:ada@weiche.example", "Weiche")
    assert event["location"] == "Rathaus, Saal 2, https://raum.example/1"
    assert event["categories"].cats == ["Offenes Amt"]
    assert event["image"] == "https://weiche.example/images/a.jpg"
    assert event["image"].params["fmttype"] == "image/jpeg"


def test_without_a_mail_address_the_site_is_the_organizer() -> None:
    """A published event must name one (RFC 5546)."""
    assert read_event()["organizer"] == "https://weiche.example/"


def test_an_event_that_moves_twice_is_one_event_that_moved_twice() -> None:
    """Same uid; sequence and last-modified grow with each move, and the last time is the one that counts."""
    forms = [
        read_event(
            event=replace(EVENT, start=NOON + timedelta(days=days), end=NOON + timedelta(days=days, hours=1),
                          sequence=days, status="moved" if days else "scheduled"),
            modified=NOON + timedelta(minutes=days) if days else None,
        )
        for days in range(3)
    ]  # fmt: skip
    assert len({form["uid"] for form in forms}) == 1
    assert [form.get("sequence", 0) for form in forms] == [0, 1, 2]
    for name in ("last-modified", "dtstamp", "dtstart"):
        times = [form[name].dt for form in forms]
        assert times == sorted(set(times))
    assert forms[-1]["status"] == "CONFIRMED"
    assert forms[-1]["summary"] == "Nummer 1 (Verlegt)"


def test_the_hour_that_comes_twice_is_not_lost() -> None:
    """In the night in which summer time ends, 02:30 to 02:30 is an hour, as a program in this zone reads it."""
    start, end = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)
    event = read_event(event=Event(start=start, end=end))
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=1)
    shown = [event[name].dt.astimezone(BERLIN).strftime("%H:%M %Z") for name in ("dtstart", "dtend")]
    assert shown == ["02:30 CEST", "02:30 CET"]


@given(st.integers(946_684_800, 4_102_444_800), st.integers(60, 10**6))
def test_any_moment_arrives_as_it_was_meant(timestamp: int, seconds: int) -> None:
    """Whatever the clocks do in the site's zone meanwhile."""
    start = datetime.fromtimestamp(timestamp, BERLIN)
    end = datetime.fromtimestamp(timestamp + seconds, BERLIN)
    event = read_event(event=Event(start=start, end=end))
    assert (event["dtstart"].dt.timestamp(), event["dtend"].dt.timestamp()) == (timestamp, timestamp + seconds)


@given(HOSTILE_TEXTS, HOSTILE_TEXTS, HOSTILE_TEXTS)
def test_any_text_makes_a_calendar_that_parses(title: str, place: str, name: str) -> None:
    """Line breaks, separators and controls in a title, a place or a name never begin another line or property."""
    meta = site(name=name, subtitle=place)
    calendar = read_calendar(talk(title=title, event=replace(EVENT, place=place)), name=name, meta=meta)
    (event,) = calendar.walk("VEVENT")
    assert len(event["uid"]) == len("u-000001@weiche.example")
    assert set(event) == {
        *("UID", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "URL"),
        *("ORGANIZER", "LOCATION", "CATEGORIES"),
    }
