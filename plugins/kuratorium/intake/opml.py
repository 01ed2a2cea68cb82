"""Lists of feeds as other programs exchange them: OPML bytes -> outlines."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from xml.parsers import expat

from msgspec import Struct

from ..errors import UsageError
from . import plaintext

_BARE_AMPERSAND = re.compile(rb"&(?!(?:\w+|#\d+|#x[0-9a-fA-F]+);)")


class Outline(Struct, frozen=True, kw_only=True):
    """A feed in an OPML list, as it stands there: `feed` may be relative; `folders` from the outermost in."""

    title: str
    feed: str
    site: str = ""
    lang: str = ""
    folders: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """All that may name a topic."""
        return (*self.folders, *self.categories)


def read(data: bytes, name: str) -> tuple[Outline, ...]:
    """Read the feeds of an OPML document in its order; `name` is what errors call it.

    Raises UsageError where it is no OPML, or declares entities, which only an attack does.
    """
    root = _tree(data.lstrip(), name)
    if root.tag.lower() != "opml":
        raise UsageError(f"{name} is no OPML file: its root element is <{root.tag}>. Export the list as OPML 2.0.")
    return tuple(_outlines(root))


def _tree(data: bytes, name: str) -> ET.Element:
    try:
        try:
            return _parsed(data, name)
        except ET.ParseError:  # every second exporter forgets to escape «&»
            return _parsed(_BARE_AMPERSAND.sub(b"&amp;", data), name)
    except ET.ParseError as error:
        raise UsageError(f"{name} is no XML: {error}. Export the list as OPML 2.0.") from error
    except (ValueError, LookupError) as error:  # an encoding that is not known
        raise UsageError(f"{name} cannot be decoded: {error}. Save it as UTF-8.") from error


def _parsed(data: bytes, name: str) -> ET.Element:
    def refuse(entity: str, *_: object) -> None:
        raise UsageError(f"{name} declares the entity «{entity}»: Kuratorium reads no list that does. Export it anew.")

    guard = expat.ParserCreate()
    guard.EntityDeclHandler = refuse
    with suppress(expat.ExpatError):  # the parser below tells it better
        guard.Parse(data, True)
    return ET.fromstring(data)  # noqa: S314 - the guard has seen that no entity is declared


def _outlines(root: ET.Element) -> Iterator[Outline]:
    """Walk the outlines in their order, without recursion: a hostile list may nest deeper than Python does."""
    pending: list[tuple[ET.Element, tuple[str, ...]]] = [(one, ()) for one in reversed(root.findall("./body/*"))]
    while pending:
        element, folders = pending.pop()
        attributes = {key.lower(): plaintext.clean(value) for key, value in element.attrib.items()}
        title = attributes.get("title") or attributes.get("text", "")
        if attributes.get("iscomment", "").lower() == "true":
            continue
        inside = folders
        if feed := attributes.get("xmlurl", ""):
            yield _outline(attributes, title, feed, folders)
        elif title:
            inside = (*folders, title)
        pending += [(child, inside) for child in reversed(list(element))]


def _outline(attributes: dict[str, str], title: str, feed: str, folders: tuple[str, ...]) -> Outline:
    categories = re.split(r"[,/]", attributes.get("category", ""))
    named = dict.fromkeys(category.strip() for category in categories if category.strip())
    return Outline(
        title=title,
        feed=feed,
        site=attributes.get("htmlurl", ""),
        lang=plaintext.language(attributes.get("language", "")),
        folders=tuple(dict.fromkeys(folders)),
        categories=tuple(name for name in named if name not in folders),
    )
