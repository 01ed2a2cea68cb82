"""The text of feeds and pages -> plain text on one line, without markup, control characters and direction controls."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

import nh3

from . import captions
from .mojibake import undo_mojibake

# Elements that browsers show as blocks. Where their tags are removed, a space must stay, or words would run together.
_BLOCK_NAMES = (
    r"(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|fig\w*|footer|h[1-6r]|header|li|main|nav|"
    r"ol|option|p|pre|section|summary|t[dhr]|table|tbody|tfoot|thead|ul)\b"
)
_BLOCK_TAG_START = re.compile(rf"<(?=/?{_BLOCK_NAMES})", re.IGNORECASE)
# The rest of a well-formed tag after its name; markup with any other "<" goes to a real HTML parser. The possessive
# quantifiers keep hostile input from backtracking.
_TAG_REST = r"""(?:[^<>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+>"""
_BLOCK_TAG = re.compile(rf"</?{_BLOCK_NAMES}{_TAG_REST}", re.IGNORECASE)
_TAG = re.compile(rf"</?[a-z]{_TAG_REST}", re.IGNORECASE)
# Elements whose content an HTML parser reads by other rules (raw text, foreign content) or that show none of it.
_COMPLEX_NAMES = (
    r"(?:script|style|template|title|noscript|iframe|svg|math|object|textarea|select|xmp|plaintext|noembed|noframes|"
    r"frameset)"
)
_NEEDS_PARSER = re.compile(rf"\x00|<[^a-z/]|</[^a-z]|<{_COMPLEX_NAMES}", re.IGNORECASE)
# What stands between "<" and ">" of a well-formed tag; the group matches for block elements.
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
# A closing tag, a void element, a tag with attributes, or an escape: signs that a text is markup. A bare "<b>" is not,
# for titles about HTML hold such words.
_MARKUP_SIGN = re.compile(
    r"</[a-z][\w-]*\s*>|<(?:br|hr|img|wbr)\b[^<>]*>|<[a-z][\w-]*\s+[\w:-]+\s*=|&(?:amp|quot|apos|nbsp|#\d+|#x[\da-f]+);",
    re.IGNORECASE,
)
# Elements in which tags are shown on purpose.
_CODE = re.compile(r"<(?:code|pre|xmp|kbd|samp|tt|textarea)\b", re.IGNORECASE)
_ESCAPED_NAMES = (
    r"(?:p|div|br|img|a|figure|table|ul|ol|li|h[1-6]|span|strong|b|em|i|u|blockquote|center|section|article|font"
    r"|iframe)\b"
)
_ESCAPED_END = re.compile(rf"</{_ESCAPED_NAMES}\s*>|<(?:br|img)\b[^<>]*+>", re.IGNORECASE)
_ESCAPED_BLOCK_END = re.compile(r"</(?:p|div|ul|ol|table|blockquote|figure|section|article|center|h[1-6])\s*>\Z", re.I)
_ESCAPED_START = re.compile(rf"<{_ESCAPED_NAMES}[^<>]*+>", re.IGNORECASE)
# A link, a picture, the end of a paragraph before another: a text that shows them was escaped once too often.
_ESCAPED_PART = re.compile(
    r"<a\s[^<>]++>[^<>]*+</a>|<img\s[^<>]++>|</p>\s*+<p\b|<br\s*+/?>[^<>]*+<br\s*+/?>",
    re.IGNORECASE,
)
_ESCAPED_CHARACTER = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|shy|[aou]uml|szlig|[mn]dash|hellip|[lrb][sd]?quo|euro|copy|[aeiou](?:acute|grave|circ)"
    r"|ccedil|#\d{1,7}|#x[\da-f]{1,6});",
    re.IGNORECASE,
)
_MAX_ESCAPES = 3  # how often programs on the way may have escaped a text
_CDATA_START, _CDATA_END = "<![CDATA[", "]]>"
# Unicode's explicit direction controls can show a text in another order than it is written ("Trojan Source", UTS #55).
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Tag characters are copies of ASCII that nobody sees, but machines read.
_TAG_CHARACTERS = frozenset(map(chr, range(0xE0000, 0xE0080)))
_INVISIBLE_CHARACTERS = _BIDI_CONTROLS | _TAG_CHARACTERS | frozenset("\u00ad\u200b\u2060\ufeff\ufff9\ufffa\ufffb")
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that show nothing
# Printable, and the same in NFC: ASCII, accented Latin letters and signs without the soft hyphen, dashes, quotes, euro.
_CLEAN_CHARACTERS = re.compile("[ -~\xa1-\xac\xae-\u02ff\u2010-\u2027\u20ac]*+")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]+")
_BLANK_CATEGORIES = frozenset(("Mn", "Mc", "Me", "Zs", "Zl", "Zp", "Cc", "Cf"))
_LANGUAGE_CODE = re.compile(r"\A([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8})*)\Z")
_CUT_MARKS = " ,;:–-"  # no sense at the end of a text that was cut
_CHARACTERS_PER_WORD = 20  # on average, at most: Chinese has no blanks, and nonsense may have none either


def clean_text(text: str) -> str:
    """Return `text` on one line, in Unicode's form NFC, without invisible characters and direction controls."""
    line = text.strip()
    if "  " not in line and _CLEAN_CHARACTERS.fullmatch(line):  # true of most texts, and fast
        return line
    if not line.isascii():
        line = unicodedata.normalize("NFC", line)
    if line.isprintable() and "  " not in line:
        return line
    line = " ".join(line.split())
    if line.isprintable():
        return line
    if line.isascii():
        return " ".join(_CONTROL_CHARACTERS.sub(" ", line).split())
    return " ".join("".join(map(_replace_invisible, line)).split())


def _replace_invisible(character: str) -> str:
    """Return the replacement of one character in a clean text: itself, a space or nothing."""
    if character.isascii() and character.isprintable():
        return character
    if character in _INVISIBLE_CHARACTERS:
        return ""
    category = unicodedata.category(character)
    if category == "Cc":  # line breaks, tabs and other controls separate words
        return " "
    # Unassigned code points stay: they are younger than Python's table. Halves of surrogate pairs and code points that
    # will never be characters (U+FFFE and the like) cannot be written to a file.
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return "" if category == "Cs" or is_noncharacter else character


def is_blank(text: str) -> bool:
    """Return whether a text shows nothing: it is empty, or all its characters are invisible."""
    # Marks (M) need a letter, separators (Z), controls and format characters (Cc, Cf) show nothing.
    return all(
        character in _BLANK_LETTERS or unicodedata.category(character) in _BLANK_CATEGORIES for character in text
    )


def html_to_text(markup: str) -> str:
    """Return the text that a reader of `markup` (HTML) should see, on one line, without captions of pictures.

    Markup that was escaped more often than it should be is read as markup, except where code is shown.
    """
    text = _read_markup(markup)
    if not ("<" in text or "&" in text) or _CODE.search(markup):  # true of most texts, and fast
        return text
    for _ in range(_MAX_ESCAPES):
        unescaped = text if "<" in text else html.unescape(text)
        if _CDATA_START in unescaped or _shows_tags(unescaped):
            text = _read_markup(unescaped)
        elif _ESCAPED_CHARACTER.search(text):
            text = clean_text(html.unescape(text))
        else:
            break
    return text


def _read_markup(markup: str) -> str:
    markup = captions.remove_captions(_remove_cdata_marks(markup))
    text = _strip_tags(markup)
    if text is None:
        text = _TAG_STRIPPER.clean(_BLOCK_TAG_START.sub(" <", markup))
    return clean_text(undo_mojibake(html.unescape(text)))


def _remove_cdata_marks(text: str) -> str:
    """Return a text without the marks of a CDATA section within another, or of one that was escaped."""
    if _CDATA_START in text:
        return text.replace(_CDATA_START, "").replace(_CDATA_END, "")
    return text.rstrip().removesuffix(_CDATA_END)


def _shows_tags(text: str) -> bool:
    """Return whether a text shows the tags of its own markup; one about HTML shows the names of some."""
    if "<" not in text:
        return False
    # "Why <b>bold</b> is out" is a title about HTML; a text that begins with a tag that ends later is markup.
    if (start := _ESCAPED_START.match(text)) and _ESCAPED_END.search(text, start.end()):
        return True
    return bool(_ESCAPED_BLOCK_END.search(text) or _ESCAPED_PART.search(text))


def _strip_tags(markup: str) -> str | None:
    """Return markup without its tags if they are well-formed, as most are; None if it needs an HTML parser.

    Several times as fast as nh3 on the short paragraphs of feeds; a property test compares both.
    """
    if "<" not in markup:
        return markup
    if "\x00" in markup:
        return _strip_complex_tags(markup)
    text, *pieces = markup.split("<")
    blocks = []
    for piece in pieces:
        tag, end, rest = piece.partition(">")
        replacement = _replace_tag(tag) if end else None
        if replacement is None:
            return _strip_complex_tags(markup)
        if replacement:
            blocks.append(text.strip())
            text = rest
        else:
            text += rest
    return " ".join(filter(None, (*blocks, text.strip())))


@lru_cache(maxsize=1024)  # most tags are <p> and </p>
def _replace_tag(tag: str) -> str | None:
    """Return the replacement of a tag in the text: a space for a block, else nothing; None if it is not well-formed."""
    match = _TAG_INSIDE.fullmatch(f"{tag}>")
    return None if match is None else " " if match[1] else ""


def _strip_complex_tags(markup: str) -> str | None:
    """Return markup without its tags if some have ">" in an attribute; None if it needs an HTML parser.

    Comments and elements without any text are removed first.
    """
    if _NEEDS_PARSER.search(markup):
        markup = _EMPTY_ELEMENT.sub("", markup)  # players, counters, WordPress's <!--more-->
        if _NEEDS_PARSER.search(markup):
            return None
    text = _TAG.sub("", _BLOCK_TAG.sub(" ", markup))
    return None if "<" in text else text


def to_plain_text(text: str) -> str:
    """Return the plain text of a field that should hold plain text, but holds markup in some feeds."""
    is_escaped = "&lt;" in text and "<" not in text
    if _MARKUP_SIGN.search(text) or is_escaped or _CDATA_START in text:
        return html_to_text(text)
    return clean_text(undo_mojibake(_remove_cdata_marks(text)))


def truncate_words(text: str, limit: int) -> str:
    """Return the first `limit` words of a text that is on one line; "…" marks that it was cut."""
    parts = text.split(" ", limit)
    words = text if len(parts) <= limit else " ".join(parts[:limit]).rstrip(_CUT_MARKS) + " …"
    return shorten(words, limit * _CHARACTERS_PER_WORD)


def shorten(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, cut between words if it has any; "…" marks that it was cut."""
    if len(text) <= limit:
        return text
    words = text[: limit - 1].rpartition(" ")[0].rstrip(_CUT_MARKS)
    return f"{words} …" if len(words) > limit // 2 else f"{text[: limit - 1]}…"


def normalize_language(code: str) -> str:
    """Return a language code as BCP 47 writes it (`de_DE` -> `de-DE`); empty if the text is no such code."""
    match = _LANGUAGE_CODE.match(clean_text(code).replace("_", "-"))
    return match[1].lower() + match[2] if match else ""


def get_primary_language(code: str) -> str:
    """Return the language of a code without its country or script (`de-DE` -> `de`); empty if there is none."""
    return normalize_language(code).partition("-")[0]
