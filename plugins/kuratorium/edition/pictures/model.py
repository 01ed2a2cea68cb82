"""The record of a picture: the file it is drawn from, its size, and the files that readers get of it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from msgspec import Struct

from ...slugs import slugify
from ..fields import Record

PICTURES_FOLDER = "pictures"
"""The folder of the site with the drawn pictures."""

WIDTHS = (400, 800, 1200, 1600)
"""Widths in pixels in which a picture is drawn, as far as its file is as wide: from a card to a screen of high density.

A file of a width in between is drawn in its own, too.
"""

_FALLBACK_WIDTH = 1200  # for feed readers, mail programs and calendars, which take the file that `src` names
_MAX_NAME_LENGTH = 60


def name_picture(file: str) -> str:
    """Return what the addresses of a picture begin with: the name of its file in plain letters."""
    return slugify(PurePosixPath(file).stem)[:_MAX_NAME_LENGTH].strip("-") or "picture"


class PictureFormat(Struct, frozen=True):
    """A format of drawn pictures: the ending of its files, and its media type."""

    ending: str
    media_type: str


AVIF = PictureFormat("avif", "image/avif")
WEBP = PictureFormat("webp", "image/webp")
JPEG = PictureFormat("jpg", "image/jpeg")
PNG = PictureFormat("png", "image/png")
MEDIA_TYPES = {format.ending: format.media_type for format in (AVIF, WEBP, JPEG, PNG)}


class PictureVariant(Struct, frozen=True):
    """One file of a picture: its path from the site's root, its format, and its size in pixels."""

    path: str
    format: PictureFormat
    width: int
    height: int


# Tagged as template inputs are (publishing/template_inputs), since it is one.
class Picture(Struct, frozen=True, kw_only=True, tag=True, tag_field="$"):
    """A picture of the edition, as its file was when it was read.

    `file`: its path below content/.
    `digest`: of the file's bytes; a part of the address, so that caches may keep each file for ever.
    `width`, `height`: in pixels, as one sees it: upright. 0 for a vector picture that does not say.
    `kind`: a graphic has few colours, or is transparent in parts. A vector picture is shown as it is.
    """

    file: str
    digest: str
    width: int
    height: int
    kind: Literal["photograph", "graphic", "vector"] = "photograph"

    @property
    def formats(self) -> tuple[PictureFormat, ...]:
        """The formats in which it is drawn, the smallest files first; the last one is shown everywhere."""
        if self.kind == "vector":
            return ()
        return (AVIF, WEBP, JPEG) if self.kind == "photograph" else (AVIF, WEBP, PNG)

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths in which it is drawn, never wider than its file."""
        own = min(self.width, WIDTHS[-1])
        return (*(width for width in WIDTHS if width < own), own)

    def list_variants(self, format: PictureFormat) -> tuple[PictureVariant, ...]:
        """Return its files in a format, the narrowest first."""
        base = f"{PICTURES_FOLDER}/{name_picture(self.file)}-{self.digest}"
        return tuple(
            PictureVariant(f"{base}-{width}.{format.ending}", format, width, self.find_height(width))
            for width in self.widths
        )

    def find_height(self, width: int) -> int:
        """Return its height in pixels when it is `width` pixels wide."""
        return max(1, round(self.height * width / self.width))

    @property
    def fallback(self) -> PictureVariant | None:
        """The file for programs that choose none; None for a vector picture, whose own file it is."""
        if not self.formats:
            return None
        variants = self.list_variants(self.formats[-1])
        return [variant for variant in variants if variant.width <= _FALLBACK_WIDTH][-1]

    @property
    def path(self) -> str:
        """The path of the file for programs that choose none, from the site's root."""
        return self.fallback.path if self.fallback else self.file


class Colour(Record, frozen=True):
    """A colour, as "#rrggbb". `day`: the colour on light paper. `night`: the colour on dark paper."""

    # None: YAML takes a # without quotation marks for a comment, and `check_colours` says so.
    day: str | None = None
    night: str | None = None


class ColoursPolicy(Record, frozen=True):
    """Colours in place of the theme's. `link`: colour of links. `route`: the accent, of the line that is set."""

    link: Colour | None = None
    route: Colour | None = None
