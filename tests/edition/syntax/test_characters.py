"""Characters that nobody sees: forbidden ones, odd ones, and those that are only unusual."""

from __future__ import annotations

import pytest

from kuratorium.edition.syntax import characters

ZWJ = "\u200d"


@pytest.mark.parametrize(
    "character",
    ["\x1b", "\x07", "\x00", "\x7f", "\x9b", "\r", "\u202e", "\u2066", "\ufffe", "\U000e0041", "\U000e007f"],
)
def test_what_acts_unseen_is_forbidden(character: str) -> None:
    """Controls, overrides of the direction of text, noncharacters and tag characters are found anywhere."""
    assert characters.find_forbidden(f"Ein Wort{character} und noch eins") == character


@pytest.mark.parametrize(
    "text",
    [
        "zwei\nZeilen\tmit Tab",
        "10\u00a0% und z.\u202fB.",
        f"👩{ZWJ}💻 baut",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u200f\u05e2\u05d1\u05e8\u05d9\u05ea",
        "Silben\u00adtrennung",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f Edinburgh",
        "\U0001fae8 neuer als Python",
    ],
    ids=["lines", "blanks", "emoji", "persian", "hebrew", "soft-hyphen", "flag-of-scotland", "new-emoji"],
)
def test_what_scripts_and_emoji_need_is_allowed(text: str) -> None:
    """Joiners, marks of direction, unusual blanks and flags are text."""
    assert characters.find_forbidden(text) == ""


@pytest.mark.parametrize(
    ("text", "meant", "oddity"),
    [
        ("2026-10-01\u00a0", "2026-10-01", "contains U+00A0 no-break space"),
        ("de\u200b", "de", "contains U+200B zero width space"),
        ("„umzug“", "umzug", "is in typographic quotation marks („ “)"),
        ("“2026-10-01”", "2026-10-01", "is in typographic quotation marks (“ ”)"),
        ("‘de’", "de", "is in typographic quotation marks (‘ ’)"),
        (" de ", "de", "has blanks around it"),
    ],
)
def test_what_was_meant_is_found(text: str, meant: str, oddity: str) -> None:
    """Odd blanks and quotation marks are taken away, and named."""
    assert (characters.clean(text), characters.describe_oddity(text)) == (meant, oddity)


def test_messages_show_odd_characters_escaped() -> None:
    """No message carries a control, an override or an unseen blank to a terminal."""
    assert characters.escape("a\x1b[2Jb\u202ec\u00a0d\U000e0041ä") == r"a\x1b[2Jb\u202ec\xa0d\U000e0041ä"


def test_two_quotations_are_not_one() -> None:
    """Only quotation marks around the whole text count."""
    assert characters.has_typographic_quotes("„Alles neu“")
    assert not characters.has_typographic_quotes("„Ja“ und „Nein“")
    assert not characters.has_typographic_quotes("Er sagt „Ja“")
