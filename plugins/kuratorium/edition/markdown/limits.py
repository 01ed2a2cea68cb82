"""Limits of a text's Markdown: how long it may be, how deeply nested, and how much of it may be left open.

Markdown looks for the end of every bracket that is opened, and calls itself for every level of a list. Without limits,
8,000 brackets take 14 seconds, and 500 levels end the program. A text beyond a limit is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...text.code import blank_code
from ..fields import Violation

MAX_LENGTH = 500_000
"""Characters of a text: about 80,000 words, more than a book has."""
MAX_PARAGRAPH_LENGTH = 100_000
"""Characters between two blank lines, code left out: Markdown copies a paragraph for each mark in it."""
MAX_LEVELS = 30
"""Levels of lists and quotations within one another."""
MAX_OPEN_MARKERS = 50
"""Brackets of one kind that are open at once within a paragraph."""
MAX_COLUMNS = 100
"""Columns of a table: rows are filled up to the columns of the head."""
MAX_OPEN_TAGS = 100
"""HTML tags that are open at once."""
MAX_ADDRESS_LENGTH = 2_000
"""Characters of an address that a definition `[name]: address` gives: it is repeated wherever the name stands."""

_LIST_MARKER = r"(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)"
# Only a line like this can be beyond MAX_LEVELS: it begins with as many marks, or stands two spaces deeper for each.
_MAYBE_DEEP_LINE = re.compile(
    rf"^(?:(?:[ \t]*(?:>|{_LIST_MARKER})){{{MAX_LEVELS // 2}}}|(?:[ ]{{2}}|\t){{{MAX_LEVELS // 2},}}{_LIST_MARKER})",
    re.M,
)
_LEADING_MARKS = re.compile(rf"(?P<indent>[ \t]*)(?P<marks>(?:[ \t]*(?:>|{_LIST_MARKER}))*)")
_MARK = re.compile(rf">|{_LIST_MARKER}")
_WIDE_TABLE = re.compile(rf"^(?=[ \t]*[|:-])(?:[ \t:-]*\|){{{MAX_COLUMNS + 2},}}[ \t:-]*$", re.M)
_LONG_ADDRESS = re.compile(rf"^[ ]{{0,3}}\[[^\]\n]+\]:[ \t]*\S{{{MAX_ADDRESS_LENGTH + 1}}}", re.M)
_BRACKETS = {"[": "]", "(": ")", "<": ">"}
_BRACKET_OR_BREAK = re.compile(r"\\.|[\[\]()<>]|\n[ \t]*(?=\n)")
# Elements whose end may be left out, or that have none, do not nest (https://html.spec.whatwg.org/#optional-tags).
_NESTING_TAG = re.compile(
    r"<(?P<end>/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|source|t[dhr]|thead|tbody|wbr)\b)"
    r"[a-zA-Z][^<>]*>"
)


def find_excesses(text: str) -> Iterator[Violation]:
    """Yield where a text exceeds a limit; the violations have lines from 0."""
    if len(text) > MAX_LENGTH:
        message = f"this text has {len(text)} characters, and at most {MAX_LENGTH} are allowed"
        yield Violation((), message, "Divide it into several posts.", 0)
        return
    if _MAYBE_DEEP_LINE.search(text):
        for line in _find_deep_lines(text):
            message = f"lists and quotations are nested too deeply: at most {MAX_LEVELS} levels are allowed"
            yield Violation((), message, 'Take away some of the ">", list markers or spaces before it.', line)
            break
    if text.count("|") > MAX_COLUMNS and (match := _WIDE_TABLE.search(text)):
        message = f"this table has more than {MAX_COLUMNS} columns"
        yield Violation((), message, "Divide it into several tables.", _get_line(text, match))
    if len(text) > MAX_ADDRESS_LENGTH and "]:" in text and (match := _LONG_ADDRESS.search(text)):
        message = f"this address has more than {MAX_ADDRESS_LENGTH} characters"
        yield Violation((), message, "Put the file below content/, and link to it.", _get_line(text, match))
    if line := _find_long_paragraph(text):
        message = f"this paragraph has more than {MAX_PARAGRAPH_LENGTH} characters"
        yield Violation((), message, "Divide it by blank lines.", line - 1)
    yield from _find_open_markers(text)
    yield from _find_open_tags(text)


def _find_deep_lines(text: str) -> Iterator[int]:
    """Yield the lines that begin with more than MAX_LEVELS marks, those of the items around them included."""
    indents = [0]  # of the items around the line
    for number, line in enumerate(text.split("\n")):
        match = _LEADING_MARKS.match(line)
        marks = len(_MARK.findall(match["marks"])) if match else 0
        if not match or not marks:
            continue
        indent = len(match["indent"].expandtabs(4))
        while len(indents) > 1 and indent <= indents[-1]:
            indents.pop()
        indents.append(indent)
        if len(indents) - 2 + marks > MAX_LEVELS:
            yield number


def _find_long_paragraph(text: str) -> int:
    """Return the line, from 1, on which a paragraph begins that is too long; 0 if there is none."""
    if len(text) <= MAX_PARAGRAPH_LENGTH:
        return 0
    line = 1
    for paragraph in blank_code(text).split("\n\n"):
        if len(paragraph) > MAX_PARAGRAPH_LENGTH:
            return line + len(paragraph) - len(paragraph.lstrip("\n"))
        line += paragraph.count("\n") + 2
    return 0


def _find_open_markers(text: str) -> Iterator[Violation]:
    # Nearly all texts have fewer brackets than may be open, and need no closer look.
    if not any(text.count(opening) > MAX_OPEN_MARKERS for opening in _BRACKETS):
        return
    prose = blank_code(text)
    counts = dict.fromkeys(_BRACKETS, 0)
    openings = {closing: opening for opening, closing in _BRACKETS.items()}
    for match in _BRACKET_OR_BREAK.finditer(prose):
        mark = match[0]
        if mark in counts:
            counts[mark] += 1
            if counts[mark] > MAX_OPEN_MARKERS:
                message = f'in this paragraph more than {MAX_OPEN_MARKERS} "{mark}" are open at once'
                hint = f'Close each with "{_BRACKETS[mark]}", or write \\{mark} where it is only a character.'
                yield Violation((), message, hint, _get_line(prose, match))
                return
        elif mark in openings:
            counts[openings[mark]] = 0 if mark == ">" else max(0, counts[openings[mark]] - 1)
        elif mark[0] == "\n":
            counts = dict.fromkeys(_BRACKETS, 0)


def _find_open_tags(text: str) -> Iterator[Violation]:
    if text.count("<") <= MAX_OPEN_TAGS:
        return
    level = 0
    for match in _NESTING_TAG.finditer(text):
        level = max(0, level - 1) if match["end"] else level + 1
        if level > MAX_OPEN_TAGS:
            message = f"HTML elements are nested too deeply: at most {MAX_OPEN_TAGS} may be open at once"
            yield Violation((), message, "Close each element, such as <div>…</div>.", _get_line(text, match))
            return


def _get_line(text: str, match: re.Match[str]) -> int:
    """Return the line, from 0, on which a match begins."""
    return text.count("\n", 0, match.start())
