"""OPML documents, as programs really write them -> the feeds that they name. Pure, and bounded for hostile lists."""

from __future__ import annotations

import codecs
import html
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from html.entities import html5
from typing import NoReturn
from xml.parsers import expat

from msgspec.structs import replace

from ... import urls
from ...errors import UsageError
from ...slugs import slugify
from ..parsers import plain_text
from .merge import Outline

MAX_BYTES = 10 * 1024 * 1024  # a thousand feeds take 170 KB
_MAX_FEEDS = 5_000  # the largest real list we know has 1,229
_MAX_FOLDER_DEPTH = 50  # folders further in do not count; a hostile list would make each feed carry a million of them
_MAX_SHOWN_CHARACTERS = 40  # of a foreign name in a message

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODING_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_REFERENCE = re.compile(r"&(?:#(x[0-9a-fA-F]+|[0-9]+)|([A-Za-z][A-Za-z0-9]*));|&")
_HTML_ENTITY = re.compile(r"&(?:#x?[0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]*);")
# XML 1.0, section 2.2: characters that no document may hold, not even as references.
_FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# feed: is no scheme of its own: "feed://host/…" means http, "feed:https://…" means what follows.
_FEED_SCHEME = re.compile(r"\Afeed:(?://)?(?=https?:)|\Afeed(?=://)", re.IGNORECASE)
# Folders in which programs put all feeds: Overcast, Pocket Casts, Thunderbird and others.
_CATCH_ALL_NAMES = frozenset(
    (
        *("feeds", "all-feeds", "rss", "rss-feeds", "news-feeds", "newsfeeds", "blogs-news-feeds", "podcasts", "all"),
        *("subscriptions", "my-subscriptions", "myfeeds", "my-feeds", "alle", "alle-feeds", "abonnements", "abos"),
    )
)
_NOT_A_FEED_TYPES = {"link", "include"}  # OPML 2.0: a page for a browser, and another list


def read_outlines(data: bytes, name: str) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document in its order; `name` is its name in error messages.

    An outline that names something, but no address of a feed by http(s), is returned with `feed` as it is written, or
    empty. Raises UsageError if the document is no OPML, too large, or declares entities, which only an attack does.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MiB, which no list of feeds is.")
    collector = _Collector(name)
    collector.parse(_repair_references(_decode(data, name)))
    return tuple(collector.build_outlines())


class _Folder:
    """A folder: its name, the folder around it, and the names of the feeds in it and in its folders."""

    def __init__(self, name: str, parent: _Folder | None) -> None:
        self.name = name
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 1
        self.feed_names: list[str] = []
        self.holds_topics = False

    def list_path(self) -> list[_Folder]:
        """Return this folder and those around it, from the innermost out."""
        path: list[_Folder] = []
        folder: _Folder | None = self
        while folder:
            path.append(folder)
            folder = folder.parent
        return path

    def is_part(self, feed_count: int) -> bool:
        """Return whether the folder holds some of the `feed_count` feeds of the list, and is not one feed's own."""
        return len(self.feed_names) < feed_count and not self._is_of_one_feed()

    def names_topic(self, feed_count: int) -> bool:
        """Return whether the folder may be a topic; a folder that only holds everything is none."""
        if self.is_part(feed_count):
            return True
        return not (self._is_of_one_feed() or self.holds_topics or slugify(self.name) in _CATCH_ALL_NAMES)

    def _is_of_one_feed(self) -> bool:
        # Thunderbird puts each feed into a folder of its own name.
        return len(self.feed_names) == 1 and self.feed_names[0].casefold() == self.name.casefold()


