"""Rewrite what feedparser would misread: parts of a feed that describe something else, and authors with an address.

feedparser gives the elements in an unknown element to what is around it, and knows no top-level domain of more than
four letters. There is no supported way to teach it, and it also reads broken XML, so tags are found by a pattern.
`fast_xml` reads well-formed documents by the same rules, which are functions of this module.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from feedparser.mixin import _FeedParserMixin  # only its table of namespaces: the prefixes must be the same (6.0)
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
# Elements that feedparser reads as texts, with the markup in them.
_MARKUP_ELEMENTS = TEXT_ELEMENTS | {
    *("title", "dc:title", "media:title", "media:description", "subtitle", "tagline", "itunes:subtitle", "abstract"),
    *("rights", "copyright", "dc:rights", "info", "body", "xhtml:body", "fullitem", "prodlink"),
}
_XHTML_TYPES = frozenset({"xhtml", "application/xhtml+xml"})
OWN_PARTS = frozenset({"image", "textinput"})  # a picture and a search field have titles and links of their own
_FEED_ELEMENTS = frozenset({"rss", "rdf:rdf", "channel", "feed"})
MEDIA_CONTAINERS = frozenset({"media:group", "media:content"})
_MEDIA_ELEMENTS = frozenset({"media:content", "enclosure", "link"})
_AUTHOR_ELEMENTS = frozenset({"author", "creator", "managingeditor"})
_PERSON_ELEMENTS = _AUTHOR_ELEMENTS | {"contributor", "owner", "publisher", "webmaster"}
_PERSON_PARTS = frozenset({"name", "email", "uri", "url", "homepage"})
_BLANK = re.compile(r"(?:\s|<!\[CDATA\[\s*+\]\]>)*+")
_MAX_AUTHOR_LENGTH = 2000  # characters with their markup; elements in elements would be read again and again
_NAMESPACE = re.compile(r"xmlns:([\w.-]++)\s*+=\s*+[\"']([^\"'<>]++)[\"']", re.IGNORECASE)
NAMESPACE_PREFIXES = {uri.lower(): prefix for uri, prefix in _FeedParserMixin.namespaces.items()}


def is_own_part(container: str, name: str) -> bool:
    """Return whether an element within another one speaks for the feed or the entry around both.

    Of what else an element may hold, nothing does: another article, its comments, who took a picture.
    """
    if container in _FEED_ELEMENTS or name == "time":  # a date may be marked up as one
        return True
    if container in MEDIA_CONTAINERS:
        return name.startswith("media:") and name not in {"media:group", container}
    if container == "source":  # which has values of its own
        return name not in ENTRY_ELEMENTS
    if container.rpartition(":")[2] in _PERSON_ELEMENTS:
        return name.rpartition(":")[2] in _PERSON_PARTS
    return container.endswith(("category", "categories", "tags")) and name.endswith(("category", "tag"))


def _is_skipped_whole(name: str, attributes: Mapping[str, str]) -> bool:
    """Return whether nothing in an element counts: a live stream (`podcast:liveitem`), a picture, a search field."""
    is_picture = name == "media:content" and describes_picture(attributes)
    return is_picture or name.endswith(":liveitem") or name in OWN_PARTS


def _holds_markup(name: str, attributes: Mapping[str, str]) -> bool:
    """Return whether an element is a text; content may also be XML of another kind (RFC 4287, 4.1.3)."""
    media_type = attributes.get("type", "").lower()
    return name in _MARKUP_ELEMENTS and (not media_type.endswith("xml") or media_type in _XHTML_TYPES)


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
    return _Rewriter(document).rewrite()


class _Cut(Struct, frozen=True):
    """A part of the document, and what takes its place."""

    start: int
    end: int
    replacement: str = ""


class _Tag(Struct, frozen=True):
    """A start tag, and how many entries began before it."""

    token: re.Match[str]
    entry_count: int

    def read_attributes(self) -> dict[str, str]:
        return read_attributes(self.token["attributes"])


class _Element(Struct, frozen=True):
    """An element that has ended, with its start tag; `inside` is what it holds."""

    name: str
    tag: _Tag
    inside: _Cut
    end: int

    @property
    def whole(self) -> _Cut:
        """The element with its tags."""
        return _Cut(self.tag.token.start(), self.end)


class _Scope:
    """The feed or an entry: the tags of its open elements by name, and the elements that may speak for it."""

    def __init__(self, tag: _Tag | None = None) -> None:
        self.tag = tag
        self.open_tags: dict[str, list[_Tag]] = defaultdict(list)
        self.elements: list[_Element] = []

    def take_elements(self, start: int) -> list[_Element]:
        """Return the elements that began after `start`, which lie within another one, and forget them."""
        first = len(self.elements)
        while first and self.elements[first - 1].tag.token.start() >= start:
            first -= 1
        inner = self.elements[first:]
        del self.elements[first:]
        return inner

    def list_media_kinds(self) -> Iterator[str]:
        """Yield the kinds of media, also those of elements that never end."""
        tags = [(element.name, element.tag) for element in self.elements if element.name in _MEDIA_ELEMENTS]
        tags += [(name, tag) for name in _MEDIA_ELEMENTS for tag in self.open_tags.get(name, ())]
        return (find_media_kind(name, tag.read_attributes()) for name, tag in tags)


class _Rewriter:
    """The reader of one document, which notes what to cut."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._cuts: list[_Cut] = []
        self._scopes = [_Scope()]
        self._entry_count = 0
        uris = _NAMESPACE.findall(document)
        self._prefixes = {
            prefix.lower(): NAMESPACE_PREFIXES[uri.lower()] for prefix, uri in uris if uri.lower() in NAMESPACE_PREFIXES
        }

    def rewrite(self) -> str:
        """Return the document without the cuts."""
        for token in XML_TOKEN.finditer(self._document):
            if not token["name"]:
                continue
            name = self._normalize_name(token["name"].lower())
            if token["end"]:
                self._close(name, token)
            elif token["attributes"].endswith("/"):
                inside = _Cut(token.end(), token.end())
                self._scopes[-1].elements.append(_Element(name, self._build_tag(token), inside, token.end()))
            elif name in ENTRY_ELEMENTS:
                self._scopes.append(_Scope(self._build_tag(token)))
                self._entry_count += 1
            else:
                self._scopes[-1].open_tags[name].append(self._build_tag(token))
        for scope in self._scopes:
            self._cut_captions(scope)
        parts, position = [], 0
        for cut in sorted(self._cuts, key=lambda cut: (cut.start, -cut.end)):
            if cut.start >= position:  # else it lies within another
                parts += [self._document[position : cut.start], cut.replacement]
                position = cut.end
        return "".join((*parts, self._document[position:]))

    def _normalize_name(self, name: str) -> str:
        """Return a name with the prefix that feedparser gives to its namespace."""
        prefix, _, local = name.rpartition(":")
        prefix = self._prefixes.get(prefix, prefix) if prefix else ""
        return f"{prefix}:{local}" if prefix else local

    def _build_tag(self, token: re.Match[str]) -> _Tag:
        return _Tag(token, self._entry_count)

    def _close(self, name: str, token: re.Match[str]) -> None:
        scope = self._scopes[-1]
        if name in ENTRY_ELEMENTS and scope.tag:
            self._scopes.pop()
            self._cut_captions(scope)
            inside = _Cut(scope.tag.token.end(), token.start())
            self._scopes[-1].elements.append(_Element(name, scope.tag, inside, token.end()))
        elif tags := scope.open_tags.get(name):
            tag = tags.pop()
            element = _Element(name, tag, _Cut(tag.token.end(), token.start()), token.end())
            self._cut_foreign_parts(scope, element)
            if name.rpartition(":")[2] in _AUTHOR_ELEMENTS:
                self._rewrite_author(tag.token["name"], element.inside)
            scope.elements.append(element)

    def _cut_foreign_parts(self, scope: _Scope, element: _Element) -> None:
        """Cut the parts of an element that describe something else."""
        parts = scope.take_elements(element.inside.start)
        attributes = element.tag.read_attributes()
        if _is_skipped_whole(element.name, attributes):
            self._cuts.append(element.inside)
        elif _holds_markup(element.name, attributes):
            while self._cuts and self._cuts[-1].start >= element.inside.start:
                self._cuts.pop()
        elif scope.tag or element.tag.entry_count == self._entry_count:  # else entries are grouped in it
            own, cut_start = list[_Element](), element.end
            for part in reversed(parts):
                if part.whole.start < cut_start:  # else it lies within one that is cut
                    if is_own_part(element.name, part.name):
                        own.append(part)
                    else:
                        self._cuts.append(part.whole)
                        cut_start = part.whole.start
            scope.elements += reversed(own) if element.name in MEDIA_CONTAINERS else ()

    def _cut_captions(self, scope: _Scope) -> None:
        """Cut the descriptions of media if something else speaks for the entry."""
        captions = [element.whole for element in scope.elements if element.name == "media:description"]
        if captions and scope.tag and (self._has_text(scope) or has_only_pictures(scope.list_media_kinds())):
            self._cuts += captions

    def _has_text(self, scope: _Scope) -> bool:
        insides = (element.inside for element in scope.elements if element.name in TEXT_ELEMENTS)
        return any(_has_text(self._document, inside.start, inside.end) for inside in insides)

    def _rewrite_author(self, element: str, inside: _Cut) -> None:
        markup = self._document[inside.start : min(inside.end, inside.start + _MAX_AUTHOR_LENGTH)]
        author = read_inner_text(markup)
        is_text = len(markup) < _MAX_AUTHOR_LENGTH and "<" not in CDATA_SECTION.sub("", markup)
        if is_text and (names.has_mail_address(author) or "@" in author):
            # feedparser takes each "@" for that of an address; the wide one is read as the same.
            # An address alone stays: who has no name is still no author of another name.
            found = names.split_names(author) or (author,)
            people = (html.escape(name, quote=False).replace("@", "\uff20") for name in found)
            self._cuts.append(_Cut(inside.start, inside.end, f"</{element}><{element}>".join(people)))
