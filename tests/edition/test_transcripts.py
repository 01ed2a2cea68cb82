from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import transcripts
from kuratorium.edition.transcripts import (
    Cue,
    TimedTurn,
    identify_speakers,
    join_cues_into_turns,
    split_turns_into_cues,
)
from kuratorium.edition.validation import Violation

PEOPLE = {"ruth-feldkamp": "Ruth Feldkamp", "petra-ohlendorf": "Petra Ohlendorf"}
WORD = st.text("abcdefghäöüß-", min_size=1, max_size=30)
SAID = st.lists(WORD, min_size=1, max_size=60).map(". ".join)


def test_a_turn_becomes_captions_of_two_lines() -> None:
    """It is cut at its stops, and no caption begins before the one above it has ended."""
    said = "Sie liest Haushaltspläne lieber als Strategiepapiere. Und sie fragt zuerst, was dafür abgeschaltet wird."
    cues = split_turns_into_cues([TimedTurn("ruth-feldkamp", 60, (said,)), TimedTurn("petra-ohlendorf", 66, ("Ja.",))])
    assert [cue.text for cue in cues] == [
        "Sie liest Haushaltspläne lieber als Strategiepapiere. Und sie fragt zuerst,",
        "was dafür abgeschaltet wird.",
        "Ja.",
    ]
    assert [cue.start for cue in cues] == [60_000, 64_368, 66_000]
    assert cues[1].end == 66_000


def test_a_caption_does_not_stay_where_an_excerpt_jumps() -> None:
    """A minute of silence is not filled with the last word."""
    first, _ = split_turns_into_cues(
        [TimedTurn("ruth-feldkamp", 0, ("Das ist ja die Pointe.",)), TimedTurn("ruth-feldkamp", 60, ("Gut.",))]
    )
    assert first.end == 1540


def test_nothing_said_is_no_caption() -> None:
    """A conversation may be all introduction."""
    assert split_turns_into_cues([], 60) == split_turns_into_cues([TimedTurn("ruth-feldkamp", 0, ())], 60) == []


def test_one_voice_is_one_turn_until_it_pauses() -> None:
    """Captions of a voice are joined; another voice or four seconds of silence begin a new turn."""
    cues = [
        Cue(1000, 2000, "Eins,", "Ruth Feldkamp"),
        Cue(2500, 4000, "zwei."),
        Cue(8000, 9000, "Drei.", "Ruth Feldkamp"),
        Cue(9000, 9500, "Halt.", "Petra Ohlendorf"),
    ]
    assert join_cues_into_turns(cues) == [
        TimedTurn("Ruth Feldkamp", 1, ("Eins, zwei.",)),
        TimedTurn("Ruth Feldkamp", 8, ("Drei.",)),
        TimedTurn("Petra Ohlendorf", 9, ("Halt.",)),
    ]


def test_voices_are_known_by_name_or_id() -> None:
    """Others are told with their line, and with whom they are probably meant to be."""
    cues = [
        Cue(0, 1, "?", "", 3),
        Cue(1, 2, "A", "ruth feldkamp", 6),
        Cue(2, 3, "B", "petra-ohlendorf", 9),
        Cue(3, 4, "C", "Ruth Feldkmap", 12),
        Cue(4, 5, "D", "", 15),
    ]
    found = list(identify_speakers(cues, PEOPLE))
    assert [(one.line, one.message if isinstance(one, Violation) else one.voice) for one in found] == [
        (3, "nobody is named who says this"),
        (6, "ruth-feldkamp"),
        (9, "petra-ohlendorf"),
        (12, "the voice «Ruth Feldkmap» is neither guest, host nor author of this conversation"),
        (15, ""),
    ]
    assert isinstance(found[3], Violation)
    assert found[3].hint == "Did you mean «Ruth Feldkamp»?"


@given(st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), st.integers(60, 900), SAID), min_size=1, max_size=8))
def test_turns_become_captions_and_turns_again(parts: list[tuple[str, int, str]]) -> None:
    """No word is lost on the way to captions and back; no caption is empty, too long or overlaps another."""
    start, turns = 0, []
    for speaker, length, said in parts:
        turns.append(TimedTurn(speaker, start, (said,)))
        start += length * 10
    cues = split_turns_into_cues(turns, start)
    assert join_cues_into_turns(cues) == turns
    assert all(cue.text and len(cue.text) <= 84 and cue.start < cue.end for cue in cues)
    assert all(one.end <= next_one.start for one, next_one in pairwise(cues))


def test_turns_are_written_as_a_body_marks_them() -> None:
    """Marker, time code, colon; hours only where there are any."""
    turns = [TimedTurn("ruth-feldkamp", 5, ("Eins.", "Zwei.")), TimedTurn("petra-ohlendorf", 3661, ("Ja.",))]
    assert (
        transcripts.format_turns_as_markdown(turns)
        == "@ruth-feldkamp (00:05): Eins.\n\nZwei.\n\n@petra-ohlendorf (1:01:01): Ja."
    )
    assert (
        transcripts.format_turns_as_text(turns)
        == "[00:05] ruth-feldkamp: Eins.\n\nZwei.\n\n[1:01:01] petra-ohlendorf: Ja."
    )
