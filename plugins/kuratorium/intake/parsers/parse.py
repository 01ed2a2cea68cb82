"""The kinds of sources: adding one is a function here or in a module of its own, and a line in PARSERS."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from ...edition.curation import Select
from ...errors import SourceError
from .. import discovery
from . import feedparser, json, plain_text, rss_json
from .model import Feed


class Document(Struct, frozen=True):
    """What came: bytes, what the server says of them, what relative links may mean, and selectors for a page."""

    data: bytes
    content_type: str = ""
    bases: tuple[str, ...] = ()
    select: Select | None = None


class Parser(Struct, frozen=True):
    """A way to read a source: `fits` says whether a document is its kind, `parse` reads it or raises SourceError."""

    name: str
    fits: Callable[[Document], bool]
    parse: Callable[[Document], Feed]


def _is_page(document: Document) -> bool:
    return document.select is not None


def _page(document: Document) -> Feed:
    from . import html  # noqa: PLC0415 - BeautifulSoup takes 0.1 s to import, and few sources are pages

    return html.parse(document.data, document.select or Select(entry="article"), document.bases)


def _is_html(document: Document) -> bool:
    return discovery.is_html(document.data)


def _html(document: Document) -> Feed:
    """Tell what to do about a page that is taken for a feed."""
    named = discovery.feeds_of(document.data, next((base for base in reversed(document.bases) if base), ""))
    if not named:
        raise SourceError("html", "an HTML page, not a feed; it names no feed either")
    others = f" (and {len(named) - 1} more)" if len(named) > 1 else ""
    raise SourceError("html", f"an HTML page, not a feed; it names a feed at {named[0].address}{others}")


def _is_rss_json(document: Document) -> bool:
    return rss_json.fits(document.data)


def _rss_json(document: Document) -> Feed:
    return rss_json.parse(document.data, document.bases)


def _is_json(document: Document) -> bool:
    start = _start(document.data)[:1]
    return start in {b"{", b"["} or ("json" in document.content_type and start != b"<")


def _json(document: Document) -> Feed:
    return json.parse(document.data, document.content_type, document.bases)


def _is_markup(document: Document) -> bool:
    """Tell whether a document begins with markup: junk may stand before it, words may not."""
    ebcdic = document.data[:4] == b"\x4c\x6f\xa7\x94"  # «<?xm»
    return bool(re.match(rb"[^<\w-]{0,64}<", document.data)) or ebcdic


def _markup(document: Document) -> Feed:
    return feedparser.parse(document.data, document.content_type, document.bases)


# In order; the first that fits reads the document.
PARSERS: tuple[Parser, ...] = (
    Parser("page", _is_page, _page),
    Parser("HTML in place of a feed", _is_html, _html),
    Parser("RSS as JSON", _is_rss_json, _rss_json),
    Parser("JSON Feed", _is_json, _json),
    Parser("RSS, Atom, CDF", _is_markup, _markup),
)


def parse(
    data: bytes, content_type: str = "", *, site: str = "", address: str = "", select: Select | None = None
) -> Feed:
    """Read a feed of any known format, or with `select` a page.

    Relative links are seen from the feed's own base, else from `site`, else from `address`, which the bytes came
    from; those of a page from `address` first. Raises SourceError with the reason `empty`, `html`, `no-feed`,
    `broken`, `bomb`, `no-entries` or `bad-selector`.
    """
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xfe\xff"):
        raise SourceError("empty", "the answer is empty")
    document = Document(data, content_type, (address, site) if select else (site, address), select)
    parser = next((parser for parser in PARSERS if parser.fits(document)), None)
    if parser is None:
        start = plain_text.clean(data[:60].decode("utf-8", "replace"))[:40]
        raise SourceError("no-feed", f"this is neither RSS, Atom nor JSON Feed: it begins with «{start}»")
    return parser.parse(document)


def sound(data: bytes, content_type: str = "", *, site: str = "", address: str = "") -> Feed | None:
    """Read a feed as `parse` does if it is one in good order, which takes no time; None where it may be anything else.

    Raises SourceError with the reason `bomb`.
    """
    document = Document(data, content_type, (site, address))
    parser = next((parser for parser in PARSERS if parser.fits(document)), None)
    return feedparser.sound(data, content_type, document.bases) if parser and parser.parse is _markup else None


def _start(data: bytes) -> bytes:
    return data[:80].removeprefix(b"\xef\xbb\xbf").lstrip()
