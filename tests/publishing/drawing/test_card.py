import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kuratorium.edition.curation import TOPIC_COLOURS
from kuratorium.publishing.drawing.card import draw_card
from kuratorium.publishing.drawing.model import Card, Colours, Station, read_schemes

COLOURS = Colours()
ADA = Station(name="Ada Lamm", role="Kuratorin", initials="AL")
BEN = Station(name="Ben Roth", initials="BR", picture="ben.png")
PORTRAIT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#c00"/></svg>'


@dataclass
class Drawn:
    """A drawn card: its bytes, and its picture."""

    data: bytes

    @property
    def picture(self) -> Image.Image:
        """Return the pixels."""
        return Image.open(io.BytesIO(self.data)).convert("RGB")

    def is_empty(self, *box: int) -> bool:
        """Return whether nothing but paper is in a part of the card."""
        return self.picture.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), (0xFB, 0xFC, 0xFA))]


def draw(pictures: dict[str, bytes] | None = None, colours: Colours = COLOURS, **fields: Any) -> Drawn:
    """Draw a card of the site."""
    return Drawn(draw_card(Card(site_name="Weichenwerk", **fields), pictures or {}, colours))


def test_a_card_is_a_small_png_of_the_size_that_networks_show() -> None:
    """1200 x 630, and far below the 300 kB above which WhatsApp shows none."""
    drawn = draw(headline="Die Meldekette gehört auf Papier", people=(ADA,), original="Neun Stunden")
    assert Image.open(io.BytesIO(drawn.data)).format == "PNG"
    assert drawn.picture.size == (1200, 630)
    assert len(drawn.data) < 60_000


def test_the_same_card_has_the_same_bytes() -> None:
    """Also after others were drawn, which share fonts and shapes with it."""
    first = draw(headline="Nein", people=(ADA,))
    draw(headline="Doch", people=(BEN,), sign="talk")
    assert draw(headline="Nein", people=(ADA,)).data == first.data


@pytest.mark.parametrize(
    "fields",
    [
        {"headline": "Doch"},
        {"people": (ADA,)},
        {"label": "Anzeige"},
        {"sign": "talk"},
        {"kicker": "Notiz"},
        {"topic": "Führung"},
        {"deck": "Wem gehört der Code?"},
        {"outlet": "Amtsblog", "original": "Das Werk"},
        {"day": "5. November 2026", "is_upcoming": True},
        {"footer": "1. Oktober 2026"},
        {"host": "weichenwerk.example"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_all_that_a_card_has_is_seen(fields: dict[str, Any]) -> None:
    """Each part changes the picture."""
    assert draw(**{"headline": "Nein", **fields}).data != draw(headline="Nein").data


def test_a_portrait_stands_in_the_place_of_the_initials() -> None:
    """In the station on the branch; of a file that cannot be drawn, the initials stand there."""
    centre = (1000, 200, 1040, 230)
    drawn = draw({"ben.png": PORTRAIT}, headline="Nein", people=(BEN,))
    ((count, (red, green, blue)),) = drawn.picture.crop(centre).getcolors()
    assert (count, green, blue) == (40 * 30, 0, 0)
    assert red > 0xC8
    broken = draw({"ben.png": PORTRAIT[:40]}, headline="Nein", people=(BEN,))
    assert broken.data == draw(headline="Nein", people=(BEN,)).data != drawn.data


def test_nobody_has_an_empty_ring() -> None:
    """Whose name is in letters that the font lacks is left out, unless there is a portrait."""
    ali = Station(name="محمد علي", initials="مع", picture="ali.svg")
    assert draw(headline="Ja", people=(ali,)).data == draw(headline="Ja").data
    assert draw({"ali.svg": PORTRAIT}, headline="Ja", people=(ali,)).data != draw(headline="Ja").data


def test_a_title_that_the_font_cannot_write_is_replaced() -> None:
    """By the topic, and without one by the name of the site: a card without words would say nothing."""
    hebrew = "שלום עולם"
    assert draw(headline=hebrew, fallback="Open Source").data == draw(headline="Open Source").data
    assert draw(headline=hebrew, fallback=hebrew).data == draw(headline="Weichenwerk").data


def test_a_card_has_the_colours_of_the_theme() -> None:
    """An edition with tokens of its own has cards to match."""
    drawn = draw(headline="Nein", colours=Colours(paper="#102030"))
    assert drawn.picture.getpixel((10, 600)) == (0x10, 0x20, 0x30)


LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
hostile = st.one_of(
    st.text(max_size=200),
    st.text(st.sampled_from("aäWnst-\u00ad"), max_size=300),
    st.sampled_from([LONG, LONG * 5, "Ein Satz. " * 60, "🚀" * 50, "שלום", "\x00\x1b[31m", "<b>]]>&amp;", "Nein", ""]),
)


TEXTS = (
    *("headline", "topic", "kicker", "label", "deck", "outlet", "outlet_authors", "original", "day", "place"),
    *("footer", "host"),
)
stations = st.builds(Station, hostile, hostile, st.sampled_from(["AL", "", "שׁ"]))


@settings(max_examples=60)
@given(st.fixed_dictionaries(dict.fromkeys(TEXTS, hostile)), st.lists(stations, max_size=3).map(tuple))
def test_no_text_leaves_the_card(fields: dict[str, str], people: tuple[Station, ...]) -> None:
    """Whatever an editor writes, the margins stay empty, apart from the lines that run to the edge."""
    drawn = draw(people=people, lang="de", **fields)
    assert drawn.picture.size == (1200, 630)
    assert drawn.is_empty(0, 592, 1200, 630)
    assert drawn.is_empty(0, 130, 60, 480)
    assert drawn.is_empty(0, 0, 1200, 36)
    assert drawn.is_empty(1146, 0, 1200, 110)
    assert drawn.is_empty(1182, 340, 1200, 480)


def test_a_topic_is_known_by_its_sign() -> None:
    """On its own card in the place of a photograph, on those of its posts before its name; both in its colour."""
    topic = {"topic_id": "open-source", "topic_colour": "teal"}
    teal = (0x00, 0x69, 0x6B)

    def count_pixels(**fields: Any) -> int:
        return sum(
            count for count, colour in draw(headline="Ja", **fields).picture.getcolors(10**6) or [] if colour == teal
        )

    assert count_pixels(**topic) > 30_000
    assert 300 < count_pixels(topic="Open Source", **topic) < 2_000
    assert (
        count_pixels(topic="Open Source") == count_pixels(topic="Open Source", **topic | {"topic_colour": "red"}) == 0
    )


def test_topics_have_the_colours_of_the_theme_by_day() -> None:
    """Those that cards have without a theme are those of the theme that comes with the program."""
    tokens = (Path(__file__).parents[3] / "theme/static/css/tokens.css").read_text()
    assert read_schemes(tokens).day == COLOURS
    assert all(COLOURS.get_topic_colour(name) in tokens for name in TOPIC_COLOURS)
