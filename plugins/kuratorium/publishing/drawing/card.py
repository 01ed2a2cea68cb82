"""Draw share cards: what chats and social networks show of a link, in the look of the theme.

The main line runs across the card, and a branch leaves it, as on the home page; the people are stations on the branch.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import astuple
from PIL import Image, ImageColor, ImageDraw

from . import fonts, shapes
from .fitting import SOFT_HYPHEN, FittedText, fit_text, shorten
from .fonts import Font
from .model import Card, Colours, Station
from .pictures import draw_square
from .shapes import BRANCH_Y, MARGIN, RIGHT, WIDTH

_KICKER_Y = 192
_HEADLINE_TOP = 220
_BLOCK_BOTTOM = 586
_PICTURE_TOP, _PICTURE_SIZE = 154, 296  # below the main line, above the line of the original
_CREDIT_HEIGHT = 30
_NAMES_BOTTOM = 474  # of a person, above the line of the original
_DECK_HEIGHT = 100
_SMALLEST_ABOVE_DECK = 58  # a headline that needs smaller letters has the room of the deck, too
_SIGN_SIZE = 34
CARD_MARK_SIZE = (160, 56)
"""The most that the mark of the edition takes: width and height in pixels."""
_MARK_MIDDLE = 64
_NEAR = 12  # the sum over red, green and blue
_COLOURS_IN_FILE = 128  # flat areas and letters need no more, and the file is half as large


class _Type(Struct, frozen=True):
    """How a text of several lines is set: in which font, in which sizes, and how high a line is, in sizes."""

    font: Callable[[], Font]
    sizes: tuple[int, ...]
    leading: float


_HEADLINE = _Type(fonts.get_headline_font, (128, 110, 98, 92, 84, 76, 70, 64, 58, 53, 48, 44, 40, 36), 1.1)
_DECK = _Type(fonts.get_title_font, (38, 35, 32), 1.3)


class _Layout(Struct, frozen=True):
    """What depends on the number of people: where the branch is level, where texts end, and the size of a station."""

    turn: int
    text_right: int
    diameter: int = 0
    distance: int = 0
    name_width: int = 0


_LAYOUTS = (
    _Layout(turn=886, text_right=884),
    _Layout(turn=900, text_right=858, diameter=184, distance=0, name_width=270),
    _Layout(turn=732, text_right=780, diameter=150, distance=172, name_width=166),
)
_PICTURE_LAYOUT = _Layout(turn=RIGHT - _PICTURE_SIZE - 40, text_right=RIGHT - _PICTURE_SIZE - 40)


def draw_card(card: Card, pictures: Mapping[str, bytes], colours: Colours, mark: Image.Image | None = None) -> bytes:
    """Return a card as PNG; `pictures` are the files of its picture and its people's portraits, by name."""
    return _CardDrawing(card, pictures, colours, mark).encode()


