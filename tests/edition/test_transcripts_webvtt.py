import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import transcripts
from kuratorium.edition.fields import Violation
from kuratorium.edition.transcripts import Cue

HEAD = "WEBVTT\n\n"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
TEXTS = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)


def find_violations(text: str) -> list[tuple[int, str]]:
    """Return line and message of each violation of a file."""
    cues, violations = transcripts.parse_webvtt(text)
    assert violations or cues
    return [(violation.line, violation.message) for violation in violations]


def test_cues_have_times_voices_and_text() -> None:
    """Identifiers of cues, settings, notes, styles, tags, hours and line breaks are read as WebVTT defines them."""
    text = (
        "\ufeffWEBVTT Weichenstellung\nKind: captions\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\n"
        "eins\n00:01.000 --> 00:04.500 line:80%\n<v.loud Ruth Feldkamp>Das ist <i>die</i>\nPointe &amp; mehr.\n\n"
        "01:00:00.000 --> 01:00:01.000\r\n- Nein."
    )
    cues, violations = transcripts.parse_webvtt(text)
    assert violations == []
    assert cues == [
        Cue(1000, 4500, "Das ist die Pointe & mehr.", "Ruth Feldkamp", 10),
        Cue(3_600_000, 3_601_000, "- Nein.", "", 14),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "this is not a WebVTT file"),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\nJa.", 1, "this is not a WebVTT file"),
        ("WEBVTT\n", 1, "this file has no cues"),
        (f"{HEAD}00:01,000 --> 00:02,000\nJa.", 3, '"00:01,000 --> 00:02,000" is not the timing of a cue'),
        (f"{HEAD}00:61.000 --> 01:02.000\nJa.", 3, '"00:61.000 --> 01:02.000" is not the timing of a cue'),
        (f"{HEAD}Ja, das stimmt.", 3, '"Ja, das stimmt." is not the timing of a cue'),
        (f"{HEAD}00:02.000 --> 00:02.000\nJa.", 3, "this cue ends before it begins"),
        (f"{HEAD}00:09.000 --> 00:10.000\nA\n\n00:01.000 --> 00:02.000\nB", 6,
         "this cue begins before the one above it"),
        (f"{HEAD}name\n00:01.000 --> 00:02.000\n<v Eva></v>\n", 4, "this cue has no text"),
    ],
    ids=["empty", "other header", "no cue", "commas", "61 seconds", "no timing", "no time", "backwards", "no text"],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_line(text: str, line: int, message: str) -> None:
    """The first mistake of a cue is reported, with the line of its timing."""
    assert find_violations(text) == [(line, message)]


def test_every_invalid_cue_is_reported() -> None:
    """One mistake does not hide the next, and valid cues are read."""
    text = f"{HEAD}1:2 --> 3\nA\n\n00:01.000 --> 00:02.000\nB\n\n00:03.000 --> 00:03.000\nC"
    cues, violations = transcripts.parse_webvtt(text)
    assert [cue.text for cue in cues] == ["B"]
    assert [violation.line for violation in violations] == [3, 9]
    assert all(isinstance(violation, Violation) and violation.hint for violation in violations)


@given(
    st.lists(st.tuples(st.integers(0, 9_999), st.integers(1, 99_999), TEXTS, st.one_of(st.just(""), TEXTS)), min_size=1)
)
def test_written_cues_are_read_back(parts: list[tuple[int, int, str, str]]) -> None:
    """Characters of markup, hours and voices survive in a file."""
    start, cues = 0, []
    for wait, length, text, voice in parts:
        start += wait * 1000
        cues.append(Cue(start, start + length, text, voice))
    read_back, violations = transcripts.parse_webvtt(transcripts.format_webvtt(cues))
    assert violations == []
    assert [(cue.start, cue.end, cue.text, cue.voice) for cue in read_back] == [
        (cue.start, cue.end, cue.text, cue.voice) for cue in cues
    ]
