"""The text, attributes and language of one element of a well-formed feed, as feedparser returns them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from feedparser.mixin import _FeedParserMixin  # only its guess whether a text is markup: it must be the same (6.0)

from .. import mojibake

# The characters that `undo_latin1_mojibake` repairs, as UTF-8 or as references. One search of the whole document for
# them is faster than an attempt to repair each text.
_MOJIBAKE_PATTERNS = tuple(
    map(
        re.compile,
        (
            rb"\xc2[\x80-\x9f]",
            rb"&#0*(?:1[2-5]\d|[xX]0*[89][\da-fA-F]);",
            rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|&#)",
            rb"&#0*(?:19[4-9]|2[0-3]\d|24[0-4]|[xX]0*(?:[c-eC-E][\da-fA-F]|[fF][0-4]));(?:\xc2[\x80-\xbf]|&#)",
        ),
    )
)
_TEXT_MEDIA_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
_XML_NAMESPACE = "{http://www.w3.org/XML/1998/namespace}"
_XHTML_NAMESPACE = "{http://www.w3.org/1999/xhtml}"


class UnsupportedFeedError(Exception):
    """A document that feedparser must read; the message says what is unusual in it."""


def read_typed_text(element: ET.Element, default: str, *, is_atom: bool) -> tuple[str, str]:
    """Return a text and its media type, which is `default` if not stated."""
    attributes = read_attributes(element)
    stated = attributes.get("type", default).lower()
    media_type = _TEXT_MEDIA_TYPES.get(stated, stated)
    if media_type not in {"text/plain", "text/html", "application/xhtml+xml"} or "mode" in attributes:  # of Atom 0.3
        raise UnsupportedFeedError(f"content of type {stated}")
    if media_type == "application/xhtml+xml":
        return mojibake.undo_latin1_mojibake(_serialize_xhtml(element).strip()), media_type
    text = read_plain_text(element)
    # RSS does not say whether a text is markup, so feedparser guesses; Atom says so (RFC 4287, 3.1.1).
    if media_type == "text/plain" and not is_atom and _FeedParserMixin.looks_like_html(text):
        media_type = "text/html"
    return text, media_type


def read_plain_text(element: ET.Element) -> str:
    """Return the text of an element. Raises UnsupportedFeedError if it holds other elements."""
    if len(element):
        raise UnsupportedFeedError("markup that is not escaped")
    return (element.text or "").strip()


def repair_texts(root: ET.Element, data: bytes) -> None:
    """Undo wrong decoding (mojibake) in all texts below `root`, if the document's bytes (UTF-8) show signs of it."""
    # Each pattern needs one of these, and the search for them is faster.
    has_signs = b"\xc2" in data or b"&#" in data
    if has_signs and any(pattern.search(data) for pattern in _MOJIBAKE_PATTERNS):
        for element in root.iter():
            core = "" if element.tag.startswith(_XHTML_NAMESPACE) else (element.text or "").strip()
            if core:
                element.text = (element.text or "").replace(core, mojibake.undo_latin1_mojibake(core), 1)


def _serialize_xhtml(element: ET.Element) -> str:
    """Return the XHTML within an element, of the attributes only the classes."""
    return "".join((escape(element.text or ""), *_serialize_children(element)))


def _serialize_children(element: ET.Element) -> Iterator[str]:
    for child in element:
        if not child.tag.startswith(_XHTML_NAMESPACE):
            raise UnsupportedFeedError("markup within markup")
        name = child.tag.removeprefix(_XHTML_NAMESPACE).lower()
        # Only the text is read from it, and the classes say what of it is a caption.
        classes = child.get("class")
        attribute = f" class={quoteattr(classes)}" if classes else ""
        yield f"<{name}{attribute}>{_serialize_xhtml(child)}</{name}>{escape(child.tail or '')}"


def read_attributes(element: ET.Element) -> dict[str, str]:
    """Return the attributes of an element as feedparser writes them: lower-case names without namespaces."""
    if not element.attrib:
        return {}
    attributes = {name.rpartition("}")[2].lower(): value for name, value in element.attrib.items()}
    return {name: value.lower() if name in {"rel", "type"} else value for name, value in attributes.items()}


def resolve_language(element: ET.Element, inherited: str | None) -> str | None:
    """Return the language of an element, else the inherited one; None if unknown, or if xml:lang is empty."""
    if not element.attrib:
        return inherited
    own = element.get(f"{_XML_NAMESPACE}lang", element.get("lang"))
    return inherited if own is None else own.replace("_", "-") or None
