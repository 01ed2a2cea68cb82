"""The records of works elsewhere in front matter: what a post recommends, and who brought it up."""

from __future__ import annotations

from datetime import date as Day
from typing import Annotated, Literal

from msgspec import Meta, field

from .fields import Language, MaybeSlug, MaybeUrl, NonBlankText, Record


class Work(Record, frozen=True, kw_only=True):
    """A work elsewhere that a post recommends, with the credit that it is owed (§ 63 UrhG).

    `url`: its address; a work in print has none, but a publication, and its `issue` or `page`.
    `title`: its title, unaltered.
    `authors`: names.
    `publication`: where it was published.
    `issue`, `page`: where it is in a work in print.
    `source`: id of the source in whose feed it was found.
    `published`: its own date.
    `accessed`: the day on which the curator read it.
    `lang`: its language, as a code such as de.
    `paywall`: it costs money to read.
    `archived`: address of an archived copy.
    `minutes`: time that it takes to read, hear or watch.
    `item`: the key of the feed's entry, by which a later pull recognises it.
    """

    url: MaybeUrl = ""
    title: NonBlankText
    authors: tuple[NonBlankText, ...] = ()
    publication: str = ""
    issue: str = ""
    page: str = ""
    source: MaybeSlug = ""
    published: Day | None = None
    accessed: Day | None = None
    lang: Language = ""
    paywall: bool = False
    archived: MaybeUrl = ""
    minutes: Annotated[int, Meta(ge=1, le=6000)] | None = None  # at most 100 hours: more is a slip
    item: str = ""


class PastWork(Work, frozen=True, kw_only=True):
    """A work elsewhere that a post looks back on; in the file, the day of its publication is `date`."""

    published: Day | None = field(default=None, name="date")


class Suggestion(Record, frozen=True):
    """Who suggests an inbox item from outside, and why; only for the desk.

    `by`: the person's name.
    `why`: the reason.
    `own`: whether the work is the person's own.
    `ai`: whether a machine had no part in the work, helped, or wrote it.
    `url`: where the person is found.
    """

    by: NonBlankText
    why: NonBlankText
    own: bool
    ai: Literal["none", "assisted", "generated"]
    url: MaybeUrl = ""


class Via(Record, frozen=True):
    """Where the curator found the work. `name`: a person or publication. `url`: its address."""

    name: NonBlankText
    url: MaybeUrl = ""
