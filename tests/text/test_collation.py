from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.text.collation import build_sort_key, fold_words, list_spellings


@pytest.mark.parametrize(
    "spellings",
    [
        ("Fußgängerbrücke", "FUSSGAENGERBRUECKE", unicodedata.normalize("NFD", "fußgängerbrücke")),
        ("Open-Data-Tag", "open data tag", "Open\u2011Data\u2011Tag", "Open\u2010Data\u00a0Tag"),
        ("Ver\u00adwal\u00adtung", "Verwaltung"),
        ("Café", "cafe", "Cafe\u0301"),
    ],
)
def test_spellings_of_a_word_are_equal(spellings: tuple[str, ...]) -> None:
    """ß is ss, ä is ae, a letter may be two characters, and a hyphen is a blank."""
    assert len({fold_words(spelling) for spelling in spellings}) == 1


def test_other_words_stay_apart() -> None:
    """An umlaut is not its plain letter, lines stay lines, and signs that belong to a word stay."""
    assert fold_words("schön") != fold_words("schon")
    assert fold_words("Erste Straße\nzweite") == "erste strasse\nzweite"
    assert fold_words("C++ .NET") == "c++ .net"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded text is its own spelling."""
    assert fold_words(fold_words(text)) == fold_words(text)


@pytest.mark.parametrize(
    ("word", "tokens"),
    [
        ("Größe", {"große", "grosse", "groesse"}),
        ("strasse", {"straße", "strasse"}),
        ("Gruesse", {"gruße", "grusse", "gruesse"}),
        ("neue", {"neue"}),
        ("finanzen", {"finanzen", "\ufb01nanzen"}),
        ("\ufb01nanzen", {"finanzen", "\ufb01nanzen"}),
        ("quelle", {"quelle"}),
        ("Coeur", {"c\u0153ur", "coeur"}),
        ("c\u0153ur", {"c\u0153ur", "coeur"}),
        ("NIS2", {"nis2", "nis 2"}),
        ("OpenData", {"opendata", "open data"}),
        ("amt", {"amt", "\uff41\uff4d\uff54"}),
    ],
)
def test_a_word_is_searched_in_all_its_spellings(word: str, tokens: set[str]) -> None:
    """The index drops accents and keeps ß, so each way to write the word is one of these tokens."""
    assert tokens <= set(list_spellings(word))


def test_a_long_word_has_few_spellings() -> None:
    """A query cannot grow without bound."""
    assert len(list_spellings("aessoe" * 100)) <= 21


def test_lists_are_in_the_order_of_a_dictionary() -> None:
    """DIN 5007-1: umlauts stand beside their letters, ß is ss, signs and case decide last."""
    names = [
        *("Acker", "Äcker", "Ackermann", "„Buch“", "Buche", "Ødegaard", "Ofen", "Öl", "Strasse", "Straße", "straßen"),
        "zu",
    ]
    assert sorted(names, key=build_sort_key) == names


@given(st.text())
def test_a_folded_text_has_no_accents(text: str) -> None:
    """No mark that combines with a letter is left, in any script."""
    assert not any(map(unicodedata.combining, fold_words(text)))


def test_every_occurrence_of_a_letter_is_folded() -> None:
    """A text is folded from its first to its last letter, whatever stands between."""
    assert (
        fold_words("Übergrößenträger – Łódź, Ærø\u00ad-ÜBERGRÖSSEN")
        == "uebergroessentraeger   lodz, aero uebergroessen"
    )
