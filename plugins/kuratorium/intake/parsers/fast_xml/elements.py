"""The elements of a well-formed feed -> values by feedparser's names, by rules that are feedparser's, too.

READERS is the table: an element's name, and who reads it into the part (the feed or an entry) that it stands in.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any, Protocol

from .. import dates, podcasts
from . import text
from .text import UnsupportedFeedError

_EXTRA_SLASHES = re.compile(r"\A([A-Za-z][A-Za-z0-9+-.]*://)/+")
_ABSOLUTE_ADDRESS = re.compile(r"https?://[^\s?#;/][^\s?#;]*(?:\?[^\s#;]+)?(?:#\S+)?|(?:tag|urn):\S+")
_ENTITY_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_MAIL_ADDRESS = r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,4}"
_MAIL_AND_NAME = re.compile(
    rf"{_MAIL_ADDRESS}(?:\s*\((?P<name>[^()@<>]*)\))?|(?P<before>[^()@<>]*?)\s*<{_MAIL_ADDRESS}>", re.ASCII
)
_POSSIBLE_MAIL_ADDRESS = re.compile(r"[\w.+-]@[\w\[-]")
_HTML_TYPES = {"text/html", "html", "application/xhtml+xml", "xhtml"}


class DocumentContext(Protocol):
    """What a part must know of its document."""

    is_atom: bool
    has_base: bool
    has_content: bool

    def get_element_name(self, element: ET.Element) -> str:
        """Tell an element's name as feedparser would: `title`, `dc:creator`, `media:group`."""

    def read_entry(self, element: ET.Element, depth: int, lang: str | None) -> None:
        """Read an entry that stands within the feed's own element."""


class ContainerReader:
    """The feed itself or one of its entries, while its elements are read in their order."""

    def __init__(self, document: DocumentContext, values: dict[str, Any], lang: str | None, *, is_entry: bool) -> None:
        self.document = document
        self.values = values
        self.lang = lang
        self.is_entry = is_entry
        self.title_depth = -1
        self._stored_depths: dict[str, int] = {}

    def read_children(self, parent: ET.Element, depth: int) -> None:
        """Read the elements in `parent`, which stands at `depth`; what nobody knows is looked through."""
        for element in parent:
            called = self.document.get_element_name(element)
            reader = ELEMENT_HANDLERS.get(called)
            if reader is not None:
                reader(self, element, depth + 1)
            elif called in RESERVED_NAMES:
                raise UnsupportedFeedError(called)
            elif len(element):
                self.read_children(element, depth + 1)
            elif called in _COPIED_ELEMENTS:
                kept = text.read_attributes(element) if element.attrib else text.read_plain_text(element)
                self.values[called.replace(":", "_")] = kept

    def read_text(self, element: ET.Element, default: str) -> tuple[str, dict[str, Any]]:
        """Read a text, and what is to be known of it: type and language."""
        written, media_type = text.read_typed_text(element, default, is_atom=self.document.is_atom)
        return written, {"type": media_type, "language": text.resolve_language(element, self.lang)}

    def normalize_address(self, written: str) -> str:
        """Write an address as feedparser does; where a base is declared anywhere, only whole ones are sure."""
        if self.document.has_base and written and not _ABSOLUTE_ADDRESS.fullmatch(written):
            raise UnsupportedFeedError("base of a relative address")
        return _EXTRA_SLASHES.sub(r"\1", written)

    def store_nearest(self, key: str, value: str, depth: int) -> None:
        """Keep a value, unless one stands there that was nearer to the entry."""
        if not self.is_entry or depth <= self._stored_depths.get(key, depth):
            self._stored_depths[key] = depth
            self.values[key] = value

    def add_tag(self, term: str | None, label: str | None = None) -> None:
        """Add a category."""
        self.values.setdefault("tags", []).append({"term": term, "label": label})


ElementHandler = Callable[[ContainerReader, ET.Element, int], None]


def _read_title(part: ContainerReader, element: ET.Element, depth: int) -> None:
    if _store_title(part, element, depth):
        part.title_depth = depth


def _read_media_title(part: ContainerReader, element: ET.Element, depth: int) -> None:
    _store_title(part, element, depth)


