"""Contents: the headings of a body, to be led to from its beginning."""

from __future__ import annotations

import re
from html import unescape

from msgspec import Struct

_HEADING = re.compile(r'<h(?P<level>[23])\b[^>]*?\bid="(?P<anchor>[^"]*)"[^>]*>(?P<text>.*?)</h(?P=level)>', re.S)
_NOTE = re.compile(r"<sup\b.*?</sup>", re.S)  # a footnote's number is no part of a heading
_TAG = re.compile(r"<[^>]+>")


class Heading(Struct, frozen=True):
    """A heading: its anchor, its words, and those one level below it."""

    anchor: str
    text: str
    below: tuple[Heading, ...] = ()


def contents(html: str) -> tuple[Heading, ...]:
    """List the headings of a body's HTML, h3 below h2; without an h2 before it, an h3 stands among them."""
    found: list[Heading] = []
    for match in _HEADING.finditer(html):
        text = " ".join(unescape(_TAG.sub("", _NOTE.sub("", match["text"]))).split())
        one = Heading(unescape(match["anchor"]), text)
        if match["level"] == "3" and found:
            found[-1] = Heading(found[-1].anchor, found[-1].text, (*found[-1].below, one))
        else:
            found.append(one)
    return tuple(found)
