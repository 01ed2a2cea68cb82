"""An output of the site before it is rendered: its path, its writer, and all that the writer may see.

Each kind of output is a class of its own, so that its writer has typed inputs. PAGE_TYPES lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from msgspec import Struct
from msgspec.structs import replace

from ..edition.curation import Imprint, Person, Source, Sponsor, Topic
from ..edition.model import Post
from ..edition.pictures.model import Picture
from .drawing.model import Mark, Schemes
from .post_lists import PostList, sort_upcoming
from .template_inputs import FeedLink, Link, LookbackTarget, PageMeta, Pager, PodcastShow, Principles, Tombstone
from .urls import Paths

POST_PAGE_KINDS = frozenset({"post", "mail"})
"""The kinds (`PageMeta.kind`) of pages that show one post whole: their title and description are the post's."""

BodyFinder = Callable[[str, str], str]
"""Body key and path to the site's root (`../`, or an absolute address) -> the body's HTML, with links for that page."""

# The order in which a build moves files into the site: a page that is linked exists before the page that links to it.
ASSET_RANK = 0
_POST_RANK, _LIST_RANK, _FEED_RANK = 1, 2, 3


class SiteMeta(Struct, frozen=True, kw_only=True):
    """What every page knows of the site. A change here changes every page, so it holds little.

    `has_…`: whether there is such a list to link to, tags have feeds, pages a picture for chats, the site a search;
    `corrections_position`: where a post shows its corrections. `languages`: of the posts, none if all are in one.
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
    languages: tuple[str, ...] = ()
    has_people: bool = False
    has_series: bool = False
    has_tags: bool = False
    has_sources: bool = False
    has_tag_feeds: bool = False
    has_share_cards: bool = True
    has_search: bool = True
    corrections_position: Literal["top", "bottom"] = "bottom"
    mark: Mark = Mark()
    schemes: Schemes = Schemes()
    principles: Principles = Principles()
    sponsors: tuple[Sponsor, ...] = ()
    hub: str = ""
    newsletter: str = ""
    content_security_policy: str = ""


class Page(Struct, frozen=True, kw_only=True):
    """One output of the site; each subclass declares what its writer sees.

    `path` is from the site's root. `body_keys` are the texts whose HTML the writer asks for: uids of posts, or the file
    of a standalone page. `writer` is a key of `render.WRITERS`. Inputs are text, numbers, dates, posts, people, topics,
    sources, series, the site, template inputs, and tuples and dicts of these.
    """

    writer: ClassVar[str]

    path: str
    body_keys: tuple[str, ...] = ()

    @property
    def context(self) -> Mapping[str, object]:
        """Return all declared inputs by name: from which the page's fingerprint is computed."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if name not in Page.__struct_fields__}

    @property
    def rank(self) -> int:
        """Return when the file is moved into the site: posts, then the lists that link to them, then feeds."""
        if self.writer != HtmlPage.writer:
            return ASSET_RANK if isinstance(self, PicturePage | ShareCardPage) else _FEED_RANK
        return _POST_RANK if self.body_keys else _LIST_RANK


class TemplatePage(Page, frozen=True, kw_only=True):
    """An output of a template, which sees the site, the page's meta data, its inputs by name, and nothing else."""

    template: str
    site: SiteMeta
    meta: PageMeta
    inputs: Mapping[str, object] = {}

    @property
    def context(self) -> Mapping[str, object]:
        """Return what the template sees; the template itself is a part of the fingerprint, but no input."""
        return {"site": self.site, "meta": self.meta, **self.inputs}


class HtmlPage(TemplatePage, frozen=True, kw_only=True):
    """A page of the site."""

    writer = "html"


class MailPage(TemplatePage, frozen=True, kw_only=True):
    """The HTML version of a post for mail."""

    writer = "mail"


class PlainTextPage(Page, frozen=True, kw_only=True):
    """The plain text version of a post for mail."""

    writer = "text"

    site: SiteMeta
    meta: PageMeta
    post: Post


