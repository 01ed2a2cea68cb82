from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition.fields import Violation
from kuratorium.edition.transcripts.captions import format_webvtt, group_violations
from kuratorium.edition.transcripts.cues import Cue
from tests.captions import read_cues

HEAD = "WEBVTT\n\n"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
TEXTS = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)


def find_violations(text: str) -> list[tuple[int, str]]:
    """Return line and message of each violation of a file."""
    cues, violations = read_cues(text)
    assert violations or cues
    return [(violation.line, violation.message) for violation in violations]


def test_cues_have_times_voices_and_text() -> None:
    """Identifiers of cues, settings, notes, styles, tags, hours and line breaks are read as WebVTT defines them."""
    text = (
        "\ufeffWEBVTT Weichenstellung\nKind: captions\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\n"
        "eins\n00:01.000 --> 00:04.500 line:80%\n<v.loud Ruth Feldkamp>Das ist <i>die</i>\nPointe &amp; mehr.\n\n"
        "01:00:00.000 --> 01:00:01.000\r\n- Nein."
    )
    cues, violations = read_cues(text)
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
        (f"{HEAD}00:02.000 --> 00:01.000\nJa.", 3, "this cue ends before it begins"),
        (f"{HEAD}00:09.000 --> 00:10.000\nA\n\n00:01.000 --> 00:02.000\nB", 6,
         "this cue begins before the one above it"),
        (f"{HEAD}name\n00:01.000 --> 00:02.000\n\n", 1, "this file has no cues"),
        (f"{HEAD}00:01.000 --> {'9' * 5000}:00:02.000\nJa.", 3,
         f'"00:01.000 --> {"9" * 46}" is not the timing of a cue'),
    ],
    ids=["empty", "other header", "no cue", "commas", "61 seconds", "no timing", "no time", "backwards", "no text",
         "5,000 digits"],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_line(text: str, line: int, message: str) -> None:
    """The first mistake of a cue is reported, with the line of its timing."""
    assert find_violations(text) == [(line, message)]


def test_every_invalid_cue_is_reported() -> None:
    """One mistake does not hide the next, and valid cues are read."""
    text = f"{HEAD}1:2 --> 3\nA\n\n00:01.000 --> 00:02.000\nB\n\n00:03.000 --> 00:02.000\nC"
    cues, violations = read_cues(text)
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
    read_back, violations = read_cues(format_webvtt(cues))
    assert violations == []
    assert [(cue.start, cue.end, cue.text, cue.voice) for cue in read_back] == [
        (cue.start, cue.end, cue.text, cue.voice) for cue in cues
    ]


def test_captions_without_words_or_length_are_no_mistakes() -> None:
    """A caption without text is passed over; the words of one without length stay."""
    text = f"{HEAD}00:01.000 --> 00:02.000\nA\n\n00:02.000 --> 00:03.000\n \n\n00:03.000 --> 00:03.000\nB\n\nNOTE x"
    cues, violations = read_cues(text)
    assert violations == []
    assert [(cue.start, cue.text) for cue in cues] == [(1000, "A"), (3000, "B")]


@pytest.mark.parametrize("mark", ["<00:00:01.500>", ""], ids=["word by word", "plain"])
def test_lines_that_roll_are_said_once(mark: str) -> None:
    """Automatic captions repeat each line while the next one appears, with a line of one space below or above."""
    lines = [f"Zeile{mark}<c> {number}</c>" for number in range(5)]
    blocks = [f"00:00.000 --> 00:00.990\n \n{lines[0]}"]
    for number, (before, line) in enumerate(pairwise(lines), 1):
        plain = before.replace(mark, "")
        blocks += [f"00:0{number}.000 --> 00:0{number}.010\n{plain}\n "]
        blocks += [f"00:0{number}.010 --> 00:0{number}.990\n{plain}\n{line}"]
    cues, violations = read_cues("WEBVTT\nKind: captions\n\n" + "\n\n".join(blocks))
    assert violations == []
    assert [cue.text for cue in cues] == [f"Zeile {number}" for number in range(5)]


