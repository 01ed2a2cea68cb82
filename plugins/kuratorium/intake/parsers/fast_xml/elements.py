"""The elements of a well-formed feed -> values under feedparser's keys, by feedparser's rules.

ELEMENT_HANDLERS is the table: the name of an element, and the function that reads it into its container, which is the
feed or an entry.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from .. import names, podcasts, rewriting
from . import text
from .text import UnsupportedFeedError

# feedparser removes extra slashes after the scheme.
_EXTRA_SLASHES = re.compile(r"\A([A-Za-z][A-Za-z0-9+-.]*://)/+")
# Addresses that resolution against a base leaves as they are.
_ABSOLUTE_ADDRESS = re.compile(r"https?://[^\s?#;/][^\s?#;]*(?:\?[^\s#;]+)?(?:#\S+)?|(?:tag|urn):\S+")
_ENTITY_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_SOURCE_ELEMENTS = {"title", "id", "link", "author", "updated", "subtitle", "rights", "category", "icon", "logo"}
_HTML_TYPES = {"text/html", "html", "application/xhtml+xml", "xhtml"}


class DocumentContext(Protocol):
    """The part of a document's reader that its containers use."""

    is_atom: bool
    has_base: bool
    has_content: bool

    def get_element_name(self, element: ET.Element) -> str:
        """Return an element's name as feedparser writes it: `title`, `dc:creator`, `media:group`."""

    def read_entry(self, element: ET.Element, depth: int, lang: str | None) -> None:
        """Append an entry that stands within the feed's own element."""


class ContainerReader:
    """The feed itself or one of its entries, while its elements are read in document order."""

    def __init__(
        self, document: DocumentContext, values: dict[str, Any], lang: str | None, entry: ET.Element | None = None
    ) -> None:
        self.document = document
        self.values = values
        self.lang = lang
        self.is_entry = entry is not None
        self._entry = entry
        self._is_caption: bool | None = None
        self.title_depth = -1
        self._stored_depths: dict[str, int] = {}

    def read_children(self, parent: Iterable[ET.Element], depth: int) -> None:
        """Read the elements in `parent`, which stands at `depth`; what unknown elements hold describes others."""
        for element in parent:
            name = self.document.get_element_name(element)
            handler = ELEMENT_HANDLERS.get(name)
            if handler is not None:
                handler(self, element, depth + 1)
            elif name in RESERVED_NAMES:
                raise UnsupportedFeedError(name)
            elif len(element):
                if not self.is_entry and any(map(self._is_entry_element, element.iter())):
                    raise UnsupportedFeedError("grouped entries")
                self.read_children(self.list_own_parts(element), depth + 1)
            elif name in _COPIED_ELEMENTS:
                value = text.read_attributes(element) if element.attrib else text.read_plain_text(element)
                self.values[name.replace(":", "_")] = value

    def read_text(self, element: ET.Element, default: str) -> tuple[str, dict[str, Any]]:
        """Return a text and its details: media type (`default` if not stated) and language."""
        value, media_type = text.read_typed_text(element, default, is_atom=self.document.is_atom)
        return value, {"type": media_type, "language": text.resolve_language(element, self.lang)}

    def normalize_address(self, address: str) -> str:
        """Return an address as feedparser writes it. Raises UnsupportedFeedError if it may be relative to a base."""
        if self.document.has_base and address and not _ABSOLUTE_ADDRESS.fullmatch(address):
            raise UnsupportedFeedError("base of a relative address")
        return _EXTRA_SLASHES.sub(r"\1", address)

    def store_nearest(self, key: str, value: str, depth: int) -> None:
        """Store a value, unless an element that is nested less deeply has set it."""
        if not self.is_entry or depth <= self._stored_depths.get(key, depth):
            self._stored_depths[key] = depth
            self.values[key] = value

    def is_media_description_a_caption(self) -> bool:
        """Return whether media:description is a caption: beside a text of the entry's own, and beside pictures only."""
        if self._is_caption is None:  # read once: an entry may have thousands of such descriptions
            self._is_caption = self._entry is not None and (
                self._holds_text(self._entry) or rewriting.has_only_pictures(self._list_media_kinds(self._entry))
            )
        return self._is_caption

    def list_own_parts(self, element: ET.Element) -> list[ET.Element]:
        """Return the parts of an element that speak for the container, too."""
        name = self.document.get_element_name(element)
        if name == "media:content" and rewriting.describes_picture(text.read_attributes(element)):
            return []
        return [part for part in element if rewriting.is_own_part(name, self.document.get_element_name(part))]

    def _is_entry_element(self, element: ET.Element) -> bool:
        return self.document.get_element_name(element) in rewriting.ENTRY_ELEMENTS

    def _list_media_kinds(self, entry: ET.Element) -> Iterator[str]:
        elements = [*entry]
        for element in elements:
            name = self.document.get_element_name(element)
            yield rewriting.find_media_kind(name, text.read_attributes(element))
            if name in rewriting.MEDIA_CONTAINERS:
                elements += self.list_own_parts(element)

    def _holds_text(self, entry: ET.Element) -> bool:
        return any(
            self.document.get_element_name(element) in rewriting.TEXT_ELEMENTS
            and ((element.text or "").strip() or len(element))
            for element in entry
        )

    def add_tag(self, term: str | None, label: str | None = None) -> None:
        """Add a category."""
        self.values.setdefault("tags", []).append({"term": term, "label": label})


