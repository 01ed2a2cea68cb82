"""The words in a Markdown body: an editor's own, quotations with their source, the turns of a conversation.

Works on lines and regular expressions, not on Markdown's own tree: it runs over all posts of an edition, and its
results need the line of each part.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from ..text.attribute_lists import ATTRIBUTE_LIST
from ..text.blocks import set_blocks_apart
from ..text.code import LIST_ITEM, blank_code
from ..text.markup import LINK_TARGET, remove_blocks, strip_markdown
from ..text.sentences import split_sentences
from .transcripts.speakers import looks_like_person

TURN_MARKER = re.compile(r"\A@(?P<speaker>[a-z0-9-]+)(?:[ ]\((?P<time>[0-9:]+)\))?:(?:[ \n]+|\Z)")
"""The beginning of a turn, "@speaker: " or "@speaker (12:30): ", at the start of a line or of a whole paragraph."""

_INDENTED_TURN = re.compile(r"^[ ]{1,3}(?=@[a-z0-9-]+(?:[ ]\([0-9:]+\))?:)", re.M)
_NO_ITEM = 4  # the indent of an item that is none, but code
_ITEM_INDENT = 2  # of what belongs to an item, against its mark
# As browsers end comments (https://html.spec.whatwg.org/#comment-start-state): "<!-->", "<!--->" and "--!>" do, too. An
# unclosed one goes on to the end (https://spec.commonmark.org/0.31.2/#html-blocks).
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))", re.S)
_EMPTY_TURN = re.compile(r"^ {0,3}@[\w-]+(?: ?\([\d:]+\))?:[ \t…]*$", re.M)  # as templates begin conversations
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_URL = re.compile(r"\b(?:https?://|www\.|mailto:)\S+")
_STANDALONE_LINKS = re.compile(rf"^[ \t]*(?:[-*+][ \t]+)?\[[^\]\n]*\](?:{LINK_TARGET}|\[[^\]\n]*\])[ \t.]*$", re.M)
_UNDERLINED_HEADING = re.compile(r"\A[^\n]*\n(?:=+|-+)[ \t]*(?=\n|\Z)")
_HEADING = re.compile(r"\A(?:#{1,6}\s|=+[ \t]*\Z|-+[ \t]*\Z)")
# Headings, definitions of links and footnotes, rules, embeds, attribute lists.
_NOT_PROSE = re.compile(rf"\A(?:#{{1,6}}\s|\[\^?[^\]]+\]:|[-*_]{{3,}}\s*\Z|\[\[.*\]\]\s*\Z|{ATTRIBUTE_LIST}\s*\Z)")
# The dash before a source. Without a space it must be a long one, before a name or a link.
_DASH = r"(?:(?:[—–―]|---?|&(?:mdash|ndash|horbar|#821[123]|#x201[345]);)[ \t]+|[—―](?=[^\W\d_a-zäöü]|[\[<*]))"
_ATTRIBUTION = re.compile(rf"{_DASH}(?P<credit>\S.*)")
# Blanks around a line, also those that nobody sees and pasted text has.
_BLANKS = " \t\n\r\xa0\u200b\u200e\u200f\u2060\ufeff"
# "— A sentence with a [link](…) in it." is quoted, as a turn of a dialogue is; a credit ends with its link, or goes on
# with a comma, a bracket, or words without a full stop.
_END_OF_SENTENCE = re.compile(r"\A[ ]+[^\W\d_A-ZÄÖÜ][^\[\]]*[.!?…][“”»«‘’\"]*\Z")
_LINKED_ATTRIBUTION = re.compile(rf"{_DASH}.*?(?:\]\(<?https?://|<https?://|\]\[)")
# The address of a link, "[title](https://…)" or "<https://…>"; one in Wikipedia may end with a bracket.
_ADDRESS = r"https?://(?:[^\s()<>]|\([^\s()<>]*\))+"
_LINK_ADDRESS = re.compile(rf"\]\(<?({_ADDRESS})|<({_ADDRESS})>")
_REFERENCE = re.compile(r"\[(?P<text>[^\[\]]+)\](?:[ ]?\[(?P<name>[^\[\]]*)\]|(?![\[(:]))")
_DEFINITION = re.compile(rf"^[ ]{{0,3}}\[(?P<name>[^\[\]\n]+)\]:[ ]*(?:\n[ ]*)?<?(?P<address>{_ADDRESS})", re.M)
# The marks of a quotation, perhaps behind those of list items; a quotation may stand in another.
_QUOTE_MARKS = re.compile(r"[ \t]*(?P<item>(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<marks>>(?:[ \t]?>)*)[ \t]?")
_QUESTION_END = re.compile(r"\?[“”»«‘’\")]*\Z")
_MIN_QUESTION_WORDS = 4  # a shorter one, such as "And unofficially?", makes no sense without the answer before it


class Quotation(Struct, frozen=True):
    """A quoted block.

    `line`: line of the body, from 0, on which it begins.
    `text`: its words.
    `attribution`: the line that names its source, as Markdown with the address in its link; empty if there is none.
    `has_source_above`: a line with a link stands above words, so that it is doubtful whose they are.
    """

    line: int
    text: str
    attribution: str
    has_source_above: bool = False


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
        elif is_quoted:
            is_quoted = not is_linked_attribution(line)
        else:
            yield line


def count_own_words(body: str) -> int:
    """Return the number of the writer's own words, without addresses and the text of links that stand alone."""
    return sum(map(count_words, _list_countable_paragraphs(body)))