class FeedPage(Page, frozen=True, kw_only=True):
    """A feed of `items` in one `serialisation` (of a row of FEED_TYPES).

    `html_path` is the page with the same posts, `sources` maps ids of the items' sources to the address of their feed,
    `lookback_targets` maps uids of look-backs among the items to what they look back on. `name_label` is the part of
    its name that is translated. `current_path` is the feed that one subscribes to, this one or that of an archive;
    `older_path` is the next older archive, empty if there is none. `tombstones` are of posts that left it.
    """

    writer = "feed"

    serialisation: str
    site: SiteMeta
    meta: PageMeta
    name_label: str
    html_path: str
    current_path: str
    older_path: str
    is_archive: bool
    items: tuple[Post, ...]
    sources: dict[str, str]
    lookback_targets: dict[str, LookbackTarget]
    tombstones: tuple[Tombstone, ...] = ()


class PodcastPage(FeedPage, frozen=True, kw_only=True):
    """The podcast of a series: its `items` are the episodes, and those to come."""

    writer = "podcast"

    show: PodcastShow


class CoverPage(Page, frozen=True, kw_only=True):
    """The drawn cover of a podcast; `files` as in ShareCardPage."""

    writer = "cover"

    title: str
    site_name: str
    files: dict[str, str] = {}


class FeedType(Struct, frozen=True):
    """A way to write a feed: its key in render.SERIALISERS, its name, the ending of its files, its media type."""

    serialisation: str
    name: str
    ending: str
    media_type: str


RSS = FeedType("rss", "RSS", ".xml", "application/rss+xml")
ATOM = FeedType("atom", "Atom", ".atom", "application/atom+xml")
JSON_FEED = FeedType("json", "JSON Feed", ".json", "application/feed+json")
FEED_TYPES = (RSS, ATOM, JSON_FEED)
"""All ways to write a feed; the first is the one that pages link to."""


def get_feed_path(path: str, feed_type: FeedType = RSS) -> str:
    """Return the path of a feed in one type, by its path in another one or by that of the page with its posts."""
    return path.rpartition(".")[0] + feed_type.ending


class CalendarPage(Page, frozen=True, kw_only=True):
    """A calendar of talks; `name` is empty for the calendar of a single talk."""

    writer = "calendar"

    site: SiteMeta
    name: str
    posts: tuple[Post, ...]


class CaptionsPage(Page, frozen=True, kw_only=True):
    """The captions of a conversation."""

    writer = "captions"

    post: Post


class TranscriptPage(Page, frozen=True, kw_only=True):
    """The transcript of a conversation as plain text."""

    writer = "transcript"

    site: SiteMeta
    post: Post


class ChaptersPage(Page, frozen=True, kw_only=True):
    """The chapters of a recording."""

    writer = "chapters"

    post: Post


class OpmlPage(Page, frozen=True, kw_only=True):
    """The sources that we follow, for feed readers."""

    writer = "opml"

    site: SiteMeta
    meta: PageMeta
    sources: tuple[Source, ...]


class ShareCardPage(Page, frozen=True, kw_only=True):
    """The share card of a post, a topic, a person, or of the site itself if it is of none.

    `people` have portraits on it: of a topic, its curators. `files` are those that it needs and LOOK, by address in the
    site, with a digest of each; `picture` is one of them, of the post or the topic.
    """

    writer = "card"

    site_name: str
    site_url: str
    site_subtitle: str
    site_lang: str
    post: Post | None = None
    topic: Topic | None = None
    person: Person | None = None
    people: tuple[Person, ...] = ()
    picture: str = ""
    files: dict[str, str] = {}


class PicturePage(Page, frozen=True, kw_only=True):
    """A file of a picture: `picture` in one width, and in the format that the ending of the path names."""

    writer = "picture"

    picture: Picture
    width: int


class SiteFilePage(Page, frozen=True, kw_only=True):
    """A file at a fixed address, a row of writers.site_files, if the edition has none; `files` as in ShareCardPage."""

    writer = "site_file"

    kind: str
    site_url: str
    inputs: dict[str, object] = {}
    files: dict[str, str] = {}


class FeedListPage(Page, frozen=True, kw_only=True):
    """Our own feeds, for feed readers."""

    writer = "feed_list"

    site: SiteMeta
    feeds: tuple[FeedLink, ...]


