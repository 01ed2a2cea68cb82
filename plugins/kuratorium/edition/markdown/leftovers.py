"""Marks of other programs (Obsidian, Jekyll, Word) that a page would show as they are, and what Markdown loses.

The functions read the Markdown, so that an editor learns the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...text.blocks import find_miscounted_lists, is_table_rule
from ...text.code import blank_code, find_fences, may_have_fences
from ...text.html_blocks import blank_html_blocks
from .. import prose
from ..fields import Violation, suggest_nearest
from ..model import PostFile, StandalonePage
from .embed_lines import parse_embed_line
from .foreign_marks import MARKS
from .page_blocks import BLOCKS, find_blocks

_TWO_STARS = re.compile(r"(?<![*\\])\*\*(?!\*)(?:(?<=\S\*\*)|(?=\S))(?<!\w\*\*(?=\w))")
_WIKI_LINK = re.compile(r"(?<![!\[])\[\[[^\[\]\n]+\]\](?![(\[:\]])")
_WIKI_HINT = "Write [words]({filename}/essays/….md) for a link, or \\[\\[ for brackets."
_REFERENCE = re.compile(r"(?<![\]\w\\])!?\[(?P<text>[^\[\]\n^][^\[\]\n]*)\]\[(?P<name>[^\[\]\n]*)\]")
_NOTE_MARK = re.compile(r"(?<!\\)\[\^(?P<name>[^\[\]\s]+)\](?!\(|:)")
_NOTE_NAME = re.compile(r"(?<!\\)\[\^(?P<name>[^\[\]\s]+)\]")
_NOTE = re.compile(r"^[ ]{0,3}\[\^(?P<name>[^\[\]\s]+)\]:", re.M)
_DEFINITION = re.compile(r"^[ ]{0,3}\[(?!\^)(?P<name>[^\]\n]+)\]:", re.M)
# With two fields at least, or one that others have, too: a sentence between two rules is no front matter.
_FIELD = r"(?:[ ][^\n]*)?\n(?:(?:-[ ]|[ ])[^\n]*\n)*"
_FRONT_MATTER = re.compile(
    rf"^---[ ]*\n(?:(?:layout|title|date|draft|tags?|categor(?:y|ies)|authors?|slug|permalink|description):{_FIELD}"
    rf"|(?:[a-z][a-z_]*:{_FIELD}){{2,}})---[ ]*$",
    re.M,
)
_HTML_BLOCK = re.compile(r"^<(?P<name>details|div|section|figure|aside|center)\b[^<>]*>", re.M | re.I)
_MARKDOWN = re.compile(
    r"\*\*[^*\s][^*\n]*\*\*|(?<!\])\[[^\[\]\n]+\]\([^()\s]+\)|^(?:[-*] |#{1,6} |> |\d\. )(?=\S)", re.M
)


def check_leftovers(text: PostFile | StandalonePage) -> Iterator[Violation]:
    """Find marks of other programs that the text's page would show, and words that it would not."""
    for violation in find_leftovers(text.body, BLOCKS if isinstance(text, StandalonePage) else ()):
        yield Violation((), violation.message, violation.hint, text.body_line + violation.line)


def find_leftovers(markdown: str, blocks: Sequence[str] = ()) -> Iterator[Violation]:
    """Yield marks that the page would show, and words that it would not; the violations have lines from 0.

    `blocks` are the names of the blocks that the text may have.
    """
    text = prose.blank_unseen(markdown)
    found = list(_find_front_matter(markdown))
    found += _find_unclosed(markdown)
    found += _find_marks(blank_html_blocks(text, "pre") if "<" in text else text, blocks)
    if "][" in text:
        found += _find_undefined_names(text)
    if "[^" in text:
        found += _find_faulty_footnotes(text)
    if "<" in text:
        found += _find_markdown_in_html(text)
        text = blank_html_blocks(text)  # where rows and numbers are text
    if "|" in text:
        found += _find_lost_cells(text)
    for line, number, shown in find_miscounted_lists(text):
        message = f"the page shows {shown}. where {number}. is written: lists count on from their first number"
        hint = f"Write {number}\\. where the number is a part of the text, or number the list without a gap."
        found.append((line, message, hint))
    for line, message, hint in sorted(dict.fromkeys(found)):
        yield Violation((), message, hint, line)


def _find_front_matter(markdown: str) -> Iterator[tuple[int, str, str]]:
    if "---\n" in markdown and (match := _FRONT_MATTER.search(blank_code(markdown))):
        message = "this is a second front matter, which the page shows as text"
        yield markdown.count("\n", 0, match.start()), message, "Move its fields to the first one, or delete it."


