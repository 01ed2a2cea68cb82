"""The records of drawn pictures: what a card shows, the colours of a theme, and the mark of an edition."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ...edition.pictures.colours import read_tokens


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
    """The colours of the theme in one scheme; by default those by day of the theme that comes with the program."""

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


class Schemes(Struct, frozen=True):
    """The colours of the theme by day and by night."""

    day: Colours = Colours()
    night: Colours = Colours("#111917", "#1a2421", "#e9efeb", "#a7b5b0", "#7fd0c4", "#e8b923", "#111917")


def read_schemes(style_sheet: str) -> Schemes:
    """Return the colours of a theme whose css/tokens.css is `style_sheet`; the first of a name counts."""
    tokens = {name.replace("-", "_"): shades for name, shades in read_tokens(style_sheet).items()}
    day, night = (
        replace(scheme, **{name: tokens[name][place] for name in Colours.__struct_fields__ if name in tokens})
        for place, scheme in enumerate((Schemes().day, Schemes().night))
    )
    return Schemes(day, night)


BRANCH = 'class="mark-branch"'
"""What has the colour of the set line in the shapes of a mark, by the theme's base.css."""


class Mark(Struct, frozen=True, kw_only=True):
    """The mark of an edition: its logo, or one that is drawn from its name.

    `shapes`: elements of SVG in a box of `width` x `height`, in which currentColor is that of text and the class
    mark-branch that of the set line. Without them, the logo in `file` is drawn as a picture; `digest` is of its bytes.
    `plate`: the scheme on whose paper alone it can be seen, which pages then set it on; empty if it is seen on both.
    """

    width: float = 1
    height: float = 1
    shapes: str = ""
    file: str = ""
    digest: str = ""
    plate: Literal["", "day", "night"] = ""

    @property
    def view_box(self) -> str:
        """The box of the shapes, as SVG writes it."""
        return f"0 0 {self.width:g} {self.height:g}"

    @property
    def shown_width(self) -> int:
        """The width in pixels if the mark is 32 pixels high."""
        return max(1, round(32 * self.width / self.height))


class Look(Struct, frozen=True):
    """What tells an edition from others at first sight: its mark, its colours, and the rules of CSS with its own."""

    mark: Mark
    colour_rules: str = ""
    schemes: Schemes = Schemes()
