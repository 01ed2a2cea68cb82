"""The colours of an edition: those of its theme's tokens, of policy.yaml, and of topics that name none."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from ...program.theme import list_theme_folders
from ..curation import TOPIC_COLOURS, Topic, TopicColour
from ..fields import Violation
from ..paths import TOKENS_PATH
from .model import Colour, ColoursPolicy

TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
_LINE_CONTRAST = 1.5  # of the line that is set: it only decorates, but is to be seen

_HEX = r"#[0-9a-fA-F]{6}\b"
_TOKEN = re.compile(rf"--(?P<name>[a-z-]+):\s*(?:light-dark\(\s*)?(?P<day>{_HEX})(?:\s*,\s*(?P<night>{_HEX}))?")
_GROUNDS = {"paper": ("#fbfcfa", "#111917"), "panel": ("#eef2ef", "#1a2421"), "ink": ("#15211f", "#e9efeb")}
_SCHEMES = ("day", "night")
_COLOUR_STEP = 5  # to a hue that is far away; it has no divisor in common with their number


def read_tokens(style_sheet: str) -> dict[str, tuple[str, str]]:
    """Return the colours of a theme by name, each by day and by night; of two with one name, the first counts."""
    found: dict[str, tuple[str, str]] = {}
    for match in _TOKEN.finditer(style_sheet):
        found.setdefault(match["name"], (match["day"], match["night"] or match["day"]))
    return found


def write_rules(colours: ColoursPolicy | None, tokens: Mapping[str, tuple[str, str]]) -> str:
    """Return the tokens that an edition's colours replace as CSS; empty if it names none.

    What stands on the set line has the colour of text or of paper, whichever is read better there.
    """
    if not colours:
        return ""
    rules = {name: _list_shades(colour) for name, colour in _list_colours(colours)}
    if "route" in rules:
        day, night = rules["route"]
        rules["on-route"] = (_choose_text(day, 0, tokens), _choose_text(night, 1, tokens))
    values = (f"--{name}:light-dark({day},{night});" for name, (day, night) in rules.items())
    return f":root{{{''.join(values)}}}"


def read_token_sheet(theme: Path) -> str:
    """Return the style sheet with the colours of a theme: its own, or that of the program."""
    for layer in list_theme_folders("", str(theme)):
        with suppress(FileNotFoundError):
            return Path(layer, "static", TOKENS_PATH).read_text("utf-8", "replace")
    return ""


def check_colours(theme: Path, colours: ColoursPolicy | None) -> Iterator[Violation]:
    """Check that an edition's colours can be read and seen on the grounds of the theme in a folder."""
    if not colours:
        return
    tokens = _GROUNDS | read_tokens(read_token_sheet(theme))
    if colours.link is None and colours.route is None:
        yield Violation(("colours",), "names no colour", "Write link or route, or delete the line.")
    for name, colour in _list_colours(colours):
        for place, (scheme, value) in enumerate(zip(_SCHEMES, _list_shades(colour), strict=True)):
            grounds = [tokens[key][place] for key in ("paper", "panel")]
            if fault := _describe_colour(name, value, grounds):
                yield Violation(("colours", name, scheme), fault[0], f'{fault[1]}: {scheme}: "{fault[2]}"')


def _describe_colour(name: str, value: str, grounds: list[str]) -> tuple[str, str, str] | None:
    """Return message, hint and a colour that would be right if one cannot stand on the grounds; else None."""
    if not re.fullmatch(_HEX, value):
        found = f'"{value}"' if value else "nothing"
        message = f"expected a colour of six digits in quotation marks, since # begins a comment; found {found}"
        return message, "For example", "#0b5c58"
    if name == "link":
        wanted, purpose = TEXT_CONTRAST, "text needs (WCAG AA)"
    else:
        wanted, purpose = _LINE_CONTRAST, "a line that is seen needs"
    ground = min(grounds, key=lambda one: find_contrast(value, one))
    contrast = find_contrast(value, ground)
    if contrast >= wanted:
        return None
    message = f"{value} has a contrast of {contrast:.1f} : 1 on {ground}, and {purpose} {wanted} : 1"
    return message, "The nearest shade that has it", _propose_colour(value, ground, wanted)


def find_contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, #rrggbb, as WCAG defines it."""
    lighter, darker = sorted((find_luminance(first), find_luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def find_luminance(colour: str) -> float:
    """Return how light a colour is, from 0 for black to 1 for white (WCAG 2.2, relative luminance)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _list_colours(colours: ColoursPolicy) -> Iterator[tuple[str, Colour]]:
    if colours.link:
        yield "link", colours.link
    if colours.route:
        yield "route", colours.route


def _list_shades(colour: Colour) -> tuple[str, str]:
    return colour.day or "", colour.night or ""


def _choose_text(ground: str, place: int, tokens: Mapping[str, tuple[str, str]]) -> str:
    known = [tokens.get(name, _GROUNDS[name])[place] for name in ("ink", "paper")]
    best = max(known, key=lambda colour: find_contrast(colour, ground))
    if find_contrast(best, ground) >= TEXT_CONTRAST:
        return best
    return max(("#000000", "#ffffff"), key=lambda colour: find_contrast(colour, ground))


def _propose_colour(colour: str, ground: str, wanted: float) -> str:
    """Return the nearest darker or lighter shade of a colour that has the wanted contrast on a ground."""
    end = max(("#000000", "#ffffff"), key=lambda one: find_contrast(one, ground))
    shades = (_mix(colour, end, step / 100) for step in range(1, 101))
    return next((shade for shade in shades if find_contrast(shade, ground) >= wanted), end)


def _mix(first: str, second: str, share: float) -> str:
    parts = [[int(colour[start : start + 2], 16) for start in (1, 3, 5)] for colour in (first, second)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*parts, strict=True))


def choose_colours(topics: Mapping[str, Topic]) -> dict[str, Topic]:
    """Return topics by id, each with a colour: its own, or else one that is free, which its id tells if it can be.

    In the order of topics.yaml, so that a topic that is added below keeps the colours of those above. From the 13th on
    colours come again.
    """
    taken: list[TopicColour | None] = [topic.colour for topic in topics.values() if topic.colour]
    coloured = {}
    for topic in topics.values():
        colour = topic.colour or min(_list_hues(topic.id), key=taken.count)
        if not topic.colour:
            taken.append(colour)
        coloured[topic.id] = replace(topic, colour=colour)
    return coloured


def _list_hues(topic_id: str) -> list[TopicColour]:
    """Return all colours, beginning with one that the id tells, each far from the one before."""
    first, count = zlib.crc32(topic_id.encode()), len(TOPIC_COLOURS)
    return [TOPIC_COLOURS[(first + _COLOUR_STEP * step) % count] for step in range(count)]