def test_what_somebody_says_twice_stays() -> None:
    """Equal lines in captions that do not roll are two."""
    cues, _ = read_cues(f"{HEAD}00:01.000 --> 00:02.000\nJa.\n\n00:02.000 --> 00:03.000\nJa.\nUnd nein.")
    assert [cue.text for cue in cues] == ["Ja.", "Ja. Und nein."]


def test_a_line_of_spaces_parts_captions_only_before_a_timing() -> None:
    """Within a caption such a line is a part of it; the next timing ends it, with the identifier above."""
    cues, violations = read_cues(f"{HEAD}00:01.000 --> 00:02.000\nA\n \nB\n \n2\n00:02.000 --> 00:03.000\nC")
    assert violations == []
    assert [(cue.text, cue.line) for cue in cues] == [("A B", 3), ("C", 9)]


def test_subrip_captions_are_read() -> None:
    """Numbers, commas before the milliseconds, tags and positions of SubRip have no part in the words."""
    text = (
        '1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<font color="#fff">Guten</font> <i>Abend</i>\r\n\r\n'
        "2\r\n100:00:00,000 --> 100:00:01,000 X1:40\r\nZahl < 3 &amp; mehr\r\n"
    )
    cues, violations = read_cues(text)
    assert violations == []
    assert [(cue.start, cue.text) for cue in cues] == [(1000, "Guten Abend"), (360_000_000, "Zahl < 3 & mehr")]


def test_a_number_above_a_timing_is_no_word() -> None:
    """Some programs leave out the blank line between captions; in WebVTT, the number must be the next one."""
    times = ["00:00:01,000 --> 00:00:02,000", "00:00:02,000 --> 00:00:03,000", "00:00:03,000 --> 00:00:04,000"]
    text = f"1\n{times[0]}\nWie viele?\n2\n{times[1]}\nEs waren\n20\n7\n{times[2]}\nJa."
    assert [cue.text for cue in read_cues(text)[0]] == ["Wie viele?", "Es waren 20", "Ja."]
    text = HEAD + f"1\n{times[0]}\nWie viele?\n2\n{times[1]}\nEs waren\n20\n{times[2]}\nJa.".replace(",", ".")
    assert [cue.text for cue in read_cues(text)[0]] == ["Wie viele?", "Es waren 20", "Ja."]


@pytest.mark.parametrize("mark", ["<v Ruth Feldkamp>", "Ruth Feldkamp: ", ""])
@pytest.mark.parametrize("is_everywhere", [True, False], ids=["each line", "first line"])
def test_lines_that_roll_keep_their_voice(mark: str, is_everywhere: bool) -> None:
    """A line is the same with and without its voice, and what follows it is said by the same person."""
    lines = [f"Zeile {number}" for number in range(5)]
    between = f"\n{mark}" if is_everywhere else "\n"
    blocks = [f"00:00.000 --> 00:00.990\n{mark}{lines[0]}"] + [
        f"00:0{number}.000 --> 00:0{number}.990\n{mark}{before}{between}{line}"
        for number, (before, line) in enumerate(pairwise(lines), 1)
    ]
    cues, violations = read_cues(HEAD + "\n\n".join(blocks), {"ruth-feldkamp": "Ruth Feldkamp"})
    assert violations == []
    assert [(cue.voice, cue.text) for cue in cues] == [("Ruth Feldkamp" if mark else "", line) for line in lines]


def test_captions_that_grow_are_one() -> None:
    """Live captions show each word as it is said; the whole sentence begins with the first."""
    blocks = ["<v Ruth>Das", "<v Ruth>Das ist", "<v Ruth>Das ist ein\nSatz.", "<v Petra>Ja", "<v Petra>Ja, genau."]
    blocks += ["<v Petra>So", "<v Petra>So ist", "<v Petra>So ist es."]
    text = HEAD + "\n\n".join(f"00:0{at}.000 --> 00:0{at}.990\n{block}" for at, block in enumerate(blocks))
    assert [(cue.start, cue.voice, cue.text) for cue in read_cues(text)[0]] == [
        (0, "Ruth", "Das ist ein Satz."),
        (3000, "Petra", "Ja"),
        (4000, "Petra", "Ja, genau."),
        (5000, "Petra", "So ist es."),
    ]
    text = f"{HEAD}00:01.000 --> 00:02.000\nJa.\n\n00:02.000 --> 00:03.000\nJa. Und nein."
    assert [cue.text for cue in read_cues(text)[0]] == ["Ja.", "Ja. Und nein."]


