from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.desk import check
from kuratorium.edition.markdown.leftovers import find_leftovers
from kuratorium.edition.transcripts.captions import format_webvtt
from kuratorium.edition.transcripts.cues import Cue, TimedTurn
from kuratorium.edition.transcripts.turns import (
    format_turns_as_markdown,
    format_turns_as_text,
    join_cues_into_turns,
    split_turns_into_cues,
)
from kuratorium.publishing.urls import Paths
from kuratorium.text.markup import strip_markdown
from tests.captions import read_cues
from tests.editions import TinyEdition

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
        format_turns_as_markdown(turns) == "@ruth-feldkamp (00:05): Eins.\n\nZwei.\n\n@petra-ohlendorf (1:01:01): Ja."
    )
    assert format_turns_as_text(turns) == "[00:05] ruth-feldkamp: Eins.\n\nZwei.\n\n[1:01:01] petra-ohlendorf: Ja."


@given(st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), st.integers(0, 3), TEXTS), min_size=1, max_size=8))
def test_our_captions_are_read_back(parts: list[tuple[str, int, str]]) -> None:
    """Turns that begin in one second share it; a file of captions has its starts in order, and everybody's words."""
    start, spoken = 0, []
    for speaker, wait, text in parts:
        start += wait
        spoken.append(TimedTurn(speaker, start, (text,)))
    cues, violations = read_cues(format_webvtt(split_turns_into_cues(spoken)), PEOPLE)
    assert violations == []
    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)
    for person in PEOPLE:
        said = [word for turn in spoken if turn.speaker == person for word in turn.paragraphs[0].split()]
        assert [word for cue in cues if cue.voice == person for word in cue.text.split()] == said


def test_turns_of_one_second_share_the_time() -> None:
    """Each of them ends where the next one begins, the last one where the next second's turn does."""
    spoken = [TimedTurn("a", 10, ("Wir fangen an. " * 20,)), TimedTurn("b", 10, ("Ja.",)), TimedTurn("a", 12, ("So.",))]
    cues = split_turns_into_cues(spoken)
    assert [cue.voice for cue in cues] == ["a"] * (len(cues) - 2) + ["b", "a"]
    assert all(cue.start < cue.end == following.start for cue, following in pairwise(cues))
    assert cues[-1].start == 12_000


def test_captions_follow_the_order_of_time() -> None:
    """Turns whose times run backwards are captions in the order of time."""
    cues = split_turns_into_cues([TimedTurn("a", 9, ("Später.",)), TimedTurn("b", 3, ("Früher.",))])
    assert [(cue.voice, cue.start) for cue in cues] == [("b", 3000), ("a", 9000)]


@pytest.mark.parametrize(
    "words",
    ["ein {#netz} und {: .x}", "~~nie~~ immer", "{{ amt }} sagt {% ja %}", "*so* ==und== [so](x.md) <T> `a`", "a [^1]"],
)
def test_words_of_a_caption_are_no_markdown(words: str) -> None:
    """They are shown as they are written, and `check` reports no marks of other programs in them."""
    text = format_turns_as_markdown(join_cues_into_turns([Cue(0, 1000, words, "anna-berg")]))
    assert list(find_leftovers(text)) == []
    assert strip_markdown(text) == f"@anna-berg (00:00): {words}"


def test_words_of_captions_are_no_markdown(tiny: TinyEdition) -> None:
    """What is said is shown as it is, so that check looks in it for no links, attributes or marks of others."""
    tiny.write(
        "content/media/mast.vtt",
        "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Eva Falk>Siehe [Plan](fort.md) und {: .hell}, {{ x }} oder ~a~.\n\n"
        "00:04.000 --> 00:08.000\n<v Anna Berg>- Ja, und\n\n00:08.000 --> 00:12.000\n<v Eva Falk># nein.\n",
    )
    tiny.interview("mast", body="Vorab.", media={"transcript": "media/mast.vtt"})
    result = check.run_checks(tiny.root, build_paths=Paths)
    assert (result.errors, [problem.message for problem in result.warnings]) == ((), [])