ElementHandler = Callable[[ContainerReader, ET.Element, int], None]


def _read_title(container: ContainerReader, element: ET.Element, depth: int) -> None:
    if _store_title(container, element, depth):
        container.title_depth = depth


def _read_media_title(container: ContainerReader, element: ET.Element, depth: int) -> None:
    _store_title(container, element, depth)


def _store_title(container: ContainerReader, element: ET.Element, depth: int) -> str:
    """Store a title and return it. Titles of other names (media:title) do not replace one from a <title>."""
    title, detail = container.read_text(element, "text/plain")
    if not -1 < container.title_depth <= depth:
        container.store_nearest("title", title, depth)
        container.values["title_detail"] = detail
    return title


def _read_description(container: ContainerReader, element: ET.Element, depth: int) -> None:
    _read_summary(container, element, depth, "text/html")


def _read_caption(container: ContainerReader, element: ET.Element, depth: int) -> None:
    """Read the description of a recording, unless it is the caption of something."""
    if not container.is_media_description_a_caption():
        _read_description(container, element, depth)


def _read_summary(container: ContainerReader, element: ET.Element, depth: int, default: str = "text/plain") -> None:
    if "summary" in container.values and not container.document.has_content:
        _read_content(container, element, depth)  # feedparser takes a second summary for the content
    else:
        summary, detail = container.read_text(element, default)
        # The description of a feed is its subtitle, which is not read.
        if container.is_entry or default == "text/plain":
            container.store_nearest("summary", summary, depth)
            container.values["summary_detail"] = detail


def _read_content(container: ContainerReader, element: ET.Element, _depth: int, default: str = "text/plain") -> None:
    container.document.has_content = True
    content, detail = container.read_text(element, default)
    if container.is_entry:
        source = container.normalize_address(text.read_attributes(element).get("src", ""))
        container.values.setdefault("content", []).append({**detail, "value": content, "src": source})
    container.values.setdefault("summary", content)


def _read_encoded_content(container: ContainerReader, element: ET.Element, depth: int) -> None:
    _read_content(container, element, depth, "text/html")


def _read_author(container: ContainerReader, element: ET.Element, _depth: int) -> None:
    person: dict[str, str] = {}
    container.values.setdefault("authors", []).append(person)
    for child in element:
        name = container.document.get_element_name(child)
        is_other = name in ELEMENT_HANDLERS and name not in {"uri", "url"}
        if len(child) or is_other or name.startswith("media:"):
            raise UnsupportedFeedError("author")
        person[name.removeprefix("itunes:")] = (child.text or "").strip()
    if not len(element) and (author := text.read_plain_text(element)):
        people = (names.split_names(author) if names.has_mail_address(author) else ()) or (author,)
        container.values["authors"][-1:] = [{"name": name} for name in people]


