"""The nouns: frozen records, no behaviour beyond derived values.

The field names are those of the files in curation/ and of the posts' front matter: the contract
that editors build on. Dates are aware; ids are slugs.
"""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_URL = r"https?://[^\s/]\S*"

# msgspec allows one string type in a union, hence the pairs: a thing, and a thing or "".
Slug = Annotated[str, Meta(pattern=rf"\A{_SLUG}\Z", max_length=120, title="slug")]
MaybeSlug = Annotated[str, Meta(pattern=rf"\A(?:{_SLUG})?\Z", max_length=120, title="slug")]
Uid = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{5,63}\Z", title="uid")]
MaybeUid = Annotated[str, Meta(pattern=r"\A(?:[a-z0-9][a-z0-9-]{5,63})?\Z", title="uid")]
Url = Annotated[str, Meta(pattern=rf"\A{_URL}\Z", title="url")]
MaybeUrl = Annotated[str, Meta(pattern=rf"\A(?:{_URL})?\Z", title="url")]
Language = Annotated[str, Meta(pattern=r"\A(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?\Z", title="language")]
TimeCode = Annotated[str, Meta(pattern=r"\A(?:\d+:)?[0-5]?\d:[0-5]\d\Z", title="timecode")]
MaybeTimeCode = Annotated[str, Meta(pattern=r"\A(?:(?:\d+:)?[0-5]?\d:[0-5]\d)?\Z", title="timecode")]
Alias = Annotated[str, Meta(pattern=r"\A/?(?!.*\.\.)[\w~-][\w.~/-]*\Z", title="alias")]
Instant = Annotated[datetime, Meta(tz=True)]
Host = Annotated[str, Meta(pattern=r"\A(?:[^\s/:@\[\]]+|\[?[0-9A-Fa-f:.]+\]?)\Z", title="host")]
Text = Annotated[str, Meta(pattern=r"\S", title="text")]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all records of the contract share: they do not change, and know all their keys."""


# --- the registry: curation/*.yaml -------------------------------------------------------------


class Image(Record, frozen=True):
    """A picture with what accessibility and the law ask of it."""

    file: Text
    alt: str
    credit: str = ""
    license: str = ""


class Person(Record, frozen=True):
    """A curator, interview partner or journalist; `member` marks the board (the Kuratorium)."""

    id: Slug
    name: Text
    role: str = ""
    bio: str = ""
    links: dict[str, Url] = {}
    image: Image | None = None
    member: bool = False


class Topic(Record, frozen=True):
    """A subject of the site, and the question it asks."""

    id: Slug
    name: Text
    question: str = ""
    intro: str = ""
    keywords: tuple[Text, ...] = ()
    curators: tuple[Slug, ...] = ()
    image: Image | None = None
    order: int = 0


class Filter(Record, frozen=True):
    """Words of title or text, or categories, that keep an entry or drop it."""

    words: tuple[Text, ...] = ()
    categories: tuple[Text, ...] = ()


class Rights(Record, frozen=True):
    """What a source allows, and how it wants to be named."""

    excerpt_words: Annotated[int, Meta(ge=0)] = 0
    images: bool = False
    credit: str = "{source} – {author}: {title}"
    opt_out: bool = False


class Select(Record, frozen=True):
    """Where a page that has no feed keeps its entries: CSS selectors, all but `entry` seen from within one.

    Without `title` or `link` the first link of an entry is both; without `date` its first `<time>` counts.
    """

    entry: Text
    title: str = ""
    link: str = ""
    date: str = ""
    author: str = ""


class Source(Record, frozen=True):
    """A feed we follow. `feed` is an http(s) address or a path inside the edition.

    It is a feed in any known format, or (`type: page`) a page whose entries `select` finds.
    """

    id: Slug
    name: Text
    feed: Text
    type: Literal["feed", "page"] = "feed"
    select: Select | None = None
    site: MaybeUrl = ""
    people: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    lang: Language = ""
    keep: Filter | None = None
    drop: Filter | None = None
    rights: Rights = Rights()


class Imprint(Record, frozen=True):
    """Who answers for the site (§ 5 DDG, § 18 MStV)."""

    responsible: Text
    publisher: str = ""
    address: tuple[Text, ...] = ()
    email: str = ""
    phone: str = ""


class Sponsor(Record, frozen=True):
    """Who pays or paid, from when to when, and by which names and domains it is known."""

    name: Text
    aliases: tuple[Text, ...] = ()
    domains: tuple[Text, ...] = ()
    since: Day | None = field(default=None, name="from")
    until: Day | None = field(default=None, name="to")


class Policy(Record, frozen=True):
    """The house's rules. `as_of` pins the edition's date, for samples and for reproducing a build.

    `intranet` names the hosts that may be fetched from though they are not public. For `archive_days` the texts of what
    was pulled stay searchable; a quarter of a year is what the rhythm of a source is told from.
    """

    imprint: Imprint
    as_of: Instant | None = None
    sponsors: tuple[Sponsor, ...] = ()
    quote_budget: Annotated[int, Meta(ge=0)] = 0
    embeds: tuple[Text, ...] = ()
    triage: dict[str, float] = {}
    intranet: tuple[Host, ...] = ()
    archive_days: Annotated[int, Meta(ge=100, le=36_500)] = 400


# --- the front matter of a post ----------------------------------------------------------------


class Work(Record, frozen=True):
    """A recommended original, with the credit it is owed."""

    url: Url
    title: Text
    authors: tuple[Text, ...] = ()
    publication: str = ""
    source: MaybeSlug = ""
    published: Day | None = None
    accessed: Day | None = None
    lang: Language = ""
    paywall: bool = False
    archived: MaybeUrl = ""
    item: str = ""


class Elsewhere(Record, frozen=True):
    """Another address of the same work: that of another source that brought it, or the one that its own links to."""

    source: Slug
    url: Url


class Via(Record, frozen=True):
    """Where the curator found it."""

    name: Text
    url: MaybeUrl = ""


class Disclosure(Record, frozen=True):
    """Whose interest is in play: shown first, on every surface."""

    kind: Literal["sponsor", "employer", "gift", "relation"]
    text: str = ""


class Series(Record, frozen=True):
    """A post's place in a series of talks or interviews."""

    id: Slug
    position: Annotated[int, Meta(ge=1)]


