"""Write feeds as Atom (RFC 4287), with archives (RFC 5005) and tombstones (RFC 6721).

By strings and not by a library: the archives of ten thousand posts hold each of them four times.
"""

from __future__ import annotations

import html
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from ..page import ATOM
from .feed_items import INVALID_XML_CHARACTERS, FeedContent, FeedItem, list_related_works

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # of a feed without items, which must have a date, too


def write_atom(content: FeedContent) -> bytes:
    """Return a feed as Atom."""
    feed = "".join(_list_feed_elements(content))
    items = "".join(content.written_items)
    archive_namespace = ' xmlns:fh="http://purl.org/syndication/history/1.0"' if content.is_archive else ""
    namespace = ' xmlns:at="http://purl.org/atompub/tombstones/1.0"' if content.tombstones else ""
    deleted = "".join(
        f'<at:deleted-entry ref="{make_entry_id(tombstone.uid)}" when="{tombstone.since.isoformat()}"/>\n'
        for tombstone in content.tombstones
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<?xml-stylesheet type="text/css" href="{content.stylesheet}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom"{archive_namespace}{namespace} xml:lang="{content.lang}">\n'
        f"{INVALID_XML_CHARACTERS.sub('', feed)}\n{deleted}{items}</feed>\n"
    )
    return text.encode()


def write_entry(item: FeedItem) -> str:
    """Return an item as an entry of Atom."""
    return INVALID_XML_CHARACTERS.sub("", "<entry>" + "".join(_list_entry_elements(item)) + "</entry>\n")


def _list_feed_elements(content: FeedContent) -> Iterator[str]:
    yield _element("title", content.title)
    yield _element("subtitle", content.description)
    yield _element("id", content.url)
    yield _element("updated", (content.updated or _EPOCH).isoformat())
    yield _link("self", content.url, ATOM.media_type)
    if content.hub_url:
        yield _link("hub", content.hub_url)
    yield _link("alternate", content.html_url, "text/html")
    if content.is_archive:
        yield "<fh:archive/>"
        yield _link("current", content.current_url, ATOM.media_type)
    if content.older_url:
        for relation in ("next", "prev-archive"):  # RFC 5005, sections 3 and 4
            yield _link(relation, content.older_url, ATOM.media_type)
    yield f"<author>{_element('name', content.author)}</author>"  # of entries without authors
    yield _element("icon", content.icon_url)
    if content.logo_url:  # twice as wide as high (RFC 4287, section 4.2.8)
        yield _element("logo", content.logo_url)
    yield _element("generator", "Kuratorium")


def _list_entry_elements(item: FeedItem) -> Iterator[str]:
    yield _element("id", make_entry_id(item.uid))
    yield _element("title", item.title)
    yield _link("alternate", item.url, "text/html")
    yield _element("published", item.published.isoformat())
    yield _element("updated", item.updated.isoformat())
    for name, address in item.authors:
        yield f"<author>{_element('name', name)}{_element('uri', address)}</author>"
    for name in item.categories:
        yield f'<category term="{html.escape(name)}"/>'
    for address, title in list_related_works(item):
        yield _link("related", address, title=title)
    if item.via:
        name, address = item.via
        yield _link("via", address, title=name)
    yield _element("summary", item.summary)
    lang = f' xml:lang="{item.lang}"' if item.lang else ""
    yield f'<content type="html"{lang}>{html.escape(item.content, quote=False)}</content>'


def make_entry_id(uid: str) -> str:
    """Return the id of an entry, which must be an IRI: it hangs on the uid alone, no address or title changes it."""
    return uuid.uuid5(uuid.NAMESPACE_OID, uid).urn


def _element(name: str, text: str) -> str:
    return f"<{name}>{html.escape(text, quote=False)}</{name}>"


def _link(relation: str, address: str, media_type: str = "", title: str = "") -> str:
    attributes = {"rel": relation, "href": address, "type": media_type, "title": title}
    return "<link" + "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items() if value) + "/>"
