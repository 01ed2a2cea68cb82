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

from ..edition.curation import Imprint, Person, Series, Source, Topic
from ..edition.model import Post
from .urls import Paths, path_to_root


class TemplateInput(Struct, frozen=True, tag=True, tag_field="$"):
    """A thing that contexts hold beside posts, people and topics; written with its kind, it can be read again."""


class Link(TemplateInput, frozen=True):
    """A named way to a page or feed of the site; `path` is from the root."""

    name: str
    path: str


class SiteMeta(Struct, frozen=True, kw_only=True):
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
    standalone_pages: tuple[Link, ...]
    has_people: bool = False
    has_series: bool = False
    has_sources: bool = False
    corrections_position: Literal["top", "bottom"] = "bottom"


class PageMeta(TemplateInput, frozen=True, kw_only=True):
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
    absolute_root: str = ""

    @property
    def root(self) -> str:
        """The way to the site's root, to be put before every path."""
        return self.absolute_root or path_to_root(self.path)


class Pager(TemplateInput, frozen=True, kw_only=True):
    """Where a page of a list stands: number and total count from the oldest."""

    number: int
    total: int
    newer: str
    older: str


class Shelf(TemplateInput, frozen=True, kw_only=True):
    """The latest posts of a format, for the home page."""

    format: str
    path: str
    posts: tuple[Post, ...]


class TopicCard(TemplateInput, frozen=True, kw_only=True):
    """A topic as lists show it."""

    topic: Topic
    count: int
    newest: Post | None


class PersonCard(TemplateInput, frozen=True, kw_only=True):
    """A person as lists show them."""

    person: Person
    post_count: int
    conversation_count: int
    recommendation_count: int = 0


class Recommendation(TemplateInput, frozen=True, kw_only=True):
    """A recommended work: the post that recommends it, and its place among the post's works."""

    post: Post
    work_index: int


class SeriesCard(TemplateInput, frozen=True, kw_only=True):
    """A series as lists show it: how many episodes, the next one if any, the latest that is past."""

    series: Series
    count: int
    upcoming: Post | None
    newest: Post | None


class SourceCard(TemplateInput, frozen=True, kw_only=True):
    """A source that we follow: how often a work of it was recommended, and by which post last."""

    source: Source
    recommendation_count: int
    newest: Post | None


class Headline(TemplateInput, frozen=True, kw_only=True):
    """A work that waits for a note, in facts; `more`: it tells the story of the one before."""

    url: str
    title: str
    publication: str
    authors: tuple[str, ...]
    day: Day
    lang: str
    continues_story: bool


class LookbackTarget(TemplateInput, frozen=True, kw_only=True):
    """The post that another one looks back on, and how many years lie between them."""

    post: Post
    years: int


class Anniversary(TemplateInput, frozen=True, kw_only=True):
    """What was published so many years ago, in this week of the calendar."""

    years: int
    posts: tuple[Post, ...]


class TalkMaterials(TemplateInput, frozen=True, kw_only=True):
    """Where what lies beside a conversation's page is, from the root; empty where there is none."""

    calendar: str
    captions: str
    transcript: str
    chapters: str


class Episode(TemplateInput, frozen=True, kw_only=True):
    """A post's place in its series: how many posts that has, and those before and after it."""

    count: int
    earlier: Post | None
    later: Post | None


class CountedLink(TemplateInput, frozen=True, kw_only=True):
    """A list's name, its address and how many posts it holds."""

    name: str
    path: str
    count: int


TEMPLATE_INPUT_TYPES: tuple[type[TemplateInput], ...] = (
    Link,
    PageMeta,
    Pager,
    Shelf,
    TopicCard,
    PersonCard,
    LookbackTarget,
    Anniversary,
    TalkMaterials,
    Episode,
    CountedLink,
    Recommendation,
    SeriesCard,
    SourceCard,
    Headline,
)
"""All kinds of parts: a new one joins them."""

ASSET_RANK = 0
_POST_RANK, _LIST_RANK, _FEED_RANK = 1, 2, 3


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
    body_keys: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """When it is moved into the site: posts, then the lists that lead to them, then feeds."""
        if self.writer != "html":
            return _FEED_RANK
        return _POST_RANK if self.body_keys else _LIST_RANK


LIST_PAGE_SIZE = 24


class PostSlice(Struct, frozen=True):
    """One page of a list: its number from the oldest (0 for the front page) and its posts, newest first."""

    number: int
    posts: tuple[Post, ...]


def paginate(posts: Sequence[Post], size: int = LIST_PAGE_SIZE) -> list[PostSlice]:
    """Cut a list (newest first) into a front page and full older pages.

    The front page holds the newest full page and what has gathered since: `size` to 2 x `size` - 1
    posts, so that it never shows a lone post; the older pages never change once they are full.
    """
    full = len(posts) // size
    older = max(full - 1, 0)
    front = len(posts) - older * size
    cut = [PostSlice(0, tuple(posts[:front]))]
    for number in range(older, 0, -1):
        start = front + (older - number) * size
        cut.append(PostSlice(number, tuple(posts[start : start + size])))
    return cut


def build_html_page(
    site: SiteMeta, meta: PageMeta, template: str, *, body_keys: tuple[str, ...] = (), **inputs: object
) -> Page:
    """Declare a page of a template; `inputs` and the `bodies` of these posts are all that it sees."""
    context = {"site": site, "meta": meta, **inputs}
    return Page(path=meta.path, template=template, context=context, body_keys=body_keys)


def build_list_pages(
    site: SiteMeta, meta: PageMeta, template: str, posts: Sequence[Post], **inputs: object
) -> Iterator[Page]:
    """One page per slice of a list; what precedes the list stands on the front page only."""
    cut = paginate(posts)
    paths = [meta.path if one.number == 0 else site.paths.list_page(meta.path, one.number) for one in cut]
    for index, one in enumerate(cut):
        pager = Pager(
            number=len(cut) - index,
            total=len(cut),
            newer=paths[index - 1] if index else "",
            older=paths[index + 1] if index + 1 < len(cut) else "",
        )
        at = replace(meta, path=paths[index])
        context = {"site": site, "meta": at, "posts": one.posts, "pager": pager, **inputs}
        yield Page(path=at.path, template=template, context=context)


def build_list_meta(site: SiteMeta, path: str, title: str) -> PageMeta:
    """Make the head of a list in the site's language."""
    return PageMeta(path=path, title=title, kind="list", lang=site.lang)
