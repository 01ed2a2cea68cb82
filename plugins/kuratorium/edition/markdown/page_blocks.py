"""Blocks of standalone pages: a line `[[people]]` shows the board, so that a page need not name it.

The theme renders each, by partials/blocks/NAME.html. To add one: its name in BLOCKS, and the partial.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...text.code import blank_code

BLOCKS = ("people", "topics", "sources", "privacy", "balance")

_BLOCK_LINE = re.compile(r"^\[\[(?P<name>[a-z][a-z-]*)\]\][ \t]*$", re.M)


def find_blocks(body: str) -> Iterator[tuple[int, str]]:
    """Yield line (from 0) and name of every line of a body that is nothing but a word in brackets; none in code."""
    if "[[" in body:
        text = blank_code(body)
        for match in _BLOCK_LINE.finditer(text):
            yield text.count("\n", 0, match.start()), match["name"]
