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
from .text import OddError

_SLASHES = re.compile(r"\A([A-Za-z][A-Za-z0-9+-.]*://)/+")
_WHOLE = re.compile(r"https?://[^\s?#;/][^\s?#;]*(?:\?[^\s#;]+)?(?:#\S+)?|(?:tag|urn):\S+")
_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_MAIL = r"[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,4}"
_MAIL_AND_NAME = re.compile(rf"{_MAIL}(?:\s*\((?P<name>[^()@<>]*)\))?|(?P<before>[^()@<>]*?)\s*<{_MAIL}>", re.ASCII)
_PERHAPS_MAIL = re.compile(r"[\w.+-]@[\w\[-]")
_PAGES = {"text/html", "html", "application/xhtml+xml", "xhtml"}


class Document(Protocol):
    """What a part must know of its document."""

    atom: bool
    based: bool
    has_content: bool

    def name(self, element: ET.Element) -> str:
        """Tell an element's name as feedparser would: `title`, `dc:creator`, `media:group`."""

    def entry(self, element: ET.Element, depth: int, lang: str | None) -> None:
        """Read an entry that stands within the feed's own element."""


class Part:
    """The feed itself or one of its entries, while its elements are read in their order."""

    def __init__(self, document: Document, values: dict[str, Any], lang: str | None, *, entry: bool) -> None:
        self.document = document
        self.values = values
        self.lang = lang
        self.is_entry = entry
        self.title_depth = -1
        self._depths: dict[str, int] = {}

    def walk(self, parent: ET.Element, depth: int) -> None:
        """Read the elements in `parent`, which stands at `depth`; what nobody knows is looked through."""
        for element in parent:
            called = self.document.name(element)
            reader = READERS.get(called)
            if reader is not None:
                reader(self, element, depth + 1)
            elif called in CLASHES:
                raise OddError(called)
            elif len(element):
                self.walk(element, depth + 1)
            elif called in _KEPT:
                kept = text.attributes(element) if element.attrib else text.value(element)
                self.values[called.replace(":", "_")] = kept

    def text(self, element: ET.Element, default: str) -> tuple[str, dict[str, Any]]:
        """Read a text, and what is to be known of it: type and language."""
        written, media_type = text.text(element, default, atom=self.document.atom)
        return written, {"type": media_type, "language": text.language(element, self.lang)}

    def address(self, told: str) -> str:
        """Write an address as feedparser does; where a base is declared anywhere, only whole ones are sure."""
        if self.document.based and told and not _WHOLE.fullmatch(told):
            raise OddError("base of a relative address")
        return _SLASHES.sub(r"\1", told)

    def store(self, key: str, value: str, depth: int) -> None:
        """Keep a value, unless one stands there that was nearer to the entry."""
        if not self.is_entry or depth <= self._depths.get(key, depth):
            self._depths[key] = depth
            self.values[key] = value

    def add_tag(self, term: str | None, label: str | None = None) -> None:
        """Add a category."""
        self.values.setdefault("tags", []).append({"term": term, "label": label})


Reader = Callable[[Part, ET.Element, int], None]


def _title(part: Part, element: ET.Element, depth: int) -> None:
    if _store_title(part, element, depth):
        part.title_depth = depth


def _media_title(part: Part, element: ET.Element, depth: int) -> None:
    _store_title(part, element, depth)


def _store_title(part: Part, element: ET.Element, depth: int) -> str:
    """Keep a title, unless a better one stands there; only what is called `title` bars others."""
    written, detail = part.text(element, "text/plain")
    if not -1 < part.title_depth <= depth:
        part.store("title", written, depth)
        part.values["title_detail"] = detail
    return written


def _description(part: Part, element: ET.Element, depth: int) -> None:
    _summary(part, element, depth, "text/html")


def _summary(part: Part, element: ET.Element, depth: int, default: str = "text/plain") -> None:
    if "summary" in part.values and not part.document.has_content:
        _content(part, element, depth)  # a second summary is the content
    else:
        written, detail = part.text(element, default)
        if part.is_entry or default == "text/plain":  # a feed's description is its subtitle
            part.store("summary", written, depth)
            part.values["summary_detail"] = detail


def _content(part: Part, element: ET.Element, _depth: int, default: str = "text/plain") -> None:
    part.document.has_content = True
    written, detail = part.text(element, default)
    if part.is_entry:
        part.values.setdefault("content", []).append({**detail, "value": written})
    part.values.setdefault("summary", written)


def _encoded(part: Part, element: ET.Element, depth: int) -> None:
    _content(part, element, depth, "text/html")


def _author(part: Part, element: ET.Element, _depth: int) -> None:
    person: dict[str, str] = {}
    part.values.setdefault("authors", []).append(person)
    for child in element:
        called = part.document.name(child)
        if len(child) or (called in READERS and called not in {"uri", "url"}):
            raise OddError("author")
        person[called.removeprefix("itunes:")] = (child.text or "").strip()
    if not len(element) and (written := text.value(element)):
        person["name"] = _name_in(written)


def _name_in(text: str) -> str:
    """Take the name out of «mail (name)» and the like."""
    if not _PERHAPS_MAIL.search(text):
        return text
    match = _MAIL_AND_NAME.fullmatch(text)
    if match is None:
        raise OddError("author")
    return (match["name"] or match["before"] or "").strip()


def _link(part: Part, element: ET.Element, _depth: int) -> None:
    link = text.attributes(element)
    link.setdefault("rel", "alternate")
    link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
    part.values.setdefault("links", []).append(link)
    href = link.get("url", link.get("uri", link.get("href")))
    if href:
        link["href"] = part.address(href)
        if link["rel"] == "alternate" and link["type"] in _PAGES:
            part.values["link"] = link["href"]
        return
    written = part.address(text.value(element))
    if part.is_entry:
        written = written.replace("&amp;", "&")
    part.values["link"] = link["href"] = _ENTITY.sub(r"&\1", written)


