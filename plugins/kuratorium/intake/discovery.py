"""Where the feeds of an HTML page are: those that it names, those that it may have all the same, the page itself."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from msgspec import Struct

from .. import urls
from ..edition.curation import EntrySelectors
from .parsers import plain_text

# What may stand before the root element: declarations, comments, and what a server's script left there by mistake.
_BEFORE_ROOT = re.compile(rb"\A(?:[^<\w-]++|<\?.*?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\])?[^>]*>)*+", re.S | re.I)
_ROOT_ELEMENT = re.compile(rb"<(?:html|head|body|title|meta|div|p|h1|main)\b", re.I)
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html", re.I)
_HEAD_BYTES = 65_536
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "text/xml"}
_COMMON_FEED_PATHS = ("feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json", "feeds/posts/default")
# How pages mark their own entries up (microformats), today's way first.
MICROFORMAT_SELECTORS = (
    EntrySelectors(entry=".h-entry", title=".p-name", link=".u-url", date=".dt-published", author=".p-author"),
    EntrySelectors(
        entry=".hentry", title=".entry-title", link=".entry-title a", date=".published, time", author=".author .fn"
    ),
)


class FeedLink(Struct, frozen=True):
    """A feed that a page names: its absolute address, and what the page calls it."""

    address: str
    title: str


def is_html(data: bytes) -> bool:
    """Tell whether a document is an HTML page, by its doctype or its root element."""
    head = data[:_HEAD_BYTES]
    before = _BEFORE_ROOT.match(head)
    start = before.end() if before else 0
    return bool(_ROOT_ELEMENT.match(head, start) or _HTML_DOCTYPE.search(head, 0, start))


def find_feed_links(html: bytes, address: str) -> tuple[FeedLink, ...]:
    """List the feeds that the page at `address` names by `<link rel=alternate>`, in its order."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and most documents are no HTML
    from bs4.filter import SoupStrainer  # noqa: PLC0415

    soup = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("link"))
    found: dict[str, FeedLink] = {}
    for link in soup.find_all("link"):
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        target = urls.make_absolute_url(str(link.get("href") or ""), address)
        if "alternate" in (link.get_attribute_list("rel") or []) and kind in _FEED_TYPES and target:
            found.setdefault(target, FeedLink(target, plain_text.clean_text(str(link.get("title") or ""))))
    return tuple(found.values())


def guess_feed_addresses(address: str) -> tuple[str, ...]:
    """List the addresses where a site often has its feed, though its page at `address` names none."""
    folder = urls.make_absolute_url(urljoin(address, "."))
    bases = dict.fromkeys((folder, urls.make_absolute_url(urljoin(address, "/"))))
    return tuple(urljoin(base, path) for base in bases if base for path in _COMMON_FEED_PATHS)
