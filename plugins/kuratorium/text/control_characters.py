"""Control characters, which a terminal obeys instead of showing them, written as visible escapes."""

from __future__ import annotations

import re

# C0 but tab and line feed, DEL, C1, Unicode's explicit direction controls (UTS #55), line separators, tag characters,
# and halves of surrogate pairs, as which Python decodes the bytes of file names that are no UTF-8.
CONTROL_CHARACTERS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
_CONTROL = re.compile(f"[{CONTROL_CHARACTERS}]")
_CONTROL_OR_LINE_FEED = re.compile(f"[\n{CONTROL_CHARACTERS}]")


def escape_controls(text: str, *, one_line: bool = False) -> str:
    r"""Return `text` with control characters as escapes such as \x1b or \u202e; line feeds, too, if `one_line`."""
    return (_CONTROL_OR_LINE_FEED if one_line else _CONTROL).sub(_escape_character, text)


def _escape_character(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name (PEP 383)
        code -= 0xDC00
    if match[0] == "\n":
        return r"\n"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
