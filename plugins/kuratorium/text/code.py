"""Code in Markdown: blocks between fences, indented blocks, and spans between backticks. All functions are linear."""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_BACKTICKS = re.compile(r"\\\\|\\`|`+")  # an escaped backslash, an escaped mark, marks
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")


def blank_code(body: str) -> str:
    """Return a body without the code in it (fenced, indented, in backticks), with all its lines."""
    text = blank_code_blocks(body)
    return "\n\n".join(map(_blank_code_spans, text.split("\n\n"))) if "`" in text else text


def blank_code_blocks(body: str) -> str:
    """Return a body without the lines of fenced and indented code; the others stay on their lines."""
    if not ("```" in body or "~~~" in body or "    " in body or "\t" in body):
        return body
    lines = body.split("\n")
    fence, after_blank, in_list = "", True, False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            lines[number] = ""
            fence = "" if mark and mark[1].startswith(fence) and not line.strip("`~ \t") else fence
        elif mark and "`" not in line[mark.end() :]:
            lines[number], fence = "", mark[1]
        elif after_blank and not in_list and line.startswith(("    ", "\t")):
            lines[number] = ""  # and what follows is code, too, as is after a blank line
        else:
            after_blank = not line.strip()
            # Indented text below a list belongs to its item.
            in_list = in_list if after_blank or line[0] in " \t" else bool(_LIST_ITEM.match(line))
    return "\n".join(lines)


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
