"""The feed formats: adding one is a function here or in a module of its own, and a line in PARSERS."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from ..errors import SourceError
from . import discovery, feeds, jsonfeed, plaintext
from .entry import Feed


class Parser(Struct, frozen=True):
    """A way to read feeds: `fits(data, content_type)` says whether a document is its kind.

    `parse(data, content_type, bases)` reads it, or raises SourceError.
    """

    name: str
    fits: Callable[[bytes, str], bool]
    parse: Callable[[bytes, str, tuple[str, ...]], Feed]


def _is_json(data: bytes, content_type: str) -> bool:
    return _start(data)[:1] in (b"{", b"[") or ("json" in content_type and _start(data)[:1] != b"<")


def _is_markup(data: bytes, _content_type: str) -> bool:
    """Tell whether a document begins with markup: junk may stand before it, words may not."""
    return bool(re.match(rb"[^<\w-]{0,64}<", data) or data[:4] == b"\x4c\x6f\xa7\x94")  # «<?xm» in EBCDIC


# In order; the first that fits reads the document.
PARSERS: tuple[Parser, ...] = (
    Parser("JSON Feed", _is_json, jsonfeed.parse),
    Parser("RSS, Atom, CDF", _is_markup, feeds.parse),
)


def parse(data: bytes, content_type: str = "", *, site: str = "", address: str = "") -> Feed:
    """Read a feed of any known format.

    Relative links are seen from the feed's own base, else from `site`, else from `address`, which the bytes came
    from. Raises SourceError with the reason `empty`, `html`, `no-feed` or `broken`.
    """
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xfe\xff"):
        raise SourceError("empty", "the answer is empty")
    if discovery.is_html(data):
        raise _html(data, site, address)
    parser = next((parser for parser in PARSERS if parser.fits(data, content_type)), None)
    if parser is None:
        start = plaintext.clean(data[:60].decode("utf-8", "replace"))[:40]
        raise SourceError("no-feed", f"this is neither RSS, Atom nor JSON Feed: it begins with «{start}»")
    return parser.parse(data, content_type, (site, address))


def _start(data: bytes) -> bytes:
    return data[:80].removeprefix(b"\xef\xbb\xbf").lstrip()


def _html(data: bytes, site: str, address: str) -> SourceError:
    named = discovery.feeds_of(data, address or site)
    if not named:
        return SourceError("html", "an HTML page, not a feed; it names no feed either")
    others = f" (and {len(named) - 1} more)" if len(named) > 1 else ""
    return SourceError("html", f"an HTML page, not a feed; it names a feed at {named[0].address}{others}")