def _store_title(part: ContainerReader, element: ET.Element, depth: int) -> str:
    """Keep a title, unless a better one stands there; only what is called `title` bars others."""
    written, detail = part.read_text(element, "text/plain")
    if not -1 < part.title_depth <= depth:
        part.store_nearest("title", written, depth)
        part.values["title_detail"] = detail
    return written


def _read_description(part: ContainerReader, element: ET.Element, depth: int) -> None:
    _read_summary(part, element, depth, "text/html")


def _read_summary(part: ContainerReader, element: ET.Element, depth: int, default: str = "text/plain") -> None:
    if "summary" in part.values and not part.document.has_content:
        _read_content(part, element, depth)  # a second summary is the content
    else:
        written, detail = part.read_text(element, default)
        if part.is_entry or default == "text/plain":  # a feed's description is its subtitle
            part.store_nearest("summary", written, depth)
            part.values["summary_detail"] = detail


def _read_content(part: ContainerReader, element: ET.Element, _depth: int, default: str = "text/plain") -> None:
    part.document.has_content = True
    written, detail = part.read_text(element, default)
    if part.is_entry:
        part.values.setdefault("content", []).append({**detail, "value": written})
    part.values.setdefault("summary", written)


def _read_encoded_content(part: ContainerReader, element: ET.Element, depth: int) -> None:
    _read_content(part, element, depth, "text/html")


