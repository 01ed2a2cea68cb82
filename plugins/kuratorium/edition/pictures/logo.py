"""Read the publisher's logo: an SVG or PNG below content/, which policy.yaml names.

A plain SVG, of shapes alone, becomes a part of each page, so that what has the colour of the text follows the scheme.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from xml.parsers import expat

from msgspec import Struct

from ...files import hash_bytes, read_regular_file
from ..fields import Violation
from ..foreign_loads import find_foreign_loads
from ..paths import CONTENT_PREFIX, is_confined, resolve_content_path
from .reading import RUNNING_ELEMENTS, VECTOR_SUFFIX, PictureError, measure_vector, open_picture

MIN_SIDE, MAX_RATIO = 180, 4.0
_MAX_BYTES = 1_000_000
_MAX_PLAIN = 4_000  # characters: they are a part of each page, twice
_DIGEST_LENGTH = 12
_FILE_HINT = "Write the path of an SVG or PNG below content/, such as images/logo.svg."
_SAVE_HINT = "Save it in a drawing program as plain SVG, or as PNG."

_LOAD_HINT = "Put it into the file itself, or leave it out."

_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset(("g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"))
_IGNORED_ELEMENTS = frozenset(("title", "desc", "metadata"))
_PLAIN_ATTRIBUTES = frozenset(
    (
        *("d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "transform"),
        *("fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
        *("stroke-dasharray", "stroke-dashoffset", "fill-rule", "clip-rule", "opacity"),
        *("fill-opacity", "stroke-opacity"),
    )
)
_ROOT_ATTRIBUTES = frozenset(("width", "height", "viewBox", "x", "y", "version", "baseProfile", "role"))
_NAMING_ATTRIBUTES = frozenset(("id", "aria-label", "aria-hidden", "focusable"))
_PLAIN_VALUE = re.compile(r"(?!.*url\()[\w\s.,#%()+-]*", re.S)
_OWN_REFERENCE = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|gif|webp);)", re.I)
_STYLE_REFERENCE = re.compile(r"url\(\s*[\"']?(?!#|data:image/)|@import", re.I)


class Logo(Struct, frozen=True, kw_only=True):
    """The logo of an edition: its file from the edition's root, a digest of its bytes, and its size.

    `shapes` are the elements of a plain SVG, empty for any other file; `left` and `top` are where its box begins.
    """

    file: str
    digest: str
    width: float
    height: float
    left: float = 0
    top: float = 0
    shapes: str = ""


def read_logo(root: Path, name: str) -> Logo:
    """Return the logo that policy.yaml of the edition at `root` names; raises PictureError."""
    file = resolve_content_path(name)
    if file is None:
        raise PictureError(f'"{name}" leads out of content/', _FILE_HINT)
    if not file.lower().endswith((VECTOR_SUFFIX, ".png")):
        raise PictureError(f"{file} is neither an SVG nor a PNG", _FILE_HINT)
    if not (root / file).is_file() or not is_confined(str(root), file, CONTENT_PREFIX.rstrip("/")):
        raise PictureError(f"there is no file {file}", _FILE_HINT)
    try:
        data = read_regular_file(root / file)
    except OSError as error:
        raise PictureError(f"{file} cannot be read: {error.strerror or error}", "Make the file readable.") from error
    if len(data) > _MAX_BYTES:
        raise PictureError(f"{file} has {len(data) / 1_000_000:.1f} MB; a logo has at most 1", _SAVE_HINT)
    try:
        logo = _read_vector(file, data) if file.lower().endswith(VECTOR_SUFFIX) else _read_raster(file, data)
    except PictureError as error:
        raise PictureError(f"{file}: {error.message}", error.hint) from error
    _check_size(logo)
    return logo


def find_logo(root: Path, name: str) -> Logo | None:
    """Return a logo; None if the policy names none, or one that cannot be shown, which `check_logo` says."""
    try:
        return read_logo(root, name) if name else None
    except PictureError:
        return None


def check_logo(root: Path, name: str) -> Iterator[Violation]:
    """Check that the logo that policy.yaml names, if any, can be shown."""
    try:
        if name:
            read_logo(root, name)
    except PictureError as error:
        yield Violation(("logo",), error.message, error.hint)


def _check_size(logo: Logo) -> None:
    longer, shorter = max(logo.width, logo.height), min(logo.width, logo.height)
    if shorter <= 0:
        hint = 'Write its size into the first tag, such as viewBox="0 0 64 64".'
        raise PictureError(f"{logo.file} has no size", hint)
    size = f"{logo.width:g} x {logo.height:g}"
    if longer / shorter > MAX_RATIO:
        shape = "too wide" if logo.width > logo.height else "too high"
        message = f"{logo.file} is {shape}: {size}, and an icon is square"
        raise PictureError(message, f"Take the sign alone, at most {MAX_RATIO:g} times as long as its other side.")
    if not logo.file.lower().endswith(VECTOR_SUFFIX) and shorter < MIN_SIDE:
        message = f"{logo.file} is too small: {size} pixels"
        raise PictureError(message, f"Save it with at least {MIN_SIDE} pixels on each side; 512 are better; or as SVG.")


def _read_raster(file: str, data: bytes) -> Logo:
    picture = open_picture(data)
    if picture.format != "PNG":
        raise PictureError(f"this is a file of the format {picture.format}, not PNG", _SAVE_HINT)
    with suppress(OSError, SyntaxError, ValueError):  # a damaged file is told where all pictures are drawn
        if picture.has_transparency_data and not picture.convert("RGBA").getchannel("A").getextrema()[1]:
            raise PictureError("all of this picture is transparent", "Save it with what is to be seen.")
    return Logo(file=file, digest=_digest(data), width=float(picture.width), height=float(picture.height))


def _read_vector(file: str, data: bytes) -> Logo:
    elements = _Elements(data)
    for load in find_foreign_loads(file, data, ""):
        raise PictureError(f"line {load.line}: {load.message}", _LOAD_HINT)
    left, top, width, height = elements.box or (0.0, 0.0, *map(float, measure_vector(data)[:2]))
    shapes = elements.shapes if len(elements.shapes) <= _MAX_PLAIN else ""
    return Logo(file=file, digest=_digest(data), width=width, height=height, left=left, top=top, shapes=shapes)


def _digest(data: bytes) -> str:
    return hash_bytes(data).hex()[:_DIGEST_LENGTH]


class _Elements:
    """The elements of an SVG: `shapes` are those of a plain one, written anew; empty if it holds anything else.

    Raises PictureError for what runs, loads or needs a font.
    """

    def __init__(self, data: bytes) -> None:
        self.box: tuple[float, float, float, float] | None = None
        self._parts: list[str] = []
        self._open: list[str] = []
        self._is_plain = True
        self._depth = self._ignored_depth = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read_text
        self._parser.EntityDeclHandler = lambda *_: self._refuse("declares an entity", "Leave out <!ENTITY …>.")
        self._in_style = False
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            message = f"line {error.lineno}: this is not SVG ({expat.ErrorString(error.code)})"
            raise PictureError(message, _SAVE_HINT) from error

    @property
    def shapes(self) -> str:
        return "".join(self._parts) if self._is_plain else ""

    def _start(self, full_name: str, attributes: Mapping[str, str]) -> None:
        space, _, name = full_name.rpartition(" ")
        self._depth += 1
        if self._depth == 1:
            self._begin(space, name, attributes)
        self._check(name, attributes)
        if self._ignored_depth or space != _SVG or name in _IGNORED_ELEMENTS:
            self._ignored_depth = self._ignored_depth or self._depth
            return
        self._in_style = name == "style"
        if self._depth > 1 and name not in _SHAPES:
            self._is_plain = False
        self._write(name, attributes)

    def _begin(self, space: str, name: str, attributes: Mapping[str, str]) -> None:
        if (space, name) != (_SVG, "svg"):
            self._refuse(f'begins with <{name}>, not with <svg xmlns="{_SVG}">', _SAVE_HINT)
        numbers = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        try:
            left, top, width, height = map(float, numbers)
        except ValueError:
            return
        if min(width, height) > 0 and max(map(abs, (left, top, width, height))) < 1e6:
            self.box = left, top, width, height

    def _check(self, name: str, attributes: Mapping[str, str]) -> None:
        """Refuse what runs, loads from elsewhere, or is drawn with a font of the reader's machine."""
        if name.lower() in RUNNING_ELEMENTS:
            self._refuse(f"<{name}> may run a script", "Leave it out: a logo is a drawing.")
        if name == "text":
            hint = "Turn letters into paths (in Inkscape: Path, Object to Path)."
            self._refuse("<text> is drawn with a font that others do not have", hint)
        for key, value in attributes.items():
            attribute = key.rpartition(" ")[2].lower()
            if attribute.startswith("on"):
                self._refuse(f"{attribute}=… runs a script", "Leave it out: a logo is a drawing.")
            if attribute in ("href", "src") and name != "a" and not _OWN_REFERENCE.match(value):
                self._refuse(f'{attribute}="{value[:60]}" loads from elsewhere', _LOAD_HINT)
            if _STYLE_REFERENCE.search(value):
                self._refuse(f"{attribute}=… loads from elsewhere", _LOAD_HINT)

    def _write(self, name: str, attributes: Mapping[str, str]) -> None:
        kept = []
        for key, value in attributes.items():
            if " " in key or key in _NAMING_ATTRIBUTES or key.startswith("data-"):
                continue  # of a drawing program
            if self._depth == 1 and key in _ROOT_ATTRIBUTES:
                continue
            if key not in _PLAIN_ATTRIBUTES or not _PLAIN_VALUE.fullmatch(value):
                self._is_plain = False
            kept.append(f' {key}="{html.escape(" ".join(value.split()))}"')
        tag = "g" if self._depth == 1 else name
        self._open.append(tag)
        self._parts.append(f"<{tag}{''.join(kept)}>")

    def _end(self, _: str) -> None:
        if not self._ignored_depth:
            tag = self._open.pop()
            if tag != "g" and self._parts[-1].startswith(f"<{tag}"):
                self._parts[-1] = f"{self._parts[-1][:-1]}/>"
            else:
                self._parts.append(f"</{tag}>")
        elif self._ignored_depth == self._depth:
            self._ignored_depth = 0
        self._in_style = False
        self._depth -= 1

    def _read_text(self, text: str) -> None:
        if self._in_style and _STYLE_REFERENCE.search(text):
            self._refuse("its style loads from elsewhere", _LOAD_HINT)

    def _refuse(self, message: str, hint: str) -> None:
        raise PictureError(f"line {self._parser.CurrentLineNumber}: {message}", hint)
