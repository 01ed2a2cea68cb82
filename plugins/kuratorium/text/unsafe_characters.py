"""Characters that no text may bring to a page: controls, marks that reorder other words, invisible tags.

They hide what a text says (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing), carry what nobody sees,
or are forbidden in HTML and XML.
"""

from __future__ import annotations

import re
import sys
import unicodedata

# A flag of England, Scotland or Wales: a black flag, the region in tag characters, the end
# (https://www.unicode.org/reports/tr51/#def_emoji_tag_sequence).
FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
UNSAFE_CLASS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, except tab and newline
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates of bidirectional text
    "\ufdd0-\ufdef\ufffe\uffff"  # noncharacters
    "\ud800-\udfff"  # halves of surrogate pairs
    "\U000e0000-\U000e007f"  # tags
)
"""These characters, for a class of a regular expression."""

_UNSAFE_CHARACTER = re.compile(f"[{UNSAFE_CLASS}]")
_FLAG_OR_UNSAFE_CHARACTER = re.compile(f"(?P<flag>{FLAG})|[{UNSAFE_CLASS}]")
_REFERENCE = re.compile(r"&#(?:[xX](?P<hexadecimal>[0-9a-fA-F]{1,6})|(?P<decimal>[0-9]{1,7}));?")  # &#8238; or &#x202E;


def find_unsafe_characters(text: str) -> list[tuple[int, str]]:
    """Return the position and the name of each such character, such as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    if not _UNSAFE_CHARACTER.search(text):  # nearly all texts
        return []
    matches = [match for match in _FLAG_OR_UNSAFE_CHARACTER.finditer(text) if not match["flag"]]
    return [(match.start(), _describe(match[0])) for match in matches]


def remove_unsafe_characters(text: str) -> str:
    """Return a text of Markdown or HTML without such characters, also where they are written as &#8238;."""
    if "&#" in text:
        text = _REFERENCE.sub(lambda match: "" if _is_unsafe_reference(match) else match[0], text)
    if not _UNSAFE_CHARACTER.search(text):
        return text
    return _FLAG_OR_UNSAFE_CHARACTER.sub(lambda match: match["flag"] or "", text)


def _is_unsafe_reference(match: re.Match[str]) -> bool:
    code = int(match["hexadecimal"], 16) if match["hexadecimal"] else int(match["decimal"])
    return code <= sys.maxunicode and bool(_UNSAFE_CHARACTER.match(chr(code)))


def _describe(character: str) -> str:
    kind = "CONTROL CHARACTER" if unicodedata.category(character) == "Cc" else "NONCHARACTER"
    return f"U+{ord(character):04X} {unicodedata.name(character, kind)}"
