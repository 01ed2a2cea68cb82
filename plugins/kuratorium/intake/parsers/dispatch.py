"""PARSERS, the table of source types, and the functions that choose the parser for a document.

To add a source type, write a function here or in a module of its own, and add a line to PARSERS.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from ... import urls
from ...edition.curation import EntrySelectors
from ...errors import SourceError
from . import charset, discovery, feedparser, json, plain_text, rss_json
from .model import Feed

_BLANK_BYTES = b"\x00\t\n\r \xef\xbb\xbf\xfe\xff"  # white space, padding and byte order marks


class Document(Struct, frozen=True):
    """A fetched document in UTF-8, its Content-Type, base URLs for relative links, and selectors if it is a page.

    `has_suggestions`: it comes from a source of suggestions.
    """

    data: bytes
    content_type: str = ""
    base_urls: tuple[str, ...] = ()
    select: EntrySelectors | None = None
    has_suggestions: bool = False


class Parser(Struct, frozen=True):
    """A source type: `accepts` returns whether it can read a document, `parse` reads it or raises SourceError.

    `media_types` are those by which a page's `<link rel=alternate>` names such a feed.
    """

    name: str
    accepts: Callable[[Document], bool]
    parse: Callable[[Document], Feed]
    media_types: tuple[str, ...] = ()


def parse_feed(
    data: bytes,
    content_type: str = "",
    *,
    site_url: str = "",
    feed_url: str = "",
    lang: str = "",
    select: EntrySelectors | None = None,
    has_suggestions: bool = False,
) -> Feed:
    """Read a feed of any known format, a page if `select` is given, or a document of suggestions.

    Relative links are resolved against the feed's own base, else against `site_url`, else against `feed_url`, where
    the bytes came from; those of a page against `feed_url` first. `lang` is the language of the source, which tells how
    letters are encoded where the document does not. Raises SourceError with the reason `empty`, `html`,
    `no-feed`, `broken`, `bomb`, `no-entries` or `bad-selector`.
    """
    if not data.strip(_BLANK_BYTES):
        raise SourceError("empty", "the answer is empty")
    data = charset.convert_to_utf8(data, content_type, lang)
    base_urls = (feed_url, site_url) if select else (site_url, feed_url)
    document = Document(data, content_type, base_urls, select, has_suggestions)
    parser = _choose_parser(document)
    if parser is None:
        message = "this is neither RSS, Atom nor JSON Feed"
        if urls.is_http_url(feed_url):  # not what a file on this machine holds: messages reach logs and screens
            message += f': it begins with "{plain_text.clean_text(data[:60].decode("utf-8", "replace"))[:40]}"'
        raise SourceError("no-feed", message)
    return parser.parse(document)


def parse_wellformed_feed(
    data: bytes, content_type: str = "", *, site_url: str = "", feed_url: str = "", lang: str = ""
) -> Feed | None:
    """Read a well-formed RSS or Atom feed as `parse_feed` does, in milliseconds; None if the document is no such feed.

    Raises SourceError with the reason `bomb`, or `broken` if its encoding cannot be recognised.
    """
    document = Document(charset.convert_to_utf8(data, content_type, lang), content_type, (site_url, feed_url))
    parser = _choose_parser(document)
    if parser is None or parser.parse is not _parse_markup:
        return None
    return feedparser.parse_wellformed_xml(document.data, document.base_urls)


def _choose_parser(document: Document) -> Parser | None:
    return next((parser for parser in PARSERS if parser.accepts(document)), None)


def _has_suggestions(document: Document) -> bool:
    return document.has_suggestions


def _parse_suggestions(document: Document) -> Feed:
    from ..suggestions import parsing  # noqa: PLC0415 - it reads mail, and few editions have such a source

    return parsing.parse_suggestions(document.data)


def _has_selectors(document: Document) -> bool:
    return document.select is not None


def _parse_page(document: Document) -> Feed:
    from . import html  # noqa: PLC0415 - BeautifulSoup takes 0.1 s to import, and few sources are pages

    return html.parse_page(document.data, document.select or EntrySelectors(entry="article"), document.base_urls)


def _is_html(document: Document) -> bool:
    return discovery.is_html(document.data)


def _refuse_html(document: Document) -> Feed:
    """Raise SourceError with the address of the feed that an HTML page names, if it names one."""
    address = next((base for base in reversed(document.base_urls) if base), "")
    links: tuple[discovery.FeedLink, ...] = ()
    if b"<link" in document.data.lower():  # spares many error pages the import of an HTML parser
        links = discovery.find_feed_links(document.data, address, FEED_MEDIA_TYPES, "text/html; charset=utf-8")
    if not links:
        raise SourceError("html", "an HTML page, not a feed; it names no feed either")
    more = f" (and {len(links) - 1} more)" if len(links) > 1 else ""
    raise SourceError("html", f"an HTML page, not a feed; it names a feed at {links[0].address}{more}")


def _is_rss_json(document: Document) -> bool:
    return rss_json.is_rss_json(document.data)


def _parse_rss_json(document: Document) -> Feed:
    return rss_json.parse_rss_json(document.data, document.base_urls)


def _is_json(document: Document) -> bool:
    """Return whether a document is JSON, by its first character, else by its Content-Type."""
    # Content-Type alone is often wrong.
    start = document.data[:80].lstrip()[:1]
    return start in {b"{", b"["} or ("json" in document.content_type and start != b"<")


def _parse_json_feed(document: Document) -> Feed:
    return json.parse_json_feed(document.data, document.base_urls)


def _is_markup(document: Document) -> bool:
    """Return whether a document begins with markup; bytes that are no letters may precede it."""
    return bool(re.match(rb"[^<\w-]{0,64}<", document.data))


def _parse_markup(document: Document) -> Feed:
    return feedparser.parse_xml_feed(document.data, document.base_urls)


# The first parser that accepts a document reads it: HTML before XML, since XHTML is both, and RSS in JSON before
# JSON Feed, which accepts all other JSON.
PARSERS: tuple[Parser, ...] = (
    Parser("suggestions", _has_suggestions, _parse_suggestions),
    Parser("page", _has_selectors, _parse_page),
    Parser("HTML in place of a feed", _is_html, _refuse_html),
    Parser("RSS in JSON", _is_rss_json, _parse_rss_json),
    Parser("JSON Feed", _is_json, _parse_json_feed, ("application/feed+json", "application/json")),
    Parser("RSS, Atom, CDF", _is_markup, _parse_markup, ("application/rss+xml", "application/atom+xml", "text/xml")),
)
FEED_MEDIA_TYPES = frozenset(media_type for parser in PARSERS for media_type in parser.media_types)
