"""Markdown extension for blocks that editors write otherwise than Markdown reads them.

A hashtag and a date begin a paragraph, not a heading or a list; lists may be nested by two spaces; code between fences
may have a title behind its language.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import HashHeaderProcessor
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneOListProcessor, SaneUListProcessor
from markdown.preprocessors import Preprocessor

from ...text.blocks import DAY_AND_MONTH, set_blocks_apart
from ...text.code import find_fences

_LIST_ITEM = re.compile(r"(?P<indent> *)(?:[-*+]|\d{1,9}\.) +\S")
_ANY_LIST_ITEM = re.compile(r"^[ >]*(?:[-*+]|\d{1,9}\.) ", re.M)
_QUOTE_PREFIX = re.compile(r" {0,3}>(?: {0,3}>)* ?|")
_HEADING = re.compile(r"#{2,6}|#(?=\s|\Z)")
# What ends a heading without a blank before it, as in "## C#", perhaps before an attribute list.
_LAST_MARK_OF_WORD = re.compile(r"^(#{1,6}[^\n]*?[^\s#\\]#*)#(?=[ \t]*(?:\{[^{}\n]*\}[ \t]*)?$)", re.M)
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<words>.*)")
_LANGUAGE = re.compile(r"\.?[\w#.+-]+")
_KNOWN_WORDS = re.compile(r"\{.*\}|(?:\.?[\w#.+-]*[ ]*)?(?:hl_lines=([\"']).*?\1)?")  # those of Markdown's own reader
_INDENTED_HEADING = re.compile(r" +#{1,6}(?=[ ])")
_BULLET_BELOW = re.compile(r"\n {0,3}[-*+] +(?=\S)")
_NUMBER_BELOW = re.compile(rf"\n {{0,3}}(?!{DAY_AND_MONTH})(?P<number>\d{{1,9}})\. +(?=\S)")
_NUMBER_OF_WORDS = re.compile(r"\A(\d{1,9})\.(?= )")
_TAB = 4  # spaces that Markdown's lists need for a level


class BlocksExtension(Extension):
    """Markdown extension that replaces its readers of headings and numbered lists."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Register the processors with Markdown's own names and priorities.

        Lines are spaced after raw HTML (priority 20) and code (25) are taken out.
        """
        md.preprocessors.register(_FencePreprocessor(md), "fence-words", 26)
        md.preprocessors.register(_ListIndentPreprocessor(md), "list-indent", 15)
        md.parser.blockprocessors.register(_HeadingProcessor(md.parser), "hashheader", 70)
        md.parser.blockprocessors.register(_NumberedListProcessor(md.parser), "olist", 40)
        md.parser.blockprocessors.register(_BulletListProcessor(md.parser), "ulist", 30)


class _FencePreprocessor(Preprocessor):
    """Takes code between fences out, also where Markdown's own reader would take it for text.

    That is code in a list or a quotation, and code with more than its language behind the fence, as other generators
    have it: ```js {1,3} or ```sh title="a b".
    """

    def run(self, lines: list[str]) -> list[str]:
        if "fenced_code_block" not in self.md.preprocessors:  # short texts have no such code
            return lines
        output: list[str] = []
        position = 0
        for fence in find_fences(lines)[0]:
            output += lines[position : fence.start]
            code = map(fence.dedent, lines[fence.start + 1 : fence.end])
            block = [_delete_words_of_fence(fence.mark + fence.words), *code, fence.mark]
            placeholder = "".join(self.md.preprocessors["fenced_code_block"].run(block))
            mark = fence.quote.rstrip()
            output += [] if fence.item else [mark]
            output += [f"{fence.quote}{fence.indent}{fence.item}{placeholder}", mark]
            position = fence.end + 1
        return [*output, *lines[position:]]


def _delete_words_of_fence(line: str) -> str:
    match = _FENCE.match(line)
    words = match["words"].strip(" ") if match else ""
    if not match or _KNOWN_WORDS.fullmatch(words):
        return line
    language = _LANGUAGE.match(words)
    return match["fence"] + (language[0] if language else "")


class _HeadingProcessor(HashHeaderProcessor):
    """Reads headings; one # needs a space (https://spec.commonmark.org/0.31.2/#atx-headings), or it is a hashtag."""

    RE = re.compile(
        HashHeaderProcessor.RE.pattern.replace("#{1,6}", r"#{2,6}|#(?=\s|\Z)", 1)
        # Markdown's own pattern knows no backslash at the end of a line.
        .replace(r"[^\\#]", r"[^\\#]|\\(?=\n|$)", 1)
    )

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Read a heading; a row of # ends it only behind a blank, or it is a part of the last word."""
        blocks[0] = _LAST_MARK_OF_WORD.sub(r"\1\#", blocks[0])
        super().run(parent, blocks)


class _NumberedListProcessor(SaneOListProcessor):
    """Reads numbered lists; "16. April" begins none, and would be counted on as 17. A bullet ends the list."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser)
        self.RE = re.compile(rf"(?! {{0,3}}{DAY_AND_MONTH}){self.RE.pattern}")

    def get_items(self, block: str) -> list[str]:  # Markdown's own name
        """Return the items of a list; a number with which the words of one begin is a word, as in "1. 2. Liga"."""
        return [_NUMBER_OF_WORDS.sub(r"\1\\.", item) for item in super().get_items(block)]

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Read a list; what begins with a bullet is a block of its own."""
        _split_block(blocks, _BULLET_BELOW.search(blocks[0]))
        super().run(parent, blocks)


