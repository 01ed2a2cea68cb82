"""The records of drawn pictures: what a card shows, and the colours of a theme."""

from __future__ import annotations

import re

from msgspec import Struct

_TOKEN = re.compile(r"--([a-z-]+):\s*(?:light-dark\(\s*)?(#[0-9a-fA-F]{6})\b")


class Station(Struct, frozen=True):
    """A person on a card; the `initials` are drawn if there is no `picture`, or none that can be drawn."""

    name: str
    role: str = ""
    initials: str = ""
    picture: str = ""


class Card(Struct, frozen=True, kw_only=True):
    """All that a card shows; what is empty is left out.

    `host`: that of the site.
    `label`: a disclosure, which comes first; `is_advertisement` if somebody paid.
    `sign`: id of a format; `kicker` is what it is called.
    `headline`: in the language `lang`; `fallback` takes its place if the font lacks its letters.
    `topic`: its name, `topic_id` that of its sign, `topic_colour` a name of those in topics.yaml.
    `deck`: a question or summary.
    `outlet`, `outlet_authors`, `original`: where, by whom and under which title the recommended work was published.
    `day`, `place`: those of a talk, which is to come if `is_upcoming`.
    `picture`: name of a photograph, which takes the place of the people; `credit`: who made it.
    `footer`: what stands at the bottom if neither a work nor a talk does.
    """

    site_name: str
    host: str = ""
    label: str = ""
    is_advertisement: bool = False
    sign: str = ""
    kicker: str = ""
    topic: str = ""
    topic_id: str = ""
    topic_colour: str = ""
    headline: str = ""
    fallback: str = ""
    lang: str = ""
    deck: str = ""
    outlet: str = ""
    outlet_authors: str = ""
    original: str = ""
    day: str = ""
    place: str = ""
    is_upcoming: bool = False
    footer: str = ""
    picture: str = ""
    credit: str = ""
    people: tuple[Station, ...] = ()


class Colours(Struct, frozen=True):
    """The colours of the theme by day; by default those of the theme that comes with the program."""

    paper: str = "#fbfcfa"
    panel: str = "#eef2ef"
    ink: str = "#15211f"
    soft: str = "#4b5956"
    link: str = "#0b5c58"
    route: str = "#f5c518"
    on_route: str = "#15211f"
    topic_red: str = "#b3261e"
    topic_orange: str = "#a84300"
    topic_ochre: str = "#855600"
    topic_olive: str = "#5a6500"
    topic_green: str = "#2b6e2f"
    topic_teal: str = "#00696b"
    topic_sky: str = "#00658f"
    topic_blue: str = "#2553b8"
    topic_violet: str = "#5e3ec2"
    topic_purple: str = "#8528a3"
    topic_pink: str = "#ad1c66"
    topic_brown: str = "#77513c"

    def get_topic_colour(self, name: str) -> str:
        """Return the colour of a topic by its name in topics.yaml."""
        return str(getattr(self, f"topic_{name}", self.link))


def read_colours(style_sheet: str) -> Colours:
    """Return the colours of a theme whose css/tokens.css is `style_sheet`; the first of a name is that by day."""
    found: dict[str, str] = {}
    for name, colour in _TOKEN.findall(style_sheet):
        found.setdefault(name.replace("-", "_"), colour)
    return Colours(**{name: found[name] for name in Colours.__struct_fields__ if name in found})
