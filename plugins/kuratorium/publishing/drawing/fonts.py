"""The fonts of drawn pictures, from packages with their licence: widths, kerning, and what they cannot write.

HarfBuzz places the letters and Pillow draws each of them. Pillow alone would kern only where libfribidi happens to be
installed, so the same build would draw other pictures on another machine.
"""

from __future__ import annotations

import importlib.resources
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import uharfbuzz
from PIL import ImageDraw, ImageFont

_FEATURES = {"kern": True, "liga": False, "clig": False}  # a letter a glyph, since Pillow draws letters


class Font:
    """A font in any size, in pixels."""

    def __init__(self, path: Path) -> None:
        self._path = path
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
        self._units_per_em = face.upem
        self._shaper = uharfbuzz.Font(face)
        self._place_letters = lru_cache(4_000)(self._shape)
        self._load = cache(self._load_size)

    def measure(self, text: str, size: int) -> float:
        """Return how wide a text is."""
        return float(self._place_letters(text)[1] * size / self._units_per_em)

    def draw(self, draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int, colour: str) -> float:
        """Draw a text whose baseline begins at `place`; return where it ends."""
        font, scale = self._load(size), size / self._units_per_em
        letters, width = self._place_letters(text)
        for letter, x in letters:
            draw.text((place[0] + x * scale, place[1]), letter, fill=colour, font=font, anchor="ls")
        return place[0] + float(width * scale)

    def outline(self, letter: str) -> tuple[str, float]:
        """Return a letter as a path of SVG on the baseline, one unit high as the font's square, and its width."""
        glyph, scale = self._shaper.get_nominal_glyph(ord(letter)), 1 / self._units_per_em
        steps: list[str] = []

        def add(command: str, *numbers: float) -> None:
            points = (number * scale * (-1 if place % 2 else 1) for place, number in enumerate(numbers))
            steps.append(command + " ".join(f"{point:.3f}".rstrip("0").rstrip(".") for point in points))

        functions = uharfbuzz.DrawFuncs()
        for name in ("move_to", "line_to", "quadratic_to", "cubic_to"):
            command = {"move_to": "M", "line_to": "L", "quadratic_to": "Q", "cubic_to": "C"}[name]
            getattr(functions, f"set_{name}_func")(lambda *numbers, command=command: add(command, *numbers[:-1]))
        functions.set_close_path_func(lambda _: steps.append("Z"))
        self._shaper.draw_glyph(glyph, functions)
        return "".join(steps), self._shaper.get_glyph_h_advance(glyph) * scale

    def clean(self, text: str) -> str:
        """Return a text as the font can write it: without emoji, control characters and double spaces.

        Empty if it lacks a letter or a digit: half a title would say something else.
        """
        kept = []
        for sign in unicodedata.normalize("NFC", text):
            kind = unicodedata.category(sign)
            if kind[0] in "ZC":
                kept.append(" " if kind[0] == "Z" or sign in "\t\n\r" else "\u00ad" if sign == "\u00ad" else "")
            elif self._has_glyph(sign):
                kept.append(sign)
            elif kind[0] in "LN":
                return ""
        return " ".join("".join(kept).split())

    def _has_glyph(self, sign: str) -> bool:
        return self._shaper.get_nominal_glyph(ord(sign)) is not None

    def _load_size(self, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self._path, size, layout_engine=ImageFont.Layout.BASIC)

    def _shape(self, text: str) -> tuple[list[tuple[str, int]], int]:
        """Return each letter with its place, and the width of all, in units of the font."""
        if not text:
            return [], 0
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "ltr"
        uharfbuzz.shape(self._shaper, buffer, _FEATURES)
        letters, x = dict[int, int](), 0
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            letters.setdefault(info.cluster, x)
            x += position.x_advance
        starts = [*letters, len(text)]
        return [(text[start:end], letters[start]) for start, end in pairwise(starts)], x


@cache
def load_font(package: str, file: str) -> Font:
    """Return a font of an installed package."""
    return Font(Path(str(importlib.resources.files(package) / "files" / file)))


def get_headline_font() -> Font:
    """Return the font of headlines: a sturdy serif, as the theme's."""
    return load_font("fontpkg_pt_serif", "PT_Serif-Web-Bold.ttf")


def get_title_font() -> Font:
    """Return the font of the titles of other works, and of questions."""
    return load_font("fontpkg_pt_serif", "PT_Serif-Web-Italic.ttf")


def get_sign_font() -> Font:
    """Return the font of all that points somewhere: the letters of road and rail."""
    return load_font("fontpkg_barlow_condensed", "BarlowCondensed-Medium.ttf")


def get_strong_sign_font() -> Font:
    """Return the bold letters of road and rail."""
    return load_font("fontpkg_barlow_condensed", "BarlowCondensed-Bold.ttf")
