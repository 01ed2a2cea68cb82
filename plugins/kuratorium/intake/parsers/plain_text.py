"""Foreign text -> plain text: without markup, control characters and tricks of direction."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

import nh3

# Where these begin or end, a reader sees a gap: without one, two paragraphs would share a word.
_BLOCK_NAMES = (
    r"(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|fig\w*|footer|h[1-6r]|header|li|main|nav|"
    r"ol|option|p|pre|section|summary|t[dhr]|table|tbody|tfoot|thead|ul)\b"
)
_BLOCK_TAG_START = re.compile(rf"<(?=/?{_BLOCK_NAMES})", re.IGNORECASE)
# Tags in good order; whatever else has a «<» is for a real parser of HTML.
_TAG_REST = r"""(?:[^<>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+>"""
_BLOCK_TAG = re.compile(rf"</?{_BLOCK_NAMES}{_TAG_REST}", re.IGNORECASE)
_TAG = re.compile(rf"</?[a-z]{_TAG_REST}", re.IGNORECASE)
_COMPLEX_NAMES = (
    r"(?:script|style|template|title|noscript|iframe|svg|math|object|textarea|select|xmp|plaintext|noembed|noframes|"
    r"frameset)"
)
_NEEDS_PARSER = re.compile(rf"\x00|<[^a-z/]|</[^a-z]|<{_COMPLEX_NAMES}", re.IGNORECASE)
# What stands between «<» and the first «>» of a tag in good order; the group is there for a block's.
_TAG_INSIDE = re.compile(rf"(?!{_COMPLEX_NAMES})/?(?:({_BLOCK_NAMES})|[a-z]){_TAG_REST}", re.IGNORECASE)
_EMPTY_ELEMENT = re.compile(
    rf"<!--[\w\s:/.,]*-->|<(iframe|script|object|noscript)\b{_TAG_REST}\s*</\1\s*>", re.IGNORECASE
)
_HIDDEN_ELEMENTS = {
    "script",
    "style",
    "template",
    "title",
    "noscript",
    "iframe",
    "svg",
    "math",
    "object",
    "textarea",
    "select",
}
_TAG_STRIPPER = nh3.Cleaner(tags=set(), clean_content_tags=_HIDDEN_ELEMENTS)
# A tag that is closed, stands alone or has attributes, or an escape: nobody writes that in a title that is plain text.
_MARKUP_SIGN = re.compile(
    r"</[a-z][\w-]*\s*>|<(?:br|hr|img|wbr)\b[^<>]*>|<[a-z][\w-]*\s+[\w:-]+\s*=|&(?:amp|quot|apos|nbsp|#\d+|#x[\da-f]+);",
    re.IGNORECASE,
)
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE_CHARACTERS = _BIDI_CONTROLS | frozenset("\u00ad\u200b\u2060\ufeff\ufff9\ufffa\ufffb")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]+")
_LANGUAGE_CODE = re.compile(r"\A([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8})*)\Z")


def clean_text(text: str) -> str:
    """Put `text` on one line, and take out what cannot be seen or turns the reading direction."""
    line = text.strip()
    if not line.isascii():
        line = unicodedata.normalize("NFC", line)
    if line.isprintable() and "  " not in line:  # most texts end here: nothing in them but what is seen
        return line
    line = " ".join(line.split())
    if line.isprintable():
        return line
    if line.isascii():
        return " ".join(_CONTROL_CHARACTERS.sub(" ", line).split())
    return " ".join("".join(map(_replace_invisible, line)).split())


def _replace_invisible(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if character in _INVISIBLE_CHARACTERS:
        return ""
    category = unicodedata.category(character)
    if category == "Cc":  # line breaks and tabs part words, and so did most controls when someone typed them
        return " "
    return "" if category in {"Cs", "Cn"} else character


def html_to_text(markup: str) -> str:
    """Tell what a reader of `markup` would read, on one line."""
    text = _strip_tags(markup)
    if text is None:
        text = _TAG_STRIPPER.clean(_BLOCK_TAG_START.sub(" <", markup))
    return clean_text(html.unescape(text))


def _strip_tags(markup: str) -> str | None:
    """Leave out the tags of markup in good order, which most is; None where it needs a parser."""
    if "<" not in markup:
        return markup
    if "\x00" in markup:
        return _strip_complex_tags(markup)
    text, *pieces = markup.split("<")
    blocks = []
    for piece in pieces:
        head, end, rest = piece.partition(">")
        gap = _replace_tag(head) if end else None
        if gap is None:
            return _strip_complex_tags(markup)
        if gap:
            blocks.append(text.strip())
            text = rest
        else:
            text += rest
    return " ".join(filter(None, (*blocks, text.strip())))


@lru_cache(maxsize=1024)  # most tags are <p> and </p>
def _replace_tag(head: str) -> str | None:
    """Tell what stays of a tag by its inside: a gap or nothing; None where this is no tag in good order."""
    found = _TAG_INSIDE.fullmatch(f"{head}>")
    return None if found is None else " " if found[1] else ""


def _strip_complex_tags(markup: str) -> str | None:
    """Leave out tags whose attributes hold angle brackets, comments, and what has nothing to read in it."""
    if _NEEDS_PARSER.search(markup):
        markup = _EMPTY_ELEMENT.sub("", markup)  # players, counters, «more»
        if _NEEDS_PARSER.search(markup):
            return None
    text = _TAG.sub("", _BLOCK_TAG.sub(" ", markup))
    return None if "<" in text else text


def to_plain_text(text: str) -> str:
    """Clean a text that should be plain, but is markup in some feeds."""
    return html_to_text(text) if _MARKUP_SIGN.search(text) else clean_text(text)


def truncate_words(text: str, limit: int) -> str:
    """Keep the first `words` words of a text on one line; «…» tells that there were more."""
    parts = text.split(" ", limit)
    return text if len(parts) <= limit else " ".join(parts[:limit]).rstrip(" ,;:–-") + " …"


def normalize_language(code: str) -> str:
    """Write a language code as BCP 47 does (`de_DE` -> `de-DE`); empty where it is none."""
    match = _LANGUAGE_CODE.match(clean_text(code).replace("_", "-"))
    return match[1].lower() + match[2] if match else ""


def get_primary_language(code: str) -> str:
    """Tell the language of a code without its country or script (`de-DE` -> `de`)."""
    return normalize_language(code).partition("-")[0]