def has_own_words(body: str) -> bool:
    """Return whether `count_own_words` is not 0; of most bodies, the first two paragraphs tell."""
    beginning = "\n\n".join(body.split("\n\n", 2)[:2])
    texts = (beginning, body) if len(beginning) < len(body) else (body,)
    return any(_WORD.search(paragraph) for text in texts for paragraph in _list_countable_paragraphs(text))


def has_text(body: str) -> bool:
    """Return whether a body says anything: comments, and turns that are still empty, do not."""
    return bool(_WORD.search(_EMPTY_TURN.sub("", blank_comments(body))))


def _list_countable_paragraphs(body: str) -> Iterator[str]:
    # A link that stands alone says the title of a work, which is not the writer's own.
    without_links = _STANDALONE_LINKS.sub("", blank_comments(body))
    return (_URL.sub("", html.unescape(paragraph)) for paragraph in find_own_paragraphs(without_links))


def extract_first_sentence(body: str, limit: int = 220) -> str:
    """Return the first sentence of the writer's own, cut between words if it has more than `limit` characters."""
    paragraph = next(find_own_paragraphs(remove_blocks(body)), "") or next(find_own_paragraphs(body), "")
    return cut_first_sentence(paragraph, limit)


def cut_first_sentence(paragraph: str, limit: int = 220) -> str:
    """Return the first sentence of a plain paragraph, cut between words if it has more than `limit` characters."""
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

    A dash may also begin a line of the quoted text, even one with a link, if its sentence goes on behind that. A line
    with a colon at its end introduces words below it.
    """
    line = _strip(line)
    is_end = not line.endswith(":") and not _END_OF_SENTENCE.match(line[line.rfind(")") + 1 :])
    return is_end and bool(_LINKED_ATTRIBUTION.match(line))


def has_source_above(lines: Iterable[str]) -> bool:
    """Return whether a line of a quotation links to a source, or names one, above words; `lines` are without marks.

    Nothing says where the words of such a source end, so that the quotation is credited to none.
    """
    texts = [text for line in lines if (text := _strip(line))]
    if (texts and is_linked_attribution(texts[0])) or any(
        text.endswith(":") and _LINKED_ATTRIBUTION.match(text) for text in texts
    ):
        return True
    return any(_names_source(text) and not is_attribution(below) for text, below in pairwise(texts))


def _names_source(line: str) -> bool:
    """Return whether a line of a quotation is a credit without a link; a turn of a dialogue begins with a dash, too."""
    credit = extract_credit(line)
    if not credit or credit.endswith((".", "!", "?", "…")):
        return False
    return looks_like_person(credit.split(",")[0]) or bool(_URL.search(credit))


def _strip(line: str) -> str:
    return line.strip(_BLANKS)


def find_quotations(body: str) -> Iterator[Quotation]:
    """Yield the quotations of a body in the order of their ends, also those in lists and in other quotations.

    A quotation ends with the line that links to its source, before a blank line, or where the next list item begins.
    """
    text = blank_comments(body)
    definitions = _DEFINITION.finditer(text) if "]:" in text else ()  # which is quicker than to try each line
    addresses = {match["name"].strip().lower(): match["address"] for match in definitions}
    for start, lines in _find_quoted_lines(text):
        yield _build_quotation(start, lines, addresses)


def _find_quoted_lines(body: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line and the lines, without their marks, of each quotation."""
    levels: dict[int, tuple[int, list[str]]] = {}  # depth -> first line and lines of a quotation
    for number, line in enumerate([*body.split("\n"), ""]):
        match = _QUOTE_MARKS.match(line)
        if levels and ((match and match["item"]) or not line.strip(" \t")):  # to Markdown, a no-break space is no blank
            yield from _close_quotations(levels, 0)
        if not match and not (levels and line.strip()):
            continue
        if match:
            depth, text = match["marks"].count(">"), line[match.end() :]
        else:  # a lazy continuation line of the innermost quotation, but the source of the outermost
            depth, text = (min if is_linked_attribution(line) else max)(levels), line
        yield from _close_quotations(levels, depth)
        lines = levels.setdefault(depth, (number, []))[1]
        lines.append(text.strip())
        if lines == [""]:
            del levels[depth]  # a mark without words
        elif is_linked_attribution(text) and not has_source_above(lines):
            yield levels.pop(depth)


