"""Convert plain bodies without python-markdown, whose HTML this gives byte for byte in a fraction of the time.

Most bodies hold paragraphs, headings, flat lists and quotations. What has no rule here is not converted: the caller
asks python-markdown. So a rule must be right for all that it matches, and may match as little as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape

from ...edition import prose
from ...text.blocks import DAY_AND_MONTH
from ...text.markup import find_marks_in_words
from ...urls import normalize_url

_UNKNOWN = re.compile(r"[\\<|\x00-\x09\x0b-\x1f\x7f]")  # escapes, HTML, tables, control characters
# Spaces at a line's end, unless they are the two of a line break.
_TRAILING_SPACE = re.compile(r"\n(?<=[^\S\n]\n)(?<!\S  \n)")

# What may begin a line of text. Of ASCII, what begins no block; beyond it, all but spaces, digits and bullets.
_BEGIN = (
    r"(?:[a-zA-Z\"'($%,./;?@&\[]|!(?!\[)|#(?=[^\W_])|`(?!`)|\*{1,2}(?=[^\s*])|\d+(?![\d.])|\d+\.(?=[^\s\d])"
    rf"|(?={DAY_AND_MONTH})|[^\x00-\x7f\s\d•·▪‣])"
)
_TEXT = re.compile(rf"{_BEGIN}[^\n]*(?:\n{_BEGIN}[^\n]*)*")
# A row of # behind a blank would end the heading; others are a part of the last word, as in "C#".
_HEADING = re.compile(r"(?P<marks>#{2,6}) (?P<words>[^\s#](?:[^\n]*[^\s#])?#*)(?:\n(?P<rest>.+))?", re.S)
_BULLETS = re.compile(rf"(?P<mark>[-*+]) +{_BEGIN}[^\n]*(?:\n(?P=mark) +{_BEGIN}[^\n]*)*")
_NUMBERS = re.compile(rf"1\. +{_BEGIN}[^\n]*(?:\n\d+\. +{_BEGIN}[^\n]*)*")
_QUOTE = re.compile(r"> \S[^\n]*(?:\n> \S[^\n]*)*")
_CREDIT = re.compile(r"[—–―] +(?P<credit>\S[^\n]*)")

_CODE = re.compile(r"`[^`]*`")
_SINGLE_IN_WORD = re.compile(r"[^\W_][*_][^\W_]")  # of the marks that are parts of words, the only ones known here
_INLINE_MARK = re.compile(r"[\[\]{}`*_&>]")
_WORDS = r"(?!\s)[^\[\]{}`*_&>]+(?<!\s)"
_ADDRESS = r"[^\s()<>\[\]\"'`*^;&\\|]+(?:&[a-zA-Z][^\s()<>\[\]\"'`*^;&\\|]*)*"
_INLINE = re.compile(
    rf"(?<!!)\[(?P<text>{_WORDS})\]\((?P<address>{_ADDRESS})\)"
    rf"|(?<!!)\[(?P<bracketed>{_WORDS})\](?!\s?[\[(]|:)"
    r"|(?<!`)`(?P<code>[^\s`&](?:[^`\n&]*[^\s`&])?)`(?!`)"
    r"|(?P<in_word>(?<=[^\W_])[*_](?=[^\W_]))"
    r"|(?P<stars>(?<!\*)\*{1,2}(?!\*))"
    r"|(?P<ampersand>&(?!\#|\w+;))"
    r"|(?P<greater>>)"
)
_TAG = re.compile(r"<[^>]+>")
_EMPHASIS = {"*": "em", "**": "strong"}


class _UnknownMarkupError(Exception):
    """A body holds something without a rule here."""


def convert_plain_body(body: str, languages: Mapping[str, str], build_anchor: Callable[[str], str]) -> str | None:
    """Return the HTML of a body as python-markdown with our extensions gives it; None if it has no rule for a part.

    `body` is that of no conversation, without unsafe characters. `languages` are those of quoted works, by normalised
    address. `build_anchor` gives the id of a heading's text.
    """
    if _UNKNOWN.search(body) or "==" in body or _TRAILING_SPACE.search(body):
        return None
    try:
        return "\n".join(_Converter(languages, build_anchor).convert_blocks(body.split("\n\n")))
    except _UnknownMarkupError:
        return None


class _Converter:
    """Converts one body; raises _UnknownMarkupError at the first part without a rule."""

    def __init__(self, languages: Mapping[str, str], build_anchor: Callable[[str], str]) -> None:
        self._languages = languages
        self._build_anchor = build_anchor

    def convert_blocks(self, blocks: Iterable[str]) -> Iterator[str]:
        was_list = False
        for block in blocks:
            text: str | None = block.strip("\n")
            if text and (heading := _HEADING.fullmatch(text)):
                yield self._convert_heading(heading)
                text, was_list = heading["rest"], False
            if not text:
                continue
            if _TEXT.fullmatch(text):
                yield self._convert_paragraph(text)
                was_list = False
            elif _QUOTE.fullmatch(text):
                yield self._convert_quotation([line[2:] for line in text.split("\n")])
                was_list = False
            elif was_list:  # its items would go on in the list above
                raise _UnknownMarkupError
            else:
                yield self._convert_list(text)
                was_list = True

    def _convert_paragraph(self, text: str) -> str:
        if text[-1].isspace():
            raise _UnknownMarkupError
        html = self._convert_inline(text).replace("  \n", "<br>\n")
        return f"<p>{html}</p>"

    def _convert_heading(self, match: re.Match[str]) -> str:
        html = self._convert_inline(match["words"])
        anchor = self._build_anchor(" ".join(unescape(_TAG.sub("", html)).split()))
        level = len(match["marks"])
        return f'<h{level} id="{anchor}">{html}</h{level}>'

    def _convert_list(self, block: str) -> str:
        lines = block.split("\n")
        if _BULLETS.fullmatch(block):
            tag = "ul"
        elif _NUMBERS.fullmatch(block):
            tag = "ol"
            if any(not line.startswith(f"{number}. ") for number, line in enumerate(lines, 1)):
                raise _UnknownMarkupError
        else:
            raise _UnknownMarkupError
        html = [f"<{tag}>"]
        for line in lines:
            if line[-1].isspace() or re.match(DAY_AND_MONTH, line):
                raise _UnknownMarkupError
            html.append(f"<li>{self._convert_inline(line.partition(' ')[2].lstrip(' '))}</li>")
        return "\n".join([*html, f"</{tag}>"])

    def _convert_quotation(self, lines: list[str]) -> str:
        # The quotation ends at the first line that links to a source, or is credited to none.
        if any(map(prose.is_linked_attribution, lines[:-1])) or prose.has_source_above(lines):
            raise _UnknownMarkupError
        if not prose.is_attribution(lines[-1]):
            return f"<blockquote>\n{self._convert_quoted_lines(lines)}\n</blockquote>"
        match = _CREDIT.fullmatch(lines.pop())
        if not match or not lines or match[0][-1].isspace():
            raise _UnknownMarkupError
        caption = self._convert_inline(f"— {match['credit']}", is_caption=True)
        return (
            f'<figure class="quotation">\n<blockquote{self._cite(match["credit"])}>\n'
            f"{self._convert_quoted_lines(lines)}\n</blockquote>\n"
            f"<figcaption>{caption}</figcaption>\n</figure>"
        )

    def _convert_quoted_lines(self, lines: list[str]) -> str:
        text = "\n".join(lines)
        if not _TEXT.fullmatch(text):
            raise _UnknownMarkupError
        return self._convert_paragraph(text)

    def _cite(self, credit: str) -> str:
        """Return the attributes of a quotation with this credit."""
        address = prose.find_source_address(credit)
        if not address:
            return ""
        if not re.fullmatch(_ADDRESS, address):
            raise _UnknownMarkupError
        language = self._languages.get(normalize_url(address)) if self._languages else None
        return f' cite="{_escape(address)}"' + (f' lang="{language}"' if language else "")

    def _convert_inline(self, text: str, *, is_caption: bool = False) -> str:
        if not _INLINE_MARK.search(text):
            return text
        if "*" in text:
            words = _CODE.sub("\0", text)
            if any(not _SINGLE_IN_WORD.match(words, place - 1) for place in find_marks_in_words(words)):
                raise _UnknownMarkupError
        parts: list[str] = []
        position, open_mark = 0, ""
        while mark := _INLINE_MARK.search(text, position):
            match = _INLINE.match(text, mark.start())
            if not match:
                raise _UnknownMarkupError
            parts.append(text[position : match.start()])
            position = match.end()
            kind = match.lastgroup
            if kind == "stars":
                parts.append(_convert_stars(match, open_mark))
                open_mark = "" if open_mark else match[0]
            elif kind == "address":
                parts.append(self._convert_link(match, is_caption=is_caption))
            elif kind == "code":
                parts.append(f"<code>{_escape(match['code'])}</code>")
            else:
                parts.append(_escape(match[0]))
        if open_mark:
            raise _UnknownMarkupError
        return "".join([*parts, text[position:]])

    def _convert_link(self, match: re.Match[str], *, is_caption: bool) -> str:
        address = match["address"]
        attributes = f'href="{_escape(address)}"'
        if self._languages and (language := self._languages.get(normalize_url(address))):
            attributes += f' hreflang="{language}"' + (f' lang="{language}"' if is_caption else "")
        return f"<a {attributes}>{match['text']}</a>"


def _convert_stars(match: re.Match[str], open_mark: str) -> str:
    """Return the tag of stars next to a word; `open_mark` are those that they may close."""
    text, start, end = match.string, match.start(), match.end()
    if open_mark:
        if match[0] != open_mark or text[start - 1].isspace():
            raise _UnknownMarkupError
        return f"</{_EMPHASIS[open_mark]}>"
    if end == len(text) or text[end].isspace():
        raise _UnknownMarkupError
    return f"<{_EMPHASIS[match[0]]}>"


def _escape(text: str) -> str:
    """Return a text or an address without entities and quotes as HTML has it."""
    return text.replace("&", "&amp;").replace(">", "&gt;")
