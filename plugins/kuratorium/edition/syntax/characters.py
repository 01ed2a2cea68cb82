"""Invisible characters and look-alikes: which are forbidden, how messages name them, and what the editor meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from ...text.unsafe_characters import FLAG, UNSAFE_CLASS

_FORBIDDEN = re.compile(f"[{UNSAFE_CLASS}]")
_MAY_HOLD_FORBIDDEN = re.compile(rf"[{UNSAFE_CLASS}\\]")  # in YAML, an escape such as "\e" stands for a character
_LINE_SEPARATORS = "\x85\u2028\u2029"
_ODD_BLANKS = f"\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000{_LINE_SEPARATORS}"
_ZERO_WIDTH = "\u180e\u200b\u2060\ufeff"
_JOINERS = "\u00ad\u200c\u200d\u200e\u200f"  # belong into some scripts and emoji, but into no id, date or address
_FILLERS = "\u034f\u061c\u115f\u1160\u180b-\u180f\u2061-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0"  # letters of no look
_ODD = re.compile(f"[\n\t{_ODD_BLANKS}{_ZERO_WIDTH}{_JOINERS}{UNSAFE_CLASS}]")
_BLANK = re.compile(f"[{_ODD_BLANKS}]")
_UNSEEN = re.compile(f"[{_ZERO_WIDTH}{_LINE_SEPARATORS}]")
OPENING_QUOTES, CLOSING_QUOTES = "„“”‟‚‘’«»‹›", "“”‟‘’«»‹›"
_IN_QUOTES = re.compile(rf"\A[{OPENING_QUOTES}](?P<inner>.+)[{CLOSING_QUOTES}]\Z", re.DOTALL)
VISIBLE = rf"[^\s{_ZERO_WIDTH}{_JOINERS}{_FILLERS}{UNSAFE_CLASS}]"
"""A pattern for a character that readers see."""

_KINDS = {"Cc": "control character ", "Cs": "surrogate "}


def find_forbidden(text: str) -> str:
    """Return the first character of `text` that no value may hold; empty if there is none."""
    match = _FORBIDDEN.search(text)
    if match and ord(match[0]) >= 0xE0000:
        match = _FORBIDDEN.search(re.sub(FLAG, "", text))
    return match[0] if match else ""


def find_forbidden_in_name(file: str) -> str:
    """Return the first character of a path that no name of a file may hold: also tab and line break."""
    return find_forbidden(file) or next((character for character in file if character in "\t\n"), "")


def find_forbidden_values(source: str, value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield path and first forbidden character of each text in `value`, which was loaded from the YAML `source`."""
    if _MAY_HOLD_FORBIDDEN.search(source):  # of nearly all files, this one search is all that it costs
        yield from _walk(value, ())


def _walk(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        if character := find_forbidden(value):
            yield path, character
    elif isinstance(value, dict):
        for key, item in value.items():
            if character := find_forbidden(str(key)):
                yield path, character
            yield from _walk(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))


def find_unseen(text: str) -> str:
    """Return the first zero-width space or line separator in a text for readers; empty if there is none."""
    match = _UNSEEN.search(text)
    return match[0] if match else ""


def find_odd_blank(text: str) -> str:
    """Return the first blank in `text` that is no ordinary one, such as a no-break space; empty if there is none."""
    match = _BLANK.search(text)
    return match[0] if match else ""


def name_character(character: str) -> str:
    """Return code point and name of a character: `U+00A0 no-break space`."""
    kind = _KINDS.get(unicodedata.category(character), "")
    return f"{kind}U+{ord(character):04X} {unicodedata.name(character, '').lower()}".rstrip()


def escape(text: str) -> str:
    r"""Return `text` with odd and forbidden characters as messages show them: `\u00a0`, `\x1b`."""
    return _ODD.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def has_typographic_quotes(text: str) -> bool:
    """Return whether typographic quotation marks are around the whole of `text`."""
    match = _IN_QUOTES.match(text.strip())
    # In „Ja“ und „Nein“ they are around words in it.
    return match is not None and not re.search(rf"[{OPENING_QUOTES}]", match["inner"])


def clean(text: str) -> str:
    """Return what was probably meant: `text` without odd characters and without typographic quotation marks around."""
    plain = _ODD.sub("", _BLANK.sub(" ", text)).strip()
    match = _IN_QUOTES.match(plain)
    return match["inner"].strip() if match else plain


def describe_oddity(text: str) -> str:
    """Return what is odd in a text that differs from its `clean` form, as a part of a message."""
    if match := _ODD.search(text):
        return f"contains {name_character(match[0])}"
    if has_typographic_quotes(text):
        return f"is in typographic quotation marks ({text.strip()[0]} {text.strip()[-1]})"
    return "has blanks around it"
