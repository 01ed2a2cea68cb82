from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kuratorium.edition import loader
from kuratorium.edition.transcripts.captions import format_webvtt
from kuratorium.edition.transcripts.cues import Cue
from kuratorium.errors import Problem
from kuratorium.publishing.markdown.converter import MarkdownConverter
from kuratorium.publishing.writers.captions import find_turns_in_html
from tests.editions import POLICY, TinyEdition

CUES = """\
WEBVTT

00:00:01.000 --> 00:00:03.000
<v Anna Berg>Warum?

00:00:03.500 --> 00:00:05.000
<v eva-falk>Darum,

00:00:05.000 --> 00:00:07.000
und weil es geht.
"""
FILE = "content/media/gespraech.vtt"
MEDIA = {"media": {"transcript": "media/gespraech.vtt"}}


def read_problems(tiny: TinyEdition) -> list[Problem]:
    """Return all problems of the edition."""
    return loader.read_edition(tiny.root)[1]


def read_talk(tiny: TinyEdition) -> str:
    """Return the body of the talk, with its transcript."""
    edition, problems = loader.read_edition(tiny.root)
    assert problems == []
    return next(post.body for post in edition.post_files if post.format == "talk")


def test_a_caption_file_becomes_the_turns_of_the_text(tiny: TinyEdition) -> None:
    """The turns follow the introduction, with ids of the speakers; successive cues of one voice are one turn."""
    tiny.write(FILE, CUES)
    tiny.talk("gespraech", body="Worum es ging.", **MEDIA)
    turns = "@anna-berg (00:01): Warum?\n\n@eva-falk (00:03): Darum, und weil es geht."
    assert read_talk(tiny).strip() == f"Worum es ging.\n\n{turns}"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("WEBVTT", "WEBVVT", 1, "this is not a WebVTT file"),
        ("00:00:03.500 -->", "00:00:03,500 -->", 6, '"00:00:03,500 --> 00:00:05.000" is not the timing of a cue'),
        ("<v Anna Berg>", "", 3, "this cue does not name its speaker"),
        ("<v eva-falk>", "<v Eva Falck>", 6,
         'the voice "Eva Falck" is neither guest, host nor author of this conversation'),
        ("00:00:05.000 --> 00:00:07.000", "01:00:05.000 --> 01:00:07.000", 9,
         "this cue begins at 1:00:05, and the recording ends at 01:00"),
    ],
    ids=["no header", "broken time", "nobody", "stranger", "too late"],
)  # fmt: skip
def test_a_mistake_in_a_caption_file_is_reported_with_its_line(
    tiny: TinyEdition, old: str, new: str, line: int, message: str
) -> None:
    """File and line are those of the .vtt file, not of the post that names it."""
    tiny.write(FILE, CUES.replace(old, new))
    tiny.talk(
        "gespraech",
        body="Worum es ging.",
        media={
            "transcript": "media/gespraech.vtt",
            "audio": {"url": "https://ton.example/1.mp3", "duration": "01:00"},
        },
    )
    (problem,) = read_problems(tiny)
    assert (problem.file, problem.line, problem.message) == (FILE, line, message)
    assert problem.hint


def test_captions_must_be_utf_8(tiny: TinyEdition) -> None:
    """A caption file in another encoding is reported with its line."""
    tiny.write(FILE, CUES.replace("Warum", "Wärum").encode("latin-1"))
    tiny.talk("gespraech", body="Worum es ging.", **MEDIA)
    (problem,) = read_problems(tiny)
    assert (problem.file, problem.line, problem.message) == (FILE, 4, "the file is not UTF-8 (byte 0xe4)")


def test_characters_of_markup_stay_what_was_said(tiny: TinyEdition) -> None:
    """Characters that mean something in Markdown or HTML survive, on the page and in the timed turns."""
    words = r"2 * 3 * 4 < 7 & [x](y) == _z_ == `a` \*b"
    tiny.write(FILE, format_webvtt([Cue(1000, 9000, words, "Anna Berg")]))
    tiny.talk("gespraech", body="Worum es ging.", **MEDIA)
    edition, _ = loader.read_edition(tiny.root)
    talk = next(post for post in edition.post_files if post.format == "talk")
    html = MarkdownConverter(edition.registry).convert(talk)
    assert [turn.paragraphs for turn in find_turns_in_html(html)] == [(words,)]
    page = BeautifulSoup(html, "html.parser")
    assert page.select_one(".turn p:not(.turn-speaker)").get_text() == words


@pytest.mark.parametrize(
    ("kind", "file", "body", "message"),
    [
        ("talk", "gespraech.vtt", "@anna-berg: Warum?",
         "the text has turns of its own, in addition to those of this file"),
        ("talk", "gespraech.txt", "Worum es ging.", "the transcript is not a .vtt file"),
        ("essay", "gespraech.vtt", "Ein Gedanke.", "only conversations have a transcript"),
    ],
    ids=["twice", "text", "essay"],
)  # fmt: skip
def test_a_transcript_belongs_to_a_conversation_without_turns(
    tiny: TinyEdition, kind: str, file: str, body: str, message: str
) -> None:
    """It is a .vtt file of a conversation whose text has no turns of its own."""
    tiny.write(f"content/media/{file}", CUES)
    path: Path = getattr(tiny, kind)("gespraech", body=body, media={"transcript": f"media/{file}"})
    (problem,) = read_problems(tiny)
    assert (problem.file, problem.field, problem.message) == (
        path.relative_to(tiny.root).as_posix(),
        "media.transcript",
        message,
    )
    assert problem.line > 1