class Speaker(Record, frozen=True):
    """A guest or host without an entry in people.yaml."""

    name: Text
    role: str = ""


class Event(Record, frozen=True):
    """When and where a talk takes or took place."""

    start: Instant
    end: Instant | None = None
    mode: Literal["online", "onsite", "hybrid"] = "online"
    url: MaybeUrl = ""
    place: str = ""
    status: Literal["scheduled", "moved", "postponed", "cancelled"] = "scheduled"


class Audio(Record, frozen=True):
    """A recording: a file of the edition or an address; `duration` is h:mm:ss."""

    file: str = ""
    url: MaybeUrl = ""
    bytes: Annotated[int, Meta(ge=0)] = 0
    type: str = ""
    duration: MaybeTimeCode = ""


class Video(Record, frozen=True):
    """A video: a provider's id, or a file of the edition."""

    provider: str = ""
    id: str = ""
    file: str = ""
    poster: str = ""


class Chapter(Record, frozen=True):
    """Where a part of a recording begins (mm:ss or h:mm:ss)."""

    start: TimeCode
    title: Text


class Media(Record, frozen=True):
    """What can be heard or seen of a conversation."""

    audio: Audio | None = None
    video: Video | None = None
    transcript: str = ""
    chapters: tuple[Chapter, ...] = ()


class Correction(Record, frozen=True):
    """What was wrong and since when it is right."""

    date: Day
    text: Text


class FrontMatter(Record, frozen=True):
    """The front matter of a post, as written; ids are not yet resolved."""

    uid: Uid
    title: Text
    date: Instant
    slug: MaybeSlug = ""
    modified: Instant | None = None
    status: Literal["draft", "published", "hidden"] = "published"
    lang: Language = ""
    summary: str = ""
    aliases: tuple[Alias, ...] = ()
    format: MaybeSlug = ""
    authors: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    tags: tuple[Text, ...] = ()
    bookmark_of: tuple[Work, ...] = ()
    strength: Annotated[int, Meta(ge=1, le=3)] | None = None
    why_now: str = ""
    via: Via | None = None
    disclosure: Disclosure | None = None
    lookback_of: MaybeUid = ""
    series: Series | None = None
    guests: tuple[Slug | Speaker, ...] = ()
    hosts: tuple[Slug | Speaker, ...] = ()
    release: Literal["open", "given"] | None = None
    event: Event | None = None
    media: Media | None = None
    image: Image | None = None
    corrections: tuple[Correction, ...] = ()
    syndication: tuple[Url, ...] = ()
    also_in: tuple[Elsewhere, ...] = ()
    teaser: str = ""
    reasons: tuple[Text, ...] = ()


class PageMatter(Record, frozen=True):
    """The front matter of a standing page such as the imprint."""

    title: Text
    slug: MaybeSlug = ""
    lang: Language = ""
    summary: str = ""
    status: Literal["draft", "published", "hidden"] = "published"
    order: int = 0
    modified: Instant | None = None


# --- what is read, and what is published ---------------------------------------------------------


class Document(Struct, frozen=True, kw_only=True):
    """A post's file: where it is, what its front matter says, its Markdown and where that begins."""

    file: str
    format: str
    meta: FrontMatter
    body: str
    body_line: int

    @property
    def slug(self) -> str:
        """The last part of its address: as written, else the file's name."""
        return self.meta.slug or self.file.rsplit("/", 1)[-1].removesuffix(".md")


class Leaf(Struct, frozen=True, kw_only=True):
    """A standing page's file."""

    file: str
    meta: PageMatter
    body: str
    body_line: int

    @property
    def slug(self) -> str:
        """The last part of its address: as written, else the file's name."""
        return self.meta.slug or self.file.rsplit("/", 1)[-1].removesuffix(".md")


class Post(Struct, frozen=True, kw_only=True):
    """What lists, feeds and relations need of a post: ids resolved, derived values made, no body.

    `minutes`: how long it takes to read.
    """

    uid: str
    format: str
    path: str
    title: str
    date: datetime
    modified: datetime | None
    lang: str
    summary: str
    authors: tuple[Person, ...]
    topics: tuple[Topic, ...]
    tags: tuple[str, ...]
    works: tuple[Work, ...]
    strength: int | None
    why_now: str
    via: Via | None
    disclosure: Disclosure | None
    series: Series | None
    guests: tuple[Person | Speaker, ...]
    hosts: tuple[Person | Speaker, ...]
    event: Event | None
    upcoming: bool
    media: Media | None
    image: Image | None
    corrections: tuple[Correction, ...]
    syndication: tuple[str, ...]
    hidden: bool
    minutes: int = 1

    @property
    def changed(self) -> datetime:
        """When it last changed for a reader: the date it was modified, else published."""
        return self.modified or self.date