def _read_link(container: ContainerReader, element: ET.Element, _depth: int) -> None:
    link = text.read_attributes(element)
    link.setdefault("rel", "alternate")
    link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
    container.values.setdefault("links", []).append(link)
    href = link.get("url", link.get("uri", link.get("href")))
    if len(element) and not container.is_entry:
        raise UnsupportedFeedError("elements within a link of the feed")
    if href:
        link["href"] = container.normalize_address(href)
        if link["rel"] == "alternate" and link["type"] in _HTML_TYPES:
            container.values["link"] = link["href"]
        return
    address = container.normalize_address(text.read_plain_text(element))
    if container.is_entry:
        address = address.replace("&amp;", "&")  # escaped twice, as in many feeds; feedparser undoes it in entries only
    container.values["link"] = link["href"] = _ENTITY_REFERENCE.sub(r"&\1", address)


def _read_guid(container: ContainerReader, element: ET.Element, depth: int) -> None:
    is_link = text.read_attributes(element).get("ispermalink", "true") == "true"  # RSS 2.0: true by default
    guid = text.read_plain_text(element)
    if is_link:
        guid = container.normalize_address(guid)
    container.store_nearest("id", guid, depth)
    container.values.setdefault("guidislink", is_link and "link" not in container.values)
    if is_link:
        container.values.setdefault("link", guid)


def _read_published(container: ContainerReader, element: ET.Element, depth: int) -> None:
    container.store_nearest("published", text.read_plain_text(element), depth)


def _read_created(container: ContainerReader, element: ET.Element, depth: int) -> None:
    container.store_nearest("created", text.read_plain_text(element), depth)


def _read_updated(container: ContainerReader, element: ET.Element, depth: int) -> None:
    container.store_nearest("updated", text.read_plain_text(element), depth)


def _read_category(container: ContainerReader, element: ET.Element, depth: int) -> None:
    attributes = text.read_attributes(element)
    term, label = attributes.get("term") or attributes.get("text"), attributes.get("label")
    if term or label:
        container.add_tag(term, label)
    if any(not container.document.get_element_name(part).endswith("category") for part in element):
        raise UnsupportedFeedError("category")
    if len(element):
        container.read_children(element, depth)
    elif name := text.read_plain_text(element):
        if label and not term:
            container.values["tags"][-1]["term"] = name
        else:
            container.add_tag(name)


def _read_keywords(container: ContainerReader, element: ET.Element, _depth: int) -> None:
    for term in text.read_plain_text(element).split(","):
        if term.strip():
            container.add_tag(term.strip())


def _read_enclosure(container: ContainerReader, element: ET.Element, _depth: int) -> None:
    link = text.read_attributes(element)
    href = link.get("url", link.get("uri", link.get("href", "")))
    container.values.setdefault("links", []).append({**link, "rel": "enclosure", "href": href})
    if len(element):
        raise UnsupportedFeedError("enclosure")


def _read_media_content(container: ContainerReader, element: ET.Element, depth: int) -> None:
    attributes = text.read_attributes(element)
    container.values.setdefault("media_content", []).append(attributes)
    parts = container.list_own_parts(element)
    if any(map(len, parts)):
        raise UnsupportedFeedError("elements within a part of media:content")
    container.read_children(parts, depth)


def _read_person(container: ContainerReader, element: ET.Element, _depth: int) -> None:
    name = text.read_plain_text(element)
    person = text.read_attributes(element) | ({"name": name} if name else {})
    container.values.setdefault(podcasts.PEOPLE_KEY, []).append(person)


def _read_transcript(container: ContainerReader, element: ET.Element, _depth: int) -> None:
    if len(element):
        raise UnsupportedFeedError("transcript")
    container.values.setdefault(podcasts.TRANSCRIPTS_KEY, []).append(text.read_attributes(element))


def _read_feed_language(container: ContainerReader, element: ET.Element, _depth: int) -> None:
    container.values["language"] = text.read_plain_text(element)