PAGE_TYPES: dict[str, type[Page]] = {
    kind.writer: kind
    for kind in (
        HtmlPage,
        MailPage,
        PlainTextPage,
        FeedPage,
        PodcastPage,
        CoverPage,
        CalendarPage,
        CaptionsPage,
        TranscriptPage,
        ChaptersPage,
        OpmlPage,
        FeedListPage,
        ShareCardPage,
        PicturePage,
        SiteFilePage,
    )
}
"""All kinds of outputs by their writer, so that stored inputs can be read."""

LIST_PAGE_SIZE = 24


class PostSlice(Struct, frozen=True):
    """One page of a list: its number from the oldest (0: the front page), pages besides this, posts, newest first."""

    number: int
    older_count: int
    posts: tuple[Post, ...]


def paginate(posts: Sequence[Post], size: int = LIST_PAGE_SIZE) -> Iterator[PostSlice]:
    """Cut a list (newest first) into a front page and full older pages, in this order.

    Older pages are counted from the oldest post, so they never change once they are full. The front page holds the
    newest full page and all posts since: `size` to 2 x `size` - 1 posts, so that it never shows a lone post. Of a list
    to which a post was added, pages that cannot differ from before are left out.
    """
    older = max(len(posts) // size - 1, 0)
    front = len(posts) - older * size
    last_place = _find_last_change(posts, older, size)
    for number in (0, *range(older, 0, -1)):
        start, end = (front + (older - number) * size, front + (older - number + 1) * size) if number else (0, front)
        if start > last_place:
            break
        yield PostSlice(number, older, tuple(posts[start:end]))


def _find_last_change(posts: Sequence[Post], older: int, size: int) -> int:
    """Return the last place from which a page may differ from before a post was added."""
    place = posts.added_place if isinstance(posts, PostList) else None
    if place is None:
        return len(posts)
    if place < 0:
        return 0  # the front page shows more than the list
    has_new_page = older != max((len(posts) - 1) // size - 1, 0)
    return len(posts) if has_new_page else place  # all pages tell how many there are


def build_html_page(
    site: SiteMeta, meta: PageMeta, template: str, *, body_keys: tuple[str, ...] = (), **inputs: object
) -> HtmlPage:
    """Build a page of a template, which sees nothing but `inputs` and the first of the bodies."""
    return HtmlPage(path=meta.path, template=template, site=site, meta=meta, inputs=inputs, body_keys=body_keys)


def build_list_pages(
    site: SiteMeta,
    meta: PageMeta,
    template: str,
    posts: Sequence[Post],
    front_inputs: Mapping[str, object] | None = None,
    **inputs: object,
) -> Iterator[HtmlPage]:
    """Yield one page per slice of a list (newest first); `meta` is that of the front page.

    Only the front page sees `front_inputs`. Upcoming talks are the first on it, in the order of their starts, and on no
    other. They keep their place in the count, so that only two pages change when one is over.
    """

    def get_path(number: int) -> str:
        return site.paths.list_page(meta.path, number) if number else meta.path

    upcoming = tuple(sort_upcoming(posts))
    for part in paginate(posts):
        number = part.number or part.older_count + 1
        pager = Pager(
            number=number,
            total=part.older_count + 1,
            newer=get_path((number + 1) % (part.older_count + 1)) if part.number else "",
            older=get_path(number - 1) if number > 1 else "",
        )
        others = tuple([post for post in part.posts if not post.upcoming]) if upcoming else part.posts
        is_front = part.number == 0
        yield HtmlPage(
            path=get_path(part.number),
            template=template,
            site=site,
            meta=replace(meta, path=get_path(part.number)),
            inputs={
                "posts": (*upcoming, *others) if is_front else others,
                "pager": pager,
                **inputs,
                **(front_inputs or {} if is_front else {}),
            },
        )


def build_list_meta(site: SiteMeta, path: str, title: str) -> PageMeta:
    """Build the meta data of a list in the site's language."""
    return PageMeta(path=path, title=title, kind="list", lang=site.lang)
