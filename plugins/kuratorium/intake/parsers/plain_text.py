"""Foreign text -> plain text: without markup, control characters and tricks of direction."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

import nh3

# Where these begin or end, a reader sees a gap: without one, two paragraphs would share a word.
_BLOCKS = (
    r"(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|fig\w*|footer|h[1-6r]|header|li|main|nav|"
    r"ol|option|p|pre|section|summary|t[dhr]|table|tbody|tfoot|thead|ul)\b"
)
_BLOCK = re.compile(rf"<(?=/?{_BLOCKS})", re.IGNORECASE)
# Tags in good order; whatever else has a «<» is for a real parser of HTML.
_INNER = r"""(?:[^<>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+>"""
_BLOCK_TAG = re.compile(rf"</?{_BLOCKS}{_INNER}", re.IGNORECASE)
_TAG = re.compile(rf"</?[a-z]{_INNER}", re.IGNORECASE)
_HARD_NAMES = (
    r"(?:script|style|template|title|noscript|iframe|svg|math|object|textarea|select|xmp|plaintext|noembed|noframes|"
    r"frameset)"
)
_HARD = re.compile(rf"\x00|<[^a-z/]|</[^a-z]|<{_HARD_NAMES}", re.IGNORECASE)
# What stands between «<» and the first «>» of a tag in good order; the group is there for a block's.
_HEAD = re.compile(rf"(?!{_HARD_NAMES})/?(?:({_BLOCKS})|[a-z]){_INNER}", re.IGNORECASE)
_EMPTY = re.compile(rf"<!--[\w\s:/.,]*-->|<(iframe|script|object|noscript)\b{_INNER}\s*</\1\s*>", re.IGNORECASE)
_UNSEEN = {"script", "style", "template", "title", "noscript", "iframe", "svg", "math", "object", "textarea", "select"}
_TEXT_ONLY = nh3.Cleaner(tags=set(), clean_content_tags=_UNSEEN)
# A tag that is closed, stands alone or has attributes, or an escape: nobody writes that in a title that is plain text.
_MARKUP = re.compile(
    r"</[a-z][\w-]*\s*>|<(?:br|hr|img|wbr)\b[^<>]*>|<[a-z][\w-]*\s+[\w:-]+\s*=|&(?:amp|quot|apos|nbsp|#\d+|#x[\da-f]+);",
    re.IGNORECASE,
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = _BIDI | frozenset("\u00ad\u200b\u2060\ufeff\ufff9\ufffa\ufffb")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")
_LANGUAGE = re.compile(r"\A([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8})*)\Z")


def clean(text: str) -> str:
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
        return " ".join(_UNPRINTABLE.sub(" ", line).split())
    return " ".join("".join(map(_seen, line)).split())


def _seen(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if character in _INVISIBLE:
        return ""
    category = unicodedata.category(character)
    if category == "Cc":  # line breaks and tabs part words, and so did most controls when someone typed them
        return " "
    return "" if category in {"Cs", "Cn"} else character


def of_html(markup: str) -> str:
    """Tell what a reader of `markup` would read, on one line."""
    text = _without_tags(markup)
    if text is None:
        text = _TEXT_ONLY.clean(_BLOCK.sub(" <", markup))
    return clean(html.unescape(text))


def _without_tags(markup: str) -> str | None:
    """Leave out the tags of markup in good order, which most is; None where it needs a parser."""
    if "<" not in markup:
        return markup
    if "\x00" in markup:
        return _without_odd_tags(markup)
    text, *pieces = markup.split("<")
    blocks = []
    for piece in pieces:
        head, end, rest = piece.partition(">")
        gap = _gap(head) if end else None
        if gap is None:
            return _without_odd_tags(markup)
        if gap:
            blocks.append(text.strip())
            text = rest
        else:
            text += rest
    return " ".join(filter(None, (*blocks, text.strip())))


@lru_cache(maxsize=1024)  # most tags are <p> and </p>
def _gap(head: str) -> str | None:
    """Tell what stays of a tag by its inside: a gap or nothing; None where this is no tag in good order."""
    found = _HEAD.fullmatch(f"{head}>")
    return None if found is None else " " if found[1] else ""


def _without_odd_tags(markup: str) -> str | None:
    """Leave out tags whose attributes hold angle brackets, comments, and what has nothing to read in it."""
    if _HARD.search(markup):
        markup = _EMPTY.sub("", markup)  # players, counters, «more»
        if _HARD.search(markup):
            return None
    text = _TAG.sub("", _BLOCK_TAG.sub(" ", markup))
    return None if "<" in text else text


def of(text: str) -> str:
    """Clean a text that should be plain, but is markup in some feeds."""
    return of_html(text) if _MARKUP.search(text) else clean(text)


def cut(text: str, words: int) -> str:
    """Keep the first `words` words of a text on one line; «…» tells that there were more."""
    parts = text.split(" ", words)
    return text if len(parts) <= words else " ".join(parts[:words]).rstrip(" ,;:–-") + " …"


def language(code: str) -> str:
    """Write a language code as BCP 47 does (`de_DE` -> `de-DE`); empty where it is none."""
    match = _LANGUAGE.match(clean(code).replace("_", "-"))
    return match[1].lower() + match[2] if match else ""


def primary(code: str) -> str:
    """Tell the language of a code without its country or script (`de-DE` -> `de`)."""
    return language(code).partition("-")[0]
