import pytest

from kuratorium.text.unsafe_characters import find_unsafe_characters, remove_unsafe_characters

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x1b", "U+001B CONTROL CHARACTER"),
        ("\r", "U+000D CONTROL CHARACTER"),
        ("\x9b", "U+009B CONTROL CHARACTER"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A"),
        ("\ufdd0", "U+FDD0 NONCHARACTER"),
    ],
)
def test_such_a_character_is_named_and_removed(character: str, name: str) -> None:
    """Controls, marks of direction, tags and noncharacters, also as a reference of HTML."""
    assert find_unsafe_characters(f"ab{character}c") == [(2, name)]
    assert remove_unsafe_characters(f"ab{character}c") == "abc"
    assert remove_unsafe_characters(f"ab&#{ord(character)};&#x{ord(character):x};c") == "abc"


@pytest.mark.parametrize(
    "text", ["Zeile\n\tWort", "שלום\u200f!", "Schiff\u00adfahrt", "👩\u200d💻", "🇩🇪", SCOTLAND, "&#38; &#x41;", "🫩"]
)
def test_what_a_text_needs_stays(text: str) -> None:
    """White space, marks of a script's direction, soft hyphens, joined emoji, flags of regions, new characters."""
    assert find_unsafe_characters(text) == []
    assert remove_unsafe_characters(text) == text


def test_a_flag_is_the_only_place_for_tags() -> None:
    """Tags that do not name a region behind a black flag hide a text."""
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all that")
    assert remove_unsafe_characters(f"Wort{hidden} {SCOTLAND}") == f"Wort {SCOTLAND}"
    assert remove_unsafe_characters(f"\U0001f3f4{hidden}\U000e007f") == "\U0001f3f4"
