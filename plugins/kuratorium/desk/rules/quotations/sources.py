"""The rules that compare posts with the texts of works in the archive: altered quotations, and copied passages.

A work whose text the archive does not hold, on this machine or any more, is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from ....edition import prose
from ....edition.fields import Violation
from ....translations import N_
from .archived_texts import ComparedPost
from .comparison import (
    compare_quotation,
    find_copied_passages,
    find_inline_quotations,
    has_passage,
    is_within,
)

_MAX_SHOWN = 160  # characters of a passage in a message

_ALTERED = N_("the quotation is not what the source says: {diff}")
_ALTERED_HINT = N_("Quote unaltered; what you change stands in square brackets, what you leave out is […].")
_CUT = N_("words are left out of the quotation without a mark: {diff}")
_CUT_HINT = N_("Write […] where words are left out.")
_COPIED = N_("{count} words in a row are those of {work}, without quotation marks: {passage}")
_COPIED_HINT = N_("Quote the passage, with its source under it, or say it in your own words.")


class QuotedText(Struct, frozen=True):
    """Words that a post quotes: their line in the body, from 0, and the address of their source, if one is named."""

    line: int
    text: str
    address: str = ""


def find_altered_quotations(compared: ComparedPost, gettext: Callable[[str], str]) -> Iterator[Violation]:
    """Yield the quotations of a post that are not what their source says."""
    for quoted in list_quoted_texts(compared.post.body):
        own = compared.sources.get(quoted.address) if quoted.address else None
        if quoted.address and not own:
            continue
        candidates = [own] if own else list(compared.sources.values())
        if any(has_passage(quoted.text, source) for source in candidates):
            continue
        found = (compare_quotation(quoted.text, source) for source in candidates)
        for difference in next((differences for differences in found if differences), ()):
            message, hint = (_CUT, _CUT_HINT) if difference.is_cut else (_ALTERED, _ALTERED_HINT)
            text = gettext(message).format(diff=difference.diff)
            yield Violation((), text, gettext(hint), compared.post.body_line + quoted.line)


def find_copies(compared: ComparedPost, gettext: Callable[[str], str], min_words: int) -> Iterator[Violation]:
    """Yield the passages of a post that are those of a work, outside quotation marks."""
    post = compared.post
    titles = [work.title for work in post.meta.bookmark_of]
    paragraphs = list(prose.find_own_paragraphs(post.body))
    for address, source in compared.sources.items():
        for paragraph in paragraphs:
            for passage in find_copied_passages(paragraph, source, min_words):
                if not is_within(passage, titles):
                    shown = f"{passage.text[:_MAX_SHOWN]}{'…' if len(passage.text) > _MAX_SHOWN else ''}"
                    message = gettext(_COPIED).format(count=passage.word_count, work=address, passage=f"“{shown}”")
                    line = post.body_line + _find_line(post.body, passage.text)
                    yield Violation((), message, gettext(_COPIED_HINT), line)


def list_quoted_texts(body: str) -> Iterator[QuotedText]:
    """Yield what a body quotes in blocks, and between quotation marks in its own paragraphs."""
    for quotation in prose.find_quotations(body):
        if not quotation.has_source_above:
            yield QuotedText(quotation.line, quotation.text, prose.find_source_address(quotation.attribution))
    for paragraph in prose.find_own_paragraphs(body):
        for text in find_inline_quotations(paragraph):
            yield QuotedText(_find_line(body, text), text)


def _find_line(body: str, text: str) -> int:
    """Return the line of a body, from 0, on which a plain text begins; the first if its words stand nowhere so."""
    words = re.findall(r"\w+", text)[:4]
    match = re.search(r"\W+".join(map(re.escape, words)), body) if words else None
    return body.count("\n", 0, match.start()) if match else 0
