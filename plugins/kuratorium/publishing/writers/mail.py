"""Write the versions of a post for mail: HTML with inlined styles, and plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from gettext import NullTranslations
from itertools import groupby, islice
from typing import TYPE_CHECKING

from ...edition import labels
from ..page import BodyFinder, PlainTextPage
from .tag_text import get_first_number, get_tag_text

if TYPE_CHECKING:
    from bs4 import Tag
    from bs4.element import PageElement

LINE_WIDTH = 72  # columns; mail programs break longer lines anew, and replies indent them (RFC 3676, section 4.2)
_HEADING_UNDERLINES = {"h1": "=", "h2": "-"}
_MIN_WIDTH = 24  # columns, for text within many lists
_MAX_DEPTH = 50  # tags around a block; far below the depth at which Python ends a recursion
_LINE_BREAK = "\ufdd0"  # a noncharacter, which no body has: it outlives that blanks become one
_TEXT_TAGS = {"p", "h3", "h4", "h5", "h6", "figcaption", "dt", "summary"}  # they hold text only
_BLOCK_TAGS = {
    *("blockquote", "dd", "details", "div", "dl", "figure", "hr", "ol", "pre", "section", "table", "tbody", "tfoot"),
    *("thead", "tr", "ul"),
}


def inline_styles(html: str) -> str:
    """Move the rules of a page's style element to its tags: mail programs drop the element. Fetches nothing."""
    import css_inline  # noqa: PLC0415 - few builds write mail

    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(html)


def write_plain_text(
    page: PlainTextPage, find_body: BodyFinder, translations: NullTranslations, format_span: Callable[..., str]
) -> str:
    """Return the page's post as plain text: its disclosure first, links below the paragraph that has them.

    `format_span` writes the days from a first to a last in the site's language.
    """
    post, site = page.post, page.site
    names = ", ".join(person.name for person in post.authors)
    days = format_span(post.period.since, post.period.until) if post.period else ""
    lines = [*_wrap_block(labels.label_title(post, translations), "h1")]
    lines += [line for line in (f"{site.name}, {days}".rstrip(", "), names) if line]
    body = _parse_body(find_body(post.uid, page.meta.root), translations)
    lines += ["", *_list_text_lines(body, LINE_WIDTH)]
    for correction in post.corrections:
        text = f"{translations.gettext('Correction')} ({correction.date.isoformat()}): {correction.text}"
        lines += [*textwrap.wrap(text, LINE_WIDTH), ""]
    lines += ["-- ", site.name, f"{site.url}/{post.path}"]  # "-- " begins a signature (RFC 3676, section 4.3)
    return "\n".join(lines) + "\n"


def _parse_body(html: str, translations: NullTranslations) -> Tag:
    """Return a body as readers of plain text know it: footnotes as "[1]" without arrow back, pictures as their words.

    A picture without words is decoration (https://html.spec.whatwg.org/#a-purely-decorative-image).
    """
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and few builds write mail

    body = BeautifulSoup(html, "html.parser")
    for mark in body.select("a.footnote-ref"):
        mark.replace_with(f"[{get_tag_text(mark)}]")
    for arrow in body.select("a.footnote-backref"):
        arrow.decompose()
    for line_break in body.select("br"):
        line_break.replace_with(_LINE_BREAK)
    for picture in body.select("img[alt]"):
        if words := " ".join(str(picture["alt"]).split()):
            picture.replace_with(translations.gettext("[Picture: {words}]").format(words=words))
    return body


def _list_text_lines(parent: Tag, width: int) -> Iterator[str]:
    """Yield the lines of an element's text, with a blank one below each block."""
    from bs4 import Tag  # noqa: PLC0415 - as above

    for is_block, children in groupby(parent.children, key=lambda child: isinstance(child, Tag) and _is_block(child)):
        if is_block:
            for child in children:
                if isinstance(child, Tag):
                    yield from _list_block_lines(child, width)
        else:
            yield from _list_inline_lines(list(children), width)