def _find_unclosed(markdown: str) -> Iterator[tuple[int, str, str]]:
    """Yield the first fence of code that nothing closes, a comment that nothing closes, and stars without partner."""
    lines = markdown.split("\n") if may_have_fences(markdown) else []
    for line in find_fences(lines)[1][:1]:
        message = f'nothing ends the code that "{lines[line].strip()[:20]}" begins, and the page shows it as text'
        yield line, message, "Write the same mark on a line of its own below the code."
    text = blank_code(markdown)
    start = text.rfind("<!--")
    if start >= 0 and "-->" not in text[start:]:
        message = "nothing ends this comment, and the page shows it as text"
        yield text.count("\n", 0, start), message, "Write --> at its end."
    if "**" in text:
        yield from _find_single_stars(prose.blank_comments(text))


def _find_single_stars(text: str) -> Iterator[tuple[int, str, str]]:
    position = 0
    for paragraph in text.split("\n\n"):
        runs = list(_TWO_STARS.finditer(paragraph)) if "**" in paragraph else []
        if len(runs) % 2:
            line = text.count("\n", 0, position + runs[-1].start())
            yield (
                line,
                "these two stars have no partner, and the page shows them",
                "Write ** behind the bold words, too.",
            )
        position += len(paragraph) + 2


def _find_marks(text: str, blocks: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    for sign, pattern, what, hint in MARKS:
        for line, match in _find_with_lines(pattern, text) if sign in text else ():
            mark = (match[1] if pattern.groups else match[0]).strip().replace("\n", " ")
            yield line, f'"{mark}" {what}', hint
    lines = text.split("\n") if "[[" in text else []
    names = dict(find_blocks(text)) if blocks else {}
    for line, match in _find_with_lines(_WIKI_LINK, text) if lines else ():
        if line in names and names[line] not in blocks:
            yield line, f'"{match[0]}" is no block, and the page shows it as text', suggest_nearest(names[line], blocks)
        elif line not in names and not parse_embed_line(lines[line]):
            yield line, f'"{match[0]}" is a link of a wiki, which the page shows as text', _WIKI_HINT


def _find_undefined_names(text: str) -> Iterator[tuple[int, str, str]]:
    names = {_fold(match["name"]) for match in _DEFINITION.finditer(text)}
    for line, match in _find_with_lines(_REFERENCE, text):
        name = match["name"] or match["text"]
        if _fold(name) not in names and not match["text"].isdigit():  # [1][2] are two numbers
            message = f'"{match[0]}" is shown as text: no line gives the address of "{name}"'
            yield line, message, f"Write at the end: [{name}]: https://…"


def _find_faulty_footnotes(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each footnote that has no text, no mark that leads to it, or more than one text.

    Of several texts with the same name, Markdown shows only the last.
    """
    notes = list(_find_with_lines(_NOTE, text))
    names = {match["name"] for _, match in notes}
    for line, match in _find_with_lines(_NOTE_MARK, text):
        if match["name"] not in names:
            message = f'the footnote "{match[0]}" has no text'
            yield line, message, f"Write at the end: [^{match['name']}]: …"
    marked = {match["name"] for match in _NOTE_NAME.finditer(_NOTE.sub("", text))}
    seen = set[str]()
    for line, match in notes:
        name = match["name"]
        if name in seen:
            message = f'the footnote "[^{name}]" has several texts: the page shows only the last'
            yield line, message, "Give each footnote a name of its own, and mark both in the text."
        elif name not in marked:
            yield line, f'no place of the text marks the footnote "[^{name}]"', f"Write [^{name}] there, or delete it."
        seen.add(name)


def _find_lost_cells(text: str) -> Iterator[tuple[int, str, str]]:
    columns, lines = 0, text.split("\n")
    for number, line in enumerate(lines):
        if is_table_rule(line.lstrip("> \t")):
            columns = _count_cells(line)
        elif "|" not in line:
            columns = 0
        elif columns and (cells := _count_cells(line)) > columns:
            message = f"this row has {cells} cells, but the table has {columns} columns: the page shows only these"
            yield number, message, "Add a column to the head, or write \\| where a bar is a part of the text."


def _count_cells(line: str) -> int:
    row = line.lstrip("> \t").rstrip().removeprefix("|")
    return row.replace("\\|", "").removesuffix("|").count("|") + 1


def _find_markdown_in_html(text: str) -> Iterator[tuple[int, str, str]]:
    lower, end = text.lower(), 0
    for match in _HTML_BLOCK.finditer(text):
        if match.start() < end:  # within the element before
            continue
        end = lower.find(f"</{match['name'].lower()}>", match.end())
        if end < 0:
            return
        if markdown := _MARKDOWN.search(text, match.end(), end):
            message = f'"{markdown[0].strip()}" is shown as written: within <{match["name"]}> there is no Markdown'
            hint = "Write HTML in it, such as <strong>…</strong>, <a href=…>…</a> or <ul><li>…</li></ul>."
            yield text.count("\n", 0, markdown.start()), message, hint


def _find_with_lines(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield all matches with the line (from 0) on which they begin."""
    line, position = 0, 0
    for match in pattern.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line, match


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
