"""The first sentence of a text, from the HTML of its body: a description says what the page says, whatever was written.

The HTML is our converter's, well-formed and with its attributes in double quotes.
"""

from __future__ import annotations

import re
from html import unescape

from ...edition.prose import cut_first_sentence
from ...text.unsafe_characters import remove_unsafe_characters

_TAG = re.compile(r'<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?:[^<>"]|"[^"]*")*)>')
# Words of others, headings, and what is no sentence.
_SKIPPED_ELEMENTS = frozenset(("blockquote", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "table"))
_LAST_RESORT = frozenset(("pre", "table"))  # of a text that has nothing else
_SKIPPED = re.compile(r' class="(?:embed|footnote|turn-speaker)"| id="fnref\d*:')
# All others stand within a paragraph.
_BLOCKS = frozenset(
    (
        *("article", "aside", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "footer"),
        *("header", "hr", "li", "main", "nav", "ol", "p", "section", "summary", "td", "th", "tr", "ul"),
        *_SKIPPED_ELEMENTS,
    )
)
_NUMBERED_LIST = re.compile(r'<ol(?: start="(?P<start>\d+)")?>\s*<li>\s*(?:<p>)?\s*\Z')
_END_OF_LIST = re.compile(r"(?:</p>)?\s*</li>\s*</ol>")
_MAX_LIST_START = 60  # characters of the tags with which a list begins


def extract_first_sentence(html: str) -> str:
    """Return the first sentence of the writer's own words in a body; empty if it has none."""
    number, paragraph = _find_opening(html)
    return number + cut_first_sentence(paragraph)


def begins_with(html: str, summary: str) -> bool:
    """Return whether the writer's own words in a body begin with a summary, which may have been cut between words."""
    opening = remove_unsafe_characters("".join(_find_opening(html)))
    words = summary.removesuffix(" …")
    return opening.startswith(words) and not opening[len(words) : len(words) + 1].isalnum()


def _find_opening(html: str) -> tuple[str, str]:
    number, paragraph = _find_first_paragraph(html, _SKIPPED_ELEMENTS)
    return (number, paragraph) if paragraph else _find_first_paragraph(html, _SKIPPED_ELEMENTS - _LAST_RESORT)


def _find_first_paragraph(html: str, skipped: frozenset[str]) -> tuple[str, str]:
    """Return the number and the plain text of the first block that has text, without the elements `skipped`."""
    parts: list[str] = []
    position = start = 0
    while tag := _TAG.search(html, position):
        parts.append(html[position : tag.start()])
        is_skipped = tag["name"] in skipped or _SKIPPED.search(tag["attributes"])
        position = tag.end() if tag["end"] or not is_skipped else _find_end(html, tag)
        if tag["name"] == "br":
            parts.append(" ")
        elif tag["name"] in _BLOCKS:
            if text := _read_words(parts):
                return _read_number(html, start, tag.start()), text
            parts, start = [], position
    return "", _read_words([*parts, html[position:]])


def _find_end(html: str, start: re.Match[str]) -> int:
    """Return where the element that begins with the tag `start` ends; elements of its name may nest."""
    depth = 1
    for tag in _TAG.finditer(html, start.end()):
        if tag["name"] == start["name"]:
            depth += -1 if tag["end"] else 1
            if not depth:
                return tag.end()
    return len(html)


def _read_words(parts: list[str]) -> str:
    return " ".join(unescape("".join(parts)).split())


def _read_number(html: str, start: int, end: int) -> str:
    """Return the number of a list's only item, or a first one that is not 1: it is rather a part of the sentence."""
    match = _NUMBERED_LIST.search(html[max(0, start - _MAX_LIST_START) : start])
    return f"{match['start'] or 1}. " if match and (match["start"] or _END_OF_LIST.match(html, end)) else ""
