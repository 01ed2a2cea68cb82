"""The words in a Markdown body: an editor's own, quotations with their source, the turns of a conversation.

Works on lines and regular expressions, not on Markdown's own tree: it runs over all posts of an edition, and its
results need the line of each part.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ..text.attribute_lists import ATTRIBUTE_LIST
from ..text.blocks import set_blocks_apart
from ..text.code import blank_code
from ..text.markup import LINK_TARGET, remove_blocks, strip_markdown
from ..text.sentences import split_sentences

TURN_MARKER = re.compile(r"\A@(?P<speaker>[a-z0-9-]+)(?:[ ]\((?P<time>[0-9:]+)\))?:(?:[ \n]+|\Z)")
"""The beginning of a turn, "@speaker: " or "@speaker (12:30): ", at the start of a line or of a whole paragraph."""

# An unclosed comment goes on to the end (https://spec.commonmark.org/0.31.2/#html-blocks).
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_URL = re.compile(r"\b(?:https?://|www\.|mailto:)\S+")
_STANDALONE_LINKS = re.compile(rf"^[ \t]*(?:[-*+][ \t]+)?\[[^\]\n]*\](?:{LINK_TARGET}|\[[^\]\n]*\])[ \t.]*$", re.M)
_UNDERLINED_HEADING = re.compile(r"\A[^\n]*\n(?:=+|-+)[ \t]*(?=\n|\Z)")
_HEADING = re.compile(r"\A(?:#{1,6}\s|=+[ \t]*\Z|-+[ \t]*\Z)")
# Headings, definitions of links and footnotes, rules, embeds, attribute lists.
_NOT_PROSE = re.compile(rf"\A(?:#{{1,6}}\s|\[\^?[^\]]+\]:|[-*_]{{3,}}\s*\Z|\[\[.*\]\]\s*\Z|{ATTRIBUTE_LIST}\s*\Z)")
_ATTRIBUTION_DASH = re.compile(r"[—–]\s|--\s")
# "— A sentence with a [link](…) in it." is quoted, as a turn of a dialogue is; a credit ends with its link, or goes on
# with a comma, a bracket, or words without a full stop.
_END_OF_SENTENCE = re.compile(r"\A[ ]+[^\W\d_A-ZÄÖÜ][^\[\]]*[.!?…][“”»«‘’\"]*\Z")
_LINKED_ATTRIBUTION = re.compile(r"(?:[—–]|--)[ ].*?(?:\]\(<?https?://|<https?://|\]\[)")
# The marks of a quotation, perhaps behind those of list items; a quotation may stand in another.
_QUOTE_MARKS = re.compile(r"[ \t]*(?P<item>(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<marks>>(?:[ \t]?>)*)[ \t]?")
_QUESTION_END = re.compile(r"\?[“”»«‘’\")]*\Z")
_MIN_QUESTION_WORDS = 4  # a shorter one, such as "And unofficially?", makes no sense without the answer before it


class Quotation(Struct, frozen=True):
    """A quoted block.

    `line`: line of the body, from 0, on which it begins.
    `text`: its words.
    `attribution`: the line that names its source, as Markdown; empty if there is none.
    """

    line: int
    text: str
    attribution: str


class Turn(Struct, frozen=True):
    """A turn of a conversation.

    `line`: line of the body, from 0, on which it begins.
    `speaker`: the id in its marker.
    `time`: time code; empty if there is none.
    `text`: what is said, as Markdown.
    """

    line: int
    speaker: str
    time: str
    text: str


def count_words(text: str) -> int:
    """Return the number of words in plain text."""
    return len(_WORD.findall(text))


def find_own_paragraphs(body: str) -> Iterator[str]:
    """Yield the writer's own paragraphs as plain text: no quotations, headings, comments or markers."""
    for block in re.split(r"\n(?:[ \t]*\n)+", set_blocks_apart(blank_comments(body)).strip("\n")):
        own = _drop_quotations(_UNDERLINED_HEADING.sub("", block).split("\n"))
        prose = (TURN_MARKER.sub("", line.strip()) for line in own if not _NOT_PROSE.match(line.strip()))
        text = strip_markdown(" ".join(prose))
        if text:
            yield text


