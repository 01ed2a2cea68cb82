"""What a feed says of itself and of each post, in whatever type it is written: complete for readers who see no page."""

from __future__ import annotations

import html
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from gettext import NullTranslations
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ...edition import labels
from ...edition.curation import Image
from ...edition.model import Post
from ...edition.pictures.model import Picture
from ...edition.works import Work
from ...translations import N_
from ..delivery.bundles import FEED_SHEET
from ..markdown.pictures import render_credit
from ..page import BodyFinder, FeedPage
from ..template_inputs import LookbackTarget, Tombstone
from .spool import TextCache
from .talks import EventFormatter, render_talk

# Links as our converter writes them: lower-case attributes in double quotes. Text that only looks like one stays.
_IN_PAGE_LINK = re.compile(r'(<a (?:[a-z-]+="[^"]*" )*href=")#')
_MAX_ITEMS_IN_MEMORY = 200  # of each kind: feeds of the same days are written one after another
_MAX_PREVIOUS_ITEMS = 2_000
_TURN_TIME = '</b><a class="turn-time"'
INVALID_XML_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 does not allow (section 2.2)."""


ItemKey = tuple[str, str, str]
"""Serialisation of an item, uid of its post, language of the feed."""


class FeedItem(Struct, frozen=True, kw_only=True):
    """A post as an item of a feed; addresses are absolute, `content` is HTML, all else plain text.

    `authors` are names and addresses of pages. `source` is the name and address of the feed that the first recommended
    work came from, None if it has no address. `lang` is empty if it is that of the feed.
    """

    uid: str
    title: str
    url: str
    summary: str
    content: str
    published: datetime
    updated: datetime
    lang: str
    authors: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    works: tuple[Work, ...]
    via: tuple[str, str] | None
    source: tuple[str, str] | None
    image_url: str


class FeedContent(Struct, frozen=True, kw_only=True):
    """A feed before it is written; addresses are absolute.

    `url` is its own, `current_url` that of the feed that one subscribes to, `older_url` that of the next older archive,
    empty if there is none. `hub_url` is the hub that tells of changes (WebSub), empty if there is none, `icon_url` the
    site's sign, `image_url` the same as PNG, `logo_url` the home page's share card, empty if there is none.
    `stylesheet` is relative, so that a browser finds it on a disk, too.
    `updated` is when an item changed last, not the clock's time: the same posts give the same bytes. In types whose
    items are written one by one, `written_items` stand in the place of `items`. `tombstones` are of withdrawn posts.
    """

    title: str
    description: str
    lang: str
    url: str
    current_url: str
    older_url: str
    html_url: str
    hub_url: str
    icon_url: str
    logo_url: str
    image_url: str
    stylesheet: str
    is_archive: bool
    author: str
    updated: datetime | None
    items: tuple[FeedItem, ...] = ()
    written_items: tuple[str, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()


class FeedWording(Struct, frozen=True):
    """How the words of a site are written: its catalogue, days and times of events; the path of their style sheet."""

    translations: NullTranslations
    format_day: Callable[[date], str]
    format_event: EventFormatter
    stylesheet: str = f"theme/{FEED_SHEET}"

    def translate(self, label: str) -> str:
        """Return a label in the language of the site."""
        return self.translations.gettext(label)


class Serialiser(Struct, frozen=True):
    """How a feed is written, and how an item of it, if that is the same text in all feeds that list the post."""

    write_feed: Callable[[FeedContent], bytes]
    write_item: Callable[[FeedItem], str] | None = None

    def write(self, content: FeedContent) -> bytes:
        """Return a feed."""
        if self.write_item and not content.written_items:
            content = replace(content, written_items=tuple(map(self.write_item, content.items)))
        return self.write_feed(content)


class PreviousItems:
    """Items that earlier builds of one process wrote, by key, each with what it was written from.

    A preview writes the same few feeds at every edit, and but for one post their items are what they were. Dropped as
    soon as more may have changed than posts and bodies: settings, registry, theme.
    """

    def __init__(self) -> None:
        self._items: OrderedDict[ItemKey, tuple[object, str]] = OrderedDict()

    def find(self, key: ItemKey, origin: object) -> str | None:
        """Return an item if it was written from an equal `origin`."""
        known = self._items.get(key)
        return known[1] if known and known[0] == origin else None

    def keep(self, key: ItemKey, origin: object, text: str) -> None:
        """Add an item; the oldest leaves when there are too many."""
        self._items[key] = origin, text
        self._items.move_to_end(key)
        if len(self._items) > _MAX_PREVIOUS_ITEMS:
            self._items.popitem(last=False)


class FeedWriter:
    """Writes the feeds of one build; a post's item is made ready once, not for each feed and archive that lists it."""

    def __init__(
        self,
        find_body: BodyFinder,
        wording: FeedWording,
        folder: Path | None = None,
        previous_items: PreviousItems | None = None,
    ) -> None:
        self._find_body = find_body
        self._wording = wording
        self._items: OrderedDict[tuple[str, str], FeedItem] = OrderedDict()
        self._written_items = TextCache(_MAX_ITEMS_IN_MEMORY, folder)
        self._previous_items = previous_items

    def write(self, page: FeedPage, serialiser: Serialiser) -> bytes:
        """Return the feed of a page."""
        write_item = serialiser.write_item
        if not write_item:
            return serialiser.write_feed(self.build_content(page))
        written = tuple(self._write_item(post, page, write_item) for post in page.items)
        return serialiser.write_feed(_build_feed(page, self._wording, written_items=written))

    def build_content(self, page: FeedPage) -> FeedContent:
        """Return the feed of a page before it is written."""
        return _build_feed(page, self._wording, items=tuple(self._build_item(post, page) for post in page.items))

    def _write_item(self, post: Post, page: FeedPage, write_item: Callable[[FeedItem], str]) -> str:
        # In a feed in another language than the site's, an item need not name it.
        key = (page.serialisation, post.uid, page.meta.lang)
        text = self._written_items.find(key)
        if text is None:
            text = self._write_or_find_item(key, post, page, write_item)
            self._written_items.keep(key, text)
        return text

    def _write_or_find_item(
        self, key: ItemKey, post: Post, page: FeedPage, write_item: Callable[[FeedItem], str]
    ) -> str:
        if self._previous_items is None:
            return write_item(self._build_item(post, page))
        origin = (post, self._find_body(post.uid, f"{page.site.url}/"), page.lookback_targets.get(post.uid))
        text = self._previous_items.find(key, origin)
        if text is None:
            text = write_item(self._build_item(post, page))
            self._previous_items.keep(key, origin, text)
        return text

    def _build_item(self, post: Post, page: FeedPage) -> FeedItem:
        key = (post.uid, page.meta.lang)
        item = self._items.get(key)
        if item is None:
            item = self._items[key] = _build_item(post, page, self._find_body, self._wording)
            if len(self._items) > _MAX_ITEMS_IN_MEMORY:
                self._items.popitem(last=False)
        return item


