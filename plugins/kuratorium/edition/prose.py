"""Whose words: tells an editor's own words from quoted ones in a Markdown body."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import takewhile

from msgspec import Struct

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_ATTRIBUTION_DASH = re.compile(r"[—–]\s|--\s")
_TURN_MARKER = re.compile(r"\A@(?P<speaker>[a-z0-9-]+)(?:[ ]\((?P<time>[0-9:]+)\))?:(?:[ ]+|\Z)")
_LINK_TARGET = r"\((?:[^()]|\([^()]*\))*\)"  # of a link: Wikipedia has brackets in addresses
_INLINE_MARKUP = (
    (re.compile(rf"!\[[^\]]*\]{_LINK_TARGET}"), ""),
    (re.compile(r"\[\^[^\]]+\]"), ""),
    (re.compile(rf"\[([^\]]*)\](?:{_LINK_TARGET}|\[[^\]]*\])"), r"\1"),
    (re.compile(r"<(https?://[^>]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^>]*>"), ""),
    (re.compile(r"(\*\*|__|==|\*|`|(?<!\w)_|_(?!\w))"), ""),
)
_URL = re.compile(r"\b(?:https?://|www\.|mailto:)\S+")
_STANDALONE_LINKS = re.compile(rf"^[ \t]*(?:[-*+][ \t]+)?\[[^\]\n]*\](?:{_LINK_TARGET}|\[[^\]\n]*\])[ \t.]*$", re.M)
_UNDERLINED_HEADING = re.compile(r"\A[^\n]*\n(?:=+|-+)[ \t]*(?=\n|\Z)")  # a heading
_HEADING = re.compile(r"\A(?:#{1,6}\s|=+[ \t]*\Z|-+[ \t]*\Z)")
_NOT_PROSE = re.compile(r"\A(?:#{1,6}\s|\[\^?[^\]]+\]:|[-*_]{3,}\s*\Z|\[\[.*\]\]\s*\Z|\{.*\}\s*\Z)")
_SENTENCE_END = re.compile(r"[.!?…][“”»«‘’\")]*(?=\s+[A-ZÄÖÜ„»«“‚(\"])")
_QUESTION_END = re.compile(r"\?[“”»«‘’\")]*\Z")
_MIN_QUESTION_WORDS = 4  # «And unofficially?» leans on the answer before it
# «z. B.», «3. Oktober», «Dr. Vogt»: a point after one letter, a small number or a shortened word ends no sentence.
_ABBREVIATION = re.compile(
    r"\b(?:[^\W\d_]|\d{1,2}|Abs|Art|bzw|ca|Dr|evtl|geb|ggf|Hr|Fr|inkl|Mr|Mrs|Ms|Nr|Prof|sog|St|Str|vgl|vs)\.\Z"
)


class Quotation(Struct, frozen=True):
    """A quoted block: the line it begins at (from 0, in the body), its words and its attribution line."""

    line: int
    text: str
    attribution: str


class Turn(Struct, frozen=True):
    """A turn of a conversation: its line (from 0, in the body), who speaks, the time code if any, the Markdown said."""

    line: int
    speaker: str
    time: str
    text: str


def count_words(text: str) -> int:
    """Count the words of plain text."""
    return sum(1 for _ in _WORD.finditer(text))


def strip_markdown(text: str) -> str:
    """Strip inline Markdown down to its words."""
    for pattern, replacement in _INLINE_MARKUP:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def find_own_paragraphs(body: str) -> Iterator[str]:
    """Yield the paragraphs in the writer's own words: no quotation, heading, comment, marker or rule."""
    for block in re.split(r"\n(?:[ \t]*\n)+", _blank_comments(body).strip("\n")):
        # Where a quotation begins it takes the rest of the block: Markdown lets it go on without its mark.
        own = takewhile(lambda line: not line.lstrip().startswith(">"), _UNDERLINED_HEADING.sub("", block).split("\n"))
        prose = (_TURN_MARKER.sub("", line.strip()) for line in own if not _NOT_PROSE.match(line.strip()))
        text = strip_markdown(" ".join(prose))
        if text:
            yield text


