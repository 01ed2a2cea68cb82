"""Records that templates see besides posts, people and topics: links, cards, shelves, headlines.

A page's fingerprint holds these records as JSON with their kind ("$"), and a page is rendered again from that JSON.
"""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime

from msgspec import Struct

from ..edition.curation import Person, Series, Source, Topic
from ..edition.model import Post
from ..edition.pictures.model import Picture
from .urls import path_to_root


# The tag is fingerprints._KIND_KEY: msgspec writes the kind of a record as the encoder would.
class TemplateInput(Struct, frozen=True, tag=True, tag_field="$"):
    """Base of the records below; a new one joins TEMPLATE_INPUT_TYPES."""


class Link(TemplateInput, frozen=True):
    """A named link to a page or feed of the site; `path` is from the site's root."""

    name: str
    path: str


class Tombstone(TemplateInput, frozen=True):
    """A post that was withdrawn, of which feed readers learn that it is gone: its uid, and since when."""

    uid: str
    since: datetime


class BalanceShare(TemplateInput, frozen=True):
    """A share in percent; `is_word` says that its name is one of ours, which catalogues translate."""

    name: str
    percent: int
    is_word: bool = False


class BalanceGroup(TemplateInput, frozen=True):
    """The shares of outlets, topics, languages, …, by the `id` of the group, with its English title."""

    id: str
    title: str
    shares: tuple[BalanceShare, ...]


class Principles(Struct, frozen=True):
    """The paths of the pages that say how we choose and write, correct, and earn money; empty if there is none."""

    publishing: str = ""
    corrections: str = ""
    funding: str = ""


class PageMeta(TemplateInput, frozen=True, kw_only=True):
    """What a page or feed says of itself in its head.

    `feeds` are those it announces besides the site's own. `languages` links every language version of the page, itself
    included, by language code; empty if there is only this one. `absolute_root` is set where links cannot be relative:
    on the 404 page, which is shown at any address, and in mail. `card` is the path of its share card; without one, it
    has that of the home page.
    """

    path: str
    title: str
    kind: str
    lang: str
    description: str = ""
    feeds: tuple[Link, ...] = ()
    languages: tuple[Link, ...] = ()
    indexed: bool = True
    absolute_root: str = ""
    card: str = ""

    @property
    def root(self) -> str:
        """Return the prefix that leads from this page to the site's root; every link begins with it."""
        return self.absolute_root or path_to_root(self.path)


class FeedLink(TemplateInput, frozen=True, kw_only=True):
    """A feed on the page for subscribers: its name, or a label to translate, its path as RSS, and that of its page.

    Name and label are empty for the feed of everything.
    """

    name: str
    name_label: str
    path: str
    html_path: str


class Pager(TemplateInput, frozen=True, kw_only=True):
    """The place of a page in a paged list: its number and the total, counted from the oldest, and its neighbours."""

    number: int
    total: int
    newer: str
    older: str

    @property
    def place(self) -> int:
        """The number that readers see: the newest page is the first."""
        return self.total - self.number + 1


class Shelf(TemplateInput, frozen=True, kw_only=True):
    """The latest posts of a format; `path` is the list of all of them, empty if the shelf shows them all."""

    format: str
    path: str
    posts: tuple[Post, ...]


class TopicCard(TemplateInput, frozen=True, kw_only=True):
    """A topic as lists show it, with the number of its posts."""

    topic: Topic
    count: int
    newest: Post | None
    picture: Picture | None = None


class PersonCard(TemplateInput, frozen=True, kw_only=True):
    """A person as lists show them."""

    person: Person
    post_count: int
    conversation_count: int
    recommendation_count: int = 0


class Recommendation(TemplateInput, frozen=True, kw_only=True):
    """A recommended work: the post that recommends it, and the work's index among the post's works."""

    post: Post
    work_index: int


class SeriesCard(TemplateInput, frozen=True, kw_only=True):
    """A series as lists show it: the number of its episodes, the next one if any, and the latest that is past."""

    series: Series
    count: int
    upcoming: Post | None
    newest: Post | None


class SourceCard(TemplateInput, frozen=True, kw_only=True):
    """A source that we follow: how often a work of it was recommended, and the latest post that did."""

    source: Source
    recommendation_count: int
    newest: Post | None


class Headline(TemplateInput, frozen=True, kw_only=True):
    """A work that waits for a note, in facts; `continues_story`: it reports the same story as the one before.

    `day` is None if its source did not say when it was published.
    """

    url: str
    title: str
    publication: str
    authors: tuple[str, ...]
    day: Day | None
    lang: str
    continues_story: bool


class LookbackTarget(TemplateInput, frozen=True, kw_only=True):
    """The post that a look-back looks back on, and how many years lie between them."""

    post: Post
    years: int


class Anniversary(TemplateInput, frozen=True, kw_only=True):
    """The posts of this calendar week, so many years ago."""

    years: int
    posts: tuple[Post, ...]


class TalkMaterials(TemplateInput, frozen=True, kw_only=True):
    """The files beside a conversation's page, as paths from the site's root; empty if there is no such file."""

    calendar: str
    captions: str
    transcript: str
    chapters: str


class Episode(TemplateInput, frozen=True, kw_only=True):
    """A post's place in its series: how many posts the series has, and those before and after this one.

    `podcast` is the path of the series' podcast, empty if it is none.
    """

    count: int
    earlier: Post | None
    later: Post | None
    podcast: str = ""


class PodcastShow(TemplateInput, frozen=True, kw_only=True):
    """What a podcast says of itself for directories; `cover` is its path in the site.

    `guid` is empty if it follows from the podcast's address.
    """

    category: str
    subcategory: str
    explicit: bool
    owner_name: str
    owner_email: str
    locked: bool
    cover: str
    guid: str = ""


class SitemapEntry(TemplateInput, frozen=True, kw_only=True):
    """A page in the sitemap: its path, the post that changed last on it if any, its language versions."""

    path: str
    post: Post | None = None
    languages: tuple[Link, ...] = ()


class CountedLink(TemplateInput, frozen=True, kw_only=True):
    """A link to a list, with the number of its posts."""

    name: str
    path: str
    count: int


class MonthLink(TemplateInput, frozen=True, kw_only=True):
    """A link to the posts of a month, with their number."""

    first_day: Day
    path: str
    count: int


class StoredKey(TemplateInput, frozen=True):
    """A key under which the reader's browser keeps a choice, and an English message that says what for."""

    key: str
    purpose: str


class ProviderLink(TemplateInput, frozen=True):
    """A provider of embeds: its host, empty if each embed names its own, and the address of its privacy policy."""

    name: str
    host: str
    privacy_url: str


TEMPLATE_INPUT_TYPES: tuple[type[TemplateInput | Picture], ...] = (
    Link,
    Tombstone,
    BalanceShare,
    BalanceGroup,
    FeedLink,
    PageMeta,
    Pager,
    Shelf,
    TopicCard,
    PersonCard,
    LookbackTarget,
    Anniversary,
    TalkMaterials,
    Episode,
    PodcastShow,
    SitemapEntry,
    CountedLink,
    MonthLink,
    Recommendation,
    SeriesCard,
    SourceCard,
    Headline,
    Picture,
    StoredKey,
    ProviderLink,
)
"""All kinds of template inputs, so that stored ones can be read."""
