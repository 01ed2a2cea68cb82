"""What stands in one element of a well-formed feed: its text, its attributes, its language; as feedparser sees them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from xml.sax.saxutils import escape

from feedparser.mixin import _FeedParserMixin  # its eye for markup must be the same

_C1_CONTROLS = re.compile("[\x80-\x9f]")
# The letters that `_as_meant` looks for, as bytes or references: found faster in a whole document than in each text.
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
    """This document is not for the fast lane."""


def read_typed_text(element: ET.Element, default: str, *, is_atom: bool) -> tuple[str, str]:
    """Read a text and its media type, which is `default` where it does not tell; RSS is known to err there."""
    said = read_attributes(element)
    told = said.get("type", default).lower()
    media_type = _TEXT_MEDIA_TYPES.get(told, told)
    if media_type not in {"text/plain", "text/html", "application/xhtml+xml"} or "mode" in said:
        raise UnsupportedFeedError(f"content of type {told}")
    if media_type == "application/xhtml+xml":
        return _undo_mojibake(_serialize_xhtml(element).strip()), media_type
    written = read_plain_text(element)
    if media_type == "text/plain" and not is_atom and _FeedParserMixin.looks_like_html(written):
        media_type = "text/html"
    return written, media_type


def read_plain_text(element: ET.Element) -> str:
    """Read the text of an element that should hold nothing else. Raises OddError where it does."""
    if len(element):
        raise UnsupportedFeedError("markup that is not escaped")
    return (element.text or "").strip()


def repair_texts(root: ET.Element, data: bytes) -> None:
    """Write the texts below `root` as they were meant, where the document's bytes (UTF-8) may need it."""
    if any(suspect.search(data) for suspect in _MOJIBAKE_PATTERNS):
        for element in root.iter():
            core = "" if element.tag.startswith(_XHTML_NAMESPACE) else (element.text or "").strip()
            if core:
                element.text = (element.text or "").replace(core, _undo_mojibake(core), 1)


def _undo_mojibake(text: str) -> str:
    """Undo what feedparser undoes: UTF-8 taken for ISO-8859-1, and the controls of Windows' code page."""
    if text.isascii():
        return text
    with suppress(UnicodeEncodeError, UnicodeDecodeError):
        text = text.encode("iso-8859-1").decode()
    return _C1_CONTROLS.sub(_decode_windows_control, text)


def _decode_windows_control(control: re.Match[str]) -> str:
    """Take a control character for the one that it is in Windows' code page."""
    return control[0].encode("iso-8859-1").decode("cp1252", "ignore") or control[0]


def _serialize_xhtml(element: ET.Element) -> str:
    """Write the XHTML within an element, as far as its text depends on it."""
    return "".join((escape(element.text or ""), *_serialize_children(element)))


def _serialize_children(element: ET.Element) -> Iterator[str]:
    for child in element:
        if not child.tag.startswith(_XHTML_NAMESPACE):
            raise UnsupportedFeedError("markup within markup")
        name = child.tag.removeprefix(_XHTML_NAMESPACE).lower()
        yield f"<{name}>{_serialize_xhtml(child)}</{name}>{escape(child.tail or '')}"


def read_attributes(element: ET.Element) -> dict[str, str]:
    """List the attributes of an element, without namespaces, as feedparser spells them."""
    if not element.attrib:
        return {}
    found = {name.rpartition("}")[2].lower(): value for name, value in element.attrib.items()}
    return {name: value.lower() if name in {"rel", "type"} else value for name, value in found.items()}


def resolve_language(element: ET.Element, inherited: str | None) -> str | None:
    """Tell the language of an element (None: it says that it has none)."""
    if not element.attrib:
        return inherited
    own = element.get(f"{_XML_NAMESPACE}lang", element.get("lang"))
    return inherited if own is None else own.replace("_", "-") or None