def _read_author(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    person: dict[str, str] = {}
    part.values.setdefault("authors", []).append(person)
    for child in element:
        called = part.document.get_element_name(child)
        if len(child) or (called in ELEMENT_HANDLERS and called not in {"uri", "url"}):
            raise UnsupportedFeedError("author")
        person[called.removeprefix("itunes:")] = (child.text or "").strip()
    if not len(element) and (written := text.read_plain_text(element)):
        person["name"] = _extract_name(written)


def _extract_name(text: str) -> str:
    """Take the name out of «mail (name)» and the like."""
    if not _POSSIBLE_MAIL_ADDRESS.search(text):
        return text
    match = _MAIL_AND_NAME.fullmatch(text)
    if match is None:
        raise UnsupportedFeedError("author")
    return (match["name"] or match["before"] or "").strip()


def _read_link(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    link = text.read_attributes(element)
    link.setdefault("rel", "alternate")
    link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
    part.values.setdefault("links", []).append(link)
    href = link.get("url", link.get("uri", link.get("href")))
    if href:
        link["href"] = part.normalize_address(href)
        if link["rel"] == "alternate" and link["type"] in _HTML_TYPES:
            part.values["link"] = link["href"]
        return
    written = part.normalize_address(text.read_plain_text(element))
    if part.is_entry:
        written = written.replace("&amp;", "&")
    part.values["link"] = link["href"] = _ENTITY_REFERENCE.sub(r"&\1", written)


def _read_guid(part: ContainerReader, element: ET.Element, depth: int) -> None:
    permanent = text.read_attributes(element).get("ispermalink", "true") == "true"
    written = text.read_plain_text(element)
    if permanent:
        written = part.normalize_address(written)
    part.store_nearest("id", written, depth)
    part.values.setdefault("guidislink", permanent and "link" not in part.values)
    if permanent:
        part.values.setdefault("link", written)


def _read_published(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    part.values["published"] = _read_date(part, element)


def _read_updated(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    part.values["updated"] = _read_date(part, element)


def _read_date(part: ContainerReader, element: ET.Element) -> str:
    written = text.read_plain_text(element)
    if part.is_entry and written and dates.parse_date(written) is None:
        raise UnsupportedFeedError(f"date {written!r}")
    return written


def _read_category(part: ContainerReader, element: ET.Element, depth: int) -> None:
    said = text.read_attributes(element)
    term, label = said.get("term") or said.get("text"), said.get("label")
    if term or label:
        part.add_tag(term, label)
    if len(element):
        part.read_children(element, depth)
    elif written := text.read_plain_text(element):
        if label and not term:
            part.values["tags"][-1]["term"] = written
        else:
            part.add_tag(written)


def _read_keywords(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    for term in text.read_plain_text(element).split(","):
        if term.strip():
            part.add_tag(term.strip())


def _read_enclosure(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    link = text.read_attributes(element)
    href = link.get("url", link.get("uri", link.get("href", "")))
    part.values.setdefault("links", []).append({**link, "rel": "enclosure", "href": href})
    if len(element):
        raise UnsupportedFeedError("enclosure")


def _read_media_content(part: ContainerReader, element: ET.Element, depth: int) -> None:
    part.values.setdefault("media_content", []).append(text.read_attributes(element))
    part.read_children(element, depth)


def _read_person(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    name = text.read_plain_text(element)
    told = text.read_attributes(element) | ({"name": name} if name else {})
    part.values.setdefault(podcasts.PEOPLE_KEY, []).append(told)


def _read_transcript(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    if len(element):
        raise UnsupportedFeedError("transcript")
    part.values.setdefault(podcasts.TRANSCRIPTS_KEY, []).append(text.read_attributes(element))


def _read_feed_language(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    part.values["language"] = text.read_plain_text(element)


def _skip_image(part: ContainerReader, element: ET.Element, _depth: int) -> None:
    if part.is_entry and any(part.document.get_element_name(child) in {"title", "link"} for child in element):
        raise UnsupportedFeedError("image in an entry")
    part.title_depth = -1


def _skip_source(part: ContainerReader, _element: ET.Element, _depth: int) -> None:
    """Pass over the feed that an entry was taken from: its words are not the entry's."""
    part.title_depth = -1


def _skip_element(_part: ContainerReader, _element: ET.Element, _depth: int) -> None:
    """Pass over an element with all that is in it."""


def _read_item(part: ContainerReader, element: ET.Element, depth: int) -> None:
    if part.is_entry or depth != (2 if part.document.is_atom else 3):
        raise UnsupportedFeedError("entry within an entry")
    part.document.read_entry(element, depth, part.lang)
    part.title_depth = -1


def _refuse_element(_part: ContainerReader, element: ET.Element, _depth: int) -> None:
    raise UnsupportedFeedError(element.tag)


ELEMENT_HANDLERS: dict[str, ElementHandler] = {
    **dict.fromkeys(["item", "entry"], _read_item),
    **dict.fromkeys(["title", "dc:title"], _read_title),
    "media:title": _read_media_title,
    **dict.fromkeys(["description", "dc:description", "media:description"], _read_description),
    **dict.fromkeys(["summary", "itunes:summary"], _read_summary),
    "content": _read_content,
    "content:encoded": _read_encoded_content,
    "link": _read_link,
    **dict.fromkeys(["guid", "id"], _read_guid),
    **dict.fromkeys(["author", "managingeditor", "dc:author", "dc:creator", "itunes:author"], _read_author),
    **dict.fromkeys(["pubdate", "published", "issued", "dcterms:issued"], _read_published),
    **dict.fromkeys(["updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"], _read_updated),
    **dict.fromkeys(["category", "keywords", "dc:subject", "media:category", "itunes:category"], _read_category),
    **dict.fromkeys(["itunes:keywords", "media:keywords"], _read_keywords),
    "enclosure": _read_enclosure,
    "media:content": _read_media_content,
    "podcast:person": _read_person,
    "podcast:transcript": _read_transcript,
    **dict.fromkeys(["language", "dc:language"], _read_feed_language),
    **dict.fromkeys(["image", "textinput"], _skip_image),
    "source": _skip_source,
    **dict.fromkeys(["contributor", "itunes:owner", "subtitle", "tagline", "itunes:subtitle"], _skip_element),
    **dict.fromkeys(["rights", "copyright", "dc:rights", "info", "feedburner:browserfriendly"], _skip_element),
    # feedparser reads these in ways of its own
    **dict.fromkeys(["rss", "channel", "feed", "abstract", "body", "xhtml:body", "fullitem", "tags"], _refuse_element),
}
# Elements without a reader whose names are those of values: feedparser would mix them up.
RESERVED_NAMES = {
    *("authors", "links", "title_detail", "summary_detail", "guidislink", "media_content", "date"),
    *(podcasts.PEOPLE_KEY, podcasts.TRANSCRIPTS_KEY),
}
# Elements without a reader that are kept under their own names.
_COPIED_ELEMENTS = {
    *("feedburner:origlink", "itunes:duration", "podcast:chapters", "yt:videoid"),
    *("ttl", "sy:updateperiod", "sy:updatefrequency"),
}
