"""Pictures as HTML: in several widths and formats, of which a browser takes one; those of bodies with their credit.

Addresses in a body begin with a keyword of ours, which `links.rewrite_links` replaces by the way to the site's root.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from markupsafe import Markup

from ...edition.curation import Image, Person
from ...edition.model import Speaker
from ...edition.pictures.model import WIDTHS, Picture, PictureFormat
from ...edition.pictures.reading import PictureError, read_picture
from ...edition.pictures.texts import find_picture_file
from ..links import PICTURE_KEYWORD
from .converter import convert_inline_links

BODY_SIZES = "(min-width: 45rem) 41rem, calc(100vw - 2rem)"
"""How wide a picture of a text is, for browsers to choose its file: the measure of the text, or the window."""

_MAX_HEIGHT = 768  # pixels: an upright picture is narrower than the text, so that it fits into a window

# Tags as the allow-list writes them: names in lower case, values in double quotes.
_IMG = r"<img(?P<attributes>(?: [a-z]+=\"[^\"]*\")*)>"
_PICTURE = re.compile(rf"<p>(?P<link><a [^<>]*>)?{_IMG}(?(link)</a>)</p>|{_IMG.replace('attributes', 'inline')}")
_BARE_ADDRESS = re.compile(r"https?://[^\s<>()\"]*[^\s<>()\".,;:!?]")
_KEPT_ATTRIBUTES = ("id", "class", "lang", "dir")
_ATTRIBUTE = re.compile(r" (?P<name>[a-z]+)=\"(?P<value>[^\"]*)\"")


def render_picture(
    picture: Picture | None,
    file: str,
    alt: str,
    root: str,
    *,
    sizes: str = "",
    is_first: bool = False,
    width: int = 0,
    widest: int = WIDTHS[-1],
    attributes: Mapping[str, str] = MappingProxyType({}),
) -> Markup:
    """Return a picture as HTML; without a record of it, only its file is known, a path below content/.

    `root` leads to the site's root. One that `is_first` on its page is loaded at once, any other when it is near.
    `width`: the pixels that it is shown in, if that is fixed; `widest`: no file is wider that a browser may choose.
    `attributes`: others of the `img` element.
    """
    loading = 'fetchpriority="high"' if is_first else 'loading="lazy" decoding="async"'
    more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    size = _render_size(picture, width)
    if not picture or not picture.fallback:
        address = escape(f"{root}{quote(picture.file if picture else file)}")
        return Markup(f'<img src="{address}" alt="{escape(alt)}"{size}{more} {loading}>')  # noqa: S704 - escaped
    fallback = picture.fallback
    sizes = f"{width}px" if width else sizes or BODY_SIZES
    sizes = escape(sizes)
    *better, last = (_list_addresses(picture, format, root, widest) for format in picture.formats)
    sources = "".join(
        f'<source type="{format.media_type}" srcset="{addresses}" sizes="{sizes}">\n'
        for format, addresses in zip(picture.formats, better, strict=False)
    )
    return Markup(  # noqa: S704 - escaped
        f"<picture>\n{sources}"
        f'<img src="{escape(root + fallback.path)}" srcset="{last}" sizes="{sizes}" alt="{escape(alt)}"'
        f"{size}{more} {loading}>\n</picture>"
    )


def render_portrait(
    person: Person | Speaker, root: str, kind: str, *, width: int, shows_words: bool = False, is_first: bool = False
) -> Markup:
    """Return the portrait of a person: round, in one file for each format; without one, a monogram.

    `kind` is its class, `width` the most pixels that it is shown in. `shows_words`: it is no mere sign beside a name.
    """
    image = person.image if isinstance(person, Person) else None
    if not image:
        monogram = kind if "monogram" in kind.split() else f"{kind} monogram"
        initials = escape(build_initials(person.name))
        return Markup(f'<span class="{escape(monogram)}" aria-hidden="true">{initials}</span>')  # noqa: S704 - escaped
    alt = image.alt if shows_words else ""
    loading = 'fetchpriority="high"' if is_first else 'loading="lazy" decoding="async"'
    attributes = f'alt="{escape(alt)}" class="{kind}" width="{width}" height="{width}" {loading}'
    portrait = person.portrait if isinstance(person, Person) else None
    if not portrait or not portrait.formats:
        address = escape(f"{root}{quote(portrait.file if portrait else image.file)}")
        return Markup(f'<img src="{address}" {attributes}>')  # noqa: S704 - escaped
    # The narrowest file is wide enough for every screen.
    *better, last = (escape(root + portrait.list_variants(format)[0].path) for format in portrait.formats)
    sources = "".join(
        f'<source type="{format.media_type}" srcset="{address}">'
        for format, address in zip(portrait.formats, better, strict=False)
    )
    return Markup(f'<picture class="frame">{sources}<img src="{last}" {attributes}></picture>')  # noqa: S704 - escaped


def build_initials(name: str) -> str:
    """Return a monogram: the first letters of the first and the last word."""
    words = name.split()
    return "".join(word[0] for word in (words[0], *words[1:][-1:]))


def _render_size(picture: Picture | None, width: int) -> str:
    """Return width and height, by which a browser keeps the place of a picture; empty if they are unknown."""
    if not picture or not picture.width or not picture.height:
        return f' width="{width}"' if width else ""
    if not width:
        width = picture.fallback.width if picture.fallback else picture.width
        if picture.find_height(width) > _MAX_HEIGHT:
            width = max(1, round(picture.width * _MAX_HEIGHT / picture.height))
    return f' width="{width}" height="{picture.find_height(width)}"'


def render_credit(image: Image) -> Markup:
    """Return who made a picture, linked to where that person or the picture is found, and its licence."""
    name = Markup('<a href="{}">{}</a>').format(image.credit_url, image.credit) if image.credit_url else None
    return Markup(" – ").join([name or convert_inline_links(image.credit), *_list_licences(image)])


def _list_licences(image: Image) -> list[Markup]:
    return [convert_inline_links(image.license)] if image.license else []


def _list_addresses(picture: Picture, format: PictureFormat, root: str, widest: int) -> str:
    variants = picture.list_variants(format)
    variants = tuple(variant for variant in variants if variant.width <= widest) or variants[:1]
    return escape(", ".join(f"{root}{variant.path} {variant.width}w" for variant in variants))


class ShownPictures:
    """The pictures of one body, in `file` of the edition at `root`; `pictures` are those that were read, by file."""

    def __init__(self, root: Path, file: str, pictures: Mapping[str, Picture]) -> None:
        self._root = root
        self._file = file
        self.pictures = dict(pictures)

    def insert(self, html: str) -> str:
        """Return the HTML of a body with its pictures in several widths, after it passed the allow-list.

        One that is a paragraph of its own is a figure with its credit, which Markdown has for its title.
        """
        return _PICTURE.sub(self._render, html)

    def _render(self, match: re.Match[str]) -> str:
        is_alone = match["inline"] is None
        text = match["attributes"] if is_alone else match["inline"]
        attributes = {part["name"]: unescape(part["value"]) for part in _ATTRIBUTE.finditer(text)}
        # The plugin image-process makes its own files of pictures with such a class.
        picture = None if "image-process" in attributes.get("class", "") else self._find(attributes.get("src", ""))
        if not picture:
            return match[0]
        kept = {name: attributes[name] for name in _KEPT_ATTRIBUTES if name in attributes}
        width = int(width) if (width := attributes.get("width", "")).isdecimal() else 0
        alt = attributes.get("alt", "")
        shown = render_picture(
            picture, picture.file, alt, PICTURE_KEYWORD, width=min(width, picture.width), attributes=kept
        )
        # Markdown leaves of links in a title their words, so that addresses stand there as they are.
        credit = convert_inline_links(_BARE_ADDRESS.sub(r"<\g<0>>", attributes.get("title", "")))
        if not is_alone:
            return f'{shown} <small class="picture-credit">{credit}</small>' if credit else shown
        link, end = (match["link"], "</a>") if match["link"] else ("", "")
        caption = f"\n<figcaption>{credit}</figcaption>" if credit else ""
        return f'<figure class="picture">{link}{shown}{end}{caption}</figure>'

    def _find(self, address: str) -> Picture | None:
        file = find_picture_file(self._root, self._file, address)
        if file and file not in self.pictures:
            try:  # one in HTML, which no rule looks into
                self.pictures[file] = read_picture(self._root, file)
            except PictureError:
                return None
        return self.pictures.get(file) if file else None
