"""Rewrite what feedparser would misread: parts of a feed that describe something else, and authors with an address.

feedparser gives the elements in an unknown element to what is around it, and knows no top-level domain of more than
four letters. There is no supported way to teach it, and it also reads broken XML, so tags are found by a pattern.
`fast_xml` reads well-formed documents by the same rules, which are functions of this module.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from . import names

# A tag, or what holds no tags: a comment, a CDATA section (an unclosed one ends with the document). The possessive
# quantifiers keep hostile documents from backtracking.
XML_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(?P<end>/?)(?P<name>[\w.:-]++)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>",
    re.DOTALL,
)
# The look-behind keeps a long word without "=" from being tried at each of its letters.
XML_ATTRIBUTE = re.compile(r"(?<![\w.:-])([\w.:-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
CDATA_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
ENTRY_ELEMENTS = frozenset({"item", "entry"})
# Elements whose text is that of an entry. Beside one, media:description is the caption of something.
TEXT_ELEMENTS = frozenset({"description", "summary", "content", "content:encoded", "itunes:summary", "dc:description"})
OWN_PARTS = frozenset({"image", "textinput"})  # a picture and a search field have titles and links of their own
_MEDIA_ELEMENTS = frozenset({"media:content", "enclosure", "link"})
_AUTHOR_ELEMENTS = frozenset({"author", "creator", "managingeditor"})
_BLANK = re.compile(r"(?:\s|<!\[CDATA\[\s*+\]\]>)*+")
_MAX_AUTHOR_LENGTH = 2000  # characters with their markup; elements in elements would be read again and again
_NEEDS_REWRITING = re.compile(r"liveitem|<media:|<image|<textinput|@|[\[({]\s*at\s*[\])}]|\bat\b", re.IGNORECASE)


def is_live_item(name: str) -> bool:
    """Return whether an element (`podcast:liveitem`) announces a live stream, which is neither feed nor entry."""
    return name.endswith(":liveitem")


def is_part(name: str) -> bool:
    """Return whether the texts in an element are none of the entry's own."""
    return name == "media:content" or is_live_item(name) or name in OWN_PARTS


def describes_picture(attributes: Mapping[str, str]) -> bool:
    """Return whether media:content with these attributes is no recording: what it holds describes only itself."""
    kind = (attributes.get("type") or attributes.get("medium") or "").lower()
    return not kind.startswith(("audio", "video"))


def has_only_pictures(kinds: Iterable[str]) -> bool:
    """Return whether an entry's media, by their kinds (empty for what is none), are pictures: they tell no story."""
    known = {kind for kind in kinds if kind}
    return bool(known) and all(kind.startswith("image") for kind in known)


def find_media_kind(name: str, attributes: Mapping[str, str]) -> str:
    """Return the kind of media that a part of an entry names, such as "image/png" or "video"; empty if none."""
    relation = (attributes.get("rel") or "").rpartition("/")[2]  # which may be written as an address
    if name not in _MEDIA_ELEMENTS or (name == "link" and relation != "enclosure"):
        return ""
    return (attributes.get("medium") or attributes.get("type") or "unknown").lower()


def read_attributes(attributes: str) -> dict[str, str]:
    """Return the attributes of a tag by their names in lower case."""
    matches = XML_ATTRIBUTE.finditer(attributes)
    return {match[1].lower(): html.unescape(match[2] or match[3] or "") for match in matches}


def read_inner_text(markup: str) -> str:
    """Return the text between two tags, with CDATA sections and references resolved."""
    return html.unescape(CDATA_SECTION.sub(lambda section: html.escape(section[1]), markup)).strip()


def _has_text(document: str, start: int, end: int) -> bool:
    """Return whether more than blanks stands in a part of a document; looks no further than the first letter."""
    blank = _BLANK.match(document, start)
    return blank is not None and blank.end() < end


def rewrite_document(document: str) -> str:
    """Return a document without what feedparser would misread."""
    return _Rewriter(document).rewrite() if _NEEDS_REWRITING.search(document) else document