def _drop_quotations(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a block that are not quoted."""
    is_quoted = False
    for line in lines:
        if match := _QUOTE_MARKS.match(line):
            # A quotation goes on to the end of the block without its mark ("laziness",
            # https://spec.commonmark.org/0.31.2/#block-quotes), but not beyond the line that names its source.
            is_quoted = not is_linked_attribution(line[match.end() :])
        elif not is_quoted:
            yield line


def count_own_words(body: str) -> int:
    """Return the number of the writer's own words, without addresses and the text of links that stand alone."""
    return sum(map(count_words, _list_countable_paragraphs(body)))


def has_own_words(body: str) -> bool:
    """Return whether `count_own_words` is not 0; of most bodies, the first two paragraphs tell."""
    beginning = "\n\n".join(body.split("\n\n", 2)[:2])
    texts = (beginning, body) if len(beginning) < len(body) else (body,)
    return any(_WORD.search(paragraph) for text in texts for paragraph in _list_countable_paragraphs(text))


def _list_countable_paragraphs(body: str) -> Iterator[str]:
    # A link that stands alone says the title of a work, which is not the writer's own.
    without_links = _STANDALONE_LINKS.sub("", blank_comments(body))
    return (_URL.sub("", html.unescape(paragraph)) for paragraph in find_own_paragraphs(without_links))


def extract_first_sentence(body: str, limit: int = 220) -> str:
    """Return the first sentence of the writer's own, cut between words if it has more than `limit` characters."""
    paragraph = next(find_own_paragraphs(remove_blocks(body)), "") or next(find_own_paragraphs(body), "")
    sentence = next(split_sentences(paragraph), "")
    if len(sentence) <= limit:
        return sentence
    return sentence[:limit].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def find_last_question(paragraph: str) -> str:
    """Return the last question of a plain paragraph that has at least four words; empty if there is none."""
    questions = [
        sentence
        for sentence in split_sentences(paragraph)
        if _QUESTION_END.search(sentence) and count_words(sentence) >= _MIN_QUESTION_WORDS
    ]
    return questions[-1] if questions else ""


def is_linked_attribution(line: str) -> bool:
    """Return whether a line of a quotation, without its marks, names the source with a link: the quotation ends there.

    A dash may also begin a line of the quoted text, even one with a link, if its sentence goes on behind that.
    """
    line = line.strip()
    return bool(_LINKED_ATTRIBUTION.match(line)) and not _END_OF_SENTENCE.match(line[line.rfind(")") + 1 :])


def find_quotations(body: str) -> Iterator[Quotation]:
    """Yield the quotations of a body in the order of their ends, also those in lists and in other quotations.

    A quotation ends with the line that links to its source, before a blank line, or where the next list item begins.
    """
    levels: dict[int, tuple[int, list[str]]] = {}  # depth -> first line and lines of a quotation
    for number, line in enumerate([*blank_comments(body).split("\n"), ""]):
        match = _QUOTE_MARKS.match(line)
        if levels and ((match and match["item"]) or not line.strip(" \t")):  # to Markdown, a no-break space is no blank
            yield from _close_quotations(levels, 0)
        if match:
            depth, text = match["marks"].count(">"), line[match.end() :].strip()
            yield from _close_quotations(levels, depth)
            levels.setdefault(depth, (number, []))[1].append(text)
            if not text and len(levels[depth][1]) == 1:
                del levels[depth]  # a mark without words
            elif is_linked_attribution(text):
                yield _build_quotation(*levels.pop(depth))
        elif levels and line.strip():
            levels[max(levels)][1][-1] += f" {line.strip()}"  # a lazy continuation line, without its mark


def is_attribution(line: str) -> bool:
    """Return whether a line of a quotation begins as a credit does; as the last line, it names the source."""
    return bool(_ATTRIBUTION_DASH.match(line.strip()))


def _close_quotations(levels: dict[int, tuple[int, list[str]]], depth: int) -> Iterator[Quotation]:
    """End the quotations deeper than `depth`; one that names no source is a part of that in which it stands."""
    for level in sorted((level for level in levels if level > depth), reverse=True):
        start, lines = levels.pop(level)
        quotation = _build_quotation(start, lines)
        if levels and not quotation.attribution:
            levels[max(levels)][1].extend(lines)
        else:
            yield quotation


def parse_attribution_names(attribution: str) -> tuple[str, ...]:
    """Return the names in an attribution line before its link: "— Amtsblog, Gerd Hahn: [Title](URL)" has two."""
    before = _ATTRIBUTION_DASH.sub("", attribution, count=1).partition("[")[0].strip().removesuffix(":")
    return tuple(name for part in before.split(",") if (name := strip_markdown(part)))


def find_turns(body: str) -> Iterator[Turn]:
    """Yield the turns of a conversation, in order; a turn ends at the next one or at a heading."""
    head: tuple[int, str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(blank_comments(body).split("\n")):
        match = TURN_MARKER.match(line)
        if head and (match or _HEADING.match(line)):
            yield Turn(*head, "\n".join(lines).strip())
            head = None
        if match:
            head, lines = (number, match["speaker"], match["time"] or ""), []
        lines.append(line[match.end() :] if match else line)
    if head:
        yield Turn(*head, "\n".join(lines).strip())


def blank_unseen(body: str) -> str:
    """Return a body without its code and comments, in which nothing is a link or a heading, with all its lines."""
    return blank_comments(blank_code(body))


def blank_comments(body: str) -> str:
    """Remove HTML comments but keep their newlines, so that line numbers stay right."""
    return _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), body)


def _build_quotation(start: int, lines: list[str]) -> Quotation:
    attribution = next((line for line in reversed(lines) if line), "")
    if not _ATTRIBUTION_DASH.match(attribution):
        return Quotation(start, strip_markdown(" ".join(lines)), "")
    cut = len(lines) - 1 - lines[::-1].index(attribution)
    return Quotation(start, strip_markdown(" ".join(lines[:cut])), attribution)