class _CardDrawing:
    """One card while it is drawn."""

    def __init__(self, card: Card, pictures: Mapping[str, bytes], colours: Colours, mark: Image.Image | None) -> None:
        self._card = card
        self._colours = colours
        photograph = _load_portrait(pictures.get(card.picture, b""), _PICTURE_SIZE, colours.panel)
        is_of_topic = card.topic_id and not card.topic
        self._picture = photograph or (self._draw_topic_tile(_PICTURE_SIZE) if is_of_topic else None)
        self._has_photograph = bool(photograph)
        stations = (
            []
            if self._picture
            else [person for person in card.people if _can_show(person, pictures.get(person.picture, b""), colours)]
        )
        self._stations = stations[: len(_LAYOUTS) - 1]
        self._layout = _PICTURE_LAYOUT if self._picture else _LAYOUTS[len(self._stations)]
        has_station = not self._stations and not self._picture
        self._image = shapes.draw_frame(colours, self._layout.turn, has_station).copy()
        self._draw = ImageDraw.Draw(self._image)
        self._draw_masthead(mark)
        if self._picture:
            self._draw_picture(self._picture)
        for number, person in enumerate(reversed(self._stations)):
            x = RIGHT - self._layout.diameter // 2 - number * self._layout.distance
            self._draw_portrait(x, person, pictures.get(person.picture, b""))
            self._draw_name(x, person)
        self._draw_kicker()
        self._draw_headline(self._draw_block())

    def encode(self) -> bytes:
        """Return the picture as PNG."""
        data = io.BytesIO()
        if self._has_photograph:  # which has stains in few colours
            self._image.save(data, "PNG", compress_level=6)
            return data.getvalue()
        image = self._image.quantize(_COLOURS_IN_FILE, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        image.putpalette(_correct_palette(image.getpalette() or [], self._colours))
        image.save(data, "PNG", compress_level=6)
        return data.getvalue()

    def _write(self, font: Font, place: tuple[float, float], text: str, size: int, colour: str) -> float:
        return font.draw(self._draw, place, text, size, colour)

    def _draw_masthead(self, mark: Image.Image | None) -> None:
        """Draw the site's name beside its mark, and its host if there is room."""
        x: float = MARGIN
        if mark:
            self._image.paste(mark, (MARGIN, _MARK_MIDDLE - mark.height // 2), mark)
            x += mark.width + 20
        if name := _fit_line(self._card.site_name, fonts.get_headline_font(), (46, 40, 34, 30), MARGIN + 806 - x):
            x = self._write(fonts.get_headline_font(), (x, 82), name.lines[0], name.size, self._colours.ink)
        font = fonts.get_sign_font()
        if host := _fit_line(self._card.host, font, (32,), RIGHT - x - 40):
            place = (RIGHT - font.measure(host.lines[0], host.size), 82)
            self._write(font, place, host.lines[0], host.size, self._colours.soft)

    def _draw_picture(self, picture: Image.Image) -> None:
        """Draw the photograph where the branch leads to, with its credit on its lower edge."""
        left, bottom = RIGHT - _PICTURE_SIZE, _PICTURE_TOP + _PICTURE_SIZE
        self._draw.rectangle((left - 6, _PICTURE_TOP - 6, RIGHT + 5, bottom + 5), fill=self._colours.ink)
        self._image.paste(picture, (left, _PICTURE_TOP))
        font = fonts.get_sign_font()
        if credit := _fit_line(self._card.credit, font, (22, 20), _PICTURE_SIZE - 20):
            self._draw.rectangle((left, bottom - _CREDIT_HEIGHT, RIGHT - 1, bottom), fill=self._colours.ink)
            self._write(font, (left + 10, bottom - 8), credit.lines[0], credit.size, self._colours.paper)

    def _draw_portrait(self, x: int, person: Station, picture: bytes) -> None:
        diameter, font = self._layout.diameter, fonts.get_strong_sign_font()
        ring, disc = shapes.draw_station(diameter)
        corner = (x - diameter // 2, BRANCH_Y - diameter // 2)
        box = (*corner, corner[0] + diameter, corner[1] + diameter)
        if portrait := _load_portrait(picture, diameter, self._colours.panel):
            self._image.paste(portrait, box, disc)
        else:
            self._image.paste(self._colours.paper, box, disc)
            initials, size = font.clean(person.initials), diameter * 2 // 5
            place = (x - font.measure(initials, size) / 2, BRANCH_Y + size * 0.35)
            self._write(font, place, initials, size, self._colours.ink)
        self._image.paste(self._colours.ink, box, ring)

    def _draw_name(self, x: int, person: Station) -> None:
        y = BRANCH_Y + self._layout.diameter / 2 + 40
        for text, font, sizes, height, colour in (
            (person.name, fonts.get_strong_sign_font(), (34, 31, 28), 78, self._colours.ink),
            (person.role, fonts.get_sign_font(), (28, 26, 24), 90, self._colours.soft),
        ):
            room = min(height, int(_NAMES_BOTTOM - y))  # below it stands the original, or the date
            # Names are not hyphenated.
            lang = self._card.lang if text == person.role else ""
            fitted = _fit_box(text, font, sizes, width=self._layout.name_width, height=room, leading=1.12, lang=lang)
            for line in fitted.lines:
                self._write(font, (x - font.measure(line, fitted.size) / 2, y), line, fitted.size, colour)
                y += fitted.size * 1.12

    def _draw_kicker(self) -> None:
        """Draw the disclosure, the format with its sign, and the topic, as far as there is room."""
        card, colours = self._card, self._colours
        right = self._layout.turn - 130  # before the branch comes down
        x: float = MARGIN
        if label := _fit_line(card.label, fonts.get_strong_sign_font(), (32,), right - x):
            x = self._draw_box(label.lines[0], x) + 20
        if card.sign:
            sign = shapes.draw_sign(card.sign, colours.ink)
            self._image.paste(sign, (round(x), _KICKER_Y - 29), sign)
            x += sign.width + 14
        for text, font, colour in (
            (card.kicker, fonts.get_strong_sign_font(), colours.ink),
            (card.topic, fonts.get_sign_font(), colours.link),
        ):
            has_tile = bool(text) and text == card.topic and bool(card.topic_id)
            room = right - x - (_SIGN_SIZE + 12 if has_tile else 0)
            line = _fit_line(text, font, (_SIGN_SIZE,), room) if room > 3 * _SIGN_SIZE else None
            if line:
                if has_tile:
                    self._image.paste(self._draw_topic_tile(_SIGN_SIZE), (round(x), _KICKER_Y - 28))
                    x += _SIGN_SIZE + 12
                x = self._write(font, (x, _KICKER_Y), line.lines[0], line.size, colour) + 22

    def _draw_topic_tile(self, size: int) -> Image.Image:
        card, colours = self._card, self._colours
        return shapes.draw_topic_tile(card.topic_id, size, colours.get_topic_colour(card.topic_colour), colours.paper)

    def _draw_box(self, text: str, x: float) -> float:
        """Draw a disclosure, and return where its box ends."""
        font, colours, is_filled = fonts.get_strong_sign_font(), self._colours, self._card.is_advertisement
        end = x + font.measure(text, 32) + 24
        fill = colours.ink if is_filled else colours.paper
        self._draw.rectangle((x, _KICKER_Y - 33, end, _KICKER_Y + 11), fill=fill, outline=colours.ink, width=2)
        self._write(font, (x + 12, _KICKER_Y), text, 32, colours.paper if is_filled else colours.ink)
        return end

    def _draw_block(self) -> float:
        """Draw what stands at the bottom, and return where it begins."""
        card, font = self._card, fonts.get_sign_font()
        if card.original:
            return self._draw_original()
        if card.day:
            return self._draw_event()
        if footer := _fit_line(card.footer, font, (32,), self._layout.text_right - MARGIN):
            self._write(font, (MARGIN, _BLOCK_BOTTOM), footer.lines[0], footer.size, self._colours.soft)
            return _BLOCK_BOTTOM - 44
        return _BLOCK_BOTTOM

    def _draw_original(self) -> float:
        """Draw the recommended work on its line, from which the note branches off (css/cards.css)."""
        card, colours, left = self._card, self._colours, MARGIN + 30
        title = _fit_line(card.original, fonts.get_title_font(), (40, 37, 34, 31), RIGHT - left - 44)
        outlet = _fit_line(card.outlet, fonts.get_strong_sign_font(), (_SIGN_SIZE,), (RIGHT - left) * 0.66)
        has_names = outlet or fonts.get_sign_font().clean(card.outlet_authors)
        top = _BLOCK_BOTTOM - 28 - (52 if title else 0) - (44 if has_names else 0)
        self._image.paste(colours.ink, (MARGIN, top), shapes.draw_origin_line(_BLOCK_BOTTOM + 2 - top))
        x: float = left
        if outlet:
            x = self._write(fonts.get_strong_sign_font(), (x, top + 30), outlet.lines[0], outlet.size, colours.ink)
        authors = f" · {card.outlet_authors}" if outlet and card.outlet_authors else card.outlet_authors
        if line := _fit_line(authors, fonts.get_sign_font(), (_SIGN_SIZE,), RIGHT - x - 10):
            place = (x + (10 if outlet else 0), top + 30)
            self._write(fonts.get_sign_font(), place, line.lines[0], line.size, colours.ink)
        if title:
            y = _BLOCK_BOTTOM - 26
            x = self._write(fonts.get_title_font(), (left, y), title.lines[0], title.size, colours.link)
            self._image.paste(colours.link, (round(x) + 12, y - 24), shapes.draw_arrow())
        return top

    def _draw_event(self) -> float:
        """Draw when and where a talk takes place, as a timetable: departures are yellow, arrivals are white."""
        card, colours = self._card, self._colours
        top = _BLOCK_BOTTOM - 104
        ink, ground = (colours.on_route, colours.route) if card.is_upcoming else (colours.ink, colours.panel)
        self._draw.rectangle((0, top, WIDTH, _BLOCK_BOTTOM), fill=ground)
        for y in (top, _BLOCK_BOTTOM - 5):
            self._draw.rectangle((0, y, WIDTH, y + 5), fill=ink)
        x: float = MARGIN
        if day := _fit_line(card.day, fonts.get_strong_sign_font(), (56, 48, 40), 620):
            x = self._write(fonts.get_strong_sign_font(), (x, top + 72), day.lines[0], day.size, ink) + 28
        if place := _fit_line(card.place, fonts.get_sign_font(), (40, 36, 32), RIGHT - x - 28):
            self._draw.rectangle((x, top + 26, x + 1, _BLOCK_BOTTOM - 26), fill=ink)
            self._write(fonts.get_sign_font(), (x + 28, top + 66), place.lines[0], place.size, ink)
        return top

    def _draw_headline(self, bottom: float) -> None:
        """Draw the headline, and below it the deck if there is room: it is not where a work or a talk stands."""
        card = self._card
        height = bottom - 20 - _HEADLINE_TOP
        deck = self._fit("" if card.original or card.day else card.deck, _DECK, _DECK_HEIGHT)
        deck_height = len(deck.lines) * deck.size * _DECK.leading + 24 if deck.lines else 0
        text = next(filter(None, map(_HEADLINE.font().clean, (card.headline, card.fallback, card.site_name))), "")
        headline = self._fit(text, _HEADLINE, height - deck_height)
        if headline.size < _SMALLEST_ABOVE_DECK and deck.lines:
            headline, deck, deck_height = self._fit(text, _HEADLINE, height), FittedText(0, ()), 0
        used = len(headline.lines) * headline.size * _HEADLINE.leading
        top = _HEADLINE_TOP + max(0, height - used - deck_height) * 0.3  # a short text hangs where the eye expects it
        self._write_lines(headline, _HEADLINE, top + 0.84 * headline.size, self._colours.ink)
        self._write_lines(deck, _DECK, top + used + 10 + deck.size * _DECK.leading, self._colours.soft)

    def _fit(self, text: str, type_: _Type, height: float) -> FittedText:
        width = self._layout.text_right - MARGIN
        return _fit_box(
            text, type_.font(), type_.sizes, width=width, height=height, leading=type_.leading, lang=self._card.lang
        )

    def _write_lines(self, text: FittedText, type_: _Type, y: float, colour: str) -> None:
        """Draw lines at the left margin, the first one on the baseline `y`."""
        for number, line in enumerate(text.lines):
            self._write(type_.font(), (MARGIN, y + number * text.size * type_.leading), line, text.size, colour)


def _correct_palette(palette: list[int], colours: Colours) -> list[int]:
    """Return a palette in which the colours of the theme are exact; each had become the mean of its neighbours."""
    entries = [(red, green, blue) for red, green, blue in zip(*[iter(palette)] * 3, strict=True)]
    for colour in astuple(colours):
        exact = ImageColor.getrgb(colour)[:3]
        distances = [sum(abs(a - b) for a, b in zip(entry, exact, strict=True)) for entry in entries]
        if distances and min(distances) <= _NEAR:
            entries[distances.index(min(distances))] = exact
    return [value for entry in entries for value in entry]


def _fit_box(
    text: str, font: Font, sizes: Sequence[int], *, width: float, height: float, leading: float, lang: str = ""
) -> FittedText:
    """Return a text as it fits into a box; without lines if the font cannot write it."""
    return fit_text(font.clean(text), font.measure, sizes, width=width, height=height, leading=leading, lang=lang)


def _fit_line(text: str, font: Font, sizes: Sequence[int], width: float) -> FittedText | None:
    """Return a text in one line, shortened if it must be; None if the font cannot write it, or there is no room."""
    cleaned = font.clean(text).replace(SOFT_HYPHEN, "")
    size = next((size for size in sizes if font.measure(cleaned, size) <= width), sizes[-1])
    if not cleaned or width < size:
        return None
    return FittedText(size, shorten((cleaned,), 1, lambda part: font.measure(part, size), width))


@lru_cache(64)
def _can_show(person: Station, picture: bytes, colours: Colours) -> bool:
    """Return whether there is a portrait, or a monogram in letters that the font has: an empty ring looks broken."""
    if fonts.get_strong_sign_font().clean(person.initials):
        return True
    return _load_portrait(picture, _LAYOUTS[1].diameter, colours.panel) is not None


def _load_portrait(data: bytes, size: int, background: str) -> Image.Image | None:
    return draw_square(data, size, background) if data else None
