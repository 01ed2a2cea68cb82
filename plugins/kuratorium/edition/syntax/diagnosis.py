"""What an editor probably meant by text that is not YAML: the line to look at, what is wrong there, what to write.

libyaml says where it gave up and in the terms of its grammar. The slip is on that line or on one above it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from . import characters

_KEY = r"(?P<key>[ ]*(?:- +)?[\w.-]+:[ ]+)"
_ODD = "\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_LINES_ABOVE = 2  # how far above the line that libyaml names a slip is looked for


class Slip(Struct, frozen=True):
    """A way in which a line is no YAML: its `pattern`, and what its match means as message and hint."""

    pattern: re.Pattern[str]
    explain: Callable[[re.Match[str]], tuple[str, str]]


def diagnose(text: str, line: int) -> tuple[int, str, str] | None:
    """Return line, message and hint for YAML text that cannot be parsed; None if no known slip is there.

    `line` (from 1) is where the parser stopped.
    """
    lines = text.split("\n")
    for number in _list_candidates(lines, line):
        for slip in SLIPS:
            if match := slip.pattern.match(lines[number - 1]):
                return number, *slip.explain(match)
    return None


def quote(value: str) -> str:
    """Return a value in the quotation marks in which YAML takes it as it is."""
    if '"' in value and "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def suggest_text(value: object) -> str:
    """Return how a value that YAML did not read as text would be one."""
    if value is None:
        return 'Write text; put it in quotes if it begins with "#".'
    if isinstance(value, int | float):
        return "Put it in quotes."
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return f'Put it in quotes: "[{", ".join(value)}]"'
    return 'Put it in quotes; text needs them if it holds ": " or begins with a bracket.' if value else "Write text."


def _list_candidates(lines: list[str], line: int) -> Iterator[int]:
    """Yield the numbers of lines to look at: that at which the parser stopped, then up to two with text above it."""
    above = [number for number in range(min(line, len(lines)), 0, -1) if lines[number - 1].strip()]
    yield from above[: _LINES_ABOVE + 1]


def _explain_odd_blank(match: re.Match[str]) -> tuple[str, str]:
    name = characters.name_character(match["odd"])
    return f"{name} where a blank belongs", "Replace it by an ordinary blank; it often comes with copied text."


def _explain_indicator(match: re.Match[str]) -> tuple[str, str]:
    message = f'a value that begins with "{match["value"][0]}" is no plain text in YAML'
    return message, _suggest_quotes(match, match["value"].strip())


def _explain_after_quote(match: re.Match[str]) -> tuple[str, str]:
    value = match["value"].strip()
    # In 'Geht's noch' the apostrophe ends the value; in "Foo" bar the marks belong to it.
    inner = value[1:-1] if value[-1] == value[0] else value
    return "the value goes on after its closing quotation mark", _suggest_quotes(match, inner)


def _explain_colon(match: re.Match[str]) -> tuple[str, str]:
    return 'the value contains ": ", which begins another value', _suggest_quotes(match, match["value"].strip())


def _explain_comment(_: re.Match[str]) -> tuple[str, str]:
    hint = 'Put what contains "#" into quotes, as in [one, "two #3"].'
    return 'a "#" after a blank begins a comment, so the bracket is never closed', hint


def _explain_typographic_end(match: re.Match[str]) -> tuple[str, str]:
    inner = match["value"].strip()[1:-1]
    return f'the value begins with " and ends with {match["end"]}', _suggest_quotes(match, inner)


def _suggest_quotes(match: re.Match[str], value: str) -> str:
    shown = characters.clean(value) if characters.has_typographic_quotes(value) else value
    return f"Put it in quotes: {match['key'].strip()} {characters.escape(quote(shown))}"


# The first that matches explains a line, so what is surely wrong comes before what is only likely so.
SLIPS = (
    Slip(re.compile(rf"[ ]*(?P<odd>[{_ODD}])"), _explain_odd_blank),
    Slip(re.compile(rf"[ ]*(?:- +)?[\w.-]+(?P<odd>[{_ODD}])[ ]*:"), _explain_odd_blank),
    Slip(re.compile(rf"[ ]*(?:- +)?[\w.-]+:[ ]*(?P<odd>[{_ODD}])"), _explain_odd_blank),
    Slip(re.compile(rf"[ ]*-(?P<odd>[{_ODD}])"), _explain_odd_blank),
    Slip(
        re.compile(r"[ ]*\t"),
        lambda _: ("a tab at the beginning of the line", "Indent with blanks: YAML allows no tabs there."),
    ),
    Slip(
        re.compile(r"[ ]*(?:- +)?[\w.-]+:\t"),
        lambda _: ("a tab after the colon", "Write a blank instead."),
    ),
    Slip(
        re.compile(rf'{_KEY}(?P<value>"[^"]*(?P<end>[{characters.CLOSING_QUOTES}])[ ]*)$'),
        _explain_typographic_end,
    ),
    Slip(re.compile(rf"{_KEY}[\[{{](?:[^\]}}\"']*[\s,\[{{])?#"), _explain_comment),
    Slip(re.compile(rf"{_KEY}(?P<value>\[[^\]]*\][ ]*[^\s,\]}}#].*)$"), _explain_indicator),
    Slip(re.compile(rf"{_KEY}(?P<value>\{{[^}}]*\}}[ ]*[^\s,\]}}#].*)$"), _explain_indicator),
    Slip(re.compile(rf"{_KEY}(?P<value>(?:[@`%*&]|!(?!!)).*)$"), _explain_indicator),
    Slip(re.compile(rf"{_KEY}(?P<value>[|>][-+0-9]*[ ]+[^\s#].*)$"), _explain_indicator),
    Slip(re.compile(rf"{_KEY}(?P<value>\"[^\"]*\"[ ]*[^\s,#].*)$"), _explain_after_quote),
    Slip(re.compile(rf"{_KEY}(?P<value>'[^']*'[ ]*[^\s,#'].*)$"), _explain_after_quote),
    Slip(
        re.compile(r'.*"[^"]*\\'),
        lambda _: ("a backslash within double quotes begins an escape", "Write it twice, or use 'single quotes'."),
    ),
    Slip(re.compile(rf"{_KEY}(?P<value>[-?](?: .*)?)$"), _explain_indicator),
    Slip(re.compile(rf"{_KEY}(?P<value>[^\"'\[{{|>#&*!].*:(?: .*)?)$"), _explain_colon),
    Slip(
        re.compile(r"[ ]*(?:- +)?[\w.-]+:[^\s/]"),
        lambda _: ("there is no blank after the colon", "Write a blank after it."),
    ),
    Slip(
        re.compile(r"[ ]+[\w.-]+:(?: |$)"),
        lambda _: (
            "the line is indented as if it belonged to the value above it",
            'Begin it below the key above; put text that goes on, and holds ": ", in quotes.',
        ),
    ),
    Slip(
        re.compile(r"[^\s#:?\-\[\]{}][^:#]*$"),
        lambda _: ("the line has no key", "Write it as key: value, or indent it if it belongs to the line above."),
    ),
    # Last, and found on the line above the one that libyaml names: a text of several lines.
    Slip(
        re.compile(r"""[^"'#]*[^\s#"'][ \t]+#"""),
        lambda _: ('a "#" after a blank begins a comment, which ends the text', "Put the whole text in quotes."),
    ),
)