def is_attribution(line: str) -> bool:
    """Return whether a line of a quotation begins as a credit does; as the last line, it names the source."""
    return bool(_ATTRIBUTION.match(_strip(line)))


def extract_credit(line: str) -> str:
    """Return what a line of a quotation names as its source, without the dash; empty if it begins with none."""
    match = _ATTRIBUTION.match(_strip(line))
    return match["credit"] if match else ""


def find_source_address(attribution: str) -> str:
    """Return the address of the first link in an attribution line; empty if there is none."""
    match = _LINK_ADDRESS.search(attribution)
    return (match[1] or match[2]) if match else ""


def resolve_references(attribution: str, addresses: Mapping[str, str]) -> str:
    """Return an attribution line with the addresses of its links such as "[Title][1]", by name in lower case."""

    def write_link(match: re.Match[str]) -> str:
        address = addresses.get((match["name"] or match["text"]).strip().lower())
        return f"[{match['text']}]({address})" if address else match[0]

    return _REFERENCE.sub(write_link, attribution) if addresses else attribution


def _close_quotations(levels: dict[int, tuple[int, list[str]]], depth: int) -> Iterator[tuple[int, list[str]]]:
    """End the quotations deeper than `depth`; one that names no source is a part of that in which it stands."""
    for level in sorted((level for level in levels if level > depth), reverse=True):
        start, lines = levels.pop(level)
        if levels and not is_attribution(next((line for line in reversed(lines) if line), "")):
            levels[max(levels)][1].extend(lines)
        else:
            yield start, lines


def parse_attribution_names(attribution: str) -> tuple[str, ...]:
    """Return the names in an attribution line before its link: "— Amtsblog, Gerd Hahn: [Title](URL)" has two."""
    before = extract_credit(attribution).partition("[")[0].strip().removesuffix(":")
    return tuple(name for part in before.split(",") if (name := strip_markdown(part)))


def find_turns(body: str) -> Iterator[Turn]:
    """Yield the turns of a conversation, in order; a turn ends at the next one or at a heading."""
    head: tuple[int, str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(outdent_turns(blank_comments(body)).split("\n")):
        match = TURN_MARKER.match(line)
        if head and (match or _HEADING.match(line)):
            yield Turn(*head, "\n".join(lines).strip())
            head = None
        if match:
            head, lines = (number, match["speaker"], match["time"] or ""), []
        lines.append(line[match.end() :] if match else line)
    if head:
        yield Turn(*head, "\n".join(lines).strip())


def outdent_turns(body: str) -> str:
    """Return a body in which the markers of turns have no blanks before them.

    Up to three mean nothing to Markdown; but a marker within an item of a list stays where it is.
    """
    if not _INDENTED_TURN.search(body):
        return body
    lines = body.split("\n")
    after_blank, item_indent = True, _NO_ITEM
    for number, line in enumerate(lines):
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if LIST_ITEM.match(line):
            item_indent = min(item_indent, indent)
        elif indent < _ITEM_INDENT and text and (after_blank or TURN_MARKER.match(line) or _HEADING.match(text)):
            item_indent = _NO_ITEM
        if _INDENTED_TURN.match(line) and indent < item_indent + _ITEM_INDENT:
            lines[number], item_indent = text, _NO_ITEM
        after_blank = not text.strip()
    return "\n".join(lines)


def blank_unseen(body: str) -> str:
    """Return a body without its code and comments, in which nothing is a link or a heading, with all its lines.

    A comment that nothing closes stays: the page shows it as text, with the links and pictures in it.
    """
    text = blank_code(body)
    end = max(text.rfind("-->") + 3, text.rfind("--!>") + 4)
    return blank_comments(text[:end]) + text[end:]


def blank_comments(body: str) -> str:
    """Remove HTML comments but keep their newlines, so that line numbers stay right."""
    return _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), body)


def _build_quotation(start: int, lines: list[str], addresses: Mapping[str, str]) -> Quotation:
    attribution = next((line for line in reversed(lines) if line), "")
    if (is_above := has_source_above(lines)) or not is_attribution(attribution):
        return Quotation(start, strip_markdown(" ".join(lines)), "", is_above)
    cut = len(lines) - 1 - lines[::-1].index(attribution)
    return Quotation(start, strip_markdown(" ".join(lines[:cut])), resolve_references(attribution, addresses))
