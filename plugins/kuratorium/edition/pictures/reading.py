"""Read picture files: open them within limits, and say what size and kind a picture has.

Pillow is imported only when there is a picture to read.
"""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ...files import hash_bytes, read_regular_file
from .model import Picture

if TYPE_CHECKING:
    from PIL import Image

VECTOR_SUFFIX = ".svg"
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif"))
_SWAPPING_ORIENTATIONS = frozenset((5, 6, 7, 8))  # Exif: what is stored as the width is the height
_ORIENTATION = 0x0112
_GPS = 0x8825
_MAX_PIXELS = 64_000_000  # 8000 x 8000, which take 256 MB
_MAX_JPEG_PIXELS = 120_000_000  # the most that telephones take; a JPEG is read in a fraction of its size
_DIGEST_LENGTH = 12
_GRAPHIC_MODES = frozenset(("1", "P", "PA", "LA", "La", "RGBA", "RGBa"))

_SVG_TAG = re.compile(r"<svg\b(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_SVG_SIZE = r"\s{}\s*=\s*[\"']\s*(?P<number>\d+(?:\.\d+)?)(?:px)?\s*[\"']"
_VIEW_BOX = re.compile(
    r"\sviewBox\s*=\s*[\"']\s*[-+.\de]+[\s,]+[-+.\de]+[\s,]+(?P<width>[.\d]+)[\s,]+(?P<height>[.\d]+)"
)
RUNNING_ELEMENTS = frozenset(("script", "foreignobject", "handler", "listener"))
"""Elements of SVG, in lower case, that run scripts or hold HTML that may."""

_RUNNING = re.compile(
    rf"<(?:[\w.-]+:)?(?:{'|'.join(sorted(RUNNING_ELEMENTS))})\b|\son[a-z]+\s*=\s*[\"']|javascript:".encode(),
    re.IGNORECASE,
)
_SVG_HEAD = 64_000  # bytes in which the first tag stands, behind comments of drawing programs

_SAVE_HINT = "Open it in a program for pictures, and save it as JPEG, PNG or WebP."


class PictureError(Exception):
    """A file is no picture that can be shown: `message` says why, `hint` what to do."""

    def __init__(self, message: str, hint: str = _SAVE_HINT) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def read_picture(root: Path, file: str) -> Picture:
    """Return the picture in `file` of the edition at `root`; raises PictureError.

    Only the head of the file is decoded: damage further down shows when the picture is drawn.
    """
    try:
        data = read_regular_file(root / file)
    except OSError as error:
        raise PictureError(f"cannot be read: {error.strerror or error}", "Make the file readable.") from error
    width, height, kind = measure_vector(data) if file.lower().endswith(VECTOR_SUFFIX) else _measure(data)
    return Picture(
        file=file.removeprefix("content/"),
        digest=hash_bytes(data).hex()[:_DIGEST_LENGTH],
        width=width,
        height=height,
        kind=kind,
    )


def is_animated(data: bytes) -> bool:
    """Return whether a picture moves."""
    return getattr(open_picture(data), "is_animated", False)


def has_location(data: bytes) -> bool:
    """Return whether a picture tells where it was taken; raises PictureError if it is none."""
    picture = open_picture(data)
    try:
        return bool(picture.getexif().get_ifd(_GPS))
    except Exception:  # noqa: BLE001 - metadata that cannot be read tell nothing
        return False


def open_picture(data: bytes) -> Image.Image:
    """Open a picture without decoding it; raises PictureError."""
    from PIL import Image  # noqa: PLC0415 - most texts have no picture

    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        import pillow_heif  # noqa: PLC0415 - as above

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of many pixels, and we have limits of our own
            picture = Image.open(io.BytesIO(data))
    except Image.DecompressionBombError as error:
        raise _build_size_error("more than 178 million", _MAX_PIXELS) from error
    except Exception as error:  # Pillow's many readers raise errors of any kind for a damaged file
        raise PictureError("this is no picture that can be read") from error
    limit = _MAX_JPEG_PIXELS if picture.format in ("JPEG", "MPO") else _MAX_PIXELS
    if picture.width * picture.height > limit:
        raise _build_size_error(f"{picture.width} x {picture.height}", limit)
    return picture


def _build_size_error(size: str, limit: int) -> PictureError:
    message = f"this picture has {size} pixels, more than a screen shows"
    return PictureError(
        message, f"Save it smaller: 2000 pixels are wide enough, {limit // 1_000_000} million in all are the limit."
    )


def _measure(data: bytes) -> tuple[int, int, Literal["photograph", "graphic"]]:
    picture = open_picture(data)
    width, height = picture.size
    if not width or not height:
        raise PictureError("this picture has no size")
    try:
        turned = picture.getexif().get(_ORIENTATION) in _SWAPPING_ORIENTATIONS
    except Exception:  # noqa: BLE001 - metadata that cannot be read turn nothing
        turned = False
    is_graphic = picture.mode in _GRAPHIC_MODES or "transparency" in picture.info
    return (height if turned else width), (width if turned else height), "graphic" if is_graphic else "photograph"


def measure_vector(data: bytes) -> tuple[int, int, Literal["vector"]]:
    """Return the size of an SVG from its first tag: that of its box if it names no other."""
    tag = _SVG_TAG.search(data[:_SVG_HEAD].decode("utf-8", "replace"))
    if not tag:
        raise PictureError("this is no SVG: it has no <svg> tag", "Save it again as SVG, or as PNG.")
    if _RUNNING.search(data):  # a browser runs it when the file is opened by its own address
        raise PictureError("this SVG runs scripts", "Save it in a drawing program as plain SVG, or as PNG.")
    attributes = tag["attributes"]
    sizes = [re.search(_SVG_SIZE.format(name), attributes) for name in ("width", "height")]
    width, height = (float(size["number"]) if size else 0.0 for size in sizes)
    if not (width and height) and (box := _VIEW_BOX.search(attributes)):
        try:
            width, height = float(box["width"]), float(box["height"])
        except ValueError:
            width, height = 0.0, 0.0
    return round(width), round(height), "vector"
