"""What makes a browser ask another host by itself: in attributes of elements, and in whole files that are published.

Bodies are judged by markdown/allowed_html, which shares the decisions about addresses, attributes and style sheets.
Every pattern runs over a text once, whatever the text is: repetitions are possessive, and what is not closed ends with
the file, as in browsers.
"""

from __future__ import annotations

import codecs
import html
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from .fields import Violation

Attributes = Sequence[tuple[str, str]]
"""The attributes of an element in their order: the name in lower case, and the value without entities."""

FOREIGN_HINT = "Link to it, or embed it with a line such as [[youtube:ID]]: a page may ask no other host by itself."
_FILE_HINT = "Put a copy of it into the edition, and write its path: no page may ask another host by itself."

# Attributes whose address a browser loads, or turns to, by itself.
_LOADING_ATTRIBUTES = frozenset({"background", "icon", "manifest", "poster", "src"})
_ADDRESS_LISTS = frozenset({"imagesrcset", "ping", "srcset"})
_STYLES = frozenset({
    *("clip-path", "cursor", "fill", "filter", "marker", "marker-end", "marker-mid", "marker-start", "mask", "stroke"),
    "style",
})  # fmt: skip
_LOADING_HREFS = frozenset({
    *("base", "cursor", "feimage", "filter", "font-face-uri", "image", "lineargradient", "link", "mpath", "pattern"),
    *("radialgradient", "script", "textpath", "tref", "use"),
})  # fmt: skip
_ANIMATIONS = frozenset({"animate", "set"})  # may put an address into the element around them
_ANIMATED_VALUES = frozenset({"by", "from", "to", "values"})
# A <link> with these is a reference that nothing follows (https://html.spec.whatwg.org/#linkTypes).
_UNLOADED_LINKS = frozenset({
    *("alternate", "author", "bookmark", "canonical", "help", "license", "me", "next", "prev", "privacy-policy"),
    *("search", "self", "shortlink", "tag", "terms-of-service"),
})  # fmt: skip

_FILE_KEYWORD = re.compile(r"\A\s*[{|](?:filename|static|attach)[}|]")
_SCHEME = re.compile(r"\A(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):")
HOSTLESS_SCHEMES = frozenset({"about", "blob", "data", "javascript", "mailto", "sms", "tel"})
"""Schemes of addresses that name no host, so that nothing is asked."""
_ADDRESS_IN_VALUE = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?[/\\]{2}[^\s/\\?#,;)'\"]+")
# Browsers drop these from addresses before they read them (https://url.spec.whatwg.org/#concept-basic-url-parser).
_IGNORED_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f]")

# As browsers read tags (https://html.spec.whatwg.org/#tag-open-state): quotes count only behind an equals sign.
_VALUE = r"(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)"
_ATTRIBUTE = re.compile(rf"(?P<name>=?[^\s/>=]++)(?:\s*+=\s*+(?P<value>{_VALUE})?)?")
_COMMENT_OR_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+{_VALUE}?)?|=)*+)(?:>|\Z)"
    r"|<\?(?P<instruction>xml-stylesheet)\b(?P<values>[^<>]*+)",
    re.S,
)
_RAW_ENDS = {name: re.compile(rf"</{name}\b|\Z", re.I) for name in ("script", "style")}
_ENTITY = re.compile(r"<!ENTITY\s++(?P<name>%|[^\s%\"'<>]++)(?:\s++(?P<value>\"[^\"]*+|'[^']*+))?")
_REFERENCE = re.compile(r"&([\w.-]+);")
_TEMPLATE_MARK = re.compile(r"\{[{%#]")
_TEMPLATE_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}

_STYLE_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_STYLE_ESCAPE = re.compile(r"\\(?:(?P<code>[0-9a-fA-F]{1,6})[ \t]?|(?P<mark>[g-zG-Z:/.@-]))")
# url(…), @import "…", and the pictures of image-set("…" 1x); a namespace is a name, which nothing loads.
_STYLE_LOAD = re.compile(
    r"@namespace\b[^;{}]*+"
    r"|(?:\b(?:url|src)\(\s*+|(?:@import|\bimage-set\(|\d(?:x|dp\w{1,3})\s*+,)\s*+(?=[\"']))[\"']?(?P<address>[^\"')]*+)",
    re.I,
)
_SCRIPT_LOAD = re.compile(
    r"(?:\b(?:fetch|import|importScripts|EventSource|WebSocket|Worker|sendBeacon)\s*+\(\s*+"
    r"|(?:^|[;}])[ \t]*+(?:im|ex)port\b[^\"'`;\n]*+|\.src\s*+=\s*+)[\"'`](?P<address>(?:https?:|wss?:)?//[^\"'`\n]++)",
    re.M,
)

