"""Count a note's own words and its quoted words, the latter by the work they are quoted from, and judge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo

from msgspec import Struct

from ..edition import prose
from ..edition.fields import Violation
from ..edition.model import PostFile
from ..local_time import find_day
from ..urls import get_host


class WordCount(Struct, frozen=True, kw_only=True):
    """The words of a note; quoted ones by the address of their work, or "" if no address is named."""

    file: str
    date: datetime
    own_words: int
    quoted_by_work: dict[str, int]
    is_draft: bool = False

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
        file=note.file,
        date=note.meta.date,
        own_words=prose.count_own_words(note.body),
        quoted_by_work=quoted,
        is_draft=note.meta.status == "draft",
    )


def check_quote_budget(count: WordCount, note: PostFile, budget: int) -> Iterator[Violation]:
    """Find that a note quotes more than it says, or more of a work than the policy's `budget` without a `purpose`.

    § 51 UrhG permits a quotation only in a work of one's own, and only as far as its purpose justifies.
    """
    hint = "Quote less: a quotation is permitted only as far as your own argument needs it."
    if count.quoted_words > count.own_words > 0:  # a note without words of its own is an error already
        message = f"this note quotes {count.quoted_words} words, and has only {count.own_words} of its own"
        yield Violation((), message, hint, note.body_line)
    for address, words in count.quoted_by_work.items():
        if budget and words > budget and not note.meta.purpose.strip():
            work = address or "an unnamed source"
            message = f"{words} words quoted from {work}, more than the quote_budget of policy.yaml ({budget})"
            purpose_hint = f"{hint} If it needs all of it, say what for in the front matter: purpose: …"
            yield Violation((), message, purpose_hint, note.body_line)


def check_quote_limit(count: WordCount, note: PostFile, limit: int) -> Iterator[Violation]:
    """Find that a note quotes more of a work than the policy's `limit`, which no purpose lifts."""
    for address, words in count.quoted_by_work.items():
        if limit and words > limit:
            work = address or "an unnamed source"
            message = f"{words} words quoted from {work}, more than the quote_limit of policy.yaml ({limit})"
            yield Violation((), message, "Quote less of it.", note.body_line)


def check_quotes_of_month(
    notes: Iterable[PostFile], counts: Mapping[str, WordCount], limit: int, zone: tzinfo
) -> Iterator[tuple[PostFile, Violation]]:
    """Find the notes with which the words quoted from one source in one month become more than the policy allows."""
    sums: dict[tuple[str, str], int] = {}
    for note in sorted(notes, key=lambda note: (note.meta.date, note.file)) if limit else ():
        sources = {work.url: work.source for work in note.meta.bookmark_of if work.url}
        month = f"{find_day(note.meta.date, zone):%Y-%m}"
        for address, words in counts[note.file].quoted_by_work.items():
            source = sources.get(address) or get_host(address)
            sums[source, month] = sums.get((source, month), 0) + words
            if address and sums[source, month] > limit:
                message = (
                    f"{sums[source, month]} words quoted from {source} in {month}, more than quote_month ({limit})"
                )
                yield note, Violation((), message, "Quote less, or from others, this month.", note.body_line)
