"""What in the markup of an entry is none of its words: captions and credits of pictures, controls, players. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

# Elements whose words belong to something that a reader uses: buttons, players, menus.
CONTROL_ELEMENTS = frozenset({"audio", "button", "canvas", "dialog", "form", "label", "nav", "video"})
_CAPTION_ELEMENTS = ("p", "dd", "dt", "div", "td", "li", "span", "small", "em", "i", "cite", "figure", "section")
_OTHER_ELEMENTS = ("figcaption", *sorted(CONTROL_ELEMENTS))
_NAMES = (*_CAPTION_ELEMENTS, *_OTHER_ELEMENTS)
_START = re.compile(
    rf"<(?P<name>(?:{'|'.join(_OTHER_ELEMENTS)})\b|(?:{'|'.join(_CAPTION_ELEMENTS)})\b(?=[^<>]*?\bclass\b))"
    r"(?P<attributes>[^<>]*+)>",
    re.IGNORECASE,
)
_TAGS = {name: re.compile(rf"<(/?){name}\b[^<>]*+>", re.IGNORECASE) for name in _NAMES}
_CLASSES = re.compile(r"\bclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
# A class such as wp-caption-text (WordPress), tr-caption (Blogger), image-caption or bildunterschrift; not the names of
# an article's topics, nor of frames that have a caption.
_CAPTION_CLASS = re.compile(
    r"(?!(?:tag|category|topic|no|has|with|without)[-_])"
    r"(?:.*[-_]|image|img|photo|picture|pic|foto|bild|media|fig|figure|article)?"
    r"(?:caption|credit|(?:image|img|photo|picture|foto|bild|media)[-_]?credits|copyright|bild(?:unterschrift|unterzeile|text|nachweis|quelle|rechte)"
    r"|fotonachweis|fotoquelle|l\xe9gende|legende|didascalia)"
    r"(?:[-_]?(?:text|line|dd|dt|wrapper))?(?:--[\w-]+)?",
    re.IGNORECASE,
)
# Players of podcasts, links to share and texts for screen readers, as plugins of WordPress and others write them.
_CONTROL_CLASS = re.compile(
    r"powerpress_(?:player|links)|(?:.*[-_])?(?:audio|video|podcast|podlove|media|music|youtube|vimeo|mp3)[-_]?player.*"
    r"|feedflare|sharedaddy|sd-sharing|addtoany_share\w*"
    r"|(?:social|share|sharing)-(?:buttons?|links?|icons?)|screen-reader-text|sr-only|visually-hidden",
    re.IGNORECASE,
)
# What these patterns need, in lower case: without it, as most texts are, markup need not be searched.
_CLASS_SIGNS = (
    *("caption", "credit", "copyright", "bild", "foto", "gende", "didascalia", "player", "powerpress", "feedflare"),
    *("shar", "screen-reader", "sr-only", "visually-hidden"),
)
_ELEMENT_SIGN = re.compile(rf"<(?:{'|'.join(_OTHER_ELEMENTS)})\b")
_SHORT_CODE_START, _SHORT_CODE_END = "[caption", "[/caption]"  # of WordPress, where a feed leaves them in
_BETWEEN = r"(?:\s|</?(?:a|p|div|span|center|br|picture|dt)\b[^<>]*+>)*+"  # a picture and its caption
# A first paragraph of a picture and words in italics: a caption without a class.
_PICTURE_PARAGRAPH = re.compile(
    r"\A\s*+<(?:p|div|center)\b[^<>]*+>\s*+(?:<a\b[^<>]*+>\s*+)?<img\b[^<>]*+>\s*+(?:</a>\s*+)?(?:<br\s*+/?>\s*+)?"
    r"<(?P<name>em|i)\b[^<>]*+>[^<>]*+</(?P=name)>\s*+</(?:p|div|center)>",
    re.IGNORECASE,
)
# Small words below a picture, what a list of pictures describes them by, and a line such as "Foto: Archiv".
_BELOW_PICTURE = re.compile(
    rf"(?P<picture><img\b[^<>]*+>{_BETWEEN})"
    r"(?:<(?P<name>small|cite|dd)\b[^<>]*+>(?:[^<]++|<(?!/?(?P=name)\b))*+</(?P=name)\s*+>"
    r"|(?:<(?:em|i|b|strong|font)\b[^<>]*+>\s*+)?"
    r"(?:(?:\w*foto|\w*bild|photo|image|picture|grafik|illustration|quelle|credit)s?\s?:|\xa9|\(c\)|&copy;)[^<>]{1,200}+"
    r"(?=</|<(?:br|p|div|h\d)\b|\Z))",
    re.IGNORECASE,
)
_MAX_CAPTION_LENGTH = 600  # characters of markup; what is longer is a text, however small it is set


def is_caption(name: str, classes: str) -> bool:
    """Return whether the words of an element are none of the text around it, by its name and its classes."""
    if name == "figcaption" or name in CONTROL_ELEMENTS:
        return True
    return name in _CAPTION_ELEMENTS and bool(classes) and _has_caption_class(classes)


@lru_cache(maxsize=256)  # the entries of a feed have the same few
def _has_caption_class(classes: str) -> bool:
    return any(_CAPTION_CLASS.fullmatch(name) or _CONTROL_CLASS.fullmatch(name) for name in classes.split())


def remove_captions(markup: str) -> str:
    """Return markup without the captions of its pictures, without controls and players."""
    if "<" not in markup and "[" not in markup:
        return markup
    lowered = markup.lower()
    if "<img" in lowered:
        markup = _BELOW_PICTURE.sub(_keep_long_text, _PICTURE_PARAGRAPH.sub("", markup, count=1))
    if _SHORT_CODE_START in markup:
        markup = _remove_short_codes(markup)
    has_class = "class" in lowered and any(sign in lowered for sign in _CLASS_SIGNS)
    if not has_class and not _ELEMENT_SIGN.search(lowered):
        return markup
    parts, position, unclosed = [], 0, set[str]()
    for start in _START.finditer(markup):
        name = start["name"].lower()
        if start.start() >= position and name not in unclosed and is_caption(name, _read_classes(start["attributes"])):
            end = _find_end(markup, name, start.end())
            if end < 0:
                unclosed.add(name)
            else:
                parts += [markup[position : start.start()], "<br>"]
                position = end
    return "".join((*parts, markup[position:]))


def _keep_long_text(match: re.Match[str]) -> str:
    picture = match["picture"]
    return match[0] if len(match[0]) - len(picture) > _MAX_CAPTION_LENGTH else f"{picture}<br>"


def _read_classes(attributes: str) -> str:
    classes = _CLASSES.search(attributes)
    return next(filter(None, classes.groups()), "") if classes else ""


def _find_end(markup: str, name: str, position: int) -> int:
    """Return where an element ends whose start tag ends at `position`; -1 if it is not closed."""
    depth = 1
    for tag in _TAGS[name].finditer(markup, position):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return -1


def _remove_short_codes(markup: str) -> str:
    parts, position = [], 0
    while (start := markup.find(_SHORT_CODE_START, position)) >= 0:
        end = markup.find(_SHORT_CODE_END, start)
        if end < 0:
            break
        parts += [markup[position:start], "<br>"]
        position = end + len(_SHORT_CODE_END)
    return "".join((*parts, markup[position:]))
