"""Interviews and talks as data: who asks what, what is answered, what can be heard, and where one meets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kuratorium.publishing.build_command import build_site
from kuratorium.publishing.metadata.conversations import find_spoken_turns
from tests.editions import TinyEdition
from tests.publishing.metadata.schema_org import find_nodes
from tests.publishing.metadata.test_posts import SITE, build, read_post

CONVERSATION = """\
Eine Vorrede.

@anna-berg: Guten Tag. Warum geschieht das **jetzt** & hier?

@eva-falk: Weil es *geht*.[^1]

Und weil man muss: `a < b`.

@anna-berg: Aha.

@eva-falk: Ja.

@anna-berg: Und was geschieht dann?

@eva-falk: Dann nichts.

## Nachwort

Ein Schlusswort.

[^1]: Eine Fußnote.
"""


def test_an_interview_has_its_questions_with_answers(tiny: TinyEdition) -> None:
    """An answer is what the guests say before a host speaks again; nothing but what was said is in it."""
    tiny.interview("fragen", body=CONVERSATION)
    interview = build(tiny, "interviews/fragen.html")
    assert interview["@type"] == "Article"
    first, second = interview["hasPart"]
    assert (first["name"], first["text"]) == (
        "Warum geschieht das jetzt & hier?",
        "Guten Tag. Warum geschieht das jetzt & hier?",
    )
    assert first["url"] == f"{SITE}interviews/fragen.html#q-warum-geschieht-das-jetzt-hier"
    assert first["author"] == [{"@id": f"{SITE}menschen/anna-berg.html#person"}]
    assert first["acceptedAnswer"]["text"] == "Weil es geht. Und weil man muss: a < b."
    person = f"{SITE}menschen/eva-falk.html#person"  # described once, by whom the interview names
    assert first["acceptedAnswer"]["author"] == [{"@id": person}]
    assert person in [contributor["@id"] for contributor in interview["contributor"]]
    assert second["acceptedAnswer"]["text"] == "Dann nichts."


def test_a_long_answer_is_not_said_twice(tiny: TinyEdition) -> None:
    """Its beginning stands in the graph, whole words of it; all of it on the page, where the question's address is."""
    answer = "Das dauert lange. " * 40
    turns = f"@anna-berg: Wie lange dauert das?\n\n@eva-falk: {answer}\n\n"
    tiny.interview("lang", body=f"{turns}@anna-berg: Und was geschieht dann?\n\n@eva-falk: Nichts.")
    question, _ = build(tiny, "interviews/lang.html")["hasPart"]
    text = question["acceptedAnswer"]["text"]
    assert 100 < len(text) < 200
    assert answer.startswith(text.removesuffix("…").strip())


def test_the_questions_of_the_sample_are_those_of_its_pages(sample_output: Path, sample_page: Any) -> None:
    """As many as a page lists, and each leads to a turn of the page."""
    for path in (sample_output / "interviews").glob("*.html"):
        page = sample_page(f"interviews/{path.name}")
        interview = read_post(sample_output, f"interviews/{path.name}")
        names = {person["@id"]: person["name"] for person in find_nodes(interview, "Person")}
        questions = [*find_nodes(interview, "Question")]
        assert len(questions) == len(page.select(".turn-question"))
        for question in questions:
            turn = page.find(id=question["url"].partition("#")[2])
            assert names[question["author"][0]["@id"]] == turn.select_one(".turn-speaker b").string


def test_turns_are_read_as_they_are_said() -> None:
    """From the HTML of a body, without its markup; what is no turn is not said."""
    body = (
        '<p>Vorab</p><div class="turn turn-host turn-question" id="t-5">\n<p class="turn-speaker"><b>A &amp; B</b>'
        '<a class="turn-time" href="#t-5" title="Wie?">0:05</a></p>\n<p>Wie&nbsp;<em>geht</em> es?</p>\n</div>'
        '<div class="turn turn-guest"><p class="turn-speaker"><b>C</b></p><p>Gut.</p></div><p>Danach</p>'
    )
    turns = [(turn.role, turn.anchor, turn.speaker, turn.text) for turn in find_spoken_turns(body)]
    assert turns == [("host", "t-5", "A & B", "Wie\xa0geht es?"), ("guest", "", "C", "Gut.")]


