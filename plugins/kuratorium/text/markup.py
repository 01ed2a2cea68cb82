"""Markdown as plain text: inline marks taken off, and all but prose removed. Linear, whatever a body holds."""

from __future__ import annotations

import html
import re
import string
from collections import defaultdict
from collections.abc import Callable, Sequence

from .attribute_lists import ATTRIBUTE_LIST
from .blocks import DAY_AND_MONTH, is_table_rule, set_blocks_apart
from .code import blank_code_blocks, find_code_spans

LINK_TARGET = r"\((?:[^()]|\([^()]*\))*\)"
"""Pattern of a link's target, with one level of parentheses, as in addresses of Wikipedia."""

INLINE_LINK = re.compile(
    r"\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])+)\]\((?P<address>https?://(?:[^\s()]|\([^\s()]*\))+)\)"
    r"|<(?P<bare>https?://[^\s<>]+)>"
)
"""Pattern of the links in a line of plain text, such as the credit of a picture."""

_LINK_TEXT = r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"  # with one level of brackets
# In this order: a character without which there is no such mark, the mark, and what it leaves.
_INLINE_MARKUP = (
    ("<", re.compile(r"<(script|style)\b.*?(?:</\1>|\Z)", re.S | re.I), ""),
    ("{", re.compile(rf"(?:(?<=[*_)\]>])|\n[ ]*){ATTRIBUTE_LIST}"), ""),  # of an emphasis, a link, a paragraph
    ("!", re.compile(rf"!{_LINK_TEXT}{LINK_TARGET}"), ""),  # pictures
    ("^", re.compile(r"\[\^[^\]\[]+\]"), ""),  # marks of footnotes
    ("[", re.compile(rf"{_LINK_TEXT}(?:{LINK_TARGET}|\[[^\]\[]*\])"), r"\1"),  # links
    ("<", re.compile(r"<(?:mailto:)?(https?://[^<>]+|[\w.+-]{1,64}@[\w-]+\.[\w.-]+)>"), r"\1"),
    ("<", re.compile(r"<br\s*/?>"), " "),
    ("<", re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
)
# The words may hold "a == b"; nothing is searched beyond the next == that is none of these.
HIGHLIGHT = r"(?<!=)==(?![=\s])((?:[^=]|=(?!=)|(?<=\s)==(?=\s))+)(?<![=\s])==(?!=)"
"""Pattern of words that stand out, and of some comparisons; `is_comparison` tells."""
_HIGHLIGHT = re.compile(HIGHLIGHT)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);")  # without its end, "&copy" is text
_LINE_BREAK = re.compile(r"(?<!\\)\\\n")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|@-])")
EMPHASIS_RUN = re.compile(r"\*+|_+")
"""Pattern of stars or underscores, which are emphasis or text."""

# What follows the mark of a gendered word: Schüler**innen, jede**r.
_GENDER_ENDING = re.compile(r"innen|(?:in|r|n|m|s|e|en|er|em|es)(?![^\W_])")
_GENDER_AFTER_HYPHEN = re.compile(r"-?in(?:nen)?(?![^\W_])")
_CLOSING_SIGNS = frozenset(".,;:!?)]/…")
_WHITESPACE = re.compile(r"\s")
# Unicode's noncharacters, which no text holds, stand for literal signs while marks are taken off: 32 for 32.
_PROTECT = {ord(sign): 0xFDD0 + place for place, sign in enumerate(string.punctuation)}
_UNPROTECT = {replacement: sign for sign, replacement in _PROTECT.items()}
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef]")

_LIST_MARK = re.compile(rf"[ \t]*(?:[-*+]|(?!{DAY_AND_MONTH})\d{{1,9}}\.)[ \t]+(?=\S)")
_ANY_LIST_MARK = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}\.)[ \t]", re.M)
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\[\]\n]+)\]:[ \t]*\S", re.M)
_REFERENCE = re.compile(r"\[(?P<text>[^\[\]\n]+)\](?:[ ]?\[(?P<name>[^\[\]\n]*)\]|(?![\[(:]))")


