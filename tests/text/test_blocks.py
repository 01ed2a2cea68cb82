import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.text.blocks import find_miscounted_lists, set_blocks_apart


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Dabei:\n- Rad\n- Bus", "Dabei:\n\n- Rad\n- Bus"),
        ("Dabei:\n- Rad", "Dabei:\n\n- Rad"),
        ("Dabei sind\n* Rad\n  und Tandem\n* Bus", "Dabei sind\n\n* Rad\n  und Tandem\n* Bus"),
        ("So geht es\n1. rein\n2. raus", "So geht es\n\n1. rein\n2. raus"),
        ("> Dabei:\n> - Rad\n> - Bus", "> Dabei:\n>\n> - Rad\n> - Bus"),
        ("> Gesagt\n- Rad\n- Bus", "> Gesagt\n\n- Rad\n- Bus"),
        ("Dabei:\n• Rad\n• Bus", "Dabei:\n\n- Rad\n- Bus"),
        ("· Rad\n· Bus", "- Rad\n- Bus"),
        ("Zahlen:\n| a | b |\n|---|---|\n| 1 | 2 |\nEnde", "Zahlen:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEnde"),
    ],
)  # fmt: skip
def test_lists_and_tables_interrupt_a_paragraph(text: str, apart: str) -> None:
    """A list with a colon before it or several items, and a table, need no blank line above or below."""
    assert set_blocks_apart(text) == apart


@pytest.mark.parametrize(
    "text",
    [
        "Das war\n- sagt sie - nicht\ngut",
        "Es lag am\n2. Antrag und am\n3. Antrag",
        "Es begann am\n1. Mai und\n2. Juni",
        "Titel\n- - -",
        "- Rad\n  mit Licht\n- Bus",
        "Dabei:\n\n- Rad\n- Bus",
        "[^1]: Dabei:\n- Rad\n- Bus",
        "## Dabei\n- Rad\n- Bus",
        "Rad | Bus",
        "• Rad",
    ],
)
def test_wrapped_sentences_and_lists_stay(text: str) -> None:
    """One line with a dash, a number other than 1, and what is apart already stay as they are."""
    assert set_blocks_apart(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("5. Senat\n\n11. Wahlperiode\n\n3. Liga", "5\\. Senat\n\n11\\. Wahlperiode\n\n3\\. Liga"),
        ("> 5. Senat\n>\n> 11. Wahlperiode", "> 5\\. Senat\n>\n> 11\\. Wahlperiode"),
        ("1. a\n\n2. b\n\n3. c", "1. a\n\n2. b\n\n3. c"),
        ("1. a\n\n1. b", "1. a\n\n1. b"),
        ("1. a\n\nText\n\n5. b", "1. a\n\nText\n\n5. b"),
        ("3. a\n4. b\n7. c", "3. a\n4. b\n7. c"),
    ],
)
def test_numbers_of_paragraphs_are_text(text: str, escaped: str) -> None:
    """Paragraphs whose numbers do not count up by one are no list: it would count on from the first."""
    assert set_blocks_apart(text) == escaped


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3. a\n4. b\n7. c", [(2, "7", "5")]),
        ("1. a\n1. b\n1. c", []),
        ("1. a\n2. b\n\n3. c", []),
        ("5. Senat\n\n11. Wahlperiode", []),
        ("Dabei:\n- Rad\n- Bus\n\nSo:\n1. a\n2. b\n4. c", [(7, "4", "3")]),
        ("> So:\n> 1. a\n> 3. b", [(2, "3", "2")]),
        ("1. a\n\n   mehr\n3. b\n\nText\n\n8. c\n10. d", [(3, "3", "2"), (8, "10", "9")]),
    ],
)
def test_lists_with_other_numbers_than_written_are_found(text: str, found: list) -> None:
    """A list's first number that the page would not show is found with its line, once for each list."""
    assert find_miscounted_lists(text) == found


@given(
    st.lists(st.sampled_from(["Text", "Text:", "- a", "* a", "1. a", "7. b", "• c", "> q", "| a | b |", "|-|-|", ""]))
)
def test_no_word_is_lost_or_moved(lines: list[str]) -> None:
    """Only blank lines come in, foreign bullets become dashes, and dots are escaped; twice is as once."""
    apart = set_blocks_apart("\n".join(lines))

    def read(text: str) -> list[str]:
        return [line.replace("•", "-").replace("\\.", ".") for line in text.split("\n") if line.strip(" >")]

    assert read(apart) == read("\n".join(lines))
    assert set_blocks_apart(apart) == apart
