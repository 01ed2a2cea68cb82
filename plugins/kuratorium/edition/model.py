"""The records of posts and standalone pages: front matter as written, files, and posts as pages show them.

All are frozen. The field names of front matter are the contract with editors. Dates have an offset; ids are slugs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from datetime import date as Day
from typing import Annotated, Literal

from msgspec import Meta, Struct, field, structs

from .curation import AlternateAddress, Image, Nomination, Person, Topic
from .fields import (
    Alias,
    AwareDatetime,
    Language,
    MaybeSlug,
    MaybeUid,
    MaybeUrl,
    NonBlankText,
    Record,
    Slug,
    Uid,
    Url,
)
from .pictures.model import Picture
from .podcasts.model import Media
from .works import PastWork, Suggestion, Via, Work


class Disclosure(Record, frozen=True):
    """An interest that readers must know of; shown first, on every surface (§ 22 MStV).

    `kind`: the kind of interest.
    `text`: the details.
    """

    kind: Literal["sponsor", "employer", "gift", "relation"]
    text: str = ""


class SeriesPosition(Record, frozen=True):
    """A post's place in a series of talks or interviews.

    `id`: id of the series.
    `position`: its number there, from 1.
    `season`: the number of the season, if the series has seasons; each counts positions anew.
    """

    id: Slug
    position: Annotated[int, Meta(ge=1)]
    season: Annotated[int, Meta(ge=1)] | None = None

    @property
    def order(self) -> tuple[int, int]:
        """The key by which the posts of a series are sorted: each season has numbers of its own."""
        return self.season or 0, self.position


class Speaker(Record, frozen=True):
    """A guest or host without an entry in people.yaml. `name`: as pages write it. `role`: function or profession."""

    name: NonBlankText
    role: str = ""


class Event(Record, frozen=True):
    """When and where a talk takes place, or took place.

    `start`: when it begins, with the offset.
    `end`: required once the post is published.
    `mode`: whether one takes part from afar, on the spot, or both.
    `url`: where to join or register.
    `place`: the address of the venue.
    `status`: shown on the page and in calendars.
    `sequence`: how often a published event changed; calendars take over the form with the highest one.
    """

    start: AwareDatetime
    end: AwareDatetime | None = None
    mode: Literal["online", "onsite", "hybrid"] = "online"
    url: MaybeUrl = ""
    place: str = ""
    status: Literal["scheduled", "moved", "postponed", "cancelled"] = "scheduled"
    sequence: Annotated[int, Meta(ge=0)] = 0


class Correction(Record, frozen=True):
    """A mistake that was corrected after publication. `date`: the day. `text`: what was wrong, and what is right."""

    date: Day
    text: NonBlankText


class Withdrawal(Record, frozen=True):
    """That a post was taken off the site; a notice at its address says so. `date`: the day. `reason`: the reason."""

    date: Day
    reason: NonBlankText


class Release(Record, frozen=True):
    """Whether an interview is released. `state`: whether its partner did so. `by`: who said so. `on`: the day."""

    state: Literal["open", "given"]
    by: str = ""
    on: Day | None = None


class IgnoredRule(Record, frozen=True):
    """A rule of `check` whose warnings do not apply to a text. `rule`: id of the rule. `reason`: the reason."""

    rule: NonBlankText
    reason: NonBlankText


UNDATED = datetime.min.replace(tzinfo=UTC)


class Period(Record, frozen=True):
    """The days that a digest sums up. `since`, `until` (in the file: `from`, `to`): the first and the last of them."""

    since: Day = field(name="from")  # "from" is a keyword of Python
    until: Day = field(name="to")


class FrontMatter(Record, frozen=True, kw_only=True):
    """The front matter of a post, as written: ids are not yet resolved.

    `uid`: permanent id, from which ids of feed entries derive, so that title, slug and date may change.
    `title`: plain text, without Markdown.
    `date`: when it is published.
    `slug`: last part of its address; else the file's name.
    `modified`: when it last changed for readers.
    `status`: a hidden post has a page, but no list or feed shows it; of a withdrawn one, only a notice is left.
    `withdrawn`: when and why it was withdrawn.
    `lang`: its language, if it is not that of the site.
    `summary`: plain text, as the title; else the first sentence of its text.
    `aliases`: former addresses on this site, which lead here.
    `format`: may repeat what the folder says.
    `authors`: ids of people. `topics`: ids of topics. `tags`: free words.
    `bookmark_of`: the works that a note recommends.
    `strength`: how strongly it recommends them, from 1 (worth reading) to 3 (must-read).
    `why_now`: why they matter today.
    `lookback_of`: uid of the older post that this one returns to, or a work elsewhere.
    `translation_of`: uid of the post of which this one is a translation.
    `featured`: it leads the front page: `true`, or the last day on which it does.
    `changed_since`: what is different today from when the older post was written.
    `period`: the days that a digest sums up.
    `guests`, `hosts`: ids of people, or speakers without an id.
    `release`: whether the interview partner has released the text, and who said so; an open one is never published.
    `corrections`: mistakes that were corrected after publication.
    `syndication`: addresses of copies elsewhere.
    `purpose`: what a long quotation is needed for (§ 51 UrhG).
    `ignore`: rules of `kuratorium check` that do not apply here.
    `also_in`: other addresses of the work, from the inbox.
    `teaser`: the text of the feed; in the inbox only, never published.
    `reasons`: why topics were suggested; in the inbox only, never published.
    `suggestions`: who suggests the work from outside; in the inbox only, never published.
    """

    # In the order in which forms show them and save them, and drafts begin.
    uid: Uid
    title: NonBlankText
    slug: MaybeSlug = ""
    date: AwareDatetime  # with offset: otherwise the order of posts depends on the time zone of the machine
    modified: AwareDatetime | None = None
    lang: Language = ""
    summary: str = ""
    authors: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    tags: tuple[NonBlankText, ...] = ()
    status: Literal["draft", "published", "hidden", "withdrawn"] = "published"  # Pelican's values, and one of ours
    hosts: tuple[Slug | Speaker, ...] = ()
    guests: tuple[Slug | Speaker, ...] = ()  # not every guest needs a record and a page in people.yaml
    series: SeriesPosition | None = None
    release: Literal["open", "given"] | Release | None = None
    event: Event | None = None
    media: Media | None = None
    disclosure: Disclosure | None = None
    strength: Annotated[int, Meta(ge=1, le=3)] | None = None
    why_now: str = ""
    bookmark_of: tuple[Work, ...] = ()
    via: Via | None = None
    lookback_of: MaybeUid | PastWork = ""
    changed_since: tuple[NonBlankText, ...] = ()
    period: Period | None = None
    image: Image | None = None
    corrections: tuple[Correction, ...] = ()
    featured: Day | bool = False
    translation_of: MaybeUid = ""
    aliases: tuple[Alias, ...] = ()
    syndication: tuple[Url, ...] = ()
    purpose: str = ""
    withdrawn: Withdrawal | None = None
    format: MaybeSlug = ""
    ignore: tuple[IgnoredRule, ...] = ()
    also_in: tuple[AlternateAddress, ...] = ()
    teaser: str = ""
    reasons: tuple[NonBlankText, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def works(self) -> tuple[Work, ...]:
        """The works elsewhere that it is about: those that it recommends, or the one that it looks back on."""
        if isinstance(self.lookback_of, str):
            return self.bookmark_of
        return (*self.bookmark_of, Work(**structs.asdict(self.lookback_of)))

    @property
    def is_withheld(self) -> bool:
        """Whether it is not published at any date: a draft, withdrawn, or an interview that is not released."""
        return self.has_no_readers or (self.release is not None and self.is_unreleased)

    @property
    def has_no_readers(self) -> bool:
        """Whether its text is not for readers: a draft, which is not finished, or a withdrawn post."""
        return self.status in ("draft", "withdrawn")

    @property
    def is_unreleased(self) -> bool:
        """Whether it is an interview that its partner has not released."""
        return (self.release.state if isinstance(self.release, Release) else self.release) == "open"


class InboxFrontMatter(FrontMatter, frozen=True, kw_only=True):
    """The front matter of an inbox file. `date` is its entry's; UNDATED if the feed gave none.

    `later`: the day on which it is back on the desk.
    `nominations`: who proposes it to the others.
    """

    date: AwareDatetime = UNDATED
    later: Day | None = None
    nominations: tuple[Nomination, ...] = ()


class StandalonePageFrontMatter(Record, frozen=True):
    """The front matter of a standalone page, such as the imprint.

    `title`: plain text, the page's headline.
    `slug`: last part of its address; else the file's name.
    `lang`: its language, if it is not that of the site.
    `summary`: plain text for search engines; else the first sentence of its text.
    `status`: a hidden page is in no menu.
    `order`: place in the navigation, lowest first.
    `modified`: when it last changed for readers.
    `ignore`: rules of `kuratorium check` that do not apply here.
    """

    title: NonBlankText
    slug: MaybeSlug = ""
    lang: Language = ""
    summary: str = ""
    status: Literal["draft", "published", "hidden"] = "published"
    order: int = 0
    modified: AwareDatetime | None = None
    ignore: tuple[IgnoredRule, ...] = ()

    @property
    def is_withheld(self) -> bool:
        """Whether it is not published: a draft."""
        return self.status == "draft"

    @property
    def has_no_readers(self) -> bool:
        """Whether its text is not for readers: a draft."""
        return self.is_withheld


class ContentFile(Struct, frozen=True, kw_only=True):
    """The file of a post or page: its path from the edition's root, and its front matter."""

    file: str
    meta: FrontMatter | StandalonePageFrontMatter

    @property
    def slug(self) -> str:
        """The last part of its address: as written in front matter, else the file's name."""
        return self.meta.slug or self.file.rsplit("/", 1)[-1].removesuffix(".md")


