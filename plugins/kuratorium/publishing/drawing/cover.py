"""Draw the cover of a podcast: the name of its series and that of the site, under the switch of the theme's icon."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from ...files import write_atomically

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

SIZE = 3000  # pixels, the most that directories take
_VERSION = "1"  # another drawing of the same words needs another address: see Paths.podcast_cover
_MARGIN = 280
_WIDTH = SIZE - 2 * _MARGIN
_TITLE_TOP, _TITLE_BOTTOM = 1180, 2440
_TITLE_SIZES = (520, 140)  # pixels, most and least
_LINE_HEIGHT = 1.12
# The colours of the theme by night, as in its icon.
_GROUND, _RAIL, _ROUTE, _SOFT = "#15211f", "#f2f5f3", "#f5c518", "#a7b5b0"
# The strokes of the icon, on its grid of 32 x 32.
_ICON_STROKES = ((_RAIL, ((0, 23), (32, 23))), (_ROUTE, ((0, 23), (9, 23), (21, 11), (32, 11))))
_FONT_FILES = {"title": "FiraSansCondensed-SemiBold.ttf", "site": "FiraSansCondensed-Regular.ttf"}


def digest_cover(title: str, site_name: str) -> str:
    """Return what tells a cover from any other one: a few characters for its address."""
    return hashlib.sha256("\0".join((_VERSION, title, site_name)).encode()).hexdigest()[:12]


def read_or_draw_cover(folder: Path, title: str, site_name: str) -> bytes:
    """Return a cover from `folder`, where those of all words drawn so far are kept; draw it if it is not there."""
    file = folder / f"{digest_cover(title, site_name)}.png"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        data = draw_cover(title, site_name)
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(file, data)
        return data


def draw_cover(title: str, site_name: str) -> bytes:
    """Return the cover as PNG. Characters that the font does not have are left out."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - a build draws a cover once

    picture = Image.new("RGB", (SIZE, SIZE), _GROUND)
    draw = ImageDraw.Draw(picture)
    _draw_icon(draw)
    _draw_title(draw, _keep_drawable(title))
    font = _fit_line(_keep_drawable(site_name), "site", 150)
    draw.text((_MARGIN, 2700), _keep_drawable(site_name), _SOFT, font, anchor="ls")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=9)
    return buffer.getvalue()


def _draw_icon(draw: ImageDraw.ImageDraw) -> None:
    unit, top = SIZE / 32, -240
    for colour, points in _ICON_STROKES:
        line = [(x * unit, top + y * unit * 0.5) for x, y in points]
        draw.line(line, colour, 96, joint="curve")


def _draw_title(draw: ImageDraw.ImageDraw, title: str) -> None:
    size, lines = _fit_title(title)
    font = _load_font("title", size)
    for number, line in enumerate(lines):
        draw.text((_MARGIN, _TITLE_TOP + round((number + 1) * size * _LINE_HEIGHT)), line, _RAIL, font, anchor="ls")


def _fit_title(title: str) -> tuple[int, list[str]]:
    """Return the largest size at which a title fits, and its lines; what does not fit at the least size is cut."""
    most, least = _TITLE_SIZES
    for size in range(most, least, -20):
        font = _load_font("title", size)
        lines = list(_wrap(title, font, breaks_words=False))
        is_low_enough = len(lines) * size * _LINE_HEIGHT <= _TITLE_BOTTOM - _TITLE_TOP
        if is_low_enough and all(font.getlength(line) <= _WIDTH for line in lines):
            return size, lines
    lines = list(_wrap(title, _load_font("title", least), breaks_words=True))
    room = int((_TITLE_BOTTOM - _TITLE_TOP) / (least * _LINE_HEIGHT))
    return least, [*lines[: room - 1], f"{lines[room - 1][:-2]}…"] if len(lines) > room else lines


def _wrap(title: str, font: ImageFont.FreeTypeFont, *, breaks_words: bool) -> Iterator[str]:
    """Yield lines that are as wide as the cover allows; a wider word is a line of its own, or broken into several."""
    line = ""
    for word in title.split():
        joined = f"{line} {word}".lstrip()
        if font.getlength(joined) <= _WIDTH:
            line = joined
            continue
        if line:
            yield line
        line = word
        while breaks_words and font.getlength(line) > _WIDTH:
            # How many of the beginnings are narrow enough, of which each is a letter longer than the one before.
            count = bisect_right(range(1, len(line)), _WIDTH, key=lambda end: ceil(font.getlength(f"{line[:end]}-")))
            yield f"{line[:count]}-"
            line = line[count:]
    if line:
        yield line


def _fit_line(text: str, name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font in which a line fits, of at most this size."""
    width = _load_font(name, size).getlength(text)
    return _load_font(name, size if width <= _WIDTH else max(1, int(size * _WIDTH / width)))


def _keep_drawable(text: str) -> str:
    """Return a text without characters that the font lacks: each would be an empty box."""
    composed = unicodedata.normalize("NFC", text)
    drawable = (character if character.isspace() or _has_glyph(character) else "" for character in composed)
    return " ".join("".join(drawable).split())


@cache
def _has_glyph(character: str) -> bool:
    font = _load_font("title", 60)
    # A font draws one and the same box for whatever it lacks.
    return bytes(font.getmask(character)) != bytes(font.getmask("\U0010ffff")) and font.getlength(character) > 0


@cache
def _load_font(name: str, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont as Fonts  # noqa: PLC0415 - as above

    data = (files("fontpkg_fira_sans_condensed") / "files" / _FONT_FILES[name]).read_bytes()
    # The basic layout: another one depends on what the machine has.
    return Fonts.truetype(io.BytesIO(data), size, layout_engine=Fonts.Layout.BASIC)
