"""OPML 2.0 (http://opml.org/spec2.opml): a list of feeds, as feed readers import it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ..text.control_characters import CONTROL_CHARACTERS
from ..urls import is_http_url
from .curation import Source, Topic

# XML 1.0, section 2.2, forbids most controls, surrogates and U+FFFE; the other controls and Unicode's direction
# controls (UTS #55) could show a name in another way than it is written.
_FORBIDDEN_CHARACTERS = re.compile(f"[{CONTROL_CHARACTERS}\ufffe\uffff]")


def build_opml(sources: Iterable[Source], topics: Mapping[str, Topic], title: str) -> bytes:
    """Return sources as an OPML 2.0 document, in folders by each source's first topic; `topics` are by id.

    All topics of a source are in its attribute `category`. A source whose feed is a file of the edition has the address
    of its site instead, where programs look for a feed.
    """
    root, body = _begin_document(title)
    folders: dict[str, ET.Element] = {}
    for source in sources:
        topic = source.topics[0] if source.topics else ""
        if topic and topic not in folders:
            name = _remove_forbidden(topics[topic].name if topic in topics else topic)
            folders[topic] = ET.SubElement(body, "outline", text=name, title=name)
        ET.SubElement(folders.get(topic, body), "outline", _build_outline_attributes(source))
    return _encode(root)


class ListedFeed(Struct, frozen=True, kw_only=True):
    """A feed of our own site: its name, its address, and the page with its posts. The name of everything is empty."""

    name: str
    address: str
    site: str


def build_feed_list(feeds: Iterable[ListedFeed], title: str) -> bytes:
    """Return feeds of a site as an OPML 2.0 document; each bears the name of the site, for readers of many sites."""
    root, body = _begin_document(title)
    for feed in feeds:
        name = _remove_forbidden(f"{title}: {feed.name}" if feed.name else title)
        ET.SubElement(body, "outline", text=name, title=name, type="rss", xmlUrl=feed.address, htmlUrl=feed.site)
    return _encode(root)


def _begin_document(title: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = _remove_forbidden(title)
    return root, ET.SubElement(root, "body")


def _encode(root: ET.Element) -> bytes:
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _build_outline_attributes(source: Source) -> dict[str, str]:
    attributes = {
        "text": source.name,
        "title": source.name,
        **_build_type_attributes(source),
        "htmlUrl": source.site,
        "language": source.lang,
        # OPML 2.0: category strings with slashes, separated by commas.
        "category": ",".join(f"/{topic}" for topic in source.topics),
    }
    # An empty attribute such as language="" would be a value to feed readers.
    return {key: text for key, value in attributes.items() if (text := _remove_forbidden(value))}


def _build_type_attributes(source: Source) -> dict[str, str]:
    if source.select:  # a page without a feed: type "rss" would promise that feed readers can read it
        return {"type": "link", "url": source.feed}
    # OPML 2.0 has the type "rss" only, for Atom and JSON feeds as well. A path leads nowhere outside of the edition.
    address = source.feed if is_http_url(source.feed) else source.site
    return {"type": "rss", "xmlUrl": address} if address else {}


def _remove_forbidden(text: str) -> str:
    """Return `text` on one line, without the characters that make a document unreadable or change how it is shown."""
    return _FORBIDDEN_CHARACTERS.sub("", re.sub(r"[\t\n\r\x85\u2028\u2029]+", " ", text))
