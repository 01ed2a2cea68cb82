"""Rewrite what feedparser would misread: parts of a feed that describe something else, and authors with an address.

feedparser gives the elements in an unknown element to what is around it, and knows no top-level domain of more than
four letters. There is no supported way to teach it, and it also reads broken XML, so tags are found by a pattern.
`fast_xml` reads well-formed documents by the same rules, which are functions of this module.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Mapping

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
PARTS_OF_ENTRIES = frozenset({"image", "textinput"})  # a picture in an entry; in a channel, feedparser knows them
_AUTHOR_ELEMENTS = frozenset({"author", "creator", "managingeditor"})
_BLANK = re.compile(r"(?:\s|<!\[CDATA\[\s*+\]\]>)*+")
_MAX_AUTHOR_LENGTH = 2000  # characters with their markup; elements in elements would be read again and again
_NEEDS_REWRITING = re.compile(r"liveitem|<media:|<image|<textinput|@|[\[({]\s*at\s*[\])}]|\bat\b", re.IGNORECASE)


def is_live_item(name: str) -> bool:
    """Return whether an element (`podcast:liveitem`) announces a live stream, which is neither feed nor entry."""
    return name.endswith(":liveitem")


def describes_picture(attributes: Mapping[str, str]) -> bool:
    """Return whether media:content with these attributes is no recording: what it holds describes only itself."""
    kind = (attributes.get("type") or attributes.get("medium") or "").lower()
    return not kind.startswith(("audio", "video"))


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
        self._begin_entry(is_entry=False)

    def rewrite(self) -> str:
        """Return the document without the cuts."""
        for token in XML_TOKEN.finditer(self._document):
            name = (token["name"] or "").lower()
            if name.rpartition(":")[2] in ENTRY_ELEMENTS:
                self._end_entry()
                self._begin_entry(is_entry=not token["end"])
            elif token["end"]:
                self._close(name, token)
            elif name and not token["attributes"].endswith("/"):
                self._open(name, token)
            elif name == "media:description":
                self._captions.append(_Cut(token.start(), token.end()))
        self._end_entry()
        parts, position = [], 0
        for cut in sorted(self._cuts, key=lambda cut: (cut.start, -cut.end)):
            if cut.start >= position:  # else it lies within another
                parts += [self._document[position : cut.start], cut.replacement]
                position = cut.end
        return "".join((*parts, self._document[position:]))

    def _begin_entry(self, *, is_entry: bool) -> None:
        self._is_entry = is_entry
        self._starts: dict[str, list[tuple[re.Match[str], bool]]] = defaultdict(list)  # tags, and whether cut
        self._open_cuts = 0
        self._has_text = False
        self._captions: list[_Cut] = []

    def _end_entry(self) -> None:
        if self._has_text:
            self._cuts += self._captions

    def _open(self, name: str, token: re.Match[str]) -> None:
        is_cut = (
            is_live_item(name)
            or (self._is_entry and name in PARTS_OF_ENTRIES)
            or (name == "media:content" and describes_picture(read_attributes(token["attributes"])))
        )
        self._open_cuts += is_cut
        self._starts[name].append((token, is_cut))

    def _close(self, name: str, token: re.Match[str]) -> None:
        if not self._starts.get(name):
            return
        start_tag, is_cut = self._starts[name].pop()
        start = start_tag.end()
        if is_cut:
            self._open_cuts -= 1
            self._cuts.append(_Cut(start, token.start()))
        elif name == "media:description":
            self._captions.append(_Cut(start_tag.start(), token.end()))
        elif name in TEXT_ELEMENTS and not self._open_cuts:
            self._has_text = self._has_text or _has_text(self._document, start, token.start())
        elif name.rpartition(":")[2] in _AUTHOR_ELEMENTS:
            self._rewrite_author(start, token.start())

    def _rewrite_author(self, start: int, end: int) -> None:
        if end - start > _MAX_AUTHOR_LENGTH:
            return
        author = read_inner_text(self._document[start:end])
        if "<" not in CDATA_SECTION.sub("", self._document[start:end]) and names.has_mail_address(author):
            self._cuts.append(_Cut(start, end, html.escape(names.clean_name(author), quote=False)))
