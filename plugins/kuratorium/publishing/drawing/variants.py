"""Draw a picture for readers: in every width and format, upright, in the colours of the web, without what cameras note.

Exif and GPS data, thumbnails and colour profiles stay in the original.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms, ImageOps

from ...edition.pictures.model import AVIF, JPEG, PNG, WEBP, Picture, PictureVariant
from ...edition.pictures.reading import PictureError, open_picture

# Quality at which one sees no difference on a screen; AVIF's speed 8 takes a quarter of the time of its default for
# three per cent more bytes. One thread: the workers share the processors already.
_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    AVIF.ending: {"format": "AVIF", "quality": 58, "speed": 8, "max_threads": 1},
    WEBP.ending: {"format": "WEBP", "quality": 76, "method": 3},
    JPEG.ending: {"format": "JPEG", "quality": 78, "optimize": True, "progressive": True},
    PNG.ending: {"format": "PNG", "compress_level": 9},
}
_PALETTE_COLOURS = 256
_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_DAMAGE_HINT = "Open it in a program for pictures to see whether it is whole, and save it again."
_SRGB = ImageCms.createProfile("sRGB")


def draw_variants(data: bytes, picture: Picture) -> Iterator[tuple[PictureVariant, bytes]]:
    """Yield every file of a picture with its bytes; raises PictureError if it is damaged.

    Of an animation, the first picture is drawn.
    """
    longest = max(picture.widths[-1], picture.find_height(picture.widths[-1]))
    image = load_upright(data, longest)
    for index in range(len(picture.widths) - 1, -1, -1):  # each from the next wider one, which is quick
        width = picture.widths[index]
        if image.size != (size := (width, picture.find_height(width))):
            image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        for format in picture.formats:
            yield picture.list_variants(format)[index], _encode(image, format.ending)


def load_upright(data: bytes, longest: int) -> Image.Image:
    """Return a picture upright, in the colours of the web, at least `longest` pixels long if it is; or PictureError."""
    image = open_picture(data)
    try:
        image.draft("RGB", (2 * longest, 2 * longest))  # a large JPEG is read in a fraction of its size
        return _convert_colours(ImageOps.exif_transpose(image))
    except Exception as error:  # Pillow's many readers raise errors of any kind for a damaged file
        raise PictureError("this picture is damaged, and cannot be drawn", _DAMAGE_HINT) from error


def _convert_colours(image: Image.Image) -> Image.Image:
    """Return a picture as RGB, or RGBA if parts are transparent, in the colours that its profile names."""
    profile = image.info.get("icc_profile")
    if image.mode in _DEEP_MODES:
        # 16 bits a pixel: Pillow would cut the values off at 255.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    has_alpha = image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info
    if profile and image.mode in ("RGB", "CMYK", "L", "RGBA"):
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        image = _apply_profile(image.convert("RGB") if alpha else image, profile)
        if alpha:
            image.putalpha(alpha)
    converted = image.convert("RGBA" if has_alpha else "RGB")
    # A new picture, without any of the notes that encoders take over.
    return Image.frombytes(converted.mode, converted.size, converted.tobytes())


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):  # a damaged profile, or one for another mode
        return image
    return converted or image


def _encode(image: Image.Image, ending: str) -> bytes:
    stream = io.BytesIO()
    if ending == PNG.ending and (colours := image.getcolors(_PALETTE_COLOURS)):
        image = image.quantize(len(colours), method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    image.save(stream, **_SAVE_OPTIONS[ending])
    return stream.getvalue()