def _guid(part: Part, element: ET.Element, depth: int) -> None:
    permanent = text.attributes(element).get("ispermalink", "true") == "true"
    written = text.value(element)
    if permanent:
        written = part.address(written)
    part.store("id", written, depth)
    part.values.setdefault("guidislink", permanent and "link" not in part.values)
    if permanent:
        part.values.setdefault("link", written)


def _published(part: Part, element: ET.Element, _depth: int) -> None:
    part.values["published"] = _date(part, element)


def _updated(part: Part, element: ET.Element, _depth: int) -> None:
    part.values["updated"] = _date(part, element)


def _date(part: Part, element: ET.Element) -> str:
    written = text.value(element)
    if part.is_entry and written and dates.of_text(written) is None:
        raise OddError(f"date {written!r}")
    return written


def _category(part: Part, element: ET.Element, depth: int) -> None:
    said = text.attributes(element)
    term, label = said.get("term") or said.get("text"), said.get("label")
    if term or label:
        part.add_tag(term, label)
    if len(element):
        part.walk(element, depth)
    elif written := text.value(element):
        if label and not term:
            part.values["tags"][-1]["term"] = written
        else:
            part.add_tag(written)


def _keywords(part: Part, element: ET.Element, _depth: int) -> None:
    for term in text.value(element).split(","):
        if term.strip():
            part.add_tag(term.strip())


def _enclosure(part: Part, element: ET.Element, _depth: int) -> None:
    link = text.attributes(element)
    href = link.get("url", link.get("uri", link.get("href", "")))
    part.values.setdefault("links", []).append({**link, "rel": "enclosure", "href": href})
    if len(element):
        raise OddError("enclosure")


def _media_content(part: Part, element: ET.Element, depth: int) -> None:
    part.values.setdefault("media_content", []).append(text.attributes(element))
    part.walk(element, depth)


def _person(part: Part, element: ET.Element, _depth: int) -> None:
    name = text.value(element)
    told = text.attributes(element) | ({"name": name} if name else {})
    part.values.setdefault(podcasts.PEOPLE, []).append(told)


def _transcript(part: Part, element: ET.Element, _depth: int) -> None:
    if len(element):
        raise OddError("transcript")
    part.values.setdefault(podcasts.TRANSCRIPTS, []).append(text.attributes(element))


def _language(part: Part, element: ET.Element, _depth: int) -> None:
    part.values["language"] = text.value(element)


def _image(part: Part, element: ET.Element, _depth: int) -> None:
    if part.is_entry and any(part.document.name(child) in {"title", "link"} for child in element):
        raise OddError("image in an entry")
    part.title_depth = -1


def _source(part: Part, _element: ET.Element, _depth: int) -> None:
    """Pass over the feed that an entry was taken from: its words are not the entry's."""
    part.title_depth = -1


def _skip(_part: Part, _element: ET.Element, _depth: int) -> None:
    """Pass over an element with all that is in it."""


def _item(part: Part, element: ET.Element, depth: int) -> None:
    if part.is_entry or depth != (2 if part.document.atom else 3):
        raise OddError("entry within an entry")
    part.document.entry(element, depth, part.lang)
    part.title_depth = -1


def _odd(_part: Part, element: ET.Element, _depth: int) -> None:
    raise OddError(element.tag)


READERS: dict[str, Reader] = {
    **dict.fromkeys(["item", "entry"], _item),
    **dict.fromkeys(["title", "dc:title"], _title),
    "media:title": _media_title,
    **dict.fromkeys(["description", "dc:description", "media:description"], _description),
    **dict.fromkeys(["summary", "itunes:summary"], _summary),
    "content": _content,
    "content:encoded": _encoded,
    "link": _link,
    **dict.fromkeys(["guid", "id"], _guid),
    **dict.fromkeys(["author", "managingeditor", "dc:author", "dc:creator", "itunes:author"], _author),
    **dict.fromkeys(["pubdate", "published", "issued", "dcterms:issued"], _published),
    **dict.fromkeys(["updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"], _updated),
    **dict.fromkeys(["category", "keywords", "dc:subject", "media:category", "itunes:category"], _category),
    **dict.fromkeys(["itunes:keywords", "media:keywords"], _keywords),
    "enclosure": _enclosure,
    "media:content": _media_content,
    "podcast:person": _person,
    "podcast:transcript": _transcript,
    **dict.fromkeys(["language", "dc:language"], _language),
    **dict.fromkeys(["image", "textinput"], _image),
    "source": _source,
    **dict.fromkeys(["contributor", "itunes:owner", "subtitle", "tagline", "itunes:subtitle"], _skip),
    **dict.fromkeys(["rights", "copyright", "dc:rights", "info", "feedburner:browserfriendly"], _skip),
    # feedparser reads these in ways of its own
    **dict.fromkeys(["rss", "channel", "feed", "abstract", "body", "xhtml:body", "fullitem", "tags"], _odd),
}
# Elements without a reader whose names are those of values: feedparser would mix them up.
CLASHES = {
    *("authors", "links", "title_detail", "summary_detail", "guidislink", "media_content", "date"),
    *(podcasts.PEOPLE, podcasts.TRANSCRIPTS),
}
# Elements without a reader that are kept under their own names.
_KEPT = {
    *("feedburner:origlink", "itunes:duration", "podcast:chapters", "yt:videoid"),
    *("ttl", "sy:updateperiod", "sy:updatefrequency"),
}