def build_feed_content(page: FeedPage, find_body: BodyFinder, wording: FeedWording) -> FeedContent:
    """Return the feed of a page."""
    return FeedWriter(find_body, wording).build_content(page)


def _build_feed(
    page: FeedPage, wording: FeedWording, items: tuple[FeedItem, ...] = (), written_items: tuple[str, ...] = ()
) -> FeedContent:
    site, meta = page.site, page.meta
    root = f"{site.url}/"
    label = wording.translate(page.name_label) if page.name_label else ""
    return FeedContent(
        title=meta.title + label,
        description=meta.description or meta.title + label,  # RSS requires one, and a site or topic may have none
        lang=meta.lang,
        url=root + page.path,
        current_url=root + page.current_path,
        older_url=root + page.older_path if page.older_path else "",
        html_url=root if page.html_path == site.paths.home else root + page.html_path,
        hub_url=site.hub,
        icon_url=root + site.paths.icon,
        logo_url=root + site.paths.card(site.paths.home) if site.has_share_cards else "",
        image_url=root + site.paths.channel_image,
        stylesheet=f"{meta.root}{wording.stylesheet}",
        is_archive=page.is_archive,
        author=site.name,
        updated=max(
            [*(post.last_updated for post in page.items), *(tombstone.since for tombstone in page.tombstones)],
            default=None,
        ),
        tombstones=page.tombstones,
        items=items,
        written_items=written_items,
    )


def _build_item(post: Post, page: FeedPage, find_body: BodyFinder, wording: FeedWording) -> FeedItem:
    root = f"{page.site.url}/"
    return FeedItem(
        uid=post.uid,
        title=labels.label_title(post, wording.translations),
        url=root + post.path,
        summary=post.summary,
        content=_build_content(post, page, find_body, wording),
        published=post.date,
        updated=post.last_updated,
        lang="" if post.lang == page.meta.lang else post.lang,
        authors=tuple((person.name, root + page.site.paths.person(person)) for person in post.authors),
        # A tag may have the name of a topic: each name once.
        categories=tuple(dict.fromkeys([*(topic.name for topic in post.topics), *post.tags])),
        works=post.works,
        via=(post.via.name, post.via.url) if post.via and post.via.url else None,
        source=_find_source(post.works, page.sources),
        image_url=root + find_picture_path(post) if post.image else "",
    )


