"""Blocks of HTML in Markdown: a page shows them as they are, without reading Markdown in them."""

from __future__ import annotations

import re

# The elements that python-markdown takes for blocks; others, such as <em>, stand within a paragraph.
_BLOCK_START = re.compile(
    r"^[ ]{0,3}<(?P<name>address|article|aside|blockquote|body|canvas|center|colgroup|dd|details|div|dl|dt|fieldset|"
    r"figcaption|figure|footer|form|group|h[1-6]|header|hgroup|html|iframe|legend|li|main|map|math|menu|nav|noscript|"
    r"object|ol|option|output|p|pre|progress|script|section|style|summary|table|tbody|td|textarea|tfoot|th|thead|tr|"
    r"ul|video)(?=[\s>])[^<>]*(?<!/)>",
    re.M | re.I,
)


def blank_html_blocks(text: str, name: str = "") -> str:
    """Return Markdown without its blocks of HTML, with all its lines; one that nothing closes goes on to the end.

    With the `name` of an element in small letters, only blocks of this element are left out.
    """
    parts, position = list[str](), 0
    while start := _BLOCK_START.search(text, position):
        if name and start["name"].lower() != name:
            parts.append(text[position : start.end()])
            position = start.end()
            continue
        end = _find_end(text, start)
        parts += [text[position : start.start()], "\n" * text.count("\n", start.start(), end)]
        position = end
    return "".join([*parts, text[position:]])


def _find_end(text: str, start: re.Match[str]) -> int:
    """Return where the element that begins with the tag `start` ends, or the text; elements of its name may nest."""
    depth = 1
    for tag in re.compile(rf"<(/?){start['name']}(?=[\s>])[^<>]*>", re.I).finditer(text, start.end()):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return len(text)
