import io

import pytest
from PIL import Image

from kuratorium.publishing.drawing.initials import build_mark, find_initials
from kuratorium.publishing.drawing.mark import draw_icon, draw_logo, draw_mark, find_plate
from kuratorium.publishing.drawing.model import Mark, Schemes
from tests.editions import draw_picture

SCHEMES = Schemes()
LINE = Mark(width=32, height=32, shapes='<path fill="currentColor" d="M4 14h24v4H4z"/>')


def paint(mark: Mark, size: int = 512, data: bytes = b"") -> Image.Image:
    """Return the icon of a mark in a size."""
    return Image.open(io.BytesIO(draw_icon(mark, data, size, SCHEMES) or b""))


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Weichenwerk", "W"),
        ("Kuratorium Digital", "KD"),
        ("Das Amt von morgen", "DA"),
        ("die werkbank", "D"),
        ("Über 3 Ecken", "Ü3"),
        ("»Neue« Ämter & Akten", "NÄ"),
        ("日本", ""),
        ("!", ""),
    ],
)
def test_the_initials_are_those_of_the_first_words(name: str, initials: str) -> None:
    """Of those with a capital; letters that the font lacks are left out."""
    assert find_initials(name) == initials


@pytest.mark.parametrize("name", ["Kuratorium Digital", "日本", "!", "x" * 500, "<script>"])
def test_any_name_has_a_mark_of_its_own(name: str) -> None:
    """The same name the same one, as shapes alone: nothing of the name stands in it."""
    mark = build_mark(name, None)
    build_mark.cache_clear()
    assert build_mark(name, None) == mark
    assert "currentColor" in mark.shapes
    assert 'class="mark-branch"' in mark.shapes
    assert "script" not in mark.shapes
    assert 26 <= mark.width <= 64
    assert len(mark.shapes) < 3_000
    assert paint(mark).size == (512, 512)


def test_names_with_the_same_initials_differ() -> None:
    """By the stop on the track, whose place and kind come from the whole name."""
    marks = {build_mark(f"Kuratorium D{letter}", None).shapes for letter in "abcdefghijkl"}
    assert len(marks) > 3


def test_browsers_get_all_their_sizes_in_one_file() -> None:
    """favicon.ico holds 16, 32 and 48 pixels, each drawn for its size."""
    icon = paint(LINE, 48)
    assert icon.format == "ICO"
    assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_the_icon_of_a_phone_is_opaque() -> None:
    """IOS would show what is transparent in black; the others have round corners."""
    assert paint(LINE, 180).getchannel("A").getextrema() == (255, 255)
    assert paint(LINE, 512).getpixel((0, 0))[3] == 0


def test_a_mark_in_the_colour_of_text_stands_on_a_dark_plate() -> None:
    """In the colours by night, in which the yellow line is seen best."""
    icon = paint(LINE)
    assert icon.getpixel((256, 20)) == (17, 25, 23, 255)
    assert icon.getpixel((256, 256)) == (233, 239, 235, 255)


def test_a_dark_logo_stands_on_light_paper() -> None:
    """An icon is a plate on which its logo can be seen."""
    dark = Mark(width=32, height=32, shapes='<path fill="#101010" d="M4 14h24v4H4z"/>')
    assert paint(dark).getpixel((256, 20)) == (251, 252, 250, 255)


def test_a_logo_with_a_ground_of_its_own_fills_its_icon() -> None:
    """A square without transparency needs no plate."""
    icon = paint(Mark(width=200, height=200, file="x.png"), data=draw_picture(200, 200))
    assert icon.getpixel((0, 0)) == (0, 0, 0, 255)


def test_a_logo_that_the_ground_hides_stands_on_a_plate_there() -> None:
    """A white one on a share card; one that can be seen stands on the card itself."""
    for colour, has_plate in (("#ffffff", True), ("#303030", False), ("currentColor", False)):
        mark = Mark(width=32, height=32, shapes=f'<path fill="{colour}" d="M4 14h24v4H4z"/>')
        drawn = draw_mark(mark, b"", 160, 56, ground=SCHEMES.day, other=SCHEMES.night)
        assert drawn
        assert (drawn.getpixel((drawn.width // 2, 4))[3] == 255) is has_plate, colour


@pytest.mark.parametrize(
    ("colour", "plate"),
    [("#ffffff", "night"), ("#101010", "day"), ("#7a1fa2", "day"), ("currentColor", ""), ("#6b7c77", "")],
)
def test_pages_set_a_logo_on_the_paper_on_which_it_is_seen(colour: str, plate: str) -> None:
    """One that is seen in both schemes, or has the colour of the text, needs none."""
    mark = Mark(width=32, height=32, shapes=f'<path fill="{colour}" d="M4 14h24v4H4z"/>')
    assert find_plate(mark, b"", SCHEMES) == plate


def test_a_wide_logo_keeps_its_shape() -> None:
    """Nothing of it is cut off, neither on cards nor on pages."""
    wide = Mark(width=600, height=200, file="x.png")
    drawn = draw_mark(wide, draw_picture(600, 200), 160, 56, ground=SCHEMES.day, other=SCHEMES.night)
    assert drawn
    assert abs(drawn.width / drawn.height - 3) < 0.1
    shown = Image.open(io.BytesIO(draw_logo(wide, draw_picture(600, 200), 96) or b""))
    assert shown.size == (288, 96)


def test_a_damaged_file_is_no_mark() -> None:
    """The caller says whose it is."""
    broken = Mark(width=32, height=32, file="x.png")
    assert draw_icon(broken, b"\x89PNG", 48, SCHEMES) is None
    assert draw_logo(broken, b"<svg", 96) is None
    assert draw_mark(broken, b"", 160, 56, ground=SCHEMES.day, other=SCHEMES.night) is None
