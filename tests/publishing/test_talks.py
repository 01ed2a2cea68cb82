import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import feedparser
import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar

from kuratorium.publishing.build_command import build_site
from tests.captions import read_cues
from tests.editions import POLICY, TinyEdition, draw_picture
from tests.publishing.build.test_run import run, soup, tree

PageOf = Callable[[str], BeautifulSoup]
HEARD = "gespraeche/zwischenruf-1-uhrzeit.html"
SEEN = "gespraeche/weichenstellung-1-ausstieg.html"
TOLD = "gespraeche/weichenstellung-2-stoerung.html"
COMING = "gespraeche/weichenstellung-3-restrisiko.html"
PAST = (SEEN, TOLD, HEARD)


def words(page: BeautifulSoup, selector: str) -> str:
    """Return the text of the first element that matches."""
    return " ".join(page.select_one(selector).get_text().split())


def read_feed(output: Path) -> dict[str, str]:
    """Return the content of each entry of the site's feed by its link."""
    feed = feedparser.parse((output / "feed.xml").read_bytes())
    return {item.link: item.content[0].value for item in feed.entries}


def test_a_coming_talk_says_when_in_the_sites_time_zone(sample_page: PageOf) -> None:
    """An upcoming talk has day, hours and zone, and links to its room, its calendar and a mail to the hosts."""
    page = sample_page(COMING)
    assert words(page, ".event-next .event-when") == "5. Nov. Donnerstag 2026"
    assert words(page, ".event-where") == "17:00–18:00 Uhr MEZ Online"
    assert page.select_one(".join .button")["href"] == "https://raum.weichenwerk.example/weichenstellung-3"
    (mail,) = [link["href"] for link in page.select(".join a[href^=mailto]")]
    assert mail.startswith("mailto:marlene.vogt@weichenwerk.example,jonas.albrecht@weichenwerk.example?subject=Frage")
    assert page.select_one(".join a[type='text/calendar']")["href"] == "../gespraeche/weichenstellung-3-restrisiko.ics"
    assert not page.select("video, audio, .turn, .chapters, .beside")


@pytest.mark.parametrize("path", PAST)
def test_a_past_talk_says_when_it_was_and_what_was_said(sample_page: PageOf, path: str) -> None:
    """A past talk has no links to join or ask; it has turns, chapters that link to them, and files."""
    page = sample_page(path)
    assert page.select_one(".event-past")
    assert not page.select(".join")
    assert len(page.select(".turn")) >= 8
    chapters = page.select(".chapters li")
    assert len(chapters) >= 3
    for chapter in chapters:
        anchor = next(link["href"] for link in chapter.select("a") if link["href"].startswith("#"))
        assert page.find(id=anchor.removeprefix("#")), anchor
    assert [element.get_text() for element in page.select(".beside a")] == [
        *("Transkript (Text)", "Untertitel (WebVTT)", "Kapitel (JSON)"),
    ]


