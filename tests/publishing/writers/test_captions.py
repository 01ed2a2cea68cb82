import json
from gettext import NullTranslations
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.model import Post, Speaker
from kuratorium.edition.podcasts.model import Audio, Chapter, Media
from kuratorium.edition.transcripts import turns
from kuratorium.edition.transcripts.attachment import parse_transcript
from kuratorium.edition.transcripts.captions import format_webvtt
from kuratorium.edition.transcripts.cues import Cue, TimedTurn
from kuratorium.edition.transcripts.turns import format_turns_as_text, split_turns_into_cues
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


def test_turns_are_what_was_said() -> None:
    """Introduction, footnotes, embeds and what follows a heading are no turns; each item of a list is a paragraph."""
    assert list(captions.find_turns_in_html(find_body("", ""))) == [
        TimedTurn("Ada Lamm", 5, ("Warum gerade das?", "Und warum jetzt?")),
        TimedTurn("Eva", 30, ("Darum:", "erstens,", "zweitens.")),
        TimedTurn("Ada Lamm", 30, ("Ohne Zeit.",), has_time=False),
    ]


def convert_turns(body: str) -> list[TimedTurn]:
    """Return the turns of a body, as its page has them."""
    text = document(body, format="talk", guests=(Speaker(name="Eva"),))
    return list(captions.find_turns_in_html(MarkdownConverter(registry()).convert(text)))


def test_a_turn_without_a_time_keeps_its_words_and_voice() -> None:
    """It shares the time of the turn before, and stands in the transcript without a time."""
    spoken = convert_turns("@ada: Hallo.\n\n@eva (00:10): Frage?\n\n@ada: Nein.\n\n@eva (00:20): Gut.")
    cues = split_turns_into_cues(spoken)
    assert [(cue.voice, cue.text) for cue in cues] == [
        ("Ada Lamm", "Hallo."), ("Eva", "Frage?"), ("Ada Lamm", "Nein."), ("Eva", "Gut."),
    ]  # fmt: skip
    assert [cue.start // 10_000 for cue in cues] == [0, 1, 1, 2]
    assert "\n\nAda Lamm: Nein.\n\n[00:20] Eva: Gut." in format_turns_as_text(spoken)


@pytest.mark.parametrize(
    "footnote",
    [
        "\n\n[^1]: Anmerkung.",
        "\n\nNoch ein Absatz.\n\n[^1]: Anmerkung.",
        "\n[^1]: Gleich darunter,\nAnmerkung in einer zweiten Zeile.",
        "\n\n[^1]: So.\n\n    Und eine zweite Anmerkung.\n\n[^2]: Und noch eine Anmerkung.",
    ],
)
def test_footnotes_are_nobodys_words(footnote: str) -> None:
    """They stand below the last turn, not in it, however many lines and paragraphs they have."""
    body = f"@ada (00:05): So.[^1]{footnote}\n\n@ada (00:09): Gut."
    html = MarkdownConverter(registry()).convert(document(body, format="talk"))
    page = BeautifulSoup(html, "html.parser")
    assert page.select(".footnote") and not page.select(".turn .footnote")  # noqa: PT018 - one thing: it is outside
    spoken = list(captions.find_turns_in_html(html))
    assert (spoken[0].paragraphs[0], spoken[-1].paragraphs) == ("So.", ("Gut.",))
    assert "Anmerkung" not in str(spoken)


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ("Vier  \nfünf<br>sechs?", ("Vier fünf sechs?",)),
        ("Also:\n\n| A | B |\n|---|---|\n| eins | zwei |", ("Also:", "A B", "eins zwei")),
        ("Also:\n\n<details><summary>Mehr</summary>Genaues</details>", ("Also:", "Mehr", "Genaues")),
        ("Also:\n\n3. Platz: Fürth\n4. Platz: Hof", ("Also:", "3. Platz: Fürth", "4. Platz: Hof")),
        ("Also:\n\n- eins\n\n- zwei", ("Also:", "eins", "zwei")),
        ("Also:\n\n2. eins\n\n3. zwei\n\n    - drei\n\n4. vier", ("Also:", "2. eins", "3. zwei", "drei", "4. vier")),
        ("Zehn m<sup>2</sup>.", ("Zehn m2.",)),
        ("Nur x==1 und y==2.", ("Nur x==1 und y==2.",)),
    ],
    ids=["line breaks", "table", "details", "numbers", "loose list", "loose", "superscript", "comparison"],
)
def test_all_words_of_a_turn_are_in_the_downloads(body: str, paragraphs: tuple[str, ...]) -> None:
    """What the page shows of a turn is said once, and its words do not run together."""
    assert [turn.paragraphs for turn in convert_turns(f"@ada (00:05): {body}")] == [paragraphs]


