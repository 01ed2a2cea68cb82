"""The kinds of sources: adding one is a function here or in a module of its own, and a line in PARSERS."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from ...edition.curation import EntrySelectors
from ...errors import SourceError
from .. import discovery
from . import feedparser, json, plain_text, rss_json
from .model import Feed


class Document(Struct, frozen=True):
    """What came: bytes, what the server says of them, what relative links may mean, and selectors for a page."""

    data: bytes
    content_type: str = ""
    base_urls: tuple[str, ...] = ()
    select: EntrySelectors | None = None


class Parser(Struct, frozen=True):
    """A way to read a source: `fits` says whether a document is its kind, `parse` reads it or raises SourceError."""

    name: str
    accepts: Callable[[Document], bool]
    parse: Callable[[Document], Feed]


def _has_selectors(document: Document) -> bool:
    return document.select is not None


def _parse_page(document: Document) -> Feed:
    from . import html  # noqa: PLC0415 - BeautifulSoup takes 0.1 s to import, and few sources are pages

    return html.parse_page(document.data, document.select or EntrySelectors(entry="article"), document.base_urls)


def _is_html(document: Document) -> bool:
    return discovery.is_html(document.data)


def _refuse_html(document: Document) -> Feed:
    """Tell what to do about a page that is taken for a feed."""
    named = discovery.find_feed_links(document.data, next((base for base in reversed(document.base_urls) if base), ""))
    if not named:
        raise SourceError("html", "an HTML page, not a feed; it names no feed either")
    others = f" (and {len(named) - 1} more)" if len(named) > 1 else ""
    raise SourceError("html", f"an HTML page, not a feed; it names a feed at {named[0].address}{others}")


def _is_rss_json(document: Document) -> bool:
    return rss_json.is_rss_json(document.data)


def _parse_rss_json(document: Document) -> Feed:
    return rss_json.parse_rss_json(document.data, document.base_urls)


def _is_json(document: Document) -> bool:
    start = _strip_bom(document.data)[:1]
    return start in {b"{", b"["} or ("json" in document.content_type and start != b"<")


def _parse_json_feed(document: Document) -> Feed:
    return json.parse_json_feed(document.data, document.content_type, document.base_urls)


def _is_markup(document: Document) -> bool:
    """Tell whether a document begins with markup: junk may stand before it, words may not."""
    ebcdic = document.data[:4] == b"\x4c\x6f\xa7\x94"  # «<?xm»
    return bool(re.match(rb"[^<\w-]{0,64}<", document.data)) or ebcdic


def _parse_markup(document: Document) -> Feed:
    return feedparser.parse_xml_feed(document.data, document.content_type, document.base_urls)


# In order; the first that fits reads the document.
PARSERS: tuple[Parser, ...] = (
    Parser("page", _has_selectors, _parse_page),
    Parser("HTML in place of a feed", _is_html, _refuse_html),
    Parser("RSS as JSON", _is_rss_json, _parse_rss_json),
    Parser("JSON Feed", _is_json, _parse_json_feed),
    Parser("RSS, Atom, CDF", _is_markup, _parse_markup),
)


def parse_feed(
    data: bytes, content_type: str = "", *, site_url: str = "", feed_url: str = "", select: EntrySelectors | None = None
) -> Feed:
    """Read a feed of any known format, or with `select` a page.

    Relative links are seen from the feed's own base, else from `site`, else from `address`, which the bytes came
    from; those of a page from `address` first. Raises SourceError with the reason `empty`, `html`, `no-feed`,
    `broken`, `bomb`, `no-entries` or `bad-selector`.
    """
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xfe\xff"):
        raise SourceError("empty", "the answer is empty")
    document = Document(data, content_type, (feed_url, site_url) if select else (site_url, feed_url), select)
    parser = next((parser for parser in PARSERS if parser.accepts(document)), None)
    if parser is None:
        start = plain_text.clean_text(data[:60].decode("utf-8", "replace"))[:40]
        raise SourceError("no-feed", f"this is neither RSS, Atom nor JSON Feed: it begins with «{start}»")
    return parser.parse(document)


def parse_wellformed_feed(
    data: bytes, content_type: str = "", *, site_url: str = "", feed_url: str = ""
) -> Feed | None:
    """Read a feed as `parse` does if it is one in good order, which takes no time; None where it may be anything else.

    Raises SourceError with the reason `bomb`.
    """
    document = Document(data, content_type, (site_url, feed_url))
    parser = next((parser for parser in PARSERS if parser.accepts(document)), None)
    return (
        feedparser.parse_wellformed_xml(data, content_type, document.base_urls)
        if parser and parser.parse is _parse_markup
        else None
    )


def _strip_bom(data: bytes) -> bytes:
    return data[:80].removeprefix(b"\xef\xbb\xbf").lstrip()
