import importlib.metadata

import pytest

from kuratorium.publishing.drawing import fonts


def test_letters_are_kerned() -> None:
    """A T and an e stand closer together than each alone would."""
    font = fonts.get_headline_font()
    assert font.measure("Te", 100) < font.measure("T", 100) + font.measure("e", 100) - 2


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Grüße aus Łódź, Çeşme und Київ", "Grüße aus Łódź, Çeşme und Київ"),
        ("Rakete 🚀 und Flagge 🇩🇪!", "Rakete und Flagge !"),
        ("a\u0308 wird eins", "ä wird eins"),
        ("Steuer\x00zeichen\u200b und\u202e Richtung", "Steuerzeichen und Richtung"),
        ("zwei\nZeilen\tmit\u00a0Abstand", "zwei Zeilen mit Abstand"),
        ("שלום עולם", ""),
        ("Das Wort 漢 allein", ""),
        ("", ""),
    ],
)
def test_a_text_is_written_as_the_font_can(text: str, cleaned: str) -> None:
    """Signs without meaning are left out; a text that would lose a letter is not written at all."""
    assert fonts.get_headline_font().clean(text) == cleaned


@pytest.mark.parametrize("package", ["fontpkg-pt-serif", "fontpkg-barlow-condensed"])
def test_fonts_come_with_their_licence(package: str) -> None:
    """Under the SIL Open Font License, whose text is in the package."""
    assert importlib.metadata.metadata(package)["License-Expression"] == "OFL-1.1"
    texts = [file for file in importlib.metadata.files(package) or () if file.name == "LICENSE"]
    assert "SIL OPEN FONT LICENSE Version 1.1" in texts[0].read_text()
