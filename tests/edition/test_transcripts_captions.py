from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from kuratorium.edition import loader, transcripts
from kuratorium.errors import Problem
from kuratorium.publishing.markdown.converter import MarkdownConverter
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
PLACE = {"media": {"transcript": "media/gespraech.vtt"}}


def problems(tiny: TinyEdition) -> list[Problem]:
    """All that is wrong with the edition."""
    return loader.read_edition(tiny.root)[1]


def heard(tiny: TinyEdition) -> str:
    """The body of the talk with its transcript."""
    found, wrong = loader.read_edition(tiny.root)
    assert wrong == []
    return next(one.body for one in found.post_files if one.format == "talk")


def test_a_file_of_captions_becomes_the_turns_of_the_text(tiny: TinyEdition) -> None:
    """Below the introduction stand the turns, with the ids of who speaks; a voice that goes on has one turn."""
    tiny.write(FILE, CUES)
    tiny.talk("gespraech", body="Worum es ging.", **PLACE)
    said = "@anna-berg (00:01): Warum?\n\n@eva-falk (00:03): Darum, und weil es geht."
    assert heard(tiny).strip() == f"Worum es ging.\n\n{said}"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("WEBVTT", "WEBVVT", 1, "this is no WebVTT file"),
        ("00:00:03.500 -->", "00:00:03,500 -->", 6, "«00:00:03,500 --> 00:00:05.000» is no timing of a cue"),
        ("<v Anna Berg>", "", 3, "nobody is named who says this"),
        ("<v eva-falk>", "<v Eva Falck>", 6,
         "the voice «Eva Falck» is neither guest, host nor author of this conversation"),
        ("00:00:05.000 --> 00:00:07.000", "01:00:05.000 --> 01:00:07.000", 9,
         "this cue begins at 1:00:05, and the recording ends at 01:00"),
    ],
    ids=["no header", "broken time", "nobody", "stranger", "too late"],
)  # fmt: skip
def test_a_broken_file_of_captions_is_told_with_its_own_line(
    tiny: TinyEdition, old: str, new: str, line: int, what: str
) -> None:
    """File, line and what is wrong are those of the .vtt file, not those of the post that names it."""
    tiny.write(FILE, CUES.replace(old, new))
    tiny.talk(
        "gespraech",
        body="Worum es ging.",
        media={
            "transcript": "media/gespraech.vtt",
            "audio": {"url": "https://ton.example/1.mp3", "duration": "01:00"},
        },
    )
    (problem,) = problems(tiny)
    assert (problem.file, problem.line, problem.message) == (FILE, line, what)
    assert problem.hint


def test_captions_that_are_no_text_are_told(tiny: TinyEdition) -> None:
    """A file in another encoding is named with its line."""
    tiny.write(FILE, CUES.replace("Warum", "Wärum").encode("latin-1"))
    tiny.talk("gespraech", body="Worum es ging.", **PLACE)
    (problem,) = problems(tiny)
    assert (problem.file, problem.line, problem.message) == (FILE, 4, "the file is not UTF-8 (byte 0xe4)")


def test_what_is_said_is_no_markup(tiny: TinyEdition) -> None:
    """Signs that mean something in Markdown or HTML are read out as they were said, on the page and by the command."""
    said = r"2 * 3 * 4 < 7 & [x](y) == _z_ == `a` \*b"
    tiny.write(FILE, transcripts.format_webvtt([transcripts.Cue(1000, 9000, said, "Anna Berg")]))
    tiny.talk("gespraech", body="Worum es ging.", **PLACE)
    found, _ = loader.read_edition(tiny.root)
    talk = next(one for one in found.post_files if one.format == "talk")
    assert [turn.paragraphs for turn in transcripts.list_timed_turns(talk)] == [(said,)]
    made = BeautifulSoup(MarkdownConverter(found.registry).convert(talk), "html.parser")
    assert made.select_one(".turn p:not(.turn-speaker)").get_text() == said


@pytest.mark.parametrize(
    ("kind", "file", "body", "what"),
    [
        ("talk", "gespraech.vtt", "@anna-berg: Warum?", "the text has turns of its own, beside those of this file"),
        ("talk", "gespraech.txt", "Worum es ging.", "the transcript is no .vtt file"),
        ("essay", "gespraech.vtt", "Ein Gedanke.", "only conversations have a transcript"),
    ],
    ids=["twice", "text", "essay"],
)  # fmt: skip
def test_a_transcript_has_its_place(tiny: TinyEdition, kind: str, file: str, body: str, what: str) -> None:
    """It is a .vtt file of a conversation whose text has no turns."""
    tiny.write(f"content/media/{file}", CUES)
    made: Path = getattr(tiny, kind)("gespraech", body=body, media={"transcript": f"media/{file}"})
    (problem,) = problems(tiny)
    assert (problem.file, problem.field, problem.message) == (
        made.relative_to(tiny.root).as_posix(),
        "media.transcript",
        what,
    )
    assert problem.line > 1


def test_whose_things_may_be_shown_is_said_by_the_policy(tiny: TinyEdition) -> None:
    """With a list in policy.yaml others are told, in texts, pages and as a talk's video."""
    tiny.yaml("policy", {**POLICY, "embeds": ["vimeo"]})
    tiny.essay("filme", body="Siehe:\n\n[[youtube:dQw4w9WgXcQ]]\n\n[[vimeo:123456789]]")
    tiny.talk("abend", body="Bald.", media={"video": {"provider": "peertube", "id": "https://video.example/w/abc"}})
    tiny.page("karte", body="Hier:\n\n[[openstreetmap:52.5,13.4]]")
    told = [(problem.file, problem.message) for problem in problems(tiny)]
    assert sorted(told) == [
        ("content/essays/filme.md", "policy.yaml does not allow what youtube hosts"),
        ("content/pages/karte.md", "policy.yaml does not allow what openstreetmap hosts"),
        ("content/talks/abend.md", "policy.yaml does not allow what peertube hosts"),
    ]
