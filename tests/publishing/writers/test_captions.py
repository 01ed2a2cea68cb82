import json
from typing import Any

import pytest

from kuratorium.edition.model import Audio, Chapter, Media, Post, Speaker
from kuratorium.edition.transcripts.cues import TimedTurn
from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.page import CaptionsPage, ChaptersPage, TranscriptPage
from kuratorium.publishing.writers import captions
from tests.captions import read_cues
from tests.publishing.makers import document, post, registry, site

BODY = """Zur Einführung.

@ada (00:05): Warum *gerade* das?[^1]

Und warum ==jetzt==?

@eva (00:30): Darum:

- erstens,
- zweitens.

[[youtube:dQw4w9WgXcQ]]

@ada: Ohne Zeit.

## Danach

Ein Wort zum Schluss.

[^1]: Gemeint war etwas anderes.
"""


def find_body(_uid: str, _root: str) -> str:
    """Return the HTML of a conversation between Ada and Eva."""
    text = document(BODY, format="talk", guests=(Speaker(name="Eva"),))
    return MarkdownConverter(registry()).convert(text)


def talk(**fields: Any) -> Post:
    """Return a talk."""
    return post(format="talk", path="gespraeche/abend.html", title="Ein Abend", **fields)


def test_turns_are_what_was_said_with_a_time() -> None:
    """Introduction, footnotes, embeds and what follows a heading are no turns; each item of a list is a paragraph."""
    assert list(captions.find_turns_in_html(find_body("", ""))) == [
        TimedTurn("Ada Lamm", 5, ("Warum gerade das?", "Und warum jetzt?")),
        TimedTurn("Eva", 30, ("Darum:", "erstens,", "zweitens.")),
    ]


@pytest.mark.parametrize(("duration", "ends"), [("00:31", 31000), ("", 31610)], ids=["known", "unknown"])
def test_captions_end_with_the_recording(duration: str, ends: int) -> None:
    """A turn begins at its time, each paragraph is a caption, and the last one ends when the recording does."""
    media = Media(audio=Audio(url="https://ton.example/1.mp3", duration=duration))
    page = CaptionsPage(path="x", post=talk(media=media))
    cues, violations = read_cues(captions.write_captions(page, find_body).decode())
    assert violations == []
    assert [(cue.voice, cue.text) for cue in cues] == [
        ("Ada Lamm", "Warum gerade das?"),
        ("Ada Lamm", "Und warum jetzt?"),
        *(("Eva", words) for words in ("Darum:", "erstens,", "zweitens.")),
    ]
    assert (cues[0].start, cues[2].start, cues[-1].end) == (5000, 30000, ends)


def test_a_transcript_reads_without_a_browser() -> None:
    """A transcript has title, site and address, then who said what and when, in paragraphs."""
    page = TranscriptPage(path="x", site=site(), post=talk())
    assert captions.write_transcript(page, find_body).decode() == (
        "Ein Abend\nWeiche, 2026-09-30\nhttps://weiche.example/gespraeche/abend.html\n\n"
        "[00:05] Ada Lamm: Warum gerade das?\n\nUnd warum jetzt?\n\n[00:30] Eva: Darum:\n\nerstens,\n\nzweitens.\n"
    )


def test_chapters_are_those_of_podcast_apps() -> None:
    """Chapters have seconds and titles, and the file names the version of its format."""
    media = Media(chapters=(Chapter(start="00:00", title="Anfang"), Chapter(start="1:02:03", title="Schluß & Ende")))
    assert json.loads(captions.write_chapters(ChaptersPage(path="x", post=talk(media=media)))) == {
        "version": "1.2.0",
        "title": "Ein Abend",
        "chapters": [{"startTime": 0, "title": "Anfang"}, {"startTime": 3723, "title": "Schluß & Ende"}],
    }
