"""OPML 2.0 (http://opml.org/spec2.opml): a list of feeds, as feed readers import it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from .curation import Source, Topic


def build_opml(sources: Iterable[Source], topics: Mapping[str, Topic], title: str, *, public: bool = False) -> bytes:
    """Return sources as an OPML 2.0 document, in folders by each source's first topic; `topics` are by id.

    All topics of a source are in its attribute `category`. With `public`, for readers of the site, a source whose feed
    is a file of the edition becomes a link to its site.
    """
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for source in sources:
        topic = source.topics[0] if source.topics else ""
        if topic and topic not in folders:
            name = topics[topic].name if topic in topics else topic
            folders[topic] = ET.SubElement(body, "outline", text=name, title=name)
        ET.SubElement(folders.get(topic, body), "outline", _build_outline_attributes(source, public=public))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _build_outline_attributes(source: Source, *, public: bool) -> dict[str, str]:
    attributes = {
        "text": source.name,
        "title": source.name,
        **_build_type_attributes(source, public=public),
        "htmlUrl": source.site,
        "language": source.lang,
        # OPML 2.0: category strings with slashes, separated by commas.
        "category": ",".join(f"/{topic}" for topic in source.topics),
    }
    # An empty attribute such as language="" would be a value to feed readers.
    return {key: value for key, value in attributes.items() if value}


def _build_type_attributes(source: Source, *, public: bool) -> dict[str, str]:
    if source.select:  # a page without a feed: type "rss" would promise that feed readers can read it
        return {"type": "link", "url": source.feed}
    if public and not source.feed.startswith(("http://", "https://")):
        return {"type": "link", "url": source.site} if source.site else {}
    return {"type": "rss", "xmlUrl": source.feed}  # OPML 2.0 has this type only, for Atom and JSON feeds as well
