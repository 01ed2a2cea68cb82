"""Find the feeds of an HTML page: those that it names, common addresses, and selectors for the page itself."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urljoin

from msgspec import Struct

from ... import urls
from ...edition.curation import EntrySelectors
from ...errors import SourceError
from . import charset, plain_text

# What may stand before the root element: declarations, comments, and bytes left by a mistake in a server's script.
# The possessive quantifier keeps hostile input from backtracking.
_BEFORE_ROOT = re.compile(rb"\A(?:[^<\w-]++|<\?.*?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\])?[^>]*>)*+", re.S | re.I)
_ROOT_ELEMENT = re.compile(rb"<(?:html|head|body|title|meta|div|p|h1|main)\b", re.I)
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html", re.I)
_HEAD_BYTES = 65_536  # in which the root element must begin
# WordPress, many static site generators, JSON Feed, Blogger.
_COMMON_FEED_PATHS = ("feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json", "feeds/posts/default")
# How pages mark up their entries: microformats2 (h-entry), then the older hAtom.
MICROFORMAT_SELECTORS = (
    EntrySelectors(entry=".h-entry", title=".p-name", link=".u-url", date=".dt-published", author=".p-author"),
    EntrySelectors(
        entry=".hentry", title=".entry-title", link=".entry-title a", date=".published, time", author=".author .fn"
    ),
)


class FeedLink(Struct, frozen=True):
    """A feed that a page names: its absolute address, and the title that the page gives it."""

    address: str
    title: str


def is_page(data: bytes, content_type: str) -> bool:
    """Return whether an answer is an HTML page, by its server's Content-Type or by its beginning."""
    return get_media_type(content_type) in {"text/html", "application/xhtml+xml"} or is_html(data)


def get_media_type(content_type: str) -> str:
    """Return a Content-Type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_html(data: bytes) -> bool:
    """Return whether a document is an HTML page, by its doctype or its first element."""
    head = charset.decode_head(data[:_HEAD_BYTES])
    prolog = _BEFORE_ROOT.match(head)
    start = prolog.end() if prolog else 0
    return bool(_ROOT_ELEMENT.match(head, start) or _HTML_DOCTYPE.search(head, 0, start))


def find_feed_links(
    html: bytes, address: str, media_types: Collection[str], content_type: str = ""
) -> tuple[FeedLink, ...]:
    """Return the feeds that the page at `address` names by `<link rel=alternate>`, in document order, each once.

    `media_types` are those of feeds that can be read, `content_type` is the page's Content-Type. Of a page whose
    encoding cannot be recognised the addresses count, which are ASCII, but no titles.
    """
    from . import html_tree  # noqa: PLC0415 - BeautifulSoup takes 0.1 s to import, and most documents are no HTML

    has_titles = True
    try:
        soup = html_tree.parse_html(html, content_type, only=("link", "base"))
    except SourceError:
        has_titles = False
        soup = html_tree.parse_html(html.decode("ascii", "ignore").encode(), only=("link", "base"))
    base_url = html_tree.find_base_url(soup, address)
    links: dict[str, FeedLink] = {}
    for link in html_tree.find_links(soup, "alternate"):
        media_type = get_media_type(str(link.get("type") or ""))
        target = urls.make_absolute_url(str(link.get("href") or ""), base_url)
        if media_type in media_types and target:
            title = str(link.get("title") or "") if has_titles else ""
            links.setdefault(target, FeedLink(target, plain_text.clean_text(title)))
    return tuple(links.values())


def guess_feed_addresses(address: str) -> tuple[str, ...]:
    """Return the addresses where the site of a page may have a feed that the page does not name."""
    folder = urls.make_absolute_url(urljoin(address, "."))
    bases = dict.fromkeys((folder, urls.make_absolute_url(urljoin(address, "/"))))
    return tuple(urljoin(base, path) for base in bases if base for path in _COMMON_FEED_PATHS)
