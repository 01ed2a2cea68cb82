"""A page of the site before it is bytes: where it goes, what makes it, and all that it may look at.

How outputs are declared: a page of a template, a paged list. The plan and what it is made of build on this.

Lists are paged from the oldest, so that a new post changes the front page and no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Day
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ..edition.curation import Imprint, NamedSeries, Person, Source, Topic
from ..edition.model import Post
from .urls import Paths, root_of


class Part(Struct, frozen=True, tag=True, tag_field="$"):
    """A thing that contexts hold beside posts, people and topics; written with its kind, it can be read again."""


class Link(Part, frozen=True):
    """A named way to a page or feed of the site; `path` is from the root."""

    name: str
    path: str


class Site(Struct, frozen=True, kw_only=True):
    """What every page knows of the site. A change here changes every page, so it holds little.

    `people`, `series`, `sources`: there is a list of these to lead to; `corrections`: where they stand in a post.
    """

    name: str
    subtitle: str
    url: str
    lang: str
    paths: Paths
    imprint: Imprint
    topics: tuple[Topic, ...]
    formats: tuple[str, ...]
    standing: tuple[Link, ...]
    people: bool = False
    series: bool = False
    sources: bool = False
    corrections: Literal["top", "bottom"] = "bottom"


class Head(Part, frozen=True, kw_only=True):
    """What a page says of itself; `feeds` are those it announces, besides the site's own.

    `languages`: language -> where the same is said in it, this page among them; empty where it is said only here.

    `rooted`: the page is shown at any address (404), so its links begin at the host.
    """

    path: str
    title: str
    kind: str
    lang: str
    description: str = ""
    feeds: tuple[Link, ...] = ()
    languages: tuple[Link, ...] = ()
    indexed: bool = True
    rooted: str = ""

    @property
    def root(self) -> str:
        """The way to the site's root, to be put before every path."""
        return self.rooted or root_of(self.path)


class Pager(Part, frozen=True, kw_only=True):
    """Where a page of a list stands: number and total count from the oldest."""

    number: int
    total: int
    newer: str
    older: str


class Shelf(Part, frozen=True, kw_only=True):
    """The latest posts of a format, for the home page."""

    format: str
    path: str
    posts: tuple[Post, ...]


class TopicCard(Part, frozen=True, kw_only=True):
    """A topic as lists show it."""

    topic: Topic
    count: int
    newest: Post | None


class PersonCard(Part, frozen=True, kw_only=True):
    """A person as lists show them."""

    person: Person
    signed: int
    spoke: int
    picked: int = 0


class Pick(Part, frozen=True, kw_only=True):
    """A recommended work: the post that recommends it, and its place among the post's works."""

    post: Post
    place: int


class SeriesCard(Part, frozen=True, kw_only=True):
    """A series as lists show it: how many episodes, the next one if any, the latest that is past."""

    series: NamedSeries
    count: int
    coming: Post | None
    newest: Post | None


class SourceCard(Part, frozen=True, kw_only=True):
    """A source that we follow: how often a work of it was recommended, and by which post last."""

    source: Source
    picked: int
    newest: Post | None


class Headline(Part, frozen=True, kw_only=True):
    """A work that waits for a note, in facts; `more`: it tells the story of the one before."""

    url: str
    title: str
    outlet: str
    authors: tuple[str, ...]
    day: Day
    lang: str
    more: bool


class Past(Part, frozen=True, kw_only=True):
    """The post that another one looks back on, and how many years lie between them."""

    post: Post
    years: int


class Anniversary(Part, frozen=True, kw_only=True):
    """What was published so many years ago, in this week of the calendar."""

    years: int
    posts: tuple[Post, ...]


class Beside(Part, frozen=True, kw_only=True):
    """Where what lies beside a conversation's page is, from the root; empty where there is none."""

    calendar: str
    captions: str
    transcript: str
    chapters: str


class Episode(Part, frozen=True, kw_only=True):
    """A post's place in its series: how many posts that has, and those before and after it."""

    count: int
    earlier: Post | None
    later: Post | None


class Count(Part, frozen=True, kw_only=True):
    """A list's name, its address and how many posts it holds."""

    name: str
    path: str
    count: int


PARTS: tuple[type[Part], ...] = (
    Link,
    Head,
    Pager,
    Shelf,
    TopicCard,
    PersonCard,
    Past,
    Anniversary,
    Beside,
    Episode,
    Count,
    Pick,
    SeriesCard,
    SourceCard,
    Headline,
)
"""All kinds of parts: a new one joins them."""

ASSETS = 0
_POSTS, _LISTS, _FEEDS = 1, 2, 3


class Page(Struct, frozen=True, kw_only=True):
    """One output of the site.

    `path` is from the root; `writer` a key of render.WRITERS; `template` a template of the theme (HTML
    only); `context` all that its writer sees beside the texts of the posts in `bodies` (uids, or the
    file of a standing page): text, numbers, dates, posts, people, topics, the site, parts, tuples and
    dicts of these.
    """

    path: str
    writer: str = "html"
    template: str = ""
    context: Mapping[str, object]
    bodies: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """When it is moved into the site: posts, then the lists that lead to them, then feeds."""
        if self.writer != "html":
            return _FEEDS
        return _POSTS if self.bodies else _LISTS


SIZE = 24


class Slice(Struct, frozen=True):
    """One page of a list: its number from the oldest (0 for the front page) and its posts, newest first."""

    number: int
    posts: tuple[Post, ...]


def slices(posts: Sequence[Post], size: int = SIZE) -> list[Slice]:
    """Cut a list (newest first) into a front page and full older pages.

    The front page holds the newest full page and what has gathered since: `size` to 2 x `size` - 1
    posts, so that it never shows a lone post; the older pages never change once they are full.
    """
    full = len(posts) // size
    older = max(full - 1, 0)
    front = len(posts) - older * size
    cut = [Slice(0, tuple(posts[:front]))]
    for number in range(older, 0, -1):
        start = front + (older - number) * size
        cut.append(Slice(number, tuple(posts[start : start + size])))
    return cut


def html_page(site: Site, head: Head, template: str, *, bodies: tuple[str, ...] = (), **inputs: object) -> Page:
    """Declare a page of a template; `inputs` and the `bodies` of these posts are all that it sees."""
    context = {"site": site, "page": head, **inputs}
    return Page(path=head.path, template=template, context=context, bodies=bodies)


def paged(site: Site, head: Head, template: str, listed: Sequence[Post], **inputs: object) -> Iterator[Page]:
    """One page per slice of a list; what precedes the list stands on the front page only."""
    cut = slices(listed)
    paths = [head.path if one.number == 0 else site.paths.older(head.path, one.number) for one in cut]
    for index, one in enumerate(cut):
        pager = Pager(
            number=len(cut) - index,
            total=len(cut),
            newer=paths[index - 1] if index else "",
            older=paths[index + 1] if index + 1 < len(cut) else "",
        )
        at = replace(head, path=paths[index])
        context = {"site": site, "page": at, "posts": one.posts, "pager": pager, **inputs}
        yield Page(path=at.path, template=template, context=context)


def list_head(site: Site, path: str, title: str) -> Head:
    """Make the head of a list in the site's language."""
    return Head(path=path, title=title, kind="list", lang=site.lang)
