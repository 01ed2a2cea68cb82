import io
from pathlib import Path

import pytest
from PIL import Image

from kuratorium.publishing.drawing.pictures import draw_square


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as a file of some kind."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def halves(mode: str = "RGB") -> Image.Image:
    """Return a square whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (80, 80), "red")
    image.paste("blue", (40, 0, 80, 80))
    return image.convert(mode)


def is_red(pixel: object) -> bool:
    """Return whether a pixel is red, apart from what compression does to it."""
    assert isinstance(pixel, tuple)
    return pixel[0] > 180 and pixel[2] < 90


def test_the_middle_of_a_picture_is_drawn() -> None:
    """A wide picture loses its sides, not its shape."""
    wide = Image.new("RGB", (300, 100), "blue")
    wide.paste("red", (100, 0, 200, 100))
    square = draw_square(encode(wide, "PNG"), 50, "#ffffff")
    assert square
    assert square.size == (50, 50)
    assert all(is_red(square.getpixel((x, 25))) for x in (2, 25, 47))


def test_a_photo_that_a_camera_turned_is_upright() -> None:
    """The orientation in its EXIF data counts: 6 means that the left side is the bottom."""
    exif = Image.Exif()
    exif[0x0112] = 6
    square = draw_square(encode(halves(), "JPEG", exif=exif, quality=95), 40, "#ffffff")
    assert square
    assert is_red(square.getpixel((20, 4)))
    assert not is_red(square.getpixel((20, 36)))


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "LA", "I;16", "RGBA"])
def test_every_kind_of_colours_is_drawn(mode: str) -> None:
    """Also those of a printer."""
    data = encode(halves(mode), "TIFF")
    assert draw_square(data, 40, "#ffffff") is not None


def test_of_an_animation_the_first_picture_is_drawn() -> None:
    """A card does not move."""
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    square = draw_square(data, 40, "#ffffff")
    assert square
    assert is_red(square.getpixel((20, 20)))


def test_what_is_transparent_has_the_colour_of_the_ground() -> None:
    """Or stays transparent where there is none."""
    data = encode(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG")
    assert (draw_square(data, 40, "#102030") or halves()).getpixel((5, 5)) == (0x10, 0x20, 0x30)
    assert (draw_square(data, 40, None) or halves()).getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        encode(halves(), "PNG")[:60],
        encode(halves(), "JPEG")[:200],
        b"<svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>',
        b"<svg xmlns='http://www.w3.org/2000/svg'>\xff</svg>",
        b"<svg>" * 300,
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3e12"/></svg>',
    ],
    ids=[
        *("empty", "text", "half a PNG", "half a JPEG", "half an SVG", "no size", "no UTF-8", "nothing but beginnings"),
        "a radius beyond all measure",
    ],
)
def test_a_broken_file_is_no_picture(data: bytes) -> None:
    """No error, and no warning."""
    assert draw_square(data, 40, "#ffffff") is None


def test_a_huge_picture_is_no_picture() -> None:
    """Its pixels are counted before they are read: a small file may hold a gigabyte of them."""
    assert draw_square(encode(Image.new("1", (10_000, 10_000)), "PNG"), 40, "#ffffff") is None


@pytest.mark.parametrize("href", ["{path}", "file://{path}", "&#47;{path}", "pic.png"])
def test_a_drawing_shows_no_other_file(tmp_path: Path, href: str) -> None:
    """Not one of this machine, however its name is written."""
    halves().save(tmp_path / "pic.png")
    source = href.format(path=tmp_path / "pic.png")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="{source}" width="9" height="9"/></svg>'
    )
    assert draw_square(svg.encode(), 40, "#ffffff") is None


def test_a_drawing_may_use_parts_of_itself() -> None:
    """A gradient, a clip path, a shape that stands twice."""
    svg = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><rect id="r" width="9" height="9"/></defs>
        <use href="#r" fill="red"/></svg>"""
    square = draw_square(svg, 40, "#ffffff")
    assert square
    assert is_red(square.getpixel((20, 20)))


@pytest.mark.parametrize("box", ["0 0 1 1000000", "0 0 1000000 1"])
def test_a_drawing_as_narrow_as_a_hair_is_drawn_in_its_box(box: str) -> None:
    """It would be a million times as high as wide, and take a minute."""
    data = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><circle r="50"/></svg>'.encode()
    drawn = draw_square(data, 40, "#ffffff")
    assert drawn is None or drawn.size == (40, 40)