@pytest.mark.parametrize(("duration", "ends"), [("00:31", 31000), ("", 32310)], ids=["known", "unknown"])
def test_captions_end_with_the_recording(duration: str, ends: int) -> None:
    """A turn begins at its time, each paragraph is a caption, and the last one ends when the recording does."""
    media = Media(audio=Audio(url="https://ton.example/1.mp3", duration=duration))
    page = CaptionsPage(path="x", post=talk(media=media))
    cues, violations = read_cues(captions.write_captions(page, find_body, NullTranslations()).decode())
    assert violations == []
    assert [(cue.voice, cue.text) for cue in cues] == [
        ("Ada Lamm", "Warum gerade das?"),
        ("Ada Lamm", "Und warum jetzt?"),
        *(("Eva", words) for words in ("Darum:", "erstens,", "zweitens.")),
        ("Ada Lamm", "Ohne Zeit."),
    ]
    assert (cues[0].start, cues[2].start, cues[-1].end) == (5000, 30000, ends)


def test_a_transcript_reads_without_a_browser() -> None:
    """A transcript has title, site and address, then who said what and when, in paragraphs."""
    page = TranscriptPage(path="x", site=site(), post=talk())
    assert captions.write_transcript(page, find_body, NullTranslations()).decode() == (
        "Ein Abend\nWeiche, 2026-09-30\nhttps://weiche.example/gespraeche/abend.html\n\n"
        "[00:05] Ada Lamm: Warum gerade das?\n\nUnd warum jetzt?\n\n[00:30] Eva: Darum:\n\nerstens,\n\nzweitens."
        "\n\nAda Lamm: Ohne Zeit.\n"
    )


def test_chapters_are_those_of_podcast_apps() -> None:
    """Chapters have seconds and titles, and the file names the version of its format."""
    media = Media(chapters=(Chapter(start="00:00", title="Anfang"), Chapter(start="1:02:03", title="Schluß & Ende")))
    assert json.loads(captions.write_chapters(ChaptersPage(path="x", post=talk(media=media)), NullTranslations())) == {
        "version": "1.2.0",
        "title": "Ein Abend",
        "chapters": [{"startTime": 0, "title": "Anfang"}, {"startTime": 3723, "title": "Schluß & Ende"}],
    }


# Words that mean something to Markdown, HTML, WebVTT or to our readers of captions.
WORDS = st.sampled_from([
    "Ja.", "so", "Kolleg*innen", "Köch**innen", "**fett**", "==neu==", "<", "<v", "Eva>", "-->", "&amp;", "[x](y)",
    "[^1]", "|", "1.", "3.", "Oktober", "-", "#", ">", ">>", "Eva:", "Beschluss:", "Gast", "iPad:", "(lacht)",
    "[Musik]", "@ada:", "[[youtube:dQw4w9WgXcQ]]", "`c`", "{#id}", "\\*", "<!--", "www.amt.example", "_x_", "NOTE",
])  # fmt: skip
SAID = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)
CUES = st.lists(st.tuples(st.sampled_from(["Ada Lamm", "Eva"]), st.integers(1000, 9000), st.integers(0, 9000), SAID))


@given(CUES.filter(bool))
def test_captions_come_back_from_the_page_as_they_were(parts: list[tuple[str, int, int, str]]) -> None:
    """From captions to turns, to the page, to its captions and to turns again: each turn has its words, voice, time.

    Nobody speaks for less than a second: turns that begin in one second share it.
    """
    cues, end = [], 0
    for voice, length, pause, text in parts:
        cues.append(Cue(end + pause, end + pause + length, text, voice))
        end += pause + length
    written = format_webvtt(cues)
    people = {"ada": "Ada Lamm", "eva": "Eva"}
    spoken = turns.join_cues_into_turns(parse_transcript(written, people)[0])
    body = turns.format_turns_as_markdown(spoken)
    exported = captions.format_webvtt(convert_turns(body), None)
    read, violations = parse_transcript(exported, people)
    assert violations == []
    assert turns.format_turns_as_markdown(turns.join_cues_into_turns(read)) == body
