from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuratorium.intake.parsers import dispatch
from kuratorium.intake.parsers.mojibake import undo_mojibake

TEXTS = (
    *("Ämter", "Straße", "Übergabe", "Öl", "„Ja“ – schön", "5 € …", "Noël à l’école", "GRÖSSE", "Árpa"),
    *("Żółw i łódź", "Москва", "市役所", "😀"),
)


def garble(text: str, rounds: int = 1) -> str:
    """Return a text whose UTF-8 was taken for Windows-1252, as often as said; undefined bytes stay as they are."""
    for _ in range(rounds):
        text = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())
    return text


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_was_decoded_wrongly_is_read_as_meant(text: str) -> None:
    """UTF-8 that was taken for Windows-1252 or ISO-8859-1, once or twice, becomes what was written."""
    assert undo_mojibake(garble(text)) == text
    assert undo_mojibake(garble(text, 2)) == text
    assert undo_mojibake(text.encode().decode("iso-8859-1")) == text


@pytest.mark.parametrize(
    ("garbled", "text"),
    [
        (f"{garble('schön')} …", "schön …"),
        (f"„{garble('Ärger')}“", "„Ärger“"),
        (f"Über {garble('–')} alles", "Über – alles"),
        ("it\x92s", "it’s"),
        (f"It’s {garble('It’s')}", "It’s It’s"),
    ],
)
def test_a_part_that_was_decoded_wrongly(garbled: str, text: str) -> None:
    """In a text that is right otherwise, the part that was decoded wrongly is repaired."""
    assert undo_mojibake(garbled) == text


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        "Das macht Spaß…",
        "„Das macht Spaß“",
        "«Olé…»",
        "café…”",
        "AMANHÃ”",
        "”HALLÅ”",
        "Å…",
        "»BLÅ« »BLÅ« »BLÅ«",
        "SÃO PAULO",
        f"Wie aus ü ein {garble('ü')} wird",
        f"Mojibake: was ’ zu {garble('’')} macht",
        "",
    ],
)
def test_a_text_that_is_right_stays(text: str) -> None:
    """Letters beside punctuation are no mojibake, and a text that speaks of mojibake is left alone."""
    assert undo_mojibake(text) == text


@given(st.text(st.characters(codec="cp1252") | st.sampled_from("Ã¤Ââ€\x81\x9d")))
def test_any_text_is_repaired_once_and_for_all(text: str) -> None:
    """No text ends in an error, and a text that is ASCII stays the same."""
    repaired = undo_mojibake(text)
    assert repaired == text or not text.isascii()


def test_every_format_is_repaired() -> None:
    """Feeds of all formats agree on what a garbled text means."""
    title, text = "Das Ärzteblatt", "„Groß“ – über alles"
    item = f"<title>{garble(title)}</title><description>{garble(text)}</description>"
    rss = f'<rss version="2.0"><channel>{{}}<item>{item}</item></channel></rss>'
    entry = {"id": "1", "title": garble(title), "content_text": garble(text), "description": garble(text)}
    documents = (
        rss.format(""),
        rss.format("<br>"),  # not well-formed
        json.dumps({"version": "https://jsonfeed.org/version/1", "items": [entry]}),
        json.dumps({"rss": {"channel": {"title": "x", "item": [entry]}}}),
    )
    for document in documents:
        read = dispatch.parse_feed(document.encode()).entries[0]
        assert (read.title, read.summary or read.content) == (title, text)