class _BulletListProcessor(SaneUListProcessor):
    """Reads lists with bullets; a number ends the list if it has one digit, or counts on from a list above the bullets.

    Others may begin a line of an item's words: "- Ein Fest zum" and below it "16. Geburtstag".
    """

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Read a list; what begins with such a number is a block of its own."""
        above = self.lastChild(parent)
        numbers = set("123456789")
        if above is not None and above.tag == "ol":
            numbers.add(str(int(above.get("start", "1")) + len(above)))
        matches = _NUMBER_BELOW.finditer(blocks[0])
        _split_block(blocks, next((match for match in matches if match["number"] in numbers), None))
        super().run(parent, blocks)


def _split_block(blocks: list[str], match: re.Match[str] | None) -> None:
    """Make two blocks of the first one, the second of which begins below the line break that `match` begins with."""
    if match:
        blocks[:1] = [blocks[0][: match.start()], blocks[0][match.start() + 1 :]]


class _Item(NamedTuple):
    """An open item of a list: its indent as written, and the one that its content needs for Markdown."""

    indent: int
    content: int


class _ListIndentPreprocessor(Preprocessor):
    """Indents the items and paragraphs of nested lists by as many spaces as Markdown's lists need.

    In CommonMark and in most editors two spaces are enough; Markdown's own lists would be flat without a word. Lines
    are indented further, never less, so that lists which are indented by four spaces stay as they are.
    """

    def run(self, lines: list[str]) -> list[str]:
        text = set_blocks_apart("\n".join(lines))
        lines = text.split("\n")
        if "#" not in text and not _ANY_LIST_ITEM.search(text):  # most notes
            return lines
        output: list[str] = []
        items: list[_Item] = []
        prefix, after_blank, has_paragraph, block_indent = "", True, False, 0
        for line in lines:
            marks, text = _split_quote_marks(line, [] if prefix else items)
            mark = marks.rstrip()
            if mark.count(">") != prefix.count(">"):
                items.clear()
            prefix = mark
            if text.strip():
                if _INDENTED_HEADING.match(text):
                    text, is_in_item = _place_heading(text, items)
                    output += [mark] if is_in_item and not after_blank else []
                    after_blank = after_blank or is_in_item
                is_item = bool(_LIST_ITEM.match(text))
                if is_item and has_paragraph and items and not after_blank:
                    output.append(mark)  # or Markdown would take the item for words of the paragraph above it
                has_paragraph = not is_item and (has_paragraph or after_blank)
                text = _indent(text, items, after_blank=after_blank)
                indent = len(text) - len(text.lstrip(" "))
                if is_item and indent + _TAB <= block_indent and not after_blank:
                    output.append(mark)  # or the item would stay in the list in which the block began
                    after_blank = True
                block_indent = indent if after_blank else block_indent
            after_blank = not text.strip()
            output.append(f"{marks}{text}")
            if line[:1] == "#" and _HEADING.match(
                line
            ):  # Markdown would search the rest of the block anew for each heading in it
                output.append("")
        return output


def _split_quote_marks(line: str, items: list[_Item]) -> tuple[str, str]:
    """Return the marks of a quotation with which a line begins, and the rest.

    A quotation that is indented as the words of an item belongs to it, so that the line has none.
    """
    in_item = items and line.startswith(" " * (items[-1].indent + 2))
    match = None if in_item else _QUOTE_PREFIX.match(line)
    return (match[0], line[match.end() :]) if match else ("", line)


def _place_heading(line: str, items: list[_Item]) -> tuple[str, bool]:
    """Return an indented heading as Markdown reads it, and whether it belongs to an item, below a blank line.

    One that is indented as code is stays as it is.
    """
    indent = len(line) - len(line.lstrip(" "))
    if items and indent >= items[-1].indent + 2:
        return line, indent < items[-1].indent + 2 + _TAB
    return (line.lstrip(" ") if indent < _TAB else line), False


def _indent(line: str, items: list[_Item], *, after_blank: bool) -> str:
    """Return a line that is not blank as Markdown needs it, and bring the open items up to date."""
    indent = len(line) - len(line.lstrip(" "))
    match = _LIST_ITEM.match(line)
    if not match and indent < 2 and after_blank:
        items.clear()  # a paragraph that is not indented ends all lists
    while items and match and indent < items[-1].indent + 2:
        items.pop()
    if match:
        # An item that is indented by four spaces, and stands in no list, is code.
        if items or indent < _TAB:
            wanted = items[-1].content if items else indent
            items.append(_Item(indent, (wanted if items else 0) + _TAB))
            return " " * (max(wanted, indent) - indent) + line
        return line
    around = [item for item in items if indent >= item.indent + 2]
    if not around:
        return line
    content = around[-1].content
    if line.lstrip().startswith(">") and not after_blank:
        return " " * (content - _TAB + 2) + line.lstrip()  # with more spaces, it would go on as text of the item
    return " " * (max(content, indent) - indent) + line if after_blank else line
