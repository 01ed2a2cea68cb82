"""The mark of an edition as a picture, for cards, covers, icons and pages.

On a ground where it could not be seen, it stands on a plate.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageDraw

from ...edition.pictures.colours import find_contrast
from .model import BRANCH, Colours, Mark, Schemes
from .pictures import draw_whole
from .shapes import render_svg

_VISIBLE_CONTRAST = 3.0  # WCAG 2.2, 1.4.11
_ENOUGH_SEEN = 0.3  # of a mark: yellow on paper may go with black
_OPAQUE = 128
_TRIAL_SIZE = 32
_PLATE_ROUNDING = 6 / 32  # of the side of an icon
_PLATE_SHARE = 0.72  # of an icon, that its mark takes
_ICO_SIZES = (16, 32, 48)
_TOUCH_SIZE = 180  # of iOS, which rounds the corners itself, and shows what is transparent in black


def draw_mark(
    mark: Mark, data: bytes, width: int, height: int, *, ground: Colours, other: Colours
) -> Image.Image | None:
    """Return a mark as high and wide as fits, for a ground of `ground`; on a plate of `other` if it is seen only there.

    `data` is the file of a mark without shapes. None if that cannot be drawn.
    """
    seen = _measure_visibility(mark, data, ground)
    if seen >= _ENOUGH_SEEN or seen >= _measure_visibility(mark, data, other):
        return _draw_plain(mark, data, width, height, ground)
    inner = _draw_plain(mark, data, round(width * _PLATE_SHARE), round(height * _PLATE_SHARE), other)
    if inner is None:
        return None
    edge = round(height * (1 - _PLATE_SHARE) / 2)
    plate = _draw_plate(inner.width + 2 * edge, inner.height + 2 * edge, other.paper, height * _PLATE_ROUNDING)
    plate.alpha_composite(inner, (edge, edge))
    return plate


def find_plate(mark: Mark, data: bytes, schemes: Schemes) -> Literal["", "day", "night"]:
    """Return the scheme on whose paper pages set a mark, because it is hardly seen on that of the other; else nothing.

    `data` as for `draw_mark`.
    """
    day, night = (_measure_visibility(mark, data, scheme) for scheme in (schemes.day, schemes.night))
    if min(day, night) >= _ENOUGH_SEEN or day == night:
        return ""
    return "day" if day > night else "night"


def draw_icon(mark: Mark, data: bytes, size: int, schemes: Schemes) -> bytes | None:
    """Return a mark as an icon, PNG; of size 48 as ICO with all sizes of browsers. None if it cannot be drawn."""
    sizes = _ICO_SIZES if size == max(_ICO_SIZES) else (size,)
    drawn = [_draw_square(mark, data, side, schemes, is_full=size == _TOUCH_SIZE) for side in sizes]
    pictures = [picture for picture in drawn if picture]
    if len(pictures) != len(drawn):
        return None
    stream = io.BytesIO()
    if len(pictures) == 1:
        pictures[0].save(stream, "PNG", compress_level=9)
    else:
        largest = pictures[-1]
        largest.save(stream, "ICO", sizes=[picture.size for picture in pictures], append_images=pictures[:-1])
    return stream.getvalue()


def draw_logo(mark: Mark, data: bytes, height: int) -> bytes | None:
    """Return a logo that is no plain SVG as PNG of this height, as pages show it; None if it cannot be drawn."""
    drawn = _draw_plain(mark, data, round(height * mark.width / mark.height) + 1, height, Colours())
    if drawn is None:
        return None
    stream = io.BytesIO()
    drawn.save(stream, "PNG", compress_level=9)
    return stream.getvalue()


def _draw_square(mark: Mark, data: bytes, size: int, schemes: Schemes, *, is_full: bool) -> Image.Image | None:
    whole = _draw_plain(mark, data, size, size, schemes.day)
    if whole is None:
        return None
    # A logo with a ground of its own fills the icon.
    if whole.size == (size, size) and whole.getchannel("A").getextrema()[0] == 255:
        return whole
    ground = _choose_ground(mark, data, schemes.night, schemes.day)
    room = round(size * _PLATE_SHARE) if size > min(_ICO_SIZES) else size - 2
    drawn = _draw_plain(mark, data, room, room, ground)
    assert drawn  # noqa: S101 - it was drawn above
    plate = _draw_plate(size, size, ground.paper, 0 if is_full else size * _PLATE_ROUNDING)
    plate.alpha_composite(drawn, ((size - drawn.width) // 2, (size - drawn.height) // 2))
    return plate


def _draw_plate(width: int, height: int, colour: str, rounding: float) -> Image.Image:
    plate = Image.new("RGBA", (width, height), colour)
    if rounding:
        scale = 4  # Pillow's corners are jagged
        mask = Image.new("L", (width * scale, height * scale))
        box = (0, 0, width * scale - 1, height * scale - 1)
        ImageDraw.Draw(mask).rounded_rectangle(box, rounding * scale, fill=255)
        plate.putalpha(mask.reduce(scale))
    return plate


def _choose_ground(mark: Mark, data: bytes, first: Colours, second: Colours) -> Colours:
    """Return on which of two grounds more of a mark can be seen; the first if it is the same."""
    return second if _measure_visibility(mark, data, second) > _measure_visibility(mark, data, first) else first


@lru_cache(32)
def _measure_visibility(mark: Mark, data: bytes, ground: Colours) -> float:
    """Return how much of a mark differs enough from the paper of a scheme, in whose colours it is drawn: 0 to 1."""
    drawn = _draw_plain(mark, data, _TRIAL_SIZE, _TRIAL_SIZE, ground)
    colours = drawn.getcolors(_TRIAL_SIZE**2) if drawn else None
    counts: dict[str, int] = {}
    for count, (red, green, blue, alpha) in colours or ():  # type: ignore[misc] # of RGBA
        if alpha >= _OPAQUE:
            colour = f"#{red:02x}{green:02x}{blue:02x}"
            counts[colour] = counts.get(colour, 0) + count
    seen = sum(count for pixel, count in counts.items() if find_contrast(pixel, ground.paper) >= _VISIBLE_CONTRAST)
    return seen / sum(counts.values()) if counts else 0


@lru_cache(32)
def _draw_plain(mark: Mark, data: bytes, width: int, height: int, colours: Colours) -> Image.Image | None:
    """Return a mark without a plate, as high and wide as fits."""
    if not mark.shapes:
        return draw_whole(data, width, height)
    scale = min(width / mark.width, height / mark.height)
    size = max(1, round(mark.width * scale)), max(1, round(mark.height * scale))
    shapes = mark.shapes.replace(BRANCH, f'stroke="{colours.route}"')
    return render_svg(f'<g color="{colours.ink}" fill="{colours.ink}">{shapes}</g>', size, (mark.width, mark.height))