def test_a_recording_has_its_file_captions_chapters_and_words(sample_output: Path) -> None:
    """Chapters are clips of the recording, each of which ends where the next one begins."""
    episode = read_post(sample_output, "gespraeche/zwischenruf-1-uhrzeit.html")
    (recording,) = episode["associatedMedia"]
    assert recording["@type"] == "AudioObject"
    assert (sample_output / recording["contentUrl"].removeprefix(SITE)).stat().st_size == int(
        recording["contentSize"].removesuffix(" B")
    )
    assert recording["caption"]["encodingFormat"] == "text/vtt"
    assert (sample_output / recording["caption"]["contentUrl"].removeprefix(SITE)).is_file()
    assert recording["transcript"].startswith("Aylin Demirtaş: ")
    clips = recording["hasPart"]
    assert len(clips) > 1
    assert [clip["endOffset"] for clip in clips[:-1]] == [clip["startOffset"] for clip in clips[1:]]
    assert all(clip["url"] == f"{recording['contentUrl']}#t={clip['startOffset']}" for clip in clips)


def test_a_video_at_a_provider_is_embedded(tiny: TinyEdition) -> None:
    """With the addresses of its page there and of its frame, a picture, and a length in ISO 8601."""
    video = {"provider": "youtube", "id": "dQw4w9WgXcQ", "duration": "1:02:03"}
    chapters = [{"start": "00:00", "title": "Anfang"}, {"start": "10:00", "title": "Mitte"}]
    tiny.talk(
        "film",
        start="2026-09-05T17:00:00+02:00",
        end="2026-09-05T18:00:00+02:00",
        media={"video": video, "chapters": chapters},
    )
    (recording,) = build(tiny, "gespraeche/film.html")["associatedMedia"]
    assert recording["@type"] == "VideoObject"
    assert recording["url"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert recording["embedUrl"] == "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"
    assert recording["duration"] == "PT1H2M3S"
    assert recording["thumbnailUrl"] == f"{SITE}icon-512.png"
    assert recording["hasPart"][1] == {
        "@type": "Clip",
        "name": "Mitte",
        "url": f"{SITE}gespraeche/film.html#t-600",
        "startOffset": 600,
        "endOffset": 3723,
    }


@pytest.mark.parametrize(
    ("fields", "status", "mode", "places"),
    [
        (
            {"url": "https://raum.example/1"},
            "EventScheduled",
            "OnlineEventAttendanceMode",
            [{"@type": "VirtualLocation", "url": "https://raum.example/1"}],
        ),
        (
            {"mode": "onsite", "place": "Alte Halle, Nordau", "status": "moved"},
            "EventRescheduled",
            "OfflineEventAttendanceMode",
            [{"@type": "Place", "name": "Alte Halle", "address": "Alte Halle, Nordau"}],
        ),
        (
            {"url": "https://raum.example/1", "mode": "hybrid", "place": "Halle", "status": "cancelled"},
            "EventCancelled",
            "MixedEventAttendanceMode",
            [
                {"@type": "VirtualLocation", "url": f"{SITE}gespraeche/termin.html"},
                {"@type": "Place", "name": "Halle", "address": "Halle"},
            ],
        ),
        (
            {"status": "postponed"},
            "EventPostponed",
            "OnlineEventAttendanceMode",
            [{"@type": "VirtualLocation", "url": f"{SITE}gespraeche/termin.html"}],
        ),
    ],
)
def test_an_event_says_where_and_whether_it_takes_place(
    tiny: TinyEdition, fields: dict[str, str], status: str, mode: str, places: list[dict[str, str]]
) -> None:
    """Online, on site or both; the room of an event that does not take place is not given away."""
    times = {"start": "2026-11-05T17:00:00+01:00", "end": "2026-11-05T18:00:00+01:00"}
    tiny.talk("termin", event={**times, **fields})
    event = build(tiny, "gespraeche/termin.html")
    assert event["eventStatus"] == f"https://schema.org/{status}"
    assert event["eventAttendanceMode"] == f"https://schema.org/{mode}"
    assert event["location"] == places
    assert [person["name"] for person in event["performer"]] == ["Eva Falk", "Anna Berg"]
    assert event["organizer"] == {"@id": f"{SITE}#organization"}


def test_a_recording_before_the_talk_is_not_shown(tiny: TinyEdition) -> None:
    """A talk to come is an event without media, whatever its file already says."""
    tiny.talk("morgen", media={"audio": {"url": "https://ton.example/a.mp3"}})
    build_site(tiny.root)
    assert "ton.example" not in str(read_post(tiny.root / "output", "gespraeche/morgen.html"))