class PostFile(ContentFile, frozen=True, kw_only=True):
    """A post's file. `body`: Markdown. `body_line`: line of the file, from 1, on which the body begins."""

    format: str
    meta: FrontMatter
    body: str
    body_line: int


class StandalonePage(ContentFile, frozen=True, kw_only=True):
    """A standalone page's file. `body` and `body_line` as in PostFile."""

    meta: StandalonePageFrontMatter
    body: str
    body_line: int


class PostSummary(ContentFile, frozen=True, kw_only=True):
    """What lists, feeds and relations need of a post's file: all but its body, and what is derived from the body.

    `summary`: as written, else the first sentence.
    `minutes`: reading time.
    `linked_files`: files of other posts and pages that it links to.
    `quoted_names`: the sources that its quotations name.
    `has_timecodes`: its turns have time codes.
    `pictures`: those that it shows, with that of its front matter; `linked_pictures` their files that a link leads to.
    `shown_early`: in a preview with drafts, why readers do not see it yet, or that it needs only its date.
    """

    format: str
    meta: FrontMatter
    summary: str
    minutes: int
    linked_files: tuple[str, ...] = ()
    quoted_names: tuple[str, ...] = ()
    has_timecodes: bool = False
    pictures: tuple[Picture, ...] = ()
    linked_pictures: tuple[str, ...] = ()
    shown_early: Literal["", "draft", "unreleased", "later"] = ""


