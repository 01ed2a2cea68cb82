import io

import pytest
from PIL import Image, ImageCms

from kuratorium.edition.pictures.model import Picture
from kuratorium.edition.pictures.reading import PictureError, open_picture
from kuratorium.publishing.drawing.variants import draw_variants
from tests.editions import draw_picture


def draw(data: bytes, width: int, height: int, kind: str = "photograph") -> dict[str, Image.Image]:
    """Return what is drawn of a picture, by path."""
    picture = Picture(file="a.jpg", digest="0", width=width, height=height, kind=kind)  # type: ignore[arg-type]
    return {variant.path: open_picture(drawn) for variant, drawn in draw_variants(data, picture)}


def test_a_picture_has_up_to_four_widths_in_three_formats() -> None:
    """Never wider than its file, and each as high as it says."""
    drawn = draw(draw_picture(1000, 500, "JPEG"), 1000, 500)
    assert {path: image.size for path, image in drawn.items()} == {
        f"pictures/a-0-{width}.{ending}": (width, width // 2)
        for width in (400, 800, 1000)
        for ending in ("avif", "webp", "jpg")
    }
    assert len(draw(draw_picture(5000, 10, "JPEG"), 5000, 10)) == 12


def test_what_a_camera_notes_stays_in_its_file() -> None:
    """Place, time and device are the photographer's; the picture is turned as they say."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "geheim"
    exif.get_ifd(0x8825)[1] = "N"
    data = draw_picture(40, 30, "JPEG", exif=exif, comment="geheim")
    assert b"geheim" in data
    for image in draw(data, 30, 40).values():
        image.load()
        assert image.size == (30, 40)
        assert not dict(image.getexif())
        assert not {"icc_profile", "comment", "exif", "xmp"} & image.info.keys()


def test_colours_are_those_of_the_profile() -> None:
    """What a profile names another green than the web's is drawn in the web's."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (same,) = [image for path, image in draw(draw_picture(9, 9, "PNG", icc_profile=lab), 9, 9).items() if "jpg" in path]
    assert same.convert("RGB").getpixel((4, 8))[0] > 200  # type: ignore[index]
    damaged = draw(draw_picture(9, 9, "PNG", icc_profile=b"kein Profil"), 9, 9)
    assert len(damaged) == 3


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "L", "P", "LA", "1"])
def test_every_mode_is_drawn_as_one_sees_it(mode: str) -> None:
    """White is white below, and black above, in how many bits or inks whatsoever."""
    slope = Image.linear_gradient("L").resize((64, 64))
    image = slope.point(lambda value: value * 256).convert("I;16") if mode == "I;16" else slope.convert(mode)
    if mode == "I;16":
        image = Image.frombytes("I;16", (64, 64), b"".join(bytes((0, value)) for value in slope.tobytes()))
    stream = io.BytesIO()
    image.save(stream, "TIFF" if mode == "CMYK" else "PNG")
    for drawn in draw(stream.getvalue(), 64, 64, "graphic" if mode in ("P", "LA", "1") else "photograph").values():
        shown = drawn.convert("RGBA").convert("L")
        assert shown.getpixel((32, 1)) < 40  # type: ignore[operator]
        assert shown.getpixel((32, 62)) > 215  # type: ignore[operator]


def test_what_is_transparent_stays_so() -> None:
    """The format for old programs is then PNG."""
    stream = io.BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(stream, "PNG")
    drawn = draw(stream.getvalue(), 40, 30, "graphic")
    assert sorted(path[-4:] for path in drawn) == [".png", "avif", "webp"]
    assert all(image.convert("RGBA").getpixel((5, 5))[3] == 0 for image in drawn.values())  # type: ignore[index]


def test_the_same_picture_has_the_same_bytes() -> None:
    """Whenever it is drawn."""
    data = draw_picture(900, 600, "JPEG")
    picture = Picture(file="a.jpg", digest="0", width=900, height=600)
    assert [drawn for _, drawn in draw_variants(data, picture)] == [drawn for _, drawn in draw_variants(data, picture)]


def test_half_a_picture_is_an_error() -> None:
    """Not a grey half."""
    with pytest.raises(PictureError, match="damaged"):
        draw(draw_picture(900, 600, "JPEG")[:4000], 900, 600)