@pytest.mark.parametrize("path", PAST)
def test_the_files_beside_a_talk_say_what_its_page_says(sample_output: Path, sample_page: PageOf, path: str) -> None:
    """Captions have the speakers and times of the page, transcript and chapters its words; a disclosure comes first."""
    page = sample_page(path)
    files = [sample_output / "gespraeche" / link["href"] for link in page.select(".beside a")]
    transcript, captions, chapters = (file.read_text("utf-8") for file in files)
    cues, violations = read_cues(captions)
    assert violations == []
    disclosed = page.select_one("main .disclosure")
    if disclosed:
        assert (cues[0].voice, cues[0].start) == ("", 0)
        assert cues.pop(0).text.split(":")[0] in disclosed.get_text()
    assert {cue.voice for cue in cues} == {element.get_text() for element in page.select(".turn-speaker b")}
    starts = [cue.start // 1000 for cue in cues]
    for turn in page.select(".turn[id]"):
        assert int(turn["id"].split("-")[1]) in starts
        assert turn.select_one("p:not(.turn-speaker)").get_text().split(".")[0] in transcript
    assert [element["title"] for element in json.loads(chapters)["chapters"]] == [
        element.select("a, span")[-1].get_text() for element in page.select(".chapters li")
    ]


def test_a_recording_of_our_own_plays_with_captions(sample_output: Path, sample_page: PageOf) -> None:
    """It is a file of the site with captions in its language, and every chapter links to its place in it."""
    page = sample_page(HEARD)
    player = page.select_one("video.u-audio[controls]")
    file = sample_output / "gespraeche" / player["src"]
    assert 50_000 < file.stat().st_size < 150_000
    assert (player["preload"], player.track["kind"], player.track["srclang"]) == ("none", "captions", "de")
    assert (sample_output / "gespraeche" / player.track["src"]).read_text("utf-8").startswith("WEBVTT")
    seeking = [link["href"] for link in page.select(".chapters a.time")]
    assert seeking == [f"../media/samples/zwischenruf-1.mp3#t={start}" for start in (1, 15, 39)]
    assert page.select_one(".player a[download]")["href"] == player["src"]


def test_what_others_host_waits_to_be_asked(sample_page: PageOf) -> None:
    """The frame has no address: it holds the consent text and the link that loads the embed; a link stands below it."""
    for path, provider, loads in (
        (SEEN, "PeerTube", "https://video.weichenwerk.example/videos/embed/p9Weiche1Ausstieg"),
        (TOLD, "Mastodon", "https://stammtisch.example/@samir/115209847120387/embed"),
    ):
        figure = sample_page(path).select_one(".embed")
        assert "src" not in figure.iframe.attrs
        consent = BeautifulSoup(figure.iframe["srcdoc"], "html.parser")
        assert [link["href"] for link in consent.select("a")] == [loads]
        assert provider in consent.p.get_text()
        assert loads.split("/")[2] in consent.p.get_text()
        assert {link["href"].split("/")[0] for link in consent.select("link")} == {".."}
        assert figure.figcaption.a["href"] in loads.replace("/videos/embed/", "/w/")


def test_feeds_link_to_what_others_host(sample_output: Path) -> None:
    """Feeds have links in place of frames, which a feed reader would load unasked."""
    feed = (sample_output / "feed.xml").read_text("utf-8")
    assert "iframe" not in feed
    talk_entry = next(entry for entry in feedparser.parse(feed).entries if entry.link.endswith(TOLD))
    assert 'href="https://stammtisch.example/@samir/115209847120387"' in talk_entry.content[0].value


def test_a_series_leads_from_one_talk_to_the_next(sample_page: PageOf) -> None:
    """A talk links to the episodes before and after it, and to the series."""
    page = sample_page(TOLD)
    assert words(page, ".episodes p") == "Weichenstellung Teil 2 von 3"
    assert [(link["rel"], link["href"]) for link in page.select(".episodes li a")] == [
        (["prev"], f"../{SEEN}"),
        (["next"], f"../{COMING}"),
    ]
    assert page.select_one(".episodes p a")["href"] == "../reihen/weichenstellung.html"


def test_a_feed_says_when_and_where_a_talk_is(sample_output: Path) -> None:
    """An upcoming talk has day, hours, zone, guests, room and calendar; a past one when it was, and its recording."""
    items = read_feed(sample_output)
    coming = BeautifulSoup(items[f"https://weichenwerk.example/{COMING}"], "html.parser")
    assert coming.p.get_text("|") == "Donnerstag, 5. November 2026, 17:00–18:00 Uhr MEZ|Online"
    assert coming.select("p")[1].get_text().startswith("Mit ")
    assert [(link.get_text(), link["href"]) for link in coming.select("p")[2].select("a")] == [
        ("Am Gespräch teilnehmen", "https://raum.weichenwerk.example/weichenstellung-3"),
        ("In meinen Kalender", "https://weichenwerk.example/gespraeche/weichenstellung-3-restrisiko.ics"),
    ]
    for path, text in ((HEARD, "Aufzeichnung anhören"), (SEEN, "Aufzeichnung ansehen")):
        past = BeautifulSoup(items[f"https://weichenwerk.example/{path}"], "html.parser")
        assert "2026, " in past.p.get_text()
        assert past.select("p")[1].get_text().startswith("Mit ")
        assert [link.get_text() for link in past.select("p")[2].select("a")] == [text]
        assert past.ul.li.a["href"].startswith("https://weichenwerk.example/")


def test_a_talk_across_the_change_of_clocks_says_both_zones(tiny: TinyEdition) -> None:
    """The hours would be equal without them: on the page, in lists and in feeds; others name the zone once."""
    tiny.talk("nacht", start="2026-10-25T02:30:00+02:00", end="2026-10-25T02:30:00+01:00", body="Bald.")
    tiny.talk("lang", start="2026-10-24T20:00:00+02:00", end="2026-10-25T06:00:00+01:00", body="Bald.")
    build_site(tiny.root)
    hours = {"nacht": "02:30 MESZ – 02:30 MEZ", "lang": "20:00 MESZ bis 25. Okt., 06:00 MEZ"}
    for slug, text in hours.items():
        assert words(soup(tiny.root, f"gespraeche/{slug}.html"), ".post-head .event-time") == text
    cards = soup(tiny.root, "gespraeche.html").select(".event-time")
    assert [" ".join(element.get_text().split()) for element in cards] == [hours["lang"], hours["nacht"]]
    texts = " ".join(read_feed(tiny.root / "output").values()).replace("\N{NO-BREAK SPACE}", " ")
    assert "Sonntag, 25. Oktober 2026, 02:30 MESZ – 02:30 MEZ<br />" in texts
    assert "Samstag, 24. Oktober 2026, 20:00 MESZ bis 25. Oktober 2026, 06:00 MEZ" in texts


def test_a_cancelled_talk_has_no_room_in_feeds(tiny: TinyEdition) -> None:
    """Its entry begins with the state, and links to the calendar only."""
    event = {"start": "2026-11-05T17:00:00+01:00", "end": "2026-11-05T18:00:00+01:00", "status": "cancelled",
             "url": "https://raum.example/1", "mode": "onsite", "place": "Rathaus & Markt"}  # fmt: skip
    tiny.talk("abend", event=event, body="Leider nicht.")
    build_site(tiny.root)
    text = read_feed(tiny.root / "output")["https://weichenwerk.example/gespraeche/abend.html"]
    page = BeautifulSoup(text, "html.parser")
    assert page.strong.get_text() == "Abgesagt"
    assert page.p.get_text().endswith("Vor Ort, Rathaus & Markt")
    assert [link.get_text() for link in page.select("a")] == ["In meinen Kalender"]


def test_one_calendar_of_what_is_to_come(sample_output: Path, sample_page: PageOf) -> None:
    """The list of talks links to it; it has the talks of the last 30 days and the upcoming one, the last by time."""
    assert sample_page("gespraeche.html").select_one("a[type='text/calendar']")["href"] == "kalender.ics"
    calendar = Calendar.from_ical((sample_output / "kalender.ics").read_bytes())
    assert calendar["source"] == "https://weichenwerk.example/kalender.ics"
    *past, event = calendar.walk("VEVENT")
    assert [talk["url"].rpartition("/")[2] for talk in past] == [
        *("weichenstellung-2-stoerung.html", "zwischenruf-1-uhrzeit.html"),
    ]
    assert event["organizer"] == "mailto:redaktion@weichenwerk.example"
    assert event["summary"] == "Weichenstellung 3: Wer unterschreibt das Restrisiko?"
    assert event["dtstart"].dt == datetime.fromisoformat("2026-11-05T17:00:00+01:00")


def test_a_talk_becomes_a_past_one_by_the_date_of_the_build(tiny: TinyEdition) -> None:
    """From the minute it ends its page shows it as past, without an edit; other pages do not change."""
    tiny.talk("abend", event={"start": "2026-11-05T17:00:00+01:00", "end": "2026-11-05T18:30:00+01:00"})
    for moment, coming in (("2026-11-05T18:29:59+01:00", True), ("2026-11-05T18:30:00+01:00", False)):
        built = build_site(tiny.root, as_of=datetime.fromisoformat(moment))
        page = soup(tiny.root, "gespraeche/abend.html")
        assert bool(page.select_one(".event-next")) is bool(page.select(".join")) is coming
    assert "notizen/erste-notiz.html" not in built.changed_paths


def test_a_past_talk_leaves_the_calendar_by_the_date_of_the_build(tiny: TinyEdition) -> None:
    """After 30 days, without an edit; a build before finds nothing to do, and no other file changes."""
    tiny.talk("abend", event={"start": "2026-11-05T17:00:00+01:00", "end": "2026-11-05T18:30:00+01:00"})
    builds = [
        build_site(tiny.root, as_of=datetime.fromisoformat(moment))
        for moment in ("2026-12-05T18:29:57+01:00", "2026-12-05T18:29:59+01:00", "2026-12-05T18:30:00+01:00")
    ]
    assert [built.changed_paths for built in builds[1:]] == [set(), {"kalender.ics"}]
    assert b"BEGIN:VEVENT" not in (tiny.root / "output/kalender.ics").read_bytes()


def test_every_event_of_the_sample_says_what_its_page_says(sample_output: Path, sample_page: PageOf) -> None:
    """Title, time, status and address; each file beside a page has the one event that the whole calendar may have."""
    files = sorted(sample_output.glob("gespraeche/*.ics"))
    assert len(files) == 4
    for file in files:
        (event,) = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
        page = sample_page(f"gespraeche/{file.stem}.html")
        assert event["summary"].endswith(page.h1.get_text())
        assert event["url"] == f"https://weichenwerk.example/gespraeche/{file.stem}.html"
        assert event["status"] == "CONFIRMED"
        start = page.select_one("time.dt-start")["datetime"]
        assert event["dtstart"].dt == datetime.fromisoformat(start)


def test_a_changed_transcript_changes_its_talk(tiny: TinyEdition) -> None:
    """A new word in the captions' file is on the page and in the transcript after the next build."""
    file = tiny.write("content/media/abend.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Warum?\n")
    tiny.talk("abend", body="Worum es ging.", media={"transcript": "media/abend.vtt"})
    build_site(tiny.root)
    assert "Warum?" in words(soup(tiny.root, "gespraeche/abend.html"), ".turn")
    file.write_text(file.read_text().replace("Warum?", "Weshalb eigentlich?"))
    built = build_site(tiny.root)
    assert "Weshalb eigentlich?" in words(soup(tiny.root, "gespraeche/abend.html"), ".turn")
    assert "Weshalb eigentlich?" in (tiny.root / "output/gespraeche/abend.txt").read_text()
    assert built.changed_paths >= {"gespraeche/abend.html", "gespraeche/abend.txt", "media/abend.vtt"}
    before = tree(tiny.root / "output")
    build_site(tiny.root, output=tiny.root / "whole")
    assert tree(tiny.root / "whole") == before


def test_pelican_makes_the_same_of_a_talk(tiny: TinyEdition) -> None:
    """Plain Pelican writes the same bytes, captions, calendar and embeds included."""
    tiny.write("content/media/abend.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna Berg>Warum?\n")
    tiny.talk("abend", body="Worum es ging.\n\n[[vimeo:123456789]]", media={"transcript": "media/abend.vtt"})
    plain = run(tiny.root, "pelican", "--fatal=errors", "-o", "plain")
    assert plain.returncode == 0, plain.stderr
    build_site(tiny.root, output=tiny.root / "ours")
    assert tree(tiny.root / "plain") == tree(tiny.root / "ours")
    assert "gespraeche/abend.txt" in tree(tiny.root / "ours")


def test_a_video_of_our_own_plays_with_captions(tiny: TinyEdition) -> None:
    """It has a file, a poster and captions from the turns; a recording elsewhere is a link, from chapters, too."""
    tiny.write("content/media/abend.webm", "abend.webm")
    tiny.write("content/media/abend.png", draw_picture(640, 360))
    turns = "@anna-berg (00:00): Warum?\n\n@eva-falk (00:09): Darum."
    video = {"file": "media/abend.webm", "poster": "media/abend.png", "duration": "00:20"}
    tiny.talk("abend", body=turns, media={"video": video})
    audio = {"url": "https://ton.example/1.mp3", "duration": "1:00:00"}
    tiny.talk("fern", body="Bald.", media={"audio": audio, "chapters": [{"start": "1:05", "title": "Los"}]})
    build_site(tiny.root)
    player = soup(tiny.root, "gespraeche/abend.html").select_one("video.u-video")
    assert player["src"] == "../media/abend.webm"
    assert (tiny.root / "output/gespraeche" / str(player["poster"])).is_file()
    assert not (tiny.root / "output/media/abend.png").exists()
    assert player.track["src"] == "../gespraeche/abend.vtt"
    assert (tiny.root / "output/media/abend.webm").read_text() == "abend.webm"
    far = soup(tiny.root, "gespraeche/fern.html")
    assert far.select_one("a.u-audio")["href"] == "https://ton.example/1.mp3"
    assert far.select_one(".chapters a.time")["href"] == "https://ton.example/1.mp3#t=65"
    assert not far.select("audio, video")


def test_a_standing_page_may_show_what_others_host(tiny: TinyEdition) -> None:
    """An embed on a standalone page waits for consent, too."""
    tiny.page("anfahrt", body="So kommen Sie zu uns:\n\n[[openstreetmap:52.5,13.4]]")
    build_site(tiny.root)
    (figure,) = soup(tiny.root, "anfahrt.html").select(".embed-map")
    assert "src" not in figure.iframe.attrs
    assert "Karte laden" in figure.iframe["srcdoc"]


def test_the_subject_of_a_question_has_the_title_as_it_is(tiny: TinyEdition) -> None:
    """The letters of HTML stand in the mail as in the title."""
    tiny.talk("abend", title='Strom & Wärme: "a<b"')
    build_site(tiny.root)
    mail = soup(tiny.root, "gespraeche/abend.html").select_one(".join a[href^=mailto]")["href"]
    assert unquote(mail.partition("?subject=")[2]) == 'Frage: Strom & Wärme: "a<b"'
    assert not re.search(r"[&<>\" ]", mail)


def test_a_day_in_another_year_has_its_year(tiny: TinyEdition) -> None:
    """The end of a talk over New Year, and in lists a talk of the year after its post."""
    tiny.talk("silvester", start="2026-12-31T22:00:00+01:00", end="2027-01-01T01:00:00+01:00")
    tiny.talk("neujahr", start="2027-01-05T17:00:00+01:00", end="2027-01-05T18:00:00+01:00")
    build_site(tiny.root)
    own = soup(tiny.root, "gespraeche/silvester.html")
    assert words(own, ".event-time") == "22:00 Uhr bis 1. Januar 2027, 01:00 Uhr MEZ"
    days = [" ".join(day.get_text(" ").split()) for day in soup(tiny.root, "gespraeche.html").select(".event-when")]
    assert days == ["31. Dez. Donnerstag", "5. Jan. Dienstag 2027"]


def test_the_hosts_without_an_address_are_asked_through_the_desk(tiny: TinyEdition) -> None:
    """The imprint's address takes questions; a cancelled talk has no links to join or ask."""
    tiny.talk("abend")
    tiny.talk("aus", event={"start": "2026-11-06T17:00:00+01:00", "end": "2026-11-07T01:00:00+01:00",
                            "status": "cancelled", "url": "https://raum.example/"})  # fmt: skip
    build_site(tiny.root)
    mail = soup(tiny.root, "gespraeche/abend.html").select_one(".join a[href^=mailto]")["href"]
    assert mail.startswith(f"mailto:{POLICY['imprint']['email']}?subject=Frage%3A%20Titel%20von%20abend")
    off = soup(tiny.root, "gespraeche/aus.html")
    assert words(off, ".event-state") == "Abgesagt"
    assert words(off, ".event-time") == "17:00 Uhr bis 7. Nov., 01:00 Uhr MEZ"
    assert not off.select(".join .button, .join a[href^=mailto]")
