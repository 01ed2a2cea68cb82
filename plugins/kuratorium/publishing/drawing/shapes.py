"""The shapes of drawn pictures, in the theme's colours: lines, signs, stations. Each is drawn once in a process."""

from __future__ import annotations

import io
from functools import lru_cache

import resvg_py
from PIL import Image

from .model import Colours
from .topic_signs import SIGN_SIZE, draw_topic_sign

WIDTH, HEIGHT = 1200, 630  # of a card: what Facebook, LinkedIn, WhatsApp, Mastodon and Slack show whole
MARGIN = 64
RIGHT = WIDTH - MARGIN
BRANCH_Y = 236

_RULE_TOP, _RULE_HEIGHT = 112, 12
_BRANCH_HEIGHT = BRANCH_Y - _RULE_TOP - _RULE_HEIGHT // 2

# The paths of the theme's partials/sign.html.
_SIGNS = {
    "note": "M1 12h22M5 12 13 4h10",
    "interview": "M1 4h22M1 12h22M7 12l8-8",
    "talk": "M1 8h5m12 0h5M12 3a5 5 0 1 0 .01 0",
    "essay": "M1 8h22M1 5v6",
    "lookback": "M23 13H7a4.5 4.5 0 0 1 0-9h9",
    "digest": "M1 3h6l6 5h10M1 8h12M1 13h6l6-5",
}
_OTHER_SIGN = "M1 8h22"


@lru_cache(8)
def draw_frame(colours: Colours, turn: int, has_station: bool) -> Image.Image:
    """Draw what all cards have: paper, main line, and the branch, level from `turn` on.

    `has_station` is a stop on the branch without a portrait.
    """
    station = (
        f'<circle cx="{RIGHT - 30}" cy="{BRANCH_Y}" r="20" fill="{colours.paper}" stroke="{colours.ink}" '
        'stroke-width="9"/>'
    )
    return render_shapes(
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours.paper}"/>'
        f'<path fill="none" stroke="{colours.route}" stroke-width="{_RULE_HEIGHT}" '
        f'd="M{turn - _BRANCH_HEIGHT} {BRANCH_Y - _BRANCH_HEIGHT}L{turn} {BRANCH_Y}H{WIDTH}"/>'
        f'<rect y="{_RULE_TOP}" width="{WIDTH}" height="{_RULE_HEIGHT}" fill="{colours.ink}"/>'
        f"{station if has_station else ''}",
        WIDTH,
        HEIGHT,
    ).convert("RGB")


@lru_cache(64)
def draw_sign(format_id: str, colour: str) -> Image.Image:
    """Draw the sign of a format."""
    path = _SIGNS.get(format_id, _OTHER_SIGN)
    return render_shapes(
        f'<path transform="scale(2.25)" fill="none" stroke="{colour}" stroke-width="2" d="{path}"/>', 54, 36
    )


@lru_cache(64)
def draw_topic_tile(topic_id: str, size: int, colour: str, paper: str) -> Image.Image:
    """Draw the sign of a topic, as css/topics.css does: its tracks are cut out of its colour."""
    return render_shapes(
        f"<style>circle {{ fill: {colour}; stroke-width: 2 }}</style>"
        f'<rect width="{size}" height="{size}" fill="{colour}"/>'
        f'<g transform="scale({size / SIGN_SIZE:g})" fill="none" stroke="{paper}" stroke-width="2.5">'
        f"{draw_topic_sign(topic_id).shapes}</g>",
        size,
        size,
    ).convert("RGB")


@lru_cache(8)
def draw_station(diameter: int) -> tuple[Image.Image, Image.Image]:
    """Return the masks of a station: its ring, and the disc in it."""
    middle = diameter / 2
    ring = f'<circle cx="{middle}" cy="{middle}" r="{middle - 4}" fill="none" stroke="#fff" stroke-width="7"/>'
    disc = f'<circle cx="{middle}" cy="{middle}" r="{middle - 2}" fill="#fff"/>'
    return _render_mask(ring, diameter, diameter), _render_mask(disc, diameter, diameter)


@lru_cache(16)
def draw_origin_line(height: int) -> Image.Image:
    """Return the mask of the line from which a note branches off, so high and as wide as the card's inner part."""
    width = WIDTH - MARGIN
    path = f"M2 0V{height - 24}L24 {height - 2}H{width}"
    return _render_mask(f'<path fill="none" stroke="#fff" stroke-width="4" d="{path}"/>', width, height)


@lru_cache(1)
def draw_arrow() -> Image.Image:
    """Return the mask of the arrow behind a link that leads out, which the fonts lack."""
    return _render_mask('<path fill="none" stroke="#fff" stroke-width="3" d="M2 22 21 3M6 3H22V18"/>', 24, 24)


def _render_mask(shapes: str, width: int, height: int) -> Image.Image:
    return render_shapes(shapes, width, height).getchannel("A")


def render_shapes(shapes: str, width: int, height: int) -> Image.Image:
    """Draw elements of SVG."""
    return render_svg(shapes, (width, height), (width, height))


def render_svg(shapes: str, size: tuple[int, int], box: tuple[float, float]) -> Image.Image:
    """Draw elements of SVG that stand in a `box` as a picture of `size` pixels."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {box[0]:g} {box[1]:g}">{shapes}</svg>'
    )
    return Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))).convert("RGBA")