def _list_block_lines(tag: Tag, width: int) -> Iterator[str]:
    if tag.name in _HEADING_UNDERLINES or tag.name in _TEXT_TAGS:
        yield from (*_wrap_block(get_tag_text(tag), tag.name, width), *_list_link_addresses(tag), "")
    elif tag.name in {"ul", "ol"}:
        yield from (*_list_items(tag, width), "")
    elif tag.name == "blockquote":
        yield from (f"> {line}".rstrip() for line in _drop_last_blank_line([*_list_text_lines(tag, width - 2)]))
        yield ""
    elif tag.name == "tr":
        cells = " | ".join(get_tag_text(cell).replace(_LINE_BREAK, " ") for cell in tag.find_all(["td", "th"]))
        yield from (*_wrap_block(cells, "", width), *_list_link_addresses(tag), "")
    elif tag.name == "pre":
        yield from (*tag.get_text().replace(_LINE_BREAK, "\n").rstrip("\n").split("\n"), "")
    elif tag.name == "hr":
        yield from ("* * *", "")
    else:
        yield from _list_text_lines(tag, width)


def _list_items(tag: Tag, width: int) -> Iterator[str]:
    """Yield the lines of a list: a dash, a number or a footnote's mark before each item, and lists in it indented."""
    is_footnotes = "footnote" in (tag.parent.get("class") or ()) if tag.parent else False
    for number, item in enumerate(tag.find_all("li", recursive=False), get_first_number(tag)):
        mark = f"[{number}] " if is_footnotes else f"{number}. " if tag.name == "ol" else "- "
        lines = _drop_last_blank_line([*_list_text_lines(item, width - len(mark))])
        if not item.find("p", recursive=False) or is_footnotes:
            lines = [line for line in lines if line]  # an item that is no paragraph: its list follows at once
        first, *others = lines or [""]
        yield f"{mark}{first}".rstrip()
        yield from (f"{' ' * len(mark)}{line}".rstrip() for line in others)


def _list_inline_lines(children: Sequence[PageElement], width: int) -> Iterator[str]:
    """Yield the lines of text and inline elements that stand in no paragraph, as in an item of a list."""
    from bs4.element import NavigableString, Tag  # noqa: PLC0415 - as above

    # No comments, which are strings of another type.
    texts = [child.get_text() for child in children if isinstance(child, Tag) or type(child) is NavigableString]
    if lines := _wrap_block(" ".join("".join(texts).split()), "", width):
        links = (link for child in children if isinstance(child, Tag) for link in _list_link_addresses(child))
        yield from (*lines, *dict.fromkeys(links), "")


def _is_block(tag: Tag) -> bool:
    """Return whether a tag stands on lines of its own; what is nested too deeply to be read is plain text."""
    is_block = tag.name in _TEXT_TAGS or tag.name in _HEADING_UNDERLINES or tag.name in _BLOCK_TAGS
    return is_block and sum(1 for _ in islice(tag.parents, _MAX_DEPTH)) < _MAX_DEPTH


def _wrap_block(text: str, tag: str, width: int = LINE_WIDTH) -> list[str]:
    # A broken address is no link any more, so long words stay whole.
    parts = [part.strip() for part in text.split(_LINE_BREAK)]
    width = max(width, _MIN_WIDTH)
    lines = [
        line for part in parts for line in textwrap.wrap(part, width, break_long_words=False, break_on_hyphens=False)
    ]
    return [*lines, _HEADING_UNDERLINES[tag] * max(map(len, lines))] if tag in _HEADING_UNDERLINES and lines else lines


def _list_link_addresses(tag: Tag) -> list[str]:
    """Return the addresses that a block links to, without those that stand in its text and those within the page."""
    links = [*([tag] if tag.name == "a" and tag.get("href") else []), *tag.find_all("a", href=True)]
    addresses = dict.fromkeys(str(link["href"]) for link in links if get_tag_text(link) != link["href"])
    return [address for address in addresses if not address.startswith("#")]


def _drop_last_blank_line(lines: list[str]) -> list[str]:
    return lines[:-1] if lines and not lines[-1] else lines
