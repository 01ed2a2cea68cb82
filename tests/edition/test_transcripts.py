from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kuratorium.edition import transcripts
from kuratorium.edition.fields import Violation
from kuratorium.edition.transcripts import (
    Cue,
    TimedTurn,
    identify_speakers,
    join_cues_into_turns,
    split_turns_into_cues,
)

PEOPLE = {"ruth-feldkamp": "Ruth Feldkamp", "petra-ohlendorf": "Petra Ohlendorf"}
WORD = st.text("abcdefghäöüß-", min_size=1, max_size=30)
TEXTS = st.lists(WORD, min_size=1, max_size=60).map(". ".join)


def test_a_turn_becomes_captions_of_two_lines() -> None:
    """It is cut between clauses, and each caption begins when the one before has ended."""
    text = "Sie liest Haushaltspläne lieber als Strategiepapiere. Und sie fragt zuerst, was dafür abgeschaltet wird."
    cues = split_turns_into_cues([TimedTurn("ruth-feldkamp", 60, (text,)), TimedTurn("petra-ohlendorf", 66, ("Ja.",))])
    assert [cue.text for cue in cues] == [
        "Sie liest Haushaltspläne lieber als Strategiepapiere. Und sie fragt zuerst,",
        "was dafür abgeschaltet wird.",
        "Ja.",
    ]
    assert [cue.start for cue in cues] == [60_000, 64_368, 66_000]
    assert cues[1].end == 66_000


def test_a_caption_ends_when_its_words_are_spoken() -> None:
    """The last caption of a turn does not stay during a minute of silence, as at a gap in an excerpt."""
    first, _ = split_turns_into_cues(
        [TimedTurn("ruth-feldkamp", 0, ("Das ist ja die Pointe.",)), TimedTurn("ruth-feldkamp", 60, ("Gut.",))]
    )
    assert first.end == 1540


def test_a_turn_without_text_has_no_captions() -> None:
    """A conversation may have no turns, or turns without text."""
    assert split_turns_into_cues([], 60) == split_turns_into_cues([TimedTurn("ruth-feldkamp", 0, ())], 60) == []


def test_cues_of_one_voice_are_one_turn_until_it_pauses() -> None:
    """Another voice, or four seconds of silence, begins a new turn."""
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


def test_voices_are_identified_by_name_or_id() -> None:
    """An unknown voice is reported with its line and the most similar name; a cue without one continues."""
    cues = [
        Cue(0, 1, "?", "", 3),
        Cue(1, 2, "A", "ruth feldkamp", 6),
        Cue(2, 3, "B", "petra-ohlendorf", 9),
        Cue(3, 4, "C", "Ruth Feldkmap", 12),
        Cue(4, 5, "D", "", 15),
    ]
    results = list(identify_speakers(cues, PEOPLE))
    assert [(result.line, result.message if isinstance(result, Violation) else result.voice) for result in results] == [
        (3, "this cue does not name its speaker"),
        (6, "ruth-feldkamp"),
        (9, "petra-ohlendorf"),
        (12, 'the voice "Ruth Feldkmap" is neither guest, host nor author of this conversation'),
        (15, ""),
    ]
    assert isinstance(results[3], Violation)
    assert results[3].hint == 'Did you mean "Ruth Feldkamp"?'


@given(st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), st.integers(60, 900), TEXTS), min_size=1, max_size=8))
def test_turns_survive_as_captions(parts: list[tuple[str, int, str]]) -> None:
    """Turns come back from their captions as they were; no caption is empty, too long or overlaps another."""
    start, turns = 0, []
    for speaker, length, text in parts:
        turns.append(TimedTurn(speaker, start, (text,)))
        start += length * 10
    cues = split_turns_into_cues(turns, start)
    assert join_cues_into_turns(cues) == turns
    assert all(cue.text and len(cue.text) <= 84 and cue.start < cue.end for cue in cues)
    assert all(cue.end <= following.start for cue, following in pairwise(cues))


def test_turns_are_written_as_a_body_marks_them() -> None:
    """A turn has marker, time code and colon; the time code has hours only from one hour on."""
    turns = [TimedTurn("ruth-feldkamp", 5, ("Eins.", "Zwei.")), TimedTurn("petra-ohlendorf", 3661, ("Ja.",))]
    assert (
        transcripts.format_turns_as_markdown(turns)
        == "@ruth-feldkamp (00:05): Eins.\n\nZwei.\n\n@petra-ohlendorf (1:01:01): Ja."
    )
    assert (
        transcripts.format_turns_as_text(turns)
        == "[00:05] ruth-feldkamp: Eins.\n\nZwei.\n\n[1:01:01] petra-ohlendorf: Ja."
    )