def test_captions_of_another_format_are_converted_first(tiny: TinyEdition) -> None:
    """A browser shows WebVTT only, so a post cannot name SubRip captions; the message says what to do with them."""
    tiny.write(FILE, "1\n00:00:01,000 --> 00:00:02,000\nAnna Berg: Warum?\n")
    tiny.talk("gespraech", body="Worum es ging.", **MEDIA)
    (problem,) = read_problems(tiny)
    assert (problem.file, problem.line, problem.message) == (FILE, 1, "this is not a WebVTT file")
    assert "kuratorium transcript POST --from FILE" in problem.hint


def test_many_equal_mistakes_are_one_error(tiny: TinyEdition) -> None:
    """Captions without voices are one error, at the first of them, with the number of the others."""
    cues = "".join(f"\n00:0{second}.000 --> 00:0{second}.900\nWort.\n" for second in range(9))
    tiny.write(FILE, f"WEBVTT\n{cues}")
    tiny.talk("gespraech", body="Worum es ging.", **MEDIA)
    (problem,) = read_problems(tiny)
    assert (problem.line, problem.message) == (
        3,
        "this cue does not name its speaker; the same is wrong in 8 more cues",
    )


def test_equal_labels_of_a_stranger_are_one_error(tiny: TinyEdition) -> None:
    """A label in a captions file is told once, with its line and the number of the others; another one apart."""
    labels = ["Anna Berg", "Gast iPad", "Gast iPad", "Gast iPad", "jutta krone"]
    cues = [f"\n00:0{second}.000 --> 00:0{second}.900\n{label}: Ja.\n" for second, label in enumerate(labels)]
    tiny.write(FILE, f"WEBVTT\n{''.join(cues)}")
    tiny.talk("gespraech", body="Worum es ging.", **MEDIA)
    who = "is neither guest, host nor author of this conversation"
    assert [(problem.file, problem.line, problem.message) for problem in read_problems(tiny)] == [
        (FILE, 6, f'the voice "Gast iPad" {who}; the same is wrong in 2 more cues'),
        (FILE, 15, f'the voice "jutta krone" {who}'),
    ]


def test_the_policy_says_which_embeds_are_allowed(tiny: TinyEdition) -> None:
    """If policy.yaml lists providers, others are reported: in posts, in pages and as the video of a talk."""
    tiny.yaml("policy", {**POLICY, "embeds": ["vimeo"]})
    tiny.essay("filme", body="Siehe:\n\n[[youtube:dQw4w9WgXcQ]]\n\n[[vimeo:123456789]]")
    tiny.talk("abend", body="Bald.", media={"video": {"provider": "peertube", "id": "https://video.example/w/abc"}})
    tiny.page("karte", body="Hier:\n\n[[openstreetmap:52.5,13.4]]")
    reported = [(problem.file, problem.message) for problem in read_problems(tiny)]
    assert sorted(reported) == [
        ("content/essays/filme.md", "policy.yaml does not allow embeds of youtube"),
        ("content/pages/karte.md", "policy.yaml does not allow embeds of openstreetmap"),
        ("content/talks/abend.md", "policy.yaml does not allow embeds of peertube"),
    ]


def test_a_sponsor_in_a_caption_file_is_found(tiny: TinyEdition) -> None:
    """What is said in a recording mentions a sponsor as a text does; comments of the file do not."""
    tiny.yaml("policy", POLICY | {"sponsors": [{"name": "Stahl AG", "domains": ["stahl.example"]}]})
    split = CUES.replace("<v eva-falk>Darum,", "<v eva-falk>Darum, die Stahl").replace("\nund weil", "\nAG und weil")
    for captions, line in (
        (CUES.replace("es geht", "die Stahl AG das will"), 10),
        (CUES.replace("es geht", "stahl.example es sagt"), 10),
        (split, 1),
    ):
        tiny.write(FILE, captions)
        tiny.talk("gespraech", body="Worum es ging.", **MEDIA)
        (problem,) = read_problems(tiny)
        assert (problem.file, problem.line) == (FILE, line)
        assert "is a sponsor on" in problem.message
    tiny.write(FILE, CUES.replace("WEBVTT\n", "WEBVTT\n\nNOTE geprüft von der Stahl AG\n"))
    assert read_problems(tiny) == []
    tiny.write(FILE, split)
    tiny.talk("gespraech", body="Worum es ging.", disclosure={"kind": "sponsor", "text": "Zahlt."}, **MEDIA)
    assert read_problems(tiny) == []
