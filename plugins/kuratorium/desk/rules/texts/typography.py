"""The typography of German and English: quotation marks, apostrophes, dashes, ellipses, and blanks that do not break.

Only an editor's own words are judged: quotations stay as their source has them, and code, tables, HTML and addresses
are no prose. What cannot be decided, such as a mark with letters on both sides, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby

from msgspec import Struct

from ....edition import prose
from ....edition.fields import Violation
from ....edition.model import PostFile, StandalonePage
from ....languages import find_quotation_marks
from ....translations import N_

_QUOTES = N_("straight quotation marks: {language} has {opening} and {closing}")
_APOSTROPHE = N_("a straight apostrophe: print has ’")
_DASH = N_("a hyphen between blanks: a dash is –")
_ELLIPSIS = N_("three points: an ellipsis is …")
_NO_BREAK = N_("a blank at which a line may break: “{text}” stays together")
_HINT = N_("Correct it, or run kuratorium check --fix.")
_CONTEXT = 20  # characters around a slip
_NO_BREAK_SPACE = "\u00a0"

# Lines that are no prose: quotations, tables, HTML, embeds, definitions of links, attribute lists, rules.
_NOT_PROSE = re.compile(r"[ \t]*(?:>|\||<|\[\[|\[[^\]]+\]:|\{|:?-{3,}|={3,}|(?:[-*_][ ]*){3,}\Z)|[ \t]*[-*+][ ]*>")
# What within a line is no prose: targets of links, tags, addresses, attribute lists, names of files.
_HIDDEN = re.compile(r"\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|<[^<>\n]*>|\b(?:https?://|www\.)\S+|\{[^{}\n]*\}|\\.")
_APOSTROPHES = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_DASHES = re.compile(r"(?<=\S) -{1,2} (?=\S)")
_ELLIPSES = re.compile(r"(?<!\.)\.{3}(?!\.)")
_ABBREVIATIONS = re.compile(r"\b(?:z\.[ ]?B|d\.[ ]?h|u\.[ ]?a|o\.[ ]?ä|i\.[ ]?d\.[ ]?R|u\.[ ]?U|v\.[ ]?a)\.(?!\w)")
_TWO_WORDS = re.compile(r"\S*[ ]?\S*")
_SIGNS = re.compile(r"§{1,2} (?=\d)|(?<=\d) (?=[%€])")


class Slip(Struct, frozen=True, order=True):
    """A place in a body that should be written otherwise: its line, from 0, and what to put there instead."""

    line: int
    start: int
    end: int
    replacement: str
    message: str
    text: str = ""


def find_slips(body: str, lang: str) -> Iterator[Slip]:
    """Yield what a body in German or English should write otherwise, in order; never two at one place.

    Texts in other languages are not judged.
    """
    language, marks = lang.partition("-")[0].lower(), find_quotation_marks(lang)
    if not marks or not any(sign in body for sign in "\"'§%€-."):
        return
    seen = prose.blank_unseen(body).split("\n")
    is_open = False
    for number, line in enumerate(body.split("\n")):
        if not line.strip():
            is_open = False  # quotation marks are paired within a paragraph
        if line != seen[number] or _NOT_PROSE.match(line):
            continue
        text = _HIDDEN.sub(lambda match: "\0" * len(match[0]), line)
        slips = list(_find_in_line(number, text, language))
        quotes, is_open = _pair_quotes(number, text, marks, is_open=is_open)
        yield from sorted([*slips, *quotes])


def apply_slips(line: str, slips: list[Slip]) -> str:
    """Return a line with the replacements of its slips."""
    parts, position = list[str](), 0
    for slip in sorted(slips):
        parts += [line[position : slip.start], slip.replacement]
        position = slip.end
    return "".join([*parts, line[position:]])


def correct(body: str, lang: str) -> str:
    """Return a body without its slips."""
    lines = body.split("\n")
    for number, slips in groupby(find_slips(body, lang), key=lambda slip: slip.line):
        lines[number] = apply_slips(lines[number], list(slips))
    return "\n".join(lines)


def show_slip(line: str, slip: Slip) -> tuple[str, str]:
    """Return a slip with a few characters around it, as it is written and as it should be."""
    before, behind = line[max(0, slip.start - _CONTEXT) : slip.start], line[slip.end : slip.end + _CONTEXT]
    return f"{before}{line[slip.start : slip.end]}{behind}", f"{before}{slip.replacement}{behind}"


def check_typography(
    text: PostFile | StandalonePage, site_lang: str, gettext: Callable[[str], str]
) -> Iterator[Violation]:
    """Report the slips of a text, of each kind once a line."""
    lang = text.meta.lang or site_lang
    reported = set[tuple[int, str]]()
    for slip in find_slips(text.body, lang):
        if (slip.line, slip.message) not in reported:
            reported.add((slip.line, slip.message))
            opening, closing = find_quotation_marks(lang) or ("", "")
            message = gettext(slip.message).format(language=lang, opening=opening, closing=closing, text=slip.text)
            yield Violation((), message, gettext(_HINT), text.body_line + slip.line)


def _find_in_line(number: int, text: str, language: str) -> Iterator[Slip]:
    for pattern, replacement, message in (
        (_APOSTROPHES, "’", _APOSTROPHE),
        (_DASHES, " – ", _DASH),
        (_ELLIPSES, "…", _ELLIPSIS),
    ):
        for match in pattern.finditer(text):
            yield Slip(number, match.start(), match.end(), replacement, message)
    if language == "de":
        for match in (*_ABBREVIATIONS.finditer(text), *_SIGNS.finditer(text)):
            written = match[0].replace(" ", "").replace(".", f".{_NO_BREAK_SPACE}").removesuffix(_NO_BREAK_SPACE)
            written = written if "." in written else f"{written}{_NO_BREAK_SPACE}"
            words = _TWO_WORDS.match(text, match.start())
            shown = words[0].strip(".,;:)") if words else ""
            yield Slip(number, match.start(), match.end(), written, _NO_BREAK, shown)


def _pair_quotes(number: int, text: str, marks: tuple[str, str], *, is_open: bool) -> tuple[list[Slip], bool]:
    """Return the straight quotation marks of a line that can be decided, and whether one is open at its end."""
    slips: list[Slip] = []
    for match in re.finditer('"', text):
        place = match.start()
        before, behind = text[place - 1 : place], text[place + 1 : place + 2]
        opens = (not before or before in " \t([–—„»*_/") and bool(behind.strip())
        closes = bool(before.strip()) and (not behind or behind in " \t.,;:!?)]–—*_/…-\0" or not behind.isalnum())
        if opens and not is_open:
            slips.append(Slip(number, place, place + 1, marks[0], _QUOTES))
            is_open = True
        elif closes and is_open:
            slips.append(Slip(number, place, place + 1, marks[1], _QUOTES))
            is_open = False
    return slips, is_open