class _Collector:
    """Collects the outlines of a document while expat reads it, so that no tree is built of a hostile one.

    Without namespaces: thousands of them would make expat take minutes.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._root = ""
        self._open: list[_Folder | None] = []  # the folder that the children of each open element are in
        self._ignored = 0  # depth within an element whose content does not count
        self._found: list[tuple[dict[str, str], _Folder | None]] = []

    def parse(self, text: str) -> None:
        """Read a document. Raises UsageError if it is no OPML, or declares entities or default attributes."""
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        # Refused before any is expanded: a few bytes could fill the memory ("billion laughs").
        parser.EntityDeclHandler = lambda entity, *_: self._refuse_declaration(f'the entity "{_shorten(entity)}"')
        parser.AttlistDeclHandler = lambda *_: self._refuse_declaration("default attributes")
        try:
            parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            raise UsageError(f"{self._name} is no XML: {error}. Export the list as OPML 2.0.") from error

    def build_outlines(self) -> Iterator[Outline]:
        """Yield the outlines that were read, each with the folders that may be topics."""
        read = [
            (_build_outline(values), values, folder.list_path() if folder else []) for values, folder in self._found
        ]
        feed_count = sum(bool(outline.feed) for outline, _, _ in read)
        for outline, _, path in read:
            for folder in path if outline.feed else ():
                folder.feed_names.append(outline.title)
        for _, _, path in read:
            holds_topics = False
            for folder in path:
                folder.holds_topics |= holds_topics
                holds_topics |= folder.is_part(feed_count)
        for outline, values, path in read:
            folders = dict.fromkeys(folder.name for folder in reversed(path) if folder.names_topic(feed_count))
            # A folder that is no topic of the list may still be one of the edition, as a category may.
            categories = dict.fromkeys((*(folder.name for folder in reversed(path)), *_list_categories(values)))
            others = tuple(name for name in categories if name not in folders)
            yield replace(outline, folders=tuple(folders), categories=others)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2].lower()
        if not self._root:
            self._root = tag
            if tag != "opml":
                root = f"its root element is <{_shorten(tag)}>"
                raise UsageError(f"{self._name} is no OPML file: {root}. Export the list as OPML 2.0.")
        values = {key.lower(): value for key, value in attributes.items()}
        # OPML 2.0: the outline and those in it are commented out.
        if self._ignored or tag == "head" or values.get("iscomment", "").strip().lower() == "true":
            self._ignored += 1
            return
        around = self._open[-1] if self._open else None
        self._open.append(self._add_outline(values, around) if tag == "outline" else around)

    def _end(self, _: str) -> None:
        if self._ignored:
            self._ignored -= 1
        else:
            self._open.pop()

    def _add_outline(self, values: dict[str, str], around: _Folder | None) -> _Folder | None:
        """Add an outline if it names an address, else return the folder that it is."""
        if any(values.get(key, "").strip() for key in ("xmlurl", "url", "htmlurl")):
            if len(self._found) == _MAX_FEEDS:
                raise UsageError(f"{self._name} names more than {_MAX_FEEDS} feeds: split it.")
            self._found.append((values, around))
            return around
        title = _choose_title(values)
        if not title or (around and around.depth == _MAX_FOLDER_DEPTH):
            return around
        return _Folder(title, around)

    def _refuse_declaration(self, thing: str) -> NoReturn:
        raise UsageError(f"{self._name} declares {thing}: Kuratorium reads no list that does. Export it again.")


def _build_outline(values: dict[str, str]) -> Outline:
    """Return the outline of a feed's attributes (with keys in lower case), without folders."""
    kind = values.get("type", "").strip().lower()
    address = _clean_address(values.get("xmlurl", ""))
    if not address and kind not in _NOT_A_FEED_TYPES:  # lists of OPML 1.0 write url
        address = _clean_address(values.get("url", ""))
    site = urls.make_absolute_url(_clean_address(values.get("htmlurl", "")))
    if not urls.is_http_url(address) and kind not in _NOT_A_FEED_TYPES and site:
        address = site  # a path or nothing: the site, which may name its feed, is all that can be asked
    return Outline(
        title=_choose_title(values),
        feed=address,
        site=site,
        lang=plain_text.get_primary_language(values.get("language", "")),
    )


def _list_categories(values: dict[str, str]) -> list[str]:
    # OPML 2.0: category is a comma-separated list of slash-delimited paths.
    return [part for part in map(_clean_name, re.split(r"[,/]", values.get("category", ""))) if part]


