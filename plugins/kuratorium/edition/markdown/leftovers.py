"""Marks of other programs (Obsidian, Jekyll, Word) that a page would show as they are, and what Markdown loses.

The functions read the Markdown, so that an editor learns the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...text.attribute_lists import ATTRIBUTE_LIST
from ...text.blocks import find_miscounted_lists, is_table_rule
from ...text.code import blank_code
from ...text.html_blocks import blank_html_blocks
from .. import prose
from ..embeds import parse_embed_line
from ..fields import Violation

_LETTER = r"[^\W\d_]"
_ADMONITIONS = (
    "abstract|attention|bug|caution|danger|error|example|failure|hint|important|info|note|question|quote|success|"
    "summary|tip|warning"
)
# What begins the first two items of a list elsewhere, but not here, and what stands behind it.
_FOREIGN_ITEMS = (
    *((first, second, r"\s") for first, second in (("1)", "2)"), ("(1)", "(2)"), ("1.)", "2.)"), ("a)", "b)"))),
    ("1.", "2.", rf"(?:{_LETTER}|\u00a0)"),
    ("-", "-", rf"(?:{_LETTER}|\u00a0)"),
    ("–", "–", r"[ \u00a0]"),
    ("*", "*", r"\u00a0"),
)
# A sign without which there is no such mark (quicker to look for), pattern, message and hint. The pattern's first
# group, or else all of it, is what the message cites.
_LEFTOVERS = (
    (
        "![[",
        re.compile(r"!\[\[[^\[\]\n]+\]\]"),
        "is a picture or note of Obsidian, which the page shows as text",
        "Write ![what it shows]({static}/images/…), with the file below content/images/.",
    ),
    (
        "%%",
        re.compile(r"%%[^%\n]+%%"),
        "is a comment of Obsidian, which the page shows as text",
        "Write <!-- … -->, or delete it.",
    ),
    (
        "[!",
        re.compile(r"^[ ]{0,3}>[> ]*(\[![a-zA-Z-]+\][+-]?)(?![(\[:])", re.M),
        "begins a callout of Obsidian or GitHub, which the page shows as a quotation with these words",
        "Delete the mark and the > before the lines, or write them as a paragraph.",
    ),
    (
        "{",
        re.compile(r"\{\{[^{}\n]+\}\}|\{%[^{}\n]+%\}|\{::?[ ]*[a-z_]+\b[^{}=\n]*\}"),
        "is a mark of Jekyll or another generator, which the page shows as text",
        "Delete it, or write what it stands for.",
    ),
    (
        "{:",
        # Behind a heading or an emphasis, in a table and below a paragraph, it is read.
        re.compile(
            rf"^(?:(?![ ]{{0,3}}#)[^\n|{{}}]*[\w.,;:!?][ ]*|(?<=\n\n))((?=\{{:){ATTRIBUTE_LIST})"
            r"(?![^\n]*\||[ ]*\n[ ]{0,3}(?:-+|=+)[ ]*$)",
            re.M,
        ),
        "gives attributes to nothing, and the page shows it as text",
        "Write it on a line of its own below the paragraph, or delete it.",
    ),
    (
        "~~",
        re.compile(r"(?<![~\\])~~(?=[^\s~])[^~\n]*(?<=[^\s~])~~(?!~)"),
        "is struck through elsewhere, but the page shows it as it is",
        "Write <del>…</del>, or delete it.",
    ),
    (
        "] ",
        re.compile(r"^[> \t]*(?:[-*+]|\d{1,9}\.)[ ]+(\[[ xX]\])[ ]+(?=\S)", re.M),
        "is a box of a list of tasks, which the page shows as text",
        "Delete it, or write in words what is done.",
    ),
    (
        "[",
        re.compile(
            r"\[(?:(?:audio|caption|embed|gallery|playlist|video)[ ]+[a-z_]+=[^\[\]\n]*\](?![(\[])"
            r"|(?:audio|embed|video)\](?=[^\[\n]*\[/(?:audio|embed|video)\])"
            r"|gallery\](?<=\n\[gallery\])[ ]*(?=\n|\Z))"
        ),
        "is a mark of WordPress, which the page shows as text",
        "Delete it with its end, or write ![what it shows]({static}/images/…) or an embed such as [[youtube:…]].",
    ),
    (
        "[TOC]",
        re.compile(r"^[ ]{0,3}\[TOC\][ ]*$", re.M),
        "stands for a table of contents elsewhere, but the page shows it as text",
        "Delete it.",
    ),
    (
        "^[",
        re.compile(r"(?<!\\)\^\[[^\[\]\n]+\](?![(\[:])"),
        "is a footnote of Obsidian or Pandoc, which the page shows as text",
        "Write [^name] in its place, and at the end: [^name]: …",
    ),
    (
        "*[",
        re.compile(r"^\*\[[^\[\]\n]+\]:(?=[ ])", re.M),
        "explains an abbreviation elsewhere, but the page shows it as text",
        "Explain it where it is used, and delete this line.",
    ),
    (
        ":::",
        re.compile(r"^[ ]{0,3}(:{3,}[ ]*\{?\.?[a-z][\w-]*)", re.M),
        "begins a block of another generator, and the page shows it as text",
        "Delete it and the ::: at its end.",
    ),
    (
        "!!! ",
        re.compile(rf"^[ ]{{0,3}}(!!! (?:{_ADMONITIONS}))\b", re.M),
        "begins a block of MkDocs, and the page shows it as text",
        "Delete it, and the blanks before the lines below it.",
    ),
    *(
        (
            f"\n{second}",
            # Two blanks at the end of a line break it.
            re.compile(
                rf"^({re.escape(first)})(?={behind})[^\n]*(?<!  )\n{re.escape(second)}(?={behind})",
                re.M,
            ),
            "begins no list, and the page shows it and the next lines as one",
            'Begin the lines with "1. ", "2. " or "- ", or put blank lines between them.',
        )
        for first, second, behind in _FOREIGN_ITEMS
    ),
    (
        "\ufffd",
        re.compile(r"[^\s\ufffd]{0,20}\ufffd[^\s]{0,20}"),
        "holds a character that got lost when the text was copied or converted",
        "Write the word anew.",
    ),
    (
        "Ã",
        re.compile(r"[^\sÃ]{0,20}Ã[¼¤¶Ÿ„œ–©¨§¡³±\u0084\u0096\u009c\u009f]\S{0,20}"),
        "was read in a wrong encoding: a letter became two",
        "Write the word anew, and save the file as UTF-8.",
    ),
    (
        "â€",
        re.compile(r"[^\sâ]{0,20}â€[žœ“”™\u02dc¦\u009d]\S{0,20}"),
        "was read in a wrong encoding: a mark became three",
        "Write it anew, and save the file as UTF-8.",
    ),
)
_WIKI_LINK = re.compile(r"(?<![!\[])\[\[[^\[\]\n]+\]\](?![(\[:\]])")
_WIKI_HINT = "Write [words]({filename}/essays/….md) for a link, or \\[\\[ for brackets."
_REFERENCE = re.compile(r"(?<![\]\w\\])!?\[(?P<text>[^\[\]\n^][^\[\]\n]*)\]\[(?P<name>[^\[\]\n]*)\]")
_NOTE_MARK = re.compile(r"(?<!\\)\[\^(?P<name>[^\[\]\s]+)\](?!\(|:)")
_NOTE_NAME = re.compile(r"(?<!\\)\[\^(?P<name>[^\[\]\s]+)\]")
_NOTE = re.compile(r"^[ ]{0,3}\[\^(?P<name>[^\[\]\s]+)\]:", re.M)
_DEFINITION = re.compile(r"^[ ]{0,3}\[(?!\^)(?P<name>[^\]\n]+)\]:", re.M)
# With two fields at least: a sentence between two rules is no front matter.
_FRONT_MATTER = re.compile(r"^---[ ]*\n(?:[a-z][a-z_]*:(?:[ ][^\n]*)?\n(?:(?:-[ ]|[ ])[^\n]*\n)*){2,}---[ ]*$", re.M)
_HTML_BLOCK = re.compile(r"^<(?P<name>details|div|section|figure|aside|center)\b[^<>]*>", re.M | re.I)
_MARKDOWN = re.compile(
    r"\*\*[^*\s][^*\n]*\*\*|(?<!\])\[[^\[\]\n]+\]\([^()\s]+\)|^(?:[-*] |#{2,6} |> |\d\. )(?=\S)", re.M
)


def find_leftovers(markdown: str) -> Iterator[Violation]:
    """Yield marks that the page would show, and words that it would not; the violations have lines from 0."""
    text = prose.blank_unseen(markdown)
    found = list(_find_front_matter(markdown))
    found += _find_marks(blank_html_blocks(text, "pre") if "<" in text else text)
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


def _find_marks(text: str) -> Iterator[tuple[int, str, str]]:
    for sign, pattern, what, hint in _LEFTOVERS:
        for line, match in _find_with_lines(pattern, text) if sign in text else ():
            mark = match[1] if pattern.groups else match[0].strip()
            yield line, f'"{mark}" {what}', hint
    lines = text.split("\n") if "[[" in text else []
    for line, match in _find_with_lines(_WIKI_LINK, text) if lines else ():
        if not parse_embed_line(lines[line]):
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