class _Cut(Struct, frozen=True, order=True):
    """A part of the document, and what takes its place."""

    start: int
    end: int
    replacement: str = ""


class _Rewriter:
    """The reader of one document, which notes what to cut."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._cuts: list[_Cut] = []
        self._begin_entry()

    def rewrite(self) -> str:
        """Return the document without the cuts."""
        for token in XML_TOKEN.finditer(self._document):
            name = (token["name"] or "").lower()
            if name.rpartition(":")[2] in ENTRY_ELEMENTS:
                self._end_entry()
                self._begin_entry()
            elif token["end"]:
                self._close(name, token)
            elif name and not token["attributes"].endswith("/"):
                self._note_media(name, token)
                self._open(name, token)
            elif name:
                self._note_media(name, token)
                self._note_whole(name, _Cut(token.start(), token.end()))
        self._end_entry()
        parts, position = [], 0
        for cut in sorted(self._cuts, key=lambda cut: (cut.start, -cut.end)):
            if cut.start >= position:  # else it lies within another
                parts += [self._document[position : cut.start], cut.replacement]
                position = cut.end
        return "".join((*parts, self._document[position:]))

    def _begin_entry(self) -> None:
        self._starts: dict[str, list[re.Match[str]]] = defaultdict(list)  # the tags of open elements
        self._open_parts = 0
        self._has_text = False
        self._media_kinds: set[str] = set()
        self._captions: list[_Cut] = []
        self._in_media: list[_Cut] = []  # counts only once their media:content is closed

    def _end_entry(self) -> None:
        if self._has_text or has_only_pictures(self._media_kinds):
            self._cuts += self._captions

    def _open(self, name: str, token: re.Match[str]) -> None:
        self._starts[name].append(token)
        self._open_parts += is_part(name)

    def _close(self, name: str, token: re.Match[str]) -> None:
        if not self._starts.get(name):
            return
        start_tag = self._starts[name].pop()
        self._open_parts -= is_part(name)
        inside = _Cut(start_tag.end(), token.start())
        if name == "media:content":
            self._close_media(start_tag, inside)
        elif is_part(name):
            self._cuts.append(inside)
        elif name in TEXT_ELEMENTS and not self._open_parts:
            self._has_text = self._has_text or _has_text(self._document, inside.start, inside.end)
        elif name.rpartition(":")[2] in _AUTHOR_ELEMENTS:
            self._rewrite_author(start_tag["name"], inside)
        self._note_whole(name, _Cut(start_tag.start(), token.end()))

    def _note_media(self, name: str, token: re.Match[str]) -> None:
        if name in _MEDIA_ELEMENTS:
            self._media_kinds.add(find_media_kind(name, read_attributes(token["attributes"])))

    def _note_whole(self, name: str, element: _Cut) -> None:
        """Note an element that is to be cut if it turns out that something else speaks for the entry."""
        if name == "media:description":
            self._captions.append(element)
        elif self._starts.get("media:content") and not name.startswith("media:"):
            self._in_media.append(element)

    def _close_media(self, start_tag: re.Match[str], inside: _Cut) -> None:
        if describes_picture(read_attributes(start_tag["attributes"])):
            self._cuts.append(inside)
        while self._in_media and self._in_media[-1].start >= inside.start:
            self._cuts.append(self._in_media.pop())

    def _rewrite_author(self, element: str, inside: _Cut) -> None:
        markup = self._document[inside.start : min(inside.end, inside.start + _MAX_AUTHOR_LENGTH)]
        author = read_inner_text(markup)
        is_text = len(markup) < _MAX_AUTHOR_LENGTH and "<" not in CDATA_SECTION.sub("", markup)
        if is_text and (names.has_mail_address(author) or "@" in author):
            # feedparser takes each "@" for that of an address; the wide one is read as the same.
            people = (html.escape(name, quote=False).replace("@", "\uff20") for name in names.split_names(author))
            self._cuts.append(_Cut(inside.start, inside.end, f"</{element}><{element}>".join(people)))
