"""Draw the cover of a podcast: the name of its series and that of the site, under the mark of the edition."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from math import ceil
from typing import TYPE_CHECKING

from .model import Colours

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

SIZE = 3000  # pixels, the most that directories take
_VERSION = "2"  # another drawing of the same words needs another address: see Paths.podcast_cover
_MARGIN = 280
_WIDTH = SIZE - 2 * _MARGIN
_TITLE_TOP, _TITLE_BOTTOM = 1180, 2440
_TITLE_SIZES = (520, 140)  # pixels, most and least
_LINE_HEIGHT = 1.12
MARK_SIZE = (1600, 640)
"""The most that the mark takes: width and height in pixels."""
_MARK_BOTTOM = 920
_LINE_TOP, _TRACK_HEIGHT = 1010, 48
_FONT_FILES = {"title": "FiraSansCondensed-SemiBold.ttf", "site": "FiraSansCondensed-Regular.ttf"}


def digest_cover(title: str, site_name: str, files: Mapping[str, str]) -> str:
    """Return what tells a cover from any other one: a few characters for its address.

    `files` are those that it is drawn from, with a digest of each.
    """
    parts = (_VERSION, title, site_name, *(part for file in sorted(files.items()) for part in file))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def draw_cover(title: str, site_name: str, colours: Colours, mark: Image.Image | None = None) -> bytes:
    """Return the cover as PNG. Characters that the font does not have are left out."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - a build draws a cover once

    picture = Image.new("RGB", (SIZE, SIZE), colours.paper)
    draw = ImageDraw.Draw(picture)
    if mark:
        picture.paste(mark, (_MARGIN, _MARK_BOTTOM - mark.height), mark)
    draw.rectangle((0, _LINE_TOP, SIZE, _LINE_TOP + _TRACK_HEIGHT), fill=colours.route)
    _draw_title(draw, _keep_drawable(title), colours.ink)
    font = _fit_line(_keep_drawable(site_name), "site", 150)
    draw.text((_MARGIN, 2700), _keep_drawable(site_name), colours.soft, font, anchor="ls")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=9)
    return buffer.getvalue()


def _draw_title(draw: ImageDraw.ImageDraw, title: str, colour: str) -> None:
    size, lines = _fit_title(title)
    font = _load_font("title", size)
    for number, line in enumerate(lines):
        draw.text((_MARGIN, _TITLE_TOP + round((number + 1) * size * _LINE_HEIGHT)), line, colour, font, anchor="ls")


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
