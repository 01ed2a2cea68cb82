import io
import os
import struct
import zlib

import pytest
from PIL import Image

from kuratorium.edition import loader
from kuratorium.edition.pictures.reading import PictureError, is_animated, read_picture
from tests.editions import TinyEdition, draw_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}><path d="M0 0h4"/></svg>'


def declare_png(width: int, height: int) -> bytes:
    """Return a PNG that claims a size, and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def animate(form: str) -> bytes:
    """Return a picture that is red, then blue."""
    stream = io.BytesIO()
    red, blue = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    red.save(stream, form, save_all=True, append_images=[blue], duration=100)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("kein.jpg", b"<html>", "this is no picture that can be read"),
        ("leer.png", b"", "this is no picture that can be read"),
        ("bombe.png", declare_png(50_000, 50_000), "more than 178 million pixels"),
        ("gross.png", declare_png(9_000, 9_000), "has 9000 x 9000 pixels"),
        ("halb.webp", draw_picture(90, 60, "WEBP")[:50], "this is no picture that can be read"),
        ("kein.svg", b"Ein Plan", "this is no SVG"),
    ],
)
def test_what_is_no_picture_is_an_error_of_its_field_and_of_its_line(
    tiny: TinyEdition, name: str, data: bytes, message: str
) -> None:
    """In front matter, in a text and in topics.yaml."""
    tiny.write(f"content/images/{name}", data)
    image = {"file": f"images/{name}", "alt": "A", "credit": "C"}
    tiny.essay("zeigt", image=image, body=f"Text.\n\n![A]({{static}}/images/{name})")
    _, problems = loader.read_edition(tiny.root)
    assert [(problem.field, message in problem.message) for problem in problems] == [("image.file", True), ("", True)]
    assert all(problem.line and problem.hint for problem in problems)


def test_a_folder_and_a_fifo_are_no_pictures(tiny: TinyEdition) -> None:
    """Neither is waited for."""
    (tiny.root / "content/images/ordner.jpg").mkdir(parents=True)
    os.mkfifo(tiny.root / "content/images/rohr.jpg")
    for name in ("ordner", "rohr", "fehlt"):
        tiny.essay(name, image={"file": f"images/{name}.jpg", "alt": "A", "credit": "C"})
    messages = {problem.message for problem in loader.read_edition(tiny.root)[1]}
    assert messages >= {f"there is no file content/images/{name}.jpg" for name in ("ordner", "rohr", "fehlt")}


@pytest.mark.parametrize(
    ("form", "mode", "kind"),
    [
        ("JPEG", "RGB", "photograph"),
        ("JPEG", "CMYK", "photograph"),
        ("PNG", "I;16", "photograph"),
        ("PNG", "P", "graphic"),
        ("PNG", "RGBA", "graphic"),
        ("WEBP", "RGB", "photograph"),
        ("AVIF", "RGB", "photograph"),
        ("BMP", "RGB", "photograph"),
    ],
)
def test_every_kind_of_picture_has_its_size(tiny: TinyEdition, form: str, mode: str, kind: str) -> None:
    """Whatever a camera or a program writes."""
    tiny.write("content/a.png", draw_picture(40, 30, form, mode))
    picture = read_picture(tiny.root, "content/a.png")
    assert (picture.file, picture.width, picture.height, picture.kind) == ("a.png", 40, 30, kind)


def test_a_picture_of_a_telephone_is_read(tiny: TinyEdition) -> None:
    """HEIC, in which no browser can show it."""
    import pillow_heif  # noqa: PLC0415 - registers itself in Pillow

    pillow_heif.register_heif_opener()
    tiny.write("content/a.heic", draw_picture(64, 48, "HEIF"))
    picture = read_picture(tiny.root, "content/a.heic")
    assert (picture.width, picture.height, picture.path[-4:]) == (64, 48, ".jpg")


def test_a_picture_that_was_taken_upright_is_higher_than_wide(tiny: TinyEdition) -> None:
    """Its file is not: a note in it says how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    tiny.write("content/a.jpg", draw_picture(40, 30, "JPEG", exif=exif))
    picture = read_picture(tiny.root, "content/a.jpg")
    assert (picture.width, picture.height) == (30, 40)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [('width="40" height="30px"', (40, 30)), ('viewBox="0 0 8 6"', (8, 6)), ('width="100%"', (0, 0)), ("", (0, 0))],
)
def test_a_vector_picture_stays_a_file(tiny: TinyEdition, attributes: str, size: tuple[int, int]) -> None:
    """It may have no size of its own."""
    tiny.write("content/a.svg", SVG.format(attributes))
    picture = read_picture(tiny.root, "content/a.svg")
    assert (picture.width, picture.height, picture.formats, picture.path) == (*size, (), "a.svg")


@pytest.mark.parametrize(
    "inner",
    ["<script>alert(1)</script>", "<g onload='alert(1)'/>", "<svg:script/>", '<a href=" JavaScript:alert(1)"/>'],
)
def test_a_vector_picture_that_runs_scripts_is_refused(tiny: TinyEdition, inner: str) -> None:
    """Pages do not run them, but a browser does that opens the file by its own address."""
    tiny.write("content/a.svg", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6">{inner}</svg>')
    with pytest.raises(PictureError, match="runs scripts"):
        read_picture(tiny.root, "content/a.svg")


def test_a_picture_that_moves_is_known() -> None:
    """In each of the formats that can."""
    assert [is_animated(animate(form)) for form in ("GIF", "WEBP", "PNG")] == [True] * 3
    assert not is_animated(draw_picture(4, 3, "GIF"))
