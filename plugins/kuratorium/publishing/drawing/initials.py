"""The look of an edition: its colours, and its mark: its logo, or the initials of its name on a track with a stop.

The same name has the same mark at any time.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec.structs import replace

from ...edition.pictures.colours import read_token_sheet, read_tokens, write_rules
from ...edition.pictures.logo import Logo
from ...edition.registry import Registry
from ...edition.settings import SiteSettings
from ...files import read_regular_file
from .model import BRANCH, Look, Mark, read_schemes

if TYPE_CHECKING:
    from .fonts import Font

_HEIGHT = 32.0  # of the box of a drawn mark
_LETTER_SIZE, _BASELINE, _GAP = 29.0, 20.5, 1.0
_TRACK_Y, _STOP_RADIUS, _STROKE = 27.5, 3.0, 4
_MIN_WIDTH = 26.0


class ValueCache(Protocol):
    """Stores values by name; the build's cache does."""

    def read_value(self, name: str) -> bytes:
        """Return the value of this name, empty if there is none."""

    def save_value(self, name: str, value: bytes) -> None:
        """Store a value under a name."""


def build_look(root: Path, site: SiteSettings, registry: Registry, cache: ValueCache | None = None) -> Look:
    """Return the look of the edition at `root`; the registry must have been read without problems.

    A mark that the last build drew from the same name is taken from the `cache`.
    """
    tokens = read_token_sheet(root / site.theme)
    rules = write_rules(registry.policy.colours if registry.policy else None, read_tokens(tokens))
    schemes = read_schemes(rules + tokens)
    mark = _read_or_draw(site.name, cache) if cache and not registry.logo else build_mark(site.name, registry.logo)
    # One that takes part in the scheme by itself needs no drawing, which costs each build 70 ms.
    if registry.logo and "currentColor" not in mark.shapes:
        from .mark import find_plate  # noqa: PLC0415 - Pillow: an edition without a logo needs none

        data = b"" if mark.shapes else read_regular_file(root / mark.file)
        mark = replace(mark, plate=find_plate(mark, data, schemes))
    return Look(mark, rules, schemes)


def _read_or_draw(name: str, cache: ValueCache) -> Mark:
    stored = cache.read_value("mark")
    drawn_name, mark = msgspec.json.decode(stored, type=tuple[str, Mark]) if stored else ("", Mark())
    if not stored or drawn_name != name:
        mark = build_mark(name, None)
        cache.save_value("mark", msgspec.json.encode((name, mark)))
    return mark


@lru_cache(8)
def build_mark(name: str, logo: Logo | None) -> Mark:
    """Return the mark of an edition with this name: its logo if it has one, else one drawn from the name."""
    if logo is None:
        return _draw_initials(name)
    shapes = logo.shapes
    if shapes and (logo.left or logo.top):
        shapes = f'<g transform="translate({-logo.left:g} {-logo.top:g})">{shapes}</g>'
    return Mark(width=logo.width, height=logo.height, shapes=shapes, file=logo.file, digest=logo.digest)


def find_initials(name: str) -> str:
    """Return the letters of a mark: the first of the first two words that begin with a capital or a digit.

    Of a name without such words, the first letter. Empty if the font lacks it.
    """
    words = re.findall(r"[^\W_]+", name)
    chosen = [word for word in words if word[0].isupper() or word[0].isdigit()] or words[:1]
    letters = [word[0].upper()[:1] for word in chosen[:2]]
    font = _get_font()
    return "".join(letter for letter in letters if font.clean(letter))


def _get_font() -> Font:
    from .fonts import get_strong_sign_font  # noqa: PLC0415 - Pillow and HarfBuzz: an edition with a logo needs none

    return get_strong_sign_font()


def _draw_initials(name: str) -> Mark:
    """Draw initials on a track; the place and the kind of its stop come from the name, too."""
    digest = hashlib.sha256(name.encode()).digest()
    letters = find_initials(name)
    outlines = [_get_font().outline(letter) for letter in letters]
    text_width = sum(width for _, width in outlines) * _LETTER_SIZE + _GAP * max(0, len(letters) - 1)
    width = round(max(_MIN_WIDTH, text_width + 4), 1)
    parts, x = [], (width - text_width) / 2
    for path, advance in outlines:
        parts.append(f'<path transform="translate({x:.2f} {_BASELINE}) scale({_LETTER_SIZE:g})" d="{path}"/>')
        x += advance * _LETTER_SIZE + _GAP
    if not letters:
        parts.append(_draw_signal(digest, width))
    parts.append(_draw_track(digest, width))
    return Mark(width=width, height=_HEIGHT, shapes=f'<g fill="currentColor">{"".join(parts)}</g>')


def _draw_track(digest: bytes, width: float) -> str:
    """Return the track with its stop: left, in the middle or right of it, a ring or a disc."""
    stop = round((5.0, width / 2, width - 5.0)[digest[0] % 3], 1)
    fill = "currentColor" if digest[1] % 2 else "none"
    ends = f"M0 {_TRACK_Y}H{stop - _STOP_RADIUS:g}M{stop + _STOP_RADIUS:g} {_TRACK_Y}H{width:g}"
    return (
        f'<path fill="none" {BRANCH} stroke-width="{_STROKE}" d="{ends}"/>'
        f'<circle cx="{stop:g}" cy="{_TRACK_Y}" r="{_STOP_RADIUS:g}" fill="{fill}" stroke="currentColor" '
        'stroke-width="2"/>'
    )


def _draw_signal(digest: bytes, width: float) -> str:
    """Return what stands in the place of letters that the font lacks: a signal whose arm has one of eight places."""
    middle = width / 2
    return (
        f'<circle cx="{middle:g}" cy="11" r="9" fill="none" stroke="currentColor" stroke-width="3"/>'
        f'<path fill="none" stroke="currentColor" stroke-width="3" d="M{middle:g} 11v-8" '
        f'transform="rotate({digest[2] % 8 * 45} {middle:g} 11)"/>'
    )