_MAX_SHOWN_CHARACTERS = 80  # of an address in a message
_MAX_TAG_LENGTH = 1000  # of one that is looked at alone
_MAX_ENTITY_LENGTH = 500  # an address is shorter, and an entity may repeat others
_MAX_ENTITY_LEVELS = 5


def is_foreign_address(address: str) -> bool:
    """Return whether a browser that loads an address on one of our pages would ask another host."""
    plain = normalize_address(address)
    scheme = match_scheme(plain)
    return plain.startswith("//") or bool(scheme and scheme != "data")


def match_scheme(address: str) -> str:
    """Return the scheme of a normalized address in lower case; empty if it has none."""
    match = _SCHEME.match(address)
    return match["scheme"].lower() if match else ""


def normalize_address(address: str) -> str:
    """Return an address as browsers read it: decoded, with slashes; Pelican's {static} before it is left out."""
    plain = _IGNORED_IN_ADDRESS.sub("", html.unescape(address)).replace("\\", "/")
    return _FILE_KEYWORD.sub("", plain)


def shorten_address(address: str) -> str:
    """Return an address as a message shows it: on one line, and not too long."""
    address = " ".join(address.split())
    return address if len(address) <= _MAX_SHOWN_CHARACTERS else f"{address[:_MAX_SHOWN_CHARACTERS]}…"


def find_attribute_loads(tag: str, attributes: Attributes) -> Iterator[tuple[str, str]]:
    """Yield attribute and address of what an element makes a browser load from another host.

    `tag` is its name in lower case, without a prefix such as "svg:".
    """
    values = dict(reversed(attributes))  # of two attributes with one name, the first counts
    for attribute, value in attributes:
        addresses = _list_addresses(tag, attribute.rpartition(":")[2], value, values)
        if address := next(filter(names_foreign_host, addresses), ""):
            yield attribute, address


def _list_addresses(tag: str, attribute: str, value: str, values: Mapping[str, str]) -> Iterable[str]:
    """Return the addresses that an attribute may make a browser load; `values` are those of all attributes."""
    if attribute == "srcdoc" or (attribute == "content" and values.get("http-equiv", "").strip().lower() == "refresh"):
        return (match[0] for match in _ADDRESS_IN_VALUE.finditer(_IGNORED_IN_ADDRESS.sub("", value)))
    if attribute in _ADDRESS_LISTS:
        return (part for word in value.split() for part in ([word] if word.startswith("data:") else word.split(",")))
    if tag in _ANIMATIONS and attribute in _ANIMATED_VALUES:
        return value.split(";")
    if attribute in _STYLES:
        return (address for _, address in find_style_loads(value))
    is_loaded = attribute in _LOADING_ATTRIBUTES or (tag, attribute) == ("object", "data")
    return [value] if is_loaded or (attribute == "href" and _loads_href(tag, values)) else ()


def _loads_href(tag: str, values: Mapping[str, str]) -> bool:
    relations = values.get("rel", "").lower().split()
    return tag in _LOADING_HREFS and not (tag == "link" and relations and _UNLOADED_LINKS.issuperset(relations))


def find_style_loads(rules: str) -> Iterator[tuple[int, str]]:
    """Yield line (from 0) and address of what a style sheet loads from another host."""
    text = _STYLE_COMMENT.sub(_blank, rules)
    if "\\" in text:
        text = _STYLE_ESCAPE.sub(_decode_style_escape, text)
    for line, match in _number_lines(text, _STYLE_LOAD.finditer(text)):
        if match["address"] and names_foreign_host(match["address"]):
            yield line, match["address"]


def _decode_style_escape(match: re.Match[str]) -> str:
    """Return the character of an escape if it may be a part of an address; any other might close a string."""
    character = match["mark"] or chr(min(int(match["code"], 16), sys.maxunicode))
    return character if character.isalnum() or character in ":/.@-(" else match[0]


def names_foreign_host(address: str) -> bool:
    """Return whether an address is foreign, and of a scheme that names a host."""
    return is_foreign_address(address) and match_scheme(normalize_address(address)) not in HOSTLESS_SCHEMES


def find_foreign_loads(file: str, data: bytes, site_url: str, *, is_template: bool = False) -> Iterator[Violation]:
    """Yield what a published file, or a template of the theme, loads from another host than that of `site_url`.

    Files of other kinds than LOADING_SUFFIXES load nothing. Of scripts only plain cases are known.
    """
    text = _decode(data)
    if is_template:
        text = _blank_template_marks(text)
    own_host = urlsplit(site_url).netloc.lower()
    for line, what, address in _SCANNERS[PurePosixPath(file).suffix.lower()](text):
        if _split_host(address) != own_host:
            yield Violation((), f"{what} another host: {shorten_address(address)}", _FILE_HINT, line + 1)