def _build_content(post: Post, page: FeedPage, find_body: BodyFinder, wording: FeedWording) -> str:
    """Return the whole text of an item, with its corrections at the end that the policy names."""
    root = f"{page.site.url}/"
    body = _resolve_in_page_links(find_body(post.uid, root), root + post.path)
    corrections = render_corrections(post, wording)
    parts = (
        render_preface(post, wording),
        corrections if page.site.corrections_position == "top" else "",
        render_talk(post, root, wording.format_event, wording.translations),
        render_lookback(post, page.lookback_targets.get(post.uid), root, wording),
        _render_picture(post.image, post.picture, root) if post.image else "",
        body.replace(_TURN_TIME, f"</b> {_TURN_TIME[4:]}"),
        corrections if page.site.corrections_position != "top" else "",
    )
    return "".join(parts)


def render_preface(post: Post, wording: FeedWording) -> str:
    """Return what comes before the text: the disclosure (§ 22 MStV), the originals (§ 63 UrhG), and why now."""
    lines = []
    if post.disclosure:
        label = wording.translate(labels.DISCLOSURES[post.disclosure.kind])
        lines.append(f"<p><strong>{escape_text(label)}</strong> {escape_text(post.disclosure.text)}</p>\n")
    label = wording.translate(N_("Read again") if post.format == "lookback" else N_("Recommended"))
    if post.strength:
        label = f"{label} ({wording.translate(labels.STRENGTHS[post.strength])})"
    lines += [f"<p>{escape_text(label)}: {_render_credit(work)}</p>\n" for work in post.works]
    if post.why_now:
        label = wording.translate(N_("Why now"))
        lines.append(f"<p><strong>{escape_text(label)}:</strong> {escape_text(post.why_now)}</p>\n")
    return "".join(lines)


def render_lookback(post: Post, target: LookbackTarget | None, root: str, wording: FeedWording) -> str:
    """Return how a look-back begins: what it looks back on, and what has changed since; empty for any other post."""
    lines = []
    if target:
        label = wording.translate(N_("Seen again"))
        title = escape_text(labels.label_title(target.post, wording.translations))
        link = f'<a href="{html.escape(root + target.post.path)}">{title}</a>'
        lines.append(f"<p>{escape_text(label)}: {link} ({escape_text(wording.format_day(target.post.day))})</p>\n")
    if post.changed_since:
        label = wording.translate(N_("What has changed since"))
        changes = "".join(f"<li>{escape_text(change)}</li>" for change in post.changed_since)
        lines.append(f"<p>{escape_text(label)}:</p>\n<ul>{changes}</ul>\n")
    return "".join(lines)


def render_corrections(post: Post, wording: FeedWording) -> str:
    """Return the corrections of a post as paragraphs, each with its date."""
    label = wording.translate(N_("Correction"))
    lines = (f"{label} ({wording.format_day(correction.date)}): {correction.text}" for correction in post.corrections)
    return "".join(f"\n<p><em>{escape_text(line)}</em></p>\n" for line in lines)


def _render_credit(work: Work) -> str:
    names = ", ".join(part for part in (work.publication, *work.authors, work.issue, work.page) if part)
    link = f'<a href="{html.escape(work.url)}">{escape_text(work.title)}</a>' if work.url else escape_text(work.title)
    return f"{link} – {escape_text(names)}" if names else link


def _render_picture(image: Image, picture: Picture | None, root: str) -> str:
    """Return a picture with its credit; one file of it, since many readers know no others."""
    variant = picture.fallback if picture else None
    size = f' width="{variant.width}" height="{variant.height}"' if variant else ""
    address = root + (picture.path if picture else image.file)
    shown = f'<img src="{html.escape(address)}" alt="{html.escape(image.alt)}"{size}>'
    return f"<figure>{shown}<figcaption>{render_credit(image)}</figcaption></figure>\n"


def find_picture_path(post: Post) -> str:
    """Return the path of the file of a post's picture for programs that choose none; empty if it has no picture."""
    return post.picture.path if post.picture else post.image.file if post.image else ""


def _resolve_in_page_links(body: str, page_url: str) -> str:
    """Make links within a body (footnotes, time codes) lead to its page: in a feed reader `#fn:1` leads nowhere."""
    # A function, since a pattern of a replacement is parsed again for each page.
    return _IN_PAGE_LINK.sub(lambda link: f"{link[1]}{page_url}#", body)


def escape_text(text: str) -> str:
    """Return plain text as HTML."""
    return html.escape(text, quote=False)


def _find_source(works: Iterable[Work], sources: dict[str, str]) -> tuple[str, str] | None:
    """Return the name and address of the feed that the first recommended work came from; None if it has no address.

    An item may have one <source> only, and its `url` is required (RSS 2.0).
    """
    work = next(iter(works), None)
    if work is None or not sources.get(work.source):
        return None
    return work.publication or work.source, sources[work.source]


def list_related_works(item: FeedItem) -> Iterator[tuple[str, str]]:
    """Yield address and title of the works that an item recommends."""
    return ((work.url, work.title) for work in item.works if work.url)
