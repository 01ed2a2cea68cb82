"""Code in Markdown: blocks between fences, indented blocks, and spans between backticks. All functions are linear."""

from __future__ import annotations

import re
from typing import NamedTuple

# Behind the marks of a quotation, indented or not, and perhaps on the line of a list's item.
_FENCE = re.compile(
    r"(?P<quote>(?:[ ]{0,3}>(?:[ ]{0,3}>)*[ ]?)?)(?P<indent>[ \t]*)(?P<item>(?:(?:[-*+]|\d{1,9}\.)[ ]+)*)"
    r"(?P<mark>`{3,}|~{3,})(?P<words>.*)"
)
_BACKTICKS = re.compile(r"\\\\|\\`|`+")  # an escaped backslash, an escaped mark, marks
LIST_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_TAB = 4


class Fence(NamedTuple):
    """A block of code: the numbers of its first and its last line, from 0, and what its first line consists of."""

    start: int
    end: int
    quote: str
    indent: str
    item: str
    mark: str
    words: str

    def dedent(self, line: str) -> str:
        """Return a line of the code without the marks of its quotation, and without the indent of the fence."""
        for _ in range(self.quote.count(">")):
            line = line.partition(">")[2]
        line = line.removeprefix(" ") if self.quote.endswith(" ") else line
        text = line.lstrip(" \t")
        spaces = len(line[: len(line) - len(text)].expandtabs(_TAB))
        width = len((self.indent + self.item).expandtabs(_TAB))
        return " " * max(0, spaces - width) + text if width else line


def blank_code(body: str) -> str:
    """Return a body without the code in it (fenced, indented, in backticks), with all its lines."""
    text = blank_code_blocks(body)
    return "\n\n".join(map(_blank_code_spans, text.split("\n\n"))) if "`" in text else text


def blank_code_blocks(body: str) -> str:
    """Return a body without the lines of fenced and indented code; the others stay on their lines."""
    if not (may_have_fences(body) or "    " in body or "\t" in body):
        return body
    lines = body.split("\n")
    for fence in find_fences(lines)[0]:
        lines[fence.start : fence.end + 1] = [""] * (fence.end + 1 - fence.start)
    after_blank, in_list = True, False
    for number, line in enumerate(lines):
        if after_blank and not in_list and line.startswith(("    ", "\t")):
            lines[number] = ""  # and what follows is code, too, as is after a blank line
        else:
            after_blank = not line.strip()
            in_list = _goes_on_in_list(line, in_list=in_list)
    return "\n".join(lines)


def may_have_fences(text: str) -> bool:
    """Return whether a text can have code between fences; false of most."""
    return "```" in text or "~~~" in text


def find_fences(lines: list[str]) -> tuple[list[Fence], list[int]]:
    """Return the blocks of code between fences, and the numbers of lines with a fence that nothing closes.

    Such a fence, and what is below it, is text.
    """
    fences: list[Fence] = []
    unclosed: list[int] = []
    # Mark and level of quotation -> the shortest fence that nothing closes before a line, so that none looks in vain.
    failures: dict[tuple[str, int], tuple[int, int]] = {}
    end, in_list = -1, False
    for number, line in enumerate(lines):
        if number <= end:
            continue
        match = _FENCE.match(line) if may_have_fences(line) else None
        if match and _is_opening(match, in_list=in_list):
            kind, length = (match["mark"][0], match["quote"].count(">")), len(match["mark"])
            shortest, before = failures.get(kind, (0, 0))
            place = 0 if number < before and length >= shortest else _find_closing(lines, number, match)
            if place > 0:
                fences.append(Fence(number, place, *match.groups()))
                end = place
            else:
                unclosed.append(number)
                if place:
                    failures[kind] = (length, -place)
        in_list = _goes_on_in_list(line, in_list=in_list)
    return fences, unclosed


def _is_opening(match: re.Match[str], *, in_list: bool) -> bool:
    is_indented_code = len(match["indent"].expandtabs(_TAB)) >= _TAB and not in_list
    return not is_indented_code and not (match["mark"][0] == "`" and "`" in match["words"])


def _find_closing(lines: list[str], start: int, opening: re.Match[str]) -> int:
    """Return the line that closes the fence on line `start`; if there is none, minus the line where its text ends."""
    depth = opening["quote"].count(">")
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if depth and line.count(">") < depth:
            return -number
        match = _FENCE.match(line) if may_have_fences(line) else None
        if match and _is_closing(match, opening):
            return number
    return -len(lines)


def _is_closing(match: re.Match[str], opening: re.Match[str]) -> bool:
    is_same_level = match["quote"].count(">") == opening["quote"].count(">") and not match["item"]
    return is_same_level and match["mark"].startswith(opening["mark"]) and not match["words"].strip()


def _goes_on_in_list(line: str, *, in_list: bool) -> bool:
    """Return whether what is indented below a line belongs to the item of a list."""
    if not line.strip() or line[0] in " \t":
        return in_list or bool(line.strip() and len(line) - len(line.lstrip()) < _TAB and LIST_ITEM.match(line))
    return bool(LIST_ITEM.match(line))


def find_code_spans(paragraph: str) -> list[tuple[int, int, int, int]]:
    """Return where code stands between equal runs of backticks: start and end with them, and without them.

    A run that nothing closes is text.
    """
    runs = [match for match in _BACKTICKS.finditer(paragraph) if match[0][0] == "`"]
    # From the end, so that each run finds the next one of its length without looking for it.
    following: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        length = len(runs[index][0])
        closing[index] = following.get(length)
        following[length] = index
    spans, index = [], 0
    while index < len(runs):
        last = closing[index]
        if last is not None:
            spans.append((runs[index].start(), runs[last].end(), runs[index].end(), runs[last].start()))
            index = last
        index += 1
    return spans


def _blank_code_spans(paragraph: str) -> str:
    parts, position = list[str](), 0
    for start, end, *_ in find_code_spans(paragraph):
        parts += [paragraph[position:start], "\n" * paragraph.count("\n", start, end)]
        position = end
    return "".join([*parts, paragraph[position:]])
