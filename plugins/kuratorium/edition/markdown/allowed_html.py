"""The HTML that a text may have, and what of a text will not be shown: elements, attributes, links, pictures.

The converter publishes nothing beyond these tables. The functions read the Markdown, so that an editor learns the line
of what will be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .. import prose
from ..fields import Violation
from ..foreign_loads import (
    FOREIGN_HINT,
    HOSTLESS_SCHEMES,
    Attributes,
    find_attribute_loads,
    find_style_loads,
    match_scheme,
    match_tag,
    names_foreign_host,
    normalize_address,
    read_attributes,
    shorten_address,
)

# Text, quotations, tables, images and footnotes: no script, style, form, frame or media element. Nothing foreign may
# run on the site or load before a reader agrees, no matter who wrote the text.
ALLOWED_TAGS = frozenset({
    *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p"),
    *("pre", "q", "s", "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th"),
    *("thead", "time", "tr", "ul"),
})  # fmt: skip
ALLOWED_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"id", "class", "lang", "dir", "title"}),
    "a": frozenset({"href", "hreflang"}),
    "blockquote": frozenset({"cite"}),
    "q": frozenset({"cite"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "ol": frozenset({"start"}),
    "pre": frozenset({"tabindex"}),
    "table": frozenset({"tabindex"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "time": frozenset({"datetime"}),
}
ALLOWED_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
"""Schemes of links that open a page, a mail or a telephone; any other may start a program that the reader lacks."""

# An embed is found by its class, so nothing else may have it.
_RESERVED_CLASS = re.compile(r"embed(?:\Z|-)", re.I)
# Not only the tags: the allow-list removes what stands in them.
_REMOVED_CONTENT = frozenset({"math", "script", "style", "svg", "template"})

_TAG_START = re.compile(r"<(?=[a-zA-Z])")
_TAG = re.compile(r"<(?P<name>[a-zA-Z][^\s/>]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)(?:>|\Z)")
_STYLE = re.compile(r"<style\b[^>]*>(?P<rules>.*?)(?:</style|\Z)", re.S | re.I)
_ATTRIBUTE_LIST_CLASS = re.compile(r"\{:?[^{}\n]*?(?:\.|class=[\"']?)(?P<name>embed[\w-]*)[^{}\n]*\}")
_ALT = r"(?:[^\[\]]|\[[^\[\]]*\])*"
_ADDRESS_PART = r"\]\(\s*<?(?P<address>[^\s)>]*)"
_INLINE_LINK = re.compile(_ADDRESS_PART)
_INLINE_PICTURE = re.compile(rf"!\[{_ALT}{_ADDRESS_PART}")
_REFERENCE_PICTURE = re.compile(rf"!\[(?P<alt>{_ALT})\](?!\()(?:[ ]?\[(?P<name>[^\]]*)\])?")
_DEFINITION = re.compile(r"^[ ]{0,3}\[(?!\^)(?P<name>[^\]\n]+)\]:\s*<?(?P<address>[^\s>]+)", re.M)
_AUTOLINK = re.compile(r"<(?P<address>[a-zA-Z][a-zA-Z0-9+.-]*://[^<>\s]*)>")
_PICTURE_HINT = "Put the file below content/images/, and write {static}/images/… for the address."


def find_foreign_hosts(markdown: str) -> Iterator[Violation]:
    """Yield what in a text loads from another host; the violations have lines from 0."""
    if "![" not in markdown and "<" not in markdown:  # most texts
        return
    text = prose.blank_unseen(markdown)
    for position, address in _find_pictures(text):
        if names_foreign_host(address):
            message = f"this picture lies on another host: {shorten_address(address)}"
            yield Violation((), message, _PICTURE_HINT, text.count("\n", 0, position))
    for match, name, attributes in _find_tags(text):
        for attribute, address in find_attribute_loads(name.rpartition(":")[2], attributes):
            message = f"<{name} {attribute}> loads from another host: {shorten_address(address)}"
            hint = _PICTURE_HINT if name == "img" else FOREIGN_HINT
            yield Violation((), message, hint, text.count("\n", 0, match.start()))
    for style in _STYLE.finditer(text):
        for _, address in find_style_loads(style["rules"]):
            message = f"<style> loads from another host: {shorten_address(address)}"
            yield Violation((), message, FOREIGN_HINT, text.count("\n", 0, style.start()))


def find_removed_markup(markdown: str) -> Iterator[Violation]:
    """Yield elements, attributes and links of a text that its page will not show; the violations have lines from 0."""
    text = prose.blank_unseen(markdown)
    found = [*_find_removed_elements(text), *_find_removed_links(text)]
    for line, message, hint in dict.fromkeys(found):
        yield Violation((), message, hint, line)


def is_reserved_class(name: str) -> bool:
    """Return whether a class belongs to embeds, which the theme shows as frames."""
    return bool(_RESERVED_CLASS.match(name))


def _find_pictures(text: str) -> Iterator[tuple[int, str]]:
    """Yield position and address of each picture of Markdown."""
    if "![" not in text:
        return
    for match in _INLINE_PICTURE.finditer(text):
        yield match.start(), match["address"]
    definitions = {" ".join(match["name"].lower().split()): match["address"] for match in _DEFINITION.finditer(text)}
    for match in _REFERENCE_PICTURE.finditer(text) if definitions else ():
        name = " ".join((match["name"] or match["alt"]).lower().split())
        if name in definitions:
            yield match.start(), definitions[name]


def _find_tags(text: str) -> Iterator[tuple[re.Match[str], str, Attributes]]:
    """Yield the tags of raw HTML that begin an element, with its name and its attributes; addresses in <…> are none."""
    if "<" not in text:
        return
    end = 0  # of a tag whose values may look like tags
    for start in _TAG_START.finditer(text):
        if start.start() < end:
            continue
        match = _TAG.match(text, start.start())
        if match and match[0].endswith(">") and "\n\n" not in match[0]:  # else Markdown may take it for text
            end = match.end()
        # Of a quotation mark without a partner, browsers make a part of a value that is not quoted.
        match = match or match_tag(text, start.start())
        if match is None:
            continue
        name = match["name"].lower()
        is_target = text.endswith("](", 0, match.start()) and text[match.end() : match.end() + 1] in (")", " ")
        if "@" not in name and not is_target and not _AUTOLINK.match(match[0]):
            yield match, name, read_attributes(match["attributes"])


def _find_removed_elements(body: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, message and hint of elements and attributes that the allow-list removes."""
    for match, name, attributes in _find_tags(body):
        line = body.count("\n", 0, match.start())
        if "." in name:
            yield line, f"{match[0]} is removed from the page: it is no link", f"Write <https://{name}> in its place."
            continue
        if name != "h1" and name not in ALLOWED_TAGS:
            what = "with all that stands in it" if name in _REMOVED_CONTENT else "and only the text in it stays"
            message = f"<{name}> is removed from the page, {what}"
            yield line, message, "Write it in Markdown; a video or a map is a line such as [[youtube:ID]]."
            continue
        allowed = ALLOWED_ATTRIBUTES["*"] | ALLOWED_ATTRIBUTES.get(name, frozenset())
        for attribute, value in attributes:
            if attribute not in allowed:
                message = f'the attribute "{attribute}" of <{name}> is removed from the page'
                yield line, message, "Delete it."
            elif attribute == "class":
                yield from (_describe_reserved_class(line, word) for word in value.split() if is_reserved_class(word))
            elif attribute in {"href", "src"} and (
                removed := _describe_removed_address(value, is_picture=name == "img")
            ):
                yield line, *removed
    for match in _ATTRIBUTE_LIST_CLASS.finditer(body) if "{" in body else ():
        if is_reserved_class(match["name"]):
            yield _describe_reserved_class(body.count("\n", 0, match.start()), match["name"])


