"""Blocks in the body of a standalone page: marked in its HTML, which the theme cuts there."""

from __future__ import annotations

import re

from markupsafe import Markup
from msgspec import Struct

from ...edition.markdown.page_blocks import BLOCKS, find_blocks

# A noncharacter, which no body has, and a comment, which the allow-list lets no author write.
_SIGN = "\ufdd1"
_MARKED_PARAGRAPH = re.compile(rf"<p>{_SIGN}([a-z-]+){_SIGN}</p>")
_COMMENT = re.compile(r"<!--block ([a-z-]+)-->")


class PageSegment(Struct, frozen=True):
    """A part of a page: either HTML or the name of a block."""

    html: str = ""
    block: str = ""


def mark_blocks(body: str) -> str:
    """Return a body in which each block is a paragraph that `insert_blocks` finds again."""
    lines = body.split("\n")
    for number, name in find_blocks(body):
        if name in BLOCKS:
            lines[number] = f"\n{_SIGN}{name}{_SIGN}\n"
    return "\n".join(lines)


def insert_blocks(html: str) -> str:
    """Return the HTML of a marked body, in which each block is a comment."""
    return _MARKED_PARAGRAPH.sub(r"<!--block \1-->", html)


def split_at_blocks(html: str) -> tuple[PageSegment, ...]:
    """Return the HTML of a page, cut at its blocks."""
    parts = _COMMENT.split(html)
    return tuple(
        PageSegment(block=part) if number % 2 else PageSegment(html=Markup(part))  # noqa: S704 - it passed the allow-list
        for number, part in enumerate(parts)
    )
