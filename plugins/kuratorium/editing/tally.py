"""Whose words a note is made of: own ones and quoted ones are counted apart, these by the work they come from."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from .. import words
from ..model import Document

_ADDRESS = re.compile(r"\]\(<?(https?://[^\s)>]+)|<(https?://[^\s>]+)>")


class Tally(Struct, frozen=True, kw_only=True):
    """The words of a note. `works` are the quoted ones by the address of their work ("" where none is named)."""

    file: str
    date: datetime
    own: int
    works: dict[str, int]

    @property
    def quoted(self) -> int:
        """All quoted words."""
        return sum(self.works.values())

    @property
    def most(self) -> int:
        """The words quoted from the work that most were taken from."""
        return max(self.works.values(), default=0)


def of(note: Document) -> Tally:
    """Count the words of a note."""
    works: dict[str, int] = {}
    for quotation in words.quotations(note.body):
        source = source_of(quotation)
        works[source] = works.get(source, 0) + words.count(quotation.text)
    return Tally(file=note.file, date=note.meta.date, own=words.own_words(note.body), works=works)


def source_of(quotation: words.Quotation) -> str:
    """Tell the address that a quotation's attribution leads to; "" where it leads nowhere."""
    match = _ADDRESS.search(quotation.attribution)
    return (match[1] or match[2]) if match else ""