def _decode(data: bytes) -> str:
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_utf_16 else "utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _split_host(address: str) -> str:
    try:
        return urlsplit(normalize_address(address)).netloc.lower()
    except ValueError:
        return ""


def _scan_markup(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line (from 0), message and address of each load in HTML or SVG."""
    entities = {}
    for line, entity in _number_lines(text, _ENTITY.finditer(text)) if "<!ENTITY" in text else ():
        value = (entity["value"] or "")[1:]
        if entity["name"] == "%" or "<" in value or "&#" in value:
            yield line, "this entity may hold elements that load from", entity[0]
        entities[entity["name"]] = value[:_MAX_ENTITY_LENGTH]
    for line, match, raw_text in _find_tags(text):
        name = (match["name"] or "").lower().rpartition(":")[2]
        if match["instruction"] or name:
            attributes = read_attributes(match["attributes"] or match["values"] or "", entities)
            for attribute, address in find_attribute_loads(name or "link", attributes):
                yield line, f"<{name or '?xml-stylesheet'} {attribute}> loads from", address
        for place, what, address in _RAW_SCANNERS[name](html.unescape(raw_text)) if raw_text else ():
            yield line + match[0].count("\n") + place, what, address


def _find_tags(text: str) -> Iterator[tuple[int, re.Match[str], str]]:
    """Yield comments, tags and instructions: their line (from 0), the match, and the text of a script or style."""
    line = counted = position = 0
    while match := _COMMENT_OR_TAG.search(text, position):
        line += text.count("\n", counted, match.start())
        counted, start, position = match.start(), match.end(), match.end()
        end_tag = _RAW_ENDS.get((match["name"] or "").lower().rpartition(":")[2])
        if end_tag and not match["attributes"].endswith("/") and (end := end_tag.search(text, start)):
            position = end.start()
        yield line, match, text[start:position]


def match_tag(text: str, position: int) -> re.Match[str] | None:
    """Return the tag at a position, with `name` and `attributes`, as browsers read it; None if nothing ends it soon."""
    match = _COMMENT_OR_TAG.match(text, position, position + _MAX_TAG_LENGTH)
    return match if match and match["name"] and match[0].endswith(">") else None


def read_attributes(source: str, entities: Mapping[str, str] = {}) -> Attributes:
    """Return the attributes in a tag, as browsers read them; `entities` are those that a file declares."""
    return [
        (match["name"].lower(), _decode_value(match["value"] or "", entities)) for match in _ATTRIBUTE.finditer(source)
    ]


def _decode_value(source: str, entities: Mapping[str, str]) -> str:
    value = source.strip(source[0]) if source[:1] in {'"', "'"} else source
    rounds = len(entities) if "&" in value else 0
    for _ in range(min(rounds, _MAX_ENTITY_LEVELS)):
        value = _REFERENCE.sub(lambda match: entities.get(match[1], match[0]), value[:_MAX_ENTITY_LENGTH])
    return html.unescape(value)


def _scan_styles(text: str) -> Iterator[tuple[int, str, str]]:
    return ((line, "this style loads from", address) for line, address in find_style_loads(text))


def _scan_script(text: str) -> Iterator[tuple[int, str, str]]:
    loads = _number_lines(text, _SCRIPT_LOAD.finditer(text))
    return ((line, "this script loads from", match["address"]) for line, match in loads)


_RAW_SCANNERS = {"script": _scan_script, "style": _scan_styles}


def _number_lines(text: str, matches: Iterable[re.Match[str]]) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield matches in their order with the lines, from 0, on which they begin."""
    line = position = 0
    for match in matches:
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line, match


def _blank_template_marks(text: str) -> str:
    """Return a template without Jinja's statements and comments, and with an "x" for each expression."""
    parts, position = list[str](), 0
    while match := _TEMPLATE_MARK.search(text, position):
        end = text.find(_TEMPLATE_ENDS[match[0]], match.end())
        if end < 0:  # no template, as rendering it will say
            break
        filler = "x" if match[0] == "{{" else ""
        parts += [text[position : match.start()], filler, "\n" * text.count("\n", match.start(), end)]
        position = end + 2
    return "".join([*parts, text[position:]])


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


_SCANNERS: Mapping[str, Callable[[str], Iterator[tuple[int, str, str]]]] = {
    **dict.fromkeys((".svg", ".html", ".htm", ".xhtml"), _scan_markup),
    ".css": _scan_styles,
    **dict.fromkeys((".js", ".mjs"), _scan_script),
}
LOADING_SUFFIXES = tuple(_SCANNERS)
"""Suffixes of files that may load others, in lower case."""