def _skip_image(container: ContainerReader, _element: ET.Element, _depth: int) -> None:
    """Skip the picture of a feed or an entry; its title and link are its own."""
    container.title_depth = -1


def _read_source(container: ContainerReader, element: ET.Element, depth: int) -> None:
    """Read the description of the feed that an entry was taken from; its title and link are not the entry's."""
    source: dict[str, Any] = {}
    if address := text.read_attributes(element).get("url"):
        source["href"] = address
    names_of_parts = [container.document.get_element_name(part) for part in element]
    if not set(names_of_parts) <= _SOURCE_ELEMENTS or names_of_parts.count("title") > 1:
        raise UnsupportedFeedError("source")
    ContainerReader(container.document, source, container.lang).read_children(element, depth)
    if title := (element.text or "").strip():
        if len(element):
            raise UnsupportedFeedError("source with text and elements")
        source["title"] = title
    container.values["source"] = source
    container.title_depth = -1


def _skip_element(_container: ContainerReader, _element: ET.Element, _depth: int) -> None:
    """Skip an element with everything in it."""


def _read_item(container: ContainerReader, element: ET.Element, depth: int) -> None:
    if container.is_entry or depth != (2 if container.document.is_atom else 3):
        raise UnsupportedFeedError("entry within an entry")
    container.document.read_entry(element, depth, container.lang)
    # feedparser resets this at every entry, also for the feed's elements that follow.
    container.title_depth = -1


def _refuse_element(_container: ContainerReader, element: ET.Element, _depth: int) -> None:
    raise UnsupportedFeedError(element.tag)


ELEMENT_HANDLERS: dict[str, ElementHandler] = {
    **dict.fromkeys(["item", "entry"], _read_item),
    **dict.fromkeys(["title", "dc:title"], _read_title),
    "media:title": _read_media_title,
    **dict.fromkeys(["description", "dc:description"], _read_description),
    "media:description": _read_caption,
    **dict.fromkeys(["summary", "itunes:summary"], _read_summary),
    "content": _read_content,
    "content:encoded": _read_encoded_content,
    "link": _read_link,
    **dict.fromkeys(["guid", "id"], _read_guid),
    **dict.fromkeys(["author", "managingeditor", "dc:author", "dc:creator", "itunes:author"], _read_author),
    **dict.fromkeys(["pubdate", "published", "issued", "dcterms:issued"], _read_published),
    **dict.fromkeys(["created", "dcterms:created"], _read_created),
    **dict.fromkeys(["updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"], _read_updated),
    **dict.fromkeys(["category", "keywords", "dc:subject", "media:category", "itunes:category"], _read_category),
    **dict.fromkeys(["itunes:keywords", "media:keywords"], _read_keywords),
    "enclosure": _read_enclosure,
    "media:content": _read_media_content,
    "podcast:person": _read_person,
    "podcast:transcript": _read_transcript,
    **dict.fromkeys(["language", "dc:language"], _read_feed_language),
    **dict.fromkeys(["image", "textinput"], _skip_image),
    "source": _read_source,
    **dict.fromkeys(["contributor", "itunes:owner", "subtitle", "tagline", "itunes:subtitle"], _skip_element),
    **dict.fromkeys(["rights", "copyright", "dc:rights", "info", "feedburner:browserfriendly"], _skip_element),
    # feedparser's rules for these are not worth copying: they are rare inside a feed or an entry.
    **dict.fromkeys(["rss", "channel", "feed", "abstract", "body", "xhtml:body", "fullitem", "tags"], _refuse_element),
}
# Names of elements that would collide with keys of values: feedparser stores unknown elements under their names.
RESERVED_NAMES = {
    *("authors", "links", "title_detail", "summary_detail", "guidislink", "media_content", "date"),
    *(podcasts.PEOPLE_KEY, podcasts.TRANSCRIPTS_KEY),
}
# Elements without a handler that are stored under their own names, as feedparser does with all unknown elements.
_COPIED_ELEMENTS = {
    *("feedburner:origlink", "itunes:duration", "itunes:title", "podcast:chapters", "yt:videoid"),
    *("ttl", "sy:updateperiod", "sy:updatefrequency"),
}
