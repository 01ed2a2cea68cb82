"""The front matter of posts and standing pages, as written; ids are not yet resolved.

What is read of a post's file, and what lists, feeds and pages are made of.

The nouns: frozen records, no behaviour beyond derived values.

The field names are those of the files in curation/ and of the posts' front matter: the contract
that editors build on. Dates are aware; ids are slugs.
"""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from .curation import Image, Person, Topic
from .validation import (
    Alias,
    AwareDatetime,
    Language,
    MaybeSlug,
    MaybeTimeCode,
    MaybeUid,
    MaybeUrl,
    NonBlankText,
    Record,
    Slug,
    TimeCode,
    Uid,
    Url,
)


class Work(Record, frozen=True):
    """A recommended original, with the credit it is owed; `minutes`: how long it takes to read, hear or see."""

    url: Url
    title: NonBlankText
    authors: tuple[NonBlankText, ...] = ()
    publication: str = ""
    source: MaybeSlug = ""
    published: Day | None = None
    accessed: Day | None = None
    lang: Language = ""
    paywall: bool = False
    archived: MaybeUrl = ""
    minutes: Annotated[int, Meta(ge=1, le=6000)] | None = None
    item: str = ""


class AlternateAddress(Record, frozen=True):
    """Another address of the same work: that of another source that brought it, or the one that its own links to."""

    source: Slug
    url: Url


class Via(Record, frozen=True):
    """Where the curator found it."""

    name: NonBlankText
    url: MaybeUrl = ""


class Disclosure(Record, frozen=True):
    """Whose interest is in play: shown first, on every surface."""

    kind: Literal["sponsor", "employer", "gift", "relation"]
    text: str = ""


class SeriesPosition(Record, frozen=True):
    """A post's place in a series of talks or interviews."""

    id: Slug
    position: Annotated[int, Meta(ge=1)]


class Speaker(Record, frozen=True):
    """A guest or host without an entry in people.yaml."""

    name: NonBlankText
    role: str = ""


class Event(Record, frozen=True):
    """When and where a talk takes or took place."""

    start: AwareDatetime
    end: AwareDatetime | None = None
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
    """A video: a provider's id, or a file of the edition; `duration` is h:mm:ss."""

    provider: str = ""
    id: str = ""
    file: str = ""
    poster: str = ""
    duration: MaybeTimeCode = ""


class Chapter(Record, frozen=True):
    """Where a part of a recording begins (mm:ss or h:mm:ss)."""

    start: TimeCode
    title: NonBlankText


class Media(Record, frozen=True):
    """What can be heard or seen of a conversation."""

    audio: Audio | None = None
    video: Video | None = None
    transcript: str = ""
    chapters: tuple[Chapter, ...] = ()


class Correction(Record, frozen=True):
    """What was wrong and since when it is right."""

    date: Day
    text: NonBlankText


class Period(Record, frozen=True):
    """The days that a digest sums up, the first and the last of them included."""

    since: Day = field(name="from")
    until: Day = field(name="to")


class FrontMatter(Record, frozen=True):
    """The front matter of a post, as written; ids are not yet resolved.

    `translation_of` is the uid of the post that this one says again in another language.
    """

    uid: Uid
    title: NonBlankText
    date: AwareDatetime
    slug: MaybeSlug = ""
    modified: AwareDatetime | None = None
    status: Literal["draft", "published", "hidden"] = "published"
    lang: Language = ""
    summary: str = ""
    aliases: tuple[Alias, ...] = ()
    format: MaybeSlug = ""
    authors: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    tags: tuple[NonBlankText, ...] = ()
    bookmark_of: tuple[Work, ...] = ()
    strength: Annotated[int, Meta(ge=1, le=3)] | None = None
    why_now: str = ""
    via: Via | None = None
    disclosure: Disclosure | None = None
    lookback_of: MaybeUid = ""
    translation_of: MaybeUid = ""
    changed_since: tuple[NonBlankText, ...] = ()
    period: Period | None = None
    series: SeriesPosition | None = None
    guests: tuple[Slug | Speaker, ...] = ()
    hosts: tuple[Slug | Speaker, ...] = ()
    release: Literal["open", "given"] | None = None
    event: Event | None = None
    media: Media | None = None
    image: Image | None = None
    corrections: tuple[Correction, ...] = ()
    syndication: tuple[Url, ...] = ()
    also_in: tuple[AlternateAddress, ...] = ()
    teaser: str = ""
    reasons: tuple[NonBlankText, ...] = ()

    @property
    def is_withheld(self) -> bool:
        """Whether it is kept back at any date: a draft, or an interview that its partner has not released."""
        return self.status == "draft" or self.release == "open"


class StandalonePageFrontMatter(Record, frozen=True):
    """The front matter of a standing page such as the imprint."""

    title: NonBlankText
    slug: MaybeSlug = ""
    lang: Language = ""
    summary: str = ""
    status: Literal["draft", "published", "hidden"] = "published"
    order: int = 0
    modified: AwareDatetime | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether it is kept back: a draft."""
        return self.status == "draft"


class ContentFile(Struct, frozen=True, kw_only=True):
    """What a post's or page's file is known by: where it is, and what its front matter says."""

    file: str
    meta: FrontMatter | StandalonePageFrontMatter

    @property
    def slug(self) -> str:
        """The last part of its address: as written, else the file's name."""
        return self.meta.slug or self.file.rsplit("/", 1)[-1].removesuffix(".md")


class PostFile(ContentFile, frozen=True, kw_only=True):
    """A post's file: where it is, what its front matter says, its Markdown and where that begins."""

    format: str
    meta: FrontMatter
    body: str
    body_line: int


class StandalonePage(ContentFile, frozen=True, kw_only=True):
    """A standing page's file."""

    meta: StandalonePageFrontMatter
    body: str
    body_line: int


class PostSummary(ContentFile, frozen=True, kw_only=True):
    """What lists, feeds and relations need of a post's file: all but its body, and what is derived from that.

    `summary`: as written, else the first sentence; `minutes`: how long it takes to read; `leads`: the files of other
    texts that it links to; `quoted`: what its quotations name as their sources; `timed`: its turns have time codes.
    """

    format: str
    meta: FrontMatter
    summary: str
    minutes: int
    linked_files: tuple[str, ...] = ()
    quoted_names: tuple[str, ...] = ()
    has_timecodes: bool = False


class StandalonePageSummary(ContentFile, frozen=True, kw_only=True):
    """What navigation needs of a standing page's file."""

    meta: StandalonePageFrontMatter
    summary: str


class Post(Struct, frozen=True, kw_only=True):
    """What lists, feeds and relations need of a post: ids resolved, derived values made, no body.

    `minutes`: how long it takes to read; `series_name`: what its series is called.
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
    series: SeriesPosition | None
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
    has_timecodes: bool = False
    series_name: str = ""
    translation_of: str = ""
    lookback_of: str = ""
    changed_since: tuple[str, ...] = ()
    period: Period | None = None

    @property
    def last_updated(self) -> datetime:
        """When it last changed for a reader: the date it was modified, else published."""
        return self.modified or self.date