def count_own_words(body: str) -> int:
    """Count the writer's own words; an address is none, nor is the text of a link that stands alone."""
    return sum(map(count_words, _list_countable_paragraphs(body)))


def has_own_words(body: str) -> bool:
    """Tell whether `own_words` would count any, without counting the rest."""
    return any(map(_WORD.search, _list_countable_paragraphs(body)))


def _list_countable_paragraphs(body: str) -> Iterator[str]:
    alone = _STANDALONE_LINKS.sub("", _blank_comments(body))
    return (_URL.sub("", html.unescape(paragraph)) for paragraph in find_own_paragraphs(alone))


def extract_first_sentence(body: str, limit: int = 220) -> str:
    """Take the first own sentence, cut at a word where it is longer than `limit` characters."""
    sentence = next(split_sentences(next(find_own_paragraphs(body), "")), "")
    if len(sentence) <= limit:
        return sentence
    return sentence[:limit].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def split_sentences(paragraph: str) -> Iterator[str]:
    """Cut a plain paragraph into its sentences."""
    start = 0
    for end in _SENTENCE_END.finditer(paragraph):
        if not _ABBREVIATION.search(paragraph[: end.start() + 1]):
            yield paragraph[start : end.end()].strip()
            start = end.end()
    if rest := paragraph[start:].strip():
        yield rest


def find_last_question(paragraph: str) -> str:
    """Take the last question of a plain paragraph; a mere «Why?» is none. Empty where nothing is asked."""
    asked = [
        one
        for one in split_sentences(paragraph)
        if _QUESTION_END.search(one) and count_words(one) >= _MIN_QUESTION_WORDS
    ]
    return asked[-1] if asked else ""


def find_quotations(body: str) -> Iterator[Quotation]:
    """Yield the quoted blocks of a body."""
    start, quoted = 0, list[str]()
    for number, line in enumerate([*_blank_comments(body).split("\n"), ""]):
        if line.lstrip().startswith(">"):
            start = start if quoted else number
            quoted.append(line.lstrip().removeprefix(">").strip())
        elif quoted and not line.strip(" \t"):
            yield _build_quotation(start, quoted)
            quoted = []
        elif quoted:
            quoted[-1] += f" {line.strip()}"  # Markdown lets a quotation go on without its mark


def parse_attribution_names(attribution: str) -> tuple[str, ...]:
    """List what an attribution line names before its link: «— Amtsblog, Gerd Hahn: [Title](URL)»."""
    before = _ATTRIBUTION_DASH.sub("", attribution, count=1).partition("[")[0].strip().removesuffix(":")
    return tuple(name for part in before.split(",") if (name := strip_markdown(part)))


def find_turns(body: str) -> Iterator[Turn]:
    """Yield the turns of a conversation; each goes up to the next one or to a heading."""
    head: tuple[int, str, str] | None = None
    said: list[str] = []
    for number, line in enumerate(_blank_comments(body).split("\n")):
        match = _TURN_MARKER.match(line)
        if head and (match or _HEADING.match(line)):
            yield Turn(*head, "\n".join(said).strip())
            head = None
        if match:
            head, said = (number, match["speaker"], match["time"] or ""), []
        said.append(line[match.end() :] if match else line)
    if head:
        yield Turn(*head, "\n".join(said).strip())


def _blank_comments(body: str) -> str:
    """Take HTML comments out, and leave the lines where they are."""
    return _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), body)


def _build_quotation(start: int, lines: list[str]) -> Quotation:
    attribution = next((line for line in reversed(lines) if line), "")
    if not _ATTRIBUTION_DASH.match(attribution):
        return Quotation(start, strip_markdown(" ".join(lines)), "")
    cut = len(lines) - 1 - lines[::-1].index(attribution)
    return Quotation(start, strip_markdown(" ".join(lines[:cut])), attribution)