def strip_markdown(text: str) -> str:
    """Return the words of inline Markdown as plain text on one line; code and escaped characters stay as written."""
    text = _NONCHARACTERS.sub("", text)
    if "`" in text:
        text = _protect_code(text)
    if "\\" in text:
        text = _LINE_BREAK.sub(" ", text)
        text = _ESCAPE.sub(lambda match: match[1].translate(_PROTECT), text)
    for sign, pattern, replacement in _INLINE_MARKUP:
        if sign in text:
            text = pattern.sub(replacement, text)
    if "*" in text or "_" in text:
        text = _strip_emphasis(text)
    if "==" in text:
        text = _HIGHLIGHT.sub(_take_off_highlight, text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if _NONCHARACTERS.search(text):
        text = text.translate(_UNPROTECT)
    return " ".join(text.split())


def remove_blocks(body: str) -> str:
    """Return a body without code, tables and marks of lists, and with links by name as their text."""
    text = blank_code_blocks(body)
    if "|" in text:
        text = _blank_tables(text)
    text = set_blocks_apart(text)
    if _ANY_LIST_MARK.search(text):
        text = _take_off_list_marks(text)
    return _replace_references(text) if "]:" in text else text


def _replace_references(text: str) -> str:
    """Return a body in which links whose address is at its end are their words: [words][name], [name][], [name]."""
    names = {name.casefold() for name in _DEFINITION.findall(text)}

    def get_words(link: re.Match[str]) -> str:
        return link["text"] if (link["name"] or link["text"]).casefold() in names else link[0]

    return _REFERENCE.sub(get_words, text) if names else text


def is_comparison(text: str, start: int, end: int) -> bool:
    """Return whether what HIGHLIGHT matched is a part of comparisons, such as "x==1 and y==2", or of an address."""
    return text[max(start - 1, 0) : start].isalnum() and text[end : end + 1].isalnum()


def _take_off_highlight(match: re.Match[str]) -> str:
    return match[0] if is_comparison(match.string, match.start(), match.end()) else match[1]


def _take_off_list_marks(text: str) -> str:
    # A mark within a paragraph, such as a number at the beginning of a line, is text.
    lines, in_list, previous = text.split("\n"), False, ""
    for number, line in enumerate(lines):
        match = _LIST_MARK.match(line)
        in_list = bool(match) if not previous.strip() else in_list
        previous = line
        if in_list and match:
            lines[number] = line[match.end() :]
    return "\n".join(lines)


def _blank_tables(text: str) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if is_table_rule(line):
            _blank_table(lines, number)
    return "\n".join(lines)


def _blank_table(lines: list[str], rule: int) -> None:
    """Blank the head and the rows of a table, whose rule is line number `rule`."""
    lines[max(rule - 1, 0) : rule + 1] = [""] * (rule + 1 - max(rule - 1, 0))
    for number in range(rule + 1, len(lines)):
        if "|" not in lines[number]:
            return
        lines[number] = ""


def _protect_code(text: str) -> str:
    parts, position = [], 0
    for start, end, inner_start, inner_end in find_code_spans(text):
        parts += [text[position:start], text[inner_start:inner_end].translate(_PROTECT)]
        position = end
    return "".join([*parts, text[position:]])


def find_marks_in_words(text: str) -> set[int]:
    """Return where the stars and underscores begin that are parts of words, as in "Kolleg*innen", and no emphasis.

    One mark between two letters always is, two or three stars if their partner would be in another word: those in
    "Schüler**innen und Lehrer**innen" are text, those in "un**glaub**lich" are emphasis. So is a mark that can only
    end emphasis where none is open ("Trans**, Inter**"), and one before an ending ("Lehrer/*in", "Lehrer*-innen").
    """
    runs = list(EMPHASIS_RUN.finditer(text))
    following, outer = _find_following(runs), _find_following(runs, lambda run: not _is_between(text, run))
    found: set[int] = set()
    open_counts: dict[str, int] = defaultdict(int)
    for run in runs:
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        next_run = following.get(run.start())
        if _is_between(text, run):
            partner = outer.get(run.start()) if open_counts[run[0]] else next_run
            if len(run[0]) == 1 or _is_in_word(text, run, partner, is_open=bool(open_counts[run[0]])):
                found.add(run.start())
            else:
                open_counts[run[0]] = 0 if open_counts[run[0]] else 1
        elif before.strip() and not after.isalnum():
            if open_counts[run[0]]:
                open_counts[run[0]] -= 1
            elif before.isalnum() and _is_stray(text, run, next_run):
                found.add(run.start())
        elif before == "/" and text[run.start() - 2 : run.start() - 1].isalnum():
            if _GENDER_AFTER_HYPHEN.match(text, run.end()):
                found.add(run.start())
            else:
                open_counts[run[0]] += 1
        elif after.strip():
            open_counts[run[0]] += 1
    return found


def _is_in_word(text: str, run: re.Match[str], partner: re.Match[str] | None, *, is_open: bool) -> bool:
    """Return whether several marks between two letters are a part of their word.

    `partner`: the next run of as many; if emphasis is open, the next that is not between letters.
    """
    if run[0][0] == "_":  # never emphasis within a word
        return True
    ending = _GENDER_ENDING.match(text, run.end())
    if is_open:  # these marks end it, unless others do behind an ending
        return bool(ending and partner and text[partner.start() - 1].strip())
    if not partner or not _WHITESPACE.search(text, run.end(), partner.start()):
        return not partner
    return bool(ending) or _is_between(text, partner)


def _is_stray(text: str, run: re.Match[str], next_run: re.Match[str] | None) -> bool:
    """Return whether a mark behind a word, where no emphasis is open, would begin one only by mistake."""
    after = text[run.end() : run.end() + 1]
    if after == "-":
        return bool(_GENDER_AFTER_HYPHEN.match(text, run.end()))
    return not next_run or after in _CLOSING_SIGNS


def _is_between(text: str, run: re.Match[str]) -> bool:
    return text[run.start() - 1 : run.start()].isalnum() and text[run.end() : run.end() + 1].isalnum()


def _find_following(
    runs: Sequence[re.Match[str]], counts: Callable[[re.Match[str]], bool] = lambda _: True
) -> dict[int, re.Match[str]]:
    """Return for the start of each run the next one of as many of the same signs that counts."""
    following: dict[int, re.Match[str]] = {}
    latest: dict[str, re.Match[str]] = {}
    for run in reversed(runs):
        if run[0] in latest:
            following[run.start()] = latest[run[0]]
        if counts(run):
            latest[run[0]] = run
    return following


def _strip_emphasis(text: str) -> str:
    """Return a text without the stars and underscores of emphasis; those within or between words stay.

    A mark opens before a word and closes after one (https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run):
    the star in "Kolleg*innen" and that in "3 * 4" do neither.
    """
    open_runs: dict[str, list[re.Match[str]]] = defaultdict(list)
    removed = []
    in_words = find_marks_in_words(text)
    for run in EMPHASIS_RUN.finditer(text):
        if run.start() in in_words:
            continue
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        is_star = run[0][0] == "*"  # which may stand beside a letter: **„Zitat“**ende
        if before.strip() and (is_star or not after.isalnum()) and open_runs[run[0]]:
            removed += [open_runs[run[0]].pop().span(), run.span()]
        elif after.strip() and (is_star or not before.isalnum()):
            open_runs[run[0]].append(run)
    parts, position = [], 0
    for start, end in sorted(removed):
        parts.append(text[position:start])
        position = end
    return "".join([*parts, text[position:]])
