"""What the desk knows, as curation/*.yaml says it: people, topics, sources, policy."""

from __future__ import annotations

from datetime import date as Day
from typing import Annotated, Literal

from msgspec import Meta, field

from .validation import AwareDatetime, Host, Language, MaybeEmail, MaybeUrl, NonBlankText, Record, Slug, Uid, Url


class Image(Record, frozen=True):
    """A picture with what accessibility and the law ask of it."""

    file: NonBlankText
    alt: NonBlankText
    credit: NonBlankText
    license: str = ""


class Person(Record, frozen=True):
    """A curator, interview partner or journalist; `member` marks the board (the Kuratorium).

    `email` is published: it is where readers send questions before a talk.
    """

    id: Slug
    name: NonBlankText
    role: str = ""
    bio: str = ""
    email: MaybeEmail = ""
    links: dict[str, Url] = field(default_factory=dict)
    image: Image | None = None
    member: bool = False


class Topic(Record, frozen=True):
    """A subject of the site and the question it asks; `intro` is Markdown, `pinned` are uids of posts to begin with."""

    id: Slug
    name: NonBlankText
    question: str = ""
    intro: str = ""
    keywords: tuple[NonBlankText, ...] = ()
    curators: tuple[Slug, ...] = ()
    pinned: tuple[Uid, ...] = ()
    image: Image | None = None
    order: int = 0


class Series(Record, frozen=True):
    """A series of talks or interviews: what it is called and about (`intro` is Markdown)."""

    id: Slug
    name: NonBlankText
    intro: str = ""


class Filter(Record, frozen=True):
    """Words of title or text, or categories, that keep an entry or drop it."""

    words: tuple[NonBlankText, ...] = ()
    categories: tuple[NonBlankText, ...] = ()


class Rights(Record, frozen=True):
    """What a source allows, and how it wants to be named."""

    excerpt_words: Annotated[int, Meta(ge=0)] = 0
    images: bool = False
    credit: str = "{source} – {author}: {title}"
    opt_out: bool = False


class EntrySelectors(Record, frozen=True):
    """Where a page that has no feed keeps its entries: CSS selectors, all but `entry` seen from within one.

    Without `title` or `link` the first link of an entry is both; without `date` its first `<time>` counts.
    """

    entry: NonBlankText
    title: str = ""
    link: str = ""
    date: str = ""
    author: str = ""


class Source(Record, frozen=True):
    """A feed we follow. `feed` is an http(s) address or a path inside the edition.

    It is a feed in any known format, or (`type: page`) a page whose entries `select` finds.
    """

    id: Slug
    name: NonBlankText
    feed: NonBlankText
    type: Literal["feed", "page"] = "feed"
    select: EntrySelectors | None = None
    site: MaybeUrl = ""
    people: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    lang: Language = ""
    keep: Filter | None = None
    drop: Filter | None = None
    rights: Rights = Rights()


class Imprint(Record, frozen=True):
    """Who answers for the site (§ 5 DDG, § 18 MStV)."""

    responsible: NonBlankText
    publisher: str = ""
    address: tuple[NonBlankText, ...] = ()
    email: str = ""
    phone: str = ""


class Sponsor(Record, frozen=True):
    """Who pays or paid, from when to when, and by which names and domains it is known."""

    name: NonBlankText
    aliases: tuple[NonBlankText, ...] = ()
    domains: tuple[NonBlankText, ...] = ()
    since: Day | None = field(default=None, name="from")
    until: Day | None = field(default=None, name="to")


class InboxHeadlinesPolicy(Record, frozen=True):
    """What the site shows of the open inbox: `show` it at all, and `without` these sources."""

    show: bool = True
    without: tuple[Slug, ...] = ()


class Policy(Record, frozen=True):
    """The house's rules. `as_of` pins the edition's date, for samples and for reproducing a build.

    `intranet` names the hosts that may be fetched from though they are not public. For `archive_days` the texts of what
    was pulled stay searchable; a quarter of a year is what the rhythm of a source is told from. `quote_budget` is how
    many words a note may quote of one work (0: no limit); `corrections` stand at the top or at the bottom of a post.
    """

    imprint: Imprint
    as_of: AwareDatetime | None = None
    sponsors: tuple[Sponsor, ...] = ()
    quote_budget: Annotated[int, Meta(ge=0)] = 0
    corrections: Literal["top", "bottom"] = "bottom"
    embeds: tuple[NonBlankText, ...] = ()
    triage: dict[str, float] = field(default_factory=dict)
    fresh: InboxHeadlinesPolicy = InboxHeadlinesPolicy()
    intranet: tuple[Host, ...] = ()
    archive_days: Annotated[int, Meta(ge=100, le=36_500)] = 400
