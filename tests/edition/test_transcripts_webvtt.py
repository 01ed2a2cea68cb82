import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import transcripts
from kuratorium.edition.transcripts import Cue
from kuratorium.edition.validation import Violation

HEAD = "WEBVTT\n\n"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
SAID = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)


def told(text: str) -> list[tuple[int, str]]:
    """What is wrong with a file: line and words."""
    cues, misfits = transcripts.parse_webvtt(text)
    assert misfits or cues
    return [(misfit.line, misfit.message) for misfit in misfits]


def test_cues_have_times_voices_and_text() -> None:
    """Names of cues, settings, notes, styles, tags, hours and line breaks are as the standard says."""
    text = (
        "\ufeffWEBVTT Weichenstellung\nKind: captions\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\n"
        "eins\n00:01.000 --> 00:04.500 line:80%\n<v.loud Ruth Feldkamp>Das ist <i>die</i>\nPointe &amp; mehr.\n\n"
        "01:00:00.000 --> 01:00:01.000\r\n- Nein."
    )
    cues, misfits = transcripts.parse_webvtt(text)
    assert misfits == []
    assert cues == [
        Cue(1000, 4500, "Das ist die Pointe & mehr.", "Ruth Feldkamp", 10),
        Cue(3_600_000, 3_601_000, "- Nein.", "", 14),
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "this is no WebVTT file"),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\nJa.", 1, "this is no WebVTT file"),
        ("WEBVTT\n", 1, "there is nothing said in this file"),
        (f"{HEAD}00:01,000 --> 00:02,000\nJa.", 3, "«00:01,000 --> 00:02,000» is no timing of a cue"),
        (f"{HEAD}00:61.000 --> 01:02.000\nJa.", 3, "«00:61.000 --> 01:02.000» is no timing of a cue"),
        (f"{HEAD}Ja, das stimmt.", 3, "«Ja, das stimmt.» is no timing of a cue"),
        (f"{HEAD}00:02.000 --> 00:02.000\nJa.", 3, "this cue ends before it begins"),
        (f"{HEAD}00:09.000 --> 00:10.000\nA\n\n00:01.000 --> 00:02.000\nB", 6,
         "this cue begins before the one above it"),
        (f"{HEAD}name\n00:01.000 --> 00:02.000\n<v Eva></v>\n", 4, "this cue has no text"),
    ],
    ids=["empty", "other header", "no cue", "commas", "61 seconds", "no timing", "no time", "backwards", "no text"],
)  # fmt: skip
def test_a_broken_file_is_told_with_its_line(text: str, line: int, what: str) -> None:
    """The first mistake of a cue is told, where it is."""
    assert told(text) == [(line, what)]


def test_every_broken_cue_is_told() -> None:
    """One mistake does not hide the next, and what is sound is read all the same."""
    text = f"{HEAD}1:2 --> 3\nA\n\n00:01.000 --> 00:02.000\nB\n\n00:03.000 --> 00:03.000\nC"
    cues, misfits = transcripts.parse_webvtt(text)
    assert [cue.text for cue in cues] == ["B"]
    assert [misfit.line for misfit in misfits] == [3, 9]
    assert all(isinstance(misfit, Violation) and misfit.hint for misfit in misfits)


@given(
    st.lists(st.tuples(st.integers(0, 9_999), st.integers(1, 99_999), SAID, st.one_of(st.just(""), SAID)), min_size=1)
)
def test_what_is_written_is_read_again(parts: list[tuple[int, int, str, str]]) -> None:
    """Signs of markup, hours and voices go through a file and come back."""
    start, cues = 0, []
    for wait, length, text, voice in parts:
        start += wait * 1000
        cues.append(Cue(start, start + length, text, voice))
    again, misfits = transcripts.parse_webvtt(transcripts.format_webvtt(cues))
    assert misfits == []
    assert [(cue.start, cue.end, cue.text, cue.voice) for cue in again] == [
        (cue.start, cue.end, cue.text, cue.voice) for cue in cues
    ]
