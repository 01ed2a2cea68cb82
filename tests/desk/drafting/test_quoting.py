from __future__ import annotations

import re

import pytest

from kuratorium.desk.drafting.quoting import QuotedPassage, find_passage
from kuratorium.errors import UsageError

TEXT = (
    "Der Rat hat entschieden. „Wir fangen an“, sagte die Bürgermeisterin, „und zwar heute.“ Die Frist endet im Mai. "
    "Wer zahlt? Niemand weiß es. Die Frist endet im Juni, sagt der Kämmerer."
)


@pytest.mark.parametrize(
    ("asked", "passage"),
    [
        ("Der Rat hat entschieden", "Der Rat hat entschieden."),
        ("der rat HAT", "Der Rat hat"),
        ("Wir fangen … zwar heute", "„Wir fangen an“, sagte die Bürgermeisterin, „und zwar heute.“"),
        ("Wer zahlt ... weiss es.", "Wer zahlt? Niemand weiß es."),
        ("“Wer zahlt […] weiß es”", "Wer zahlt? Niemand weiß es."),
        ("endet im Juni … Kämmerer", "endet im Juni, sagt der Kämmerer."),
    ],
)
def test_a_passage_is_found_by_its_ends(asked: str, passage: str):
    """First and last words are enough, in any case and punctuation; the passage is as the source has it."""
    assert find_passage(asked, [TEXT]) == QuotedPassage(0, passage)


def test_a_passage_is_looked_for_in_all_works():
    """It is told in which text the passage is."""
    assert find_passage("der Schluss", ["Anfang", "Hier ist der Schluss."]) == QuotedPassage(1, "der Schluss.")


@pytest.mark.parametrize(
    ("asked", "texts", "says"),
    [
        ("Die Frist endet", [TEXT], "2 places have these words; give more of them:\n  Die Frist endet"),
        ("Der Rat hat entscheiden", [TEXT], "no such passage. The nearest is:\n  Der Rat hat entschieden."),
        ("Wer zahlt … im Mai", [TEXT], "no such passage"),
        ("völlig anderes über Quitten", [TEXT], "no such passage"),
        ("ein Satz", ["", ""], "neither in the archive nor on its page"),
        (" … ", [TEXT], "write the first words"),
        ("a … b … c", [TEXT], "write the first words"),
        ("", [TEXT], "write the first words"),
    ],
)
def test_what_is_not_there_once_is_an_error(asked: str, texts: list[str], says: str):
    """A passage in several places, or in none, is refused, with what is nearest."""
    with pytest.raises(UsageError, match=re.escape(says)):
        find_passage(asked, texts)


def test_a_passage_has_an_end_nearby():
    """Words a thousand words apart are the ends of no quotation."""
    with pytest.raises(UsageError, match="no such passage"):
        find_passage("Anfang hier … Ende dort", [f"Anfang hier {'Wort ' * 1000} Ende dort"])