def _describe_reserved_class(line: int, name: str) -> tuple[int, str, str]:
    hint = "Choose another class; to embed a video, write a line such as [[youtube:ID]]."
    return line, f'the class "{name}" is removed from the page: it belongs to embeds', hint


def _find_removed_links(body: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, message and hint of links and pictures that lose their address."""
    pictures = {match.start("address") for match in _INLINE_PICTURE.finditer(body)}
    for pattern in (_INLINE_LINK, _DEFINITION, _AUTOLINK):
        for match in pattern.finditer(body):
            is_picture = match.start("address") in pictures
            if removed := _describe_removed_address(match["address"], is_picture=is_picture):
                yield body.count("\n", 0, match.start()), *removed


def _describe_removed_address(address: str, *, is_picture: bool) -> tuple[str, str] | None:
    """Return message and hint if an address is removed without being a foreign picture, which is an error."""
    scheme = match_scheme(normalize_address(address))
    if not scheme or (is_picture and scheme not in HOSTLESS_SCHEMES):
        return None
    if is_picture and scheme == "data":
        return "a picture within its address (data:) is removed from the page", _PICTURE_HINT
    if is_picture:
        return f'the picture at "{shorten_address(address)}" is removed: readers have none there', _PICTURE_HINT
    if scheme in ALLOWED_SCHEMES:
        return None
    allowed = ", ".join(f"{name}:" for name in sorted(ALLOWED_SCHEMES))
    message = f'the link to "{shorten_address(address)}" is removed, and only its text stays'
    return message, f"Links may begin with {allowed}; write any other address as text."