class StandalonePageSummary(ContentFile, frozen=True, kw_only=True):
    """What the navigation needs of a standalone page; `blocks` are those of page_blocks, all else as in PostSummary."""

    meta: StandalonePageFrontMatter
    summary: str
    pictures: tuple[Picture, ...] = ()
    linked_pictures: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()


class Post(Struct, frozen=True, kw_only=True):
    """A post as lists, feeds and relations need it: ids resolved, values derived, without its body.

    `path`: its page, from the site's root.
    `day`: that of `date` in the site's time zone.
    `works`: those of `bookmark_of`, and the one elsewhere of `lookback_of`, which then is empty.
    `upcoming`: its event is not over; `live`: it has begun, too.
    `featured`: it leads the front page at the date of the build.
    `minutes`: reading time.
    `picture`: the file of its `image`, and what is drawn of it.
    `series_name`: name of its series.
    `unpublished`: why readers do not see it yet; only in a preview with drafts.
    All else as in FrontMatter and PostSummary.
    """

    uid: str
    format: str
    path: str
    title: str
    date: datetime
    day: Day
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
    live: bool = False
    featured: bool = False
    minutes: int = 1
    has_timecodes: bool = False
    picture: Picture | None = None
    series_name: str = ""
    translation_of: str = ""
    lookback_of: str = ""
    changed_since: tuple[str, ...] = ()
    period: Period | None = None
    unpublished: Literal["", "draft", "unreleased", "scheduled"] = ""

    @property
    def last_updated(self) -> datetime:
        """The date on which it last changed for readers: modified, else published."""
        return self.modified or self.date