def _choose_title(values: dict[str, str]) -> str:
    """Return the name of an outline: its title, else its text, the address of a feed only if there is no other."""
    written = (_clean_name(values.get(key, "")) for key in ("title", "text"))
    names = [urls.make_absolute_url(name) or name if urls.is_http_url(name) else name for name in written if name]
    return next((name for name in names if not urls.is_http_url(name)), names[0] if names else "")


def _clean_name(text: str) -> str:
    """Return a name as it was meant: on one line, unescaped and decoded as often as programs did the opposite."""
    name = plain_text.to_plain_text(text)
    if _HTML_ENTITY.search(name):
        name = plain_text.clean_text(html.unescape(name))
    return name


def _clean_address(text: str) -> str:
    """Return an address without what was escaped twice, with the scheme that `feed:` stands for."""
    address = plain_text.clean_text(text).replace("&amp;", "&")
    return _FEED_SCHEME.sub(lambda match: "" if match[0][4:] else "http", address)


def _decode(data: bytes, name: str) -> str:
    """Return the text of a document whose declared encoding may be wrong. Raises UsageError if none fits."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(encoding, data[len(mark) :], name)
    data = data.lstrip()
    if data.startswith((b"<\x00", b"\x00<")):  # UTF-16 without its mark
        return _decode_as("utf-16-le" if data[:1] == b"<" else "utf-16-be", data, name)
    declaration = _ENCODING_DECLARATION.match(data)
    declared = declaration[1].decode("ascii").lower() if declaration else "utf-8"
    if data.isascii() and declared.startswith(("iso-2022", "hz")):  # they write all letters as ASCII
        return _decode_as(declared, data, name)
    _decode_as(declared, b"    ", name)  # an unknown encoding is an error even where it would not be needed
    # UTF-8 is hardly ever valid by chance, so that it beats a declaration that a program copied from elsewhere.
    with suppress(UnicodeDecodeError):
        return data.decode()
    if declared.replace("_", "-") in {"utf-8", "utf8", "us-ascii", "ascii"}:
        return _decode_damaged_utf8(data, name)
    # As browsers do (https://encoding.spec.whatwg.org/#names-and-labels): the label ISO-8859-1 means Windows-1252.
    return _decode_as("cp1252" if declared in {"iso-8859-1", "latin1"} else declared, data, name)


def _decode_as(encoding: str, data: bytes, name: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise UsageError(f"{name} cannot be decoded as {_shorten(encoding)}. Save it as UTF-8.") from error


def _decode_damaged_utf8(data: bytes, name: str) -> str:
    """Return a text that should be UTF-8 but is not: single bad bytes are replaced, Western European is recognised."""
    text = data.decode("utf-8", "replace")
    bad_count = text.count("\ufffd")
    if bad_count < sum(character > "\x7f" for character in text) - bad_count:
        return text
    # Windows-1252 writes letters beyond ASCII alone or in pairs; three in a row are another, unknown encoding.
    if re.search(rb"[\x80-\xff]{3}", data):
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise UsageError(f"{name}:{line}: this is not UTF-8, and another encoding is not declared. Save it as UTF-8.")
    return data.decode("cp1252", "replace")


def _repair_references(text: str) -> str:
    """Return an XML document without its declaration, with HTML's entities and bare ampersands as XML writes them.

    Many programs export "&" in addresses without escaping it, and letters by the names that only HTML knows.
    """
    return _REFERENCE.sub(_repair_reference, _FORBIDDEN_CHARACTERS.sub("", _XML_DECLARATION.sub("", text)))


def _repair_reference(match: re.Match[str]) -> str:
    number, entity = match.groups()
    if number:
        digits = number.lstrip("x").lstrip("0")
        # No number of more digits is a character (U+10FFFF), and int() takes long for endless ones.
        code = int(digits, 16 if number[0] == "x" else 10) if 0 < len(digits) < 8 else 0
        is_allowed = 0 < code <= sys.maxunicode and not _FORBIDDEN_CHARACTERS.match(chr(code))
        return f"&#{code};" if is_allowed else ""
    if not entity:
        return "&amp;"
    if entity in _XML_ENTITIES:
        return match[0]
    characters = html5.get(f"{entity};")
    return "".join(f"&#{ord(character)};" for character in characters) if characters else f"&amp;{entity};"


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"
