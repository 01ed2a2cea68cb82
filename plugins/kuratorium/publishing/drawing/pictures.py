"""Files of pictures as small squares, whatever a camera, a drawing program or a mistake left in them; logos, whole.

What cannot be drawn is None: a card has a monogram in its place.
"""

from __future__ import annotations

import io
import re

import resvg_py
from PIL import Image, ImageOps

from .variants import load_upright

_TRIAL_SIZE = 16
_MAX_SVG_BYTES = 2_000_000
# A drawing may name a file of this machine, which the library would read: only parts of itself and data are drawn.
_FOREIGN_REFERENCE = re.compile(r"href\s*=\s*(?![\"']\s*(?:#|data:))", re.IGNORECASE)


def draw_square(data: bytes, size: int, background: str | None) -> Image.Image | None:
    """Return the middle of a picture as a square of `size` pixels, upright; None if the file cannot be drawn.

    What is transparent has the colour `background`, or stays so; of an animation, the first picture is drawn.
    """
    try:
        picture = _draw_svg(data, size) if _is_svg(data) else load_upright(data, size)
        if picture is None:
            return None
        picture = ImageOps.fit(picture.convert("RGBA"), (size, size), Image.Resampling.LANCZOS)
        if background is None:
            return picture
        ground = Image.new("RGBA", picture.size, background)
        return Image.alpha_composite(ground, picture).convert("RGB")
    except Exception:  # noqa: BLE001 - Pillow's many readers raise errors of any kind for a damaged file
        return None


def draw_whole(data: bytes, width: int, height: int) -> Image.Image | None:
    """Return a whole picture as large as fits, with what is transparent; None if the file cannot be drawn."""
    try:
        size = max(width, height)
        picture = _draw_svg(data, size) if _is_svg(data) else load_upright(data, size)
        return ImageOps.contain(picture.convert("RGBA"), (width, height), Image.Resampling.LANCZOS) if picture else None
    except Exception:  # noqa: BLE001 - as above
        return None


def can_draw(data: bytes) -> bool:
    """Return whether the file of a picture can be drawn."""
    return draw_square(data, _TRIAL_SIZE, None) is not None


def _is_svg(data: bytes) -> bool:
    return b"<svg" in data[:4096]


def _draw_svg(data: bytes, size: int) -> Image.Image | None:
    if len(data) > _MAX_SVG_BYTES or _FOREIGN_REFERENCE.search(source := data.decode()):
        return None
    try:
        # Within a box: by its width alone, a drawing as narrow as a hair would be as high as a tower.
        box = 2 * size
        drawn = resvg_py.svg_to_bytes(svg_string=source, width=box, height=box, skip_system_fonts=True)
    except BaseException as error:
        # A panic of Rust, for numbers that no picture has, is no Exception; its class cannot be imported.
        if type(error).__name__ == "PanicException":
            return None
        raise
    return Image.open(io.BytesIO(drawn))
