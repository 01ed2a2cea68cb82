"""Count a note's own words and its quoted words, the latter by the work they are quoted from, and judge them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from ..edition import prose
from ..edition.fields import Violation
from ..edition.model import PostFile


class WordCount(Struct, frozen=True, kw_only=True):
    """The words of a note; quoted ones by the address of their work, or "" if no address is named."""

    file: str
    date: datetime
    own_words: int
    quoted_by_work: dict[str, int]

    @property
    def quoted_words(self) -> int:
        """The number of all quoted words."""
        return sum(self.quoted_by_work.values())

    @property
    def max_quoted_words(self) -> int:
        """The number of words from the work that is quoted most."""
        return max(self.quoted_by_work.values(), default=0)


def count_note_words(note: PostFile) -> WordCount:
    """Return the word count of a note."""
    # By work, because the law measures a quotation against the work from which it is taken.
    quoted: dict[str, int] = {}
    for quotation in prose.find_quotations(note.body):
        address = prose.find_source_address(quotation.attribution)
        quoted[address] = quoted.get(address, 0) + prose.count_words(quotation.text)
    return WordCount(
        file=note.file, date=note.meta.date, own_words=prose.count_own_words(note.body), quoted_by_work=quoted
    )


def check_quote_budget(count: WordCount, body_line: int, budget: int) -> Iterator[Violation]:
    """Find that a note quotes more than it says, or more of a work than the policy's `budget` allows.

    § 51 UrhG permits a quotation only in a work of one's own, and only as far as its purpose justifies.
    """
    hint = "Quote less: a quotation is permitted only as far as your own argument needs it."
    if count.quoted_words > count.own_words > 0:  # a note without words of its own is an error already
        message = f"this note quotes {count.quoted_words} words, and has only {count.own_words} of its own"
        yield Violation((), message, hint, body_line)
    for address, words in count.quoted_by_work.items():
        if budget and words > budget:
            work = address or "an unnamed source"
            message = f"{words} words quoted from {work}, more than the quote_budget of policy.yaml ({budget})"
            yield Violation((), message, hint, body_line)