@pytest.mark.parametrize("line_break", ["<br>", "<BR />", "\\N", "\u2028", "\v"])
def test_line_breaks_of_other_formats_are_some(line_break: str) -> None:
    """Programs that convert captions leave them in; a label may follow."""
    text = f"{HEAD}00:01.000 --> 00:03.000\nRuth Feldkamp: Warum?{line_break}Petra Ohlendorf: Darum."
    people = {"ruth-feldkamp": "Ruth Feldkamp", "petra-ohlendorf": "Petra Ohlendorf"}
    assert [(cue.voice, cue.text) for cue in read_cues(text, people)[0]] == [
        ("Ruth Feldkamp", "Warum?"),
        ("Petra Ohlendorf", "Darum."),
    ]


@pytest.mark.parametrize("identifiers", [("turn-1", "turn-2"), ("#9", "#10"), ("4fa-b/7-0", "4fa-b/7-1")])
def test_an_identifier_above_a_timing_is_no_word(identifiers: tuple[str, str]) -> None:
    """It looks like that of the caption before, without a blank line between them; other words stay."""
    first, second = identifiers
    text = f"{HEAD}{first}\n00:01.000 --> 00:02.000\nWarum?\n{second}\n00:02.000 --> 00:03.000\nDarum.\nNur 3"
    assert [cue.text for cue in read_cues(f"{text}\n00:03.000 --> 00:04.000\nJa.")[0]] == [
        "Warum?",
        "Darum. Nur 3",
        "Ja.",
    ]


def test_a_line_of_another_voice_is_not_repeated() -> None:
    """Two people may say the same words one after the other in a file whose lines roll."""
    blocks = ["<v Ruth>A", "<v Ruth>A\nB", "<v Ruth>B\nJa.", "<v Petra>Ja.\nC", "<v Petra>C\nD"]
    text = HEAD + "\n\n".join(f"00:0{at}.000 --> 00:0{at}.990\n{block}" for at, block in enumerate(blocks))
    assert [(cue.voice, cue.text) for cue in read_cues(text)[0]] == [
        ("Ruth", "A"), ("Ruth", "B"), ("Ruth", "Ja."), ("Petra", "Ja. C"), ("Petra", "D"),
    ]  # fmt: skip


def test_equal_violations_are_one() -> None:
    """Those of one kind are one, with the first line; other kinds, and other voices, stay."""
    violations = [
        Violation((), '"1 --> 2" is not the timing of a cue', "", 3),
        Violation((), '"3 --> 4" is not the timing of a cue', "", 5),
        Violation((), 'the voice "A" is unknown', "", 7),
        Violation((), 'the voice "B" is unknown', "", 9),
        Violation((), "this cue begins at 10:00, and the recording ends at 01:00", "", 11),
        Violation((), "this cue begins at 1:10:00, and the recording ends at 01:00", "", 13),
        Violation((), "this cue begins at 1:20:00, and the recording ends at 01:00", "", 15),
    ]
    assert [(violation.line, violation.message) for violation in group_violations(violations)] == [
        (3, '"1 --> 2" is not the timing of a cue; the same is wrong in one more cue'),
        (7, 'the voice "A" is unknown'),
        (9, 'the voice "B" is unknown'),
        (11, "this cue begins at 10:00, and the recording ends at 01:00; the same is wrong in 2 more cues"),
    ]


@given(st.text(st.sampled_from("WEBVTT\n\r -><v/.:,0123 AnaBerg&gt;[]()♪"), max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever a file holds, reading it ends with cues or with violations that name a line."""
    for head in ("", HEAD, "1\n00:00:00,000 --> 00:00:01,000\n"):
        cues, violations = read_cues(head + text, {"ana-berg": "Ana Berg"})
        assert all(violation.line for violation in violations)
        assert all(cue.text for cue in cues)
