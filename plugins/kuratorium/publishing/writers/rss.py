"""Write feeds as RSS 2.0 with full text, source and curator, as https://www.rssboard.org/rss-profile asks."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO, StringIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from feedgenerator import Rss201rev2Feed
from feedgenerator.django.utils.feedgenerator import rfc2822_date
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator

from ..page import ATOM, RSS
from .feed_items import INVALID_XML_CHARACTERS, FeedContent, FeedItem, escape_text, list_related_works


def write_rss(content: FeedContent) -> bytes:
    """Return a feed as RSS."""
    return write_feed(content, RssFeed)


def write_item(item: FeedItem) -> str:
    """Return an item, which is the same in all feeds that list its post."""
    buffer = StringIO()
    handler = SimplerXMLGenerator(buffer, "utf-8", short_empty_elements=True)
    handler.startElement("item", {})
    RssFeed(title="", link="", description="").add_item_elements(handler, {"item": item})
    handler.endElement("item")
    return buffer.getvalue()


def write_feed(content: FeedContent, feed_class: type[RssFeed], **fields: Any) -> bytes:
    """Return a feed as an RSS feed of this class, which finds `fields` in its `feed`."""
    feed = feed_class(
        title=content.title,
        link=content.html_url,
        description=content.description,
        language=content.lang,
        feed_url=content.url,
        feed=content,
        **fields,
    )
    for item in () if content.written_items else content.items:
        feed.add_item(item.title, item.url, item.summary, item=item)
    buffer = BytesIO()
    feed.write(buffer, "utf-8")
    head, end, body = buffer.getvalue().partition(b"?>\n")
    return head + end + f'<?xml-stylesheet type="text/css" href="{content.stylesheet}"?>\n'.encode() + body


class RssFeed(Rss201rev2Feed):
    """feedgenerator's RSS with the elements that it does not write, and without characters that XML forbids.

    feedgenerator has a creator for the first author only, and neither content:encoded, source nor a self link.
    """

    def rss_attributes(self) -> dict[str, str]:
        """Return the attributes of the root, with the namespaces of all elements."""
        return {
            "version": "2.0",
            "xml:lang": self.feed["feed"].lang,  # for the words of its stylesheet
            "xmlns:atom": "http://www.w3.org/2005/Atom",
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler: Any) -> None:
        """Write what the feed says of itself."""
        content: FeedContent = self.feed["feed"]
        self.add_element(handler, "title", content.title)
        self.add_element(handler, "link", content.html_url)
        self.add_element(handler, "description", content.description)
        self.add_element(handler, "language", content.lang)
        self._add_link(handler, "self", content.url, RSS.media_type)
        if content.hub_url:
            self._add_link(handler, "hub", content.hub_url)
        if content.older_url:
            for relation in ("next", "prev-archive"):  # RFC 5005, sections 3 and 4
                self._add_link(handler, relation, content.older_url, ATOM.media_type)
        self.add_image(handler)
        self.add_element(handler, "generator", "Kuratorium")
        if content.updated:
            self.add_element(handler, "lastBuildDate", rfc2822_date(content.updated))

    def write_items(self, handler: Any) -> None:
        """Write the items, or take those that are written."""
        content: FeedContent = self.feed["feed"]
        for item in content.written_items:
            handler.ignorableWhitespace(item)  # as in `add_element`
        super().write_items(handler)

    def add_image(self, handler: Any) -> None:
        """Write the image of the channel."""
        content: FeedContent = self.feed["feed"]
        # The title and the address are those of the channel (https://www.rssboard.org/rss-profile).
        texts = {"url": content.image_url, "title": content.title, "link": content.html_url}
        self.add_nested(handler, "image", {**texts, "width": "144", "height": "144"})

    def add_item_elements(self, handler: Any, fields: dict[str, Any]) -> None:
        """Write an item."""
        item: FeedItem = fields["item"]
        self.add_element(handler, "title", item.title)
        self.add_element(handler, "link", item.url)
        # The uid outlives slug and title; without isPermaLink="false" a reader would take it for an address.
        self.add_element(handler, "guid", item.uid, {"isPermaLink": "false"})
        # RSS 2.0 dates are those of mail (RFC 822), atom:updated is one of RFC 3339.
        self.add_element(handler, "pubDate", rfc2822_date(item.published))
        if item.updated != item.published:  # RSS has no element for it; readers that know Atom's show the item again
            self.add_element(handler, "atom:updated", item.updated.isoformat())
        # RSS' own <author> wants a mail address; dc:creator takes names, any number of them.
        for name, _ in item.authors:
            self.add_element(handler, "dc:creator", name)
        if item.lang:
            self.add_element(handler, "dc:language", item.lang)
        for name in item.categories:
            self.add_element(handler, "category", name)
        # Feed readers take a description for HTML, so plain text is escaped once more than XML needs.
        self.add_element(handler, "description", escape_text(item.summary))
        self.add_element(handler, "content:encoded", item.content)
        if item.source:
            name, address = item.source
            self.add_element(handler, "source", name, {"url": address})
        for address, title in list_related_works(item):
            self._add_link(handler, "related", address, title=title)

    def _add_link(self, handler: Any, relation: str, address: str, media_type: str = "", title: str = "") -> None:
        attributes = {"rel": relation, "href": address, "type": media_type, "title": title}
        self.add_element(handler, "atom:link", None, {name: value for name, value in attributes.items() if value})

    def add_element(self, handler: Any, name: str, text: str | None, attributes: dict[str, str] | None = None) -> None:
        """Write an element without characters that XML forbids."""
        # SAX's way to write what needs no escaping: one call for an element instead of six.
        handler.ignorableWhitespace(_write_element(name, text, attributes or {}))

    def add_nested(self, handler: Any, name: str, texts: dict[str, str]) -> None:
        """Write an element with elements of text in it."""
        handler.startElement(name, {})
        for inner, text in texts.items():
            self.add_element(handler, inner, text)
        handler.endElement(name)


def _write_element(name: str, text: str | None, attributes: Mapping[str, str]) -> str:
    """Return an element as feedgenerator writes it, with its attributes sorted."""
    tag = name + "".join(f" {key}={quoteattr(_clean(value))}" for key, value in sorted(attributes.items()))
    text = _clean(text or "")
    return f"<{tag}>{escape(text)}</{name}>" if text else f"<{tag}/>"


def _clean(text: str) -> str:
    return INVALID_XML_CHARACTERS.sub("", text)
