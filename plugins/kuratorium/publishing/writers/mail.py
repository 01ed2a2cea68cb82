"""Write the versions of a post for mail: HTML with inlined styles, and plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from gettext import NullTranslations
from typing import TYPE_CHECKING

from ...edition import labels
from ..page import BodyFinder, PlainTextPage
from .tag_text import get_tag_text

if TYPE_CHECKING:
    from bs4 import Tag

LINE_WIDTH = 72  # columns; mail programs break longer lines anew, and replies indent them (RFC 3676, section 4.2)
_HEADING_UNDERLINES = {"h1": "=", "h2": "-"}
_BLOCK_TAGS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "figcaption", "dt", "dd", "td", "th"}


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
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 0.1 s to import, and few builds write mail

    post, site = page.post, page.site
    names = ", ".join(person.name for person in post.authors)
    days = format_span(post.period.since, post.period.until) if post.period else ""
    lines = [*_wrap_block(labels.label_title(post, translations), "h1")]
    lines += [line for line in (f"{site.name}, {days}".rstrip(", "), names) if line]
    lines += ["", *_list_text_lines(BeautifulSoup(find_body(post.uid, page.meta.root), "html.parser"))]
    for correction in post.corrections:
        text = f"{translations.gettext('Correction')} ({correction.date.isoformat()}): {correction.text}"
        lines += [*textwrap.wrap(text, LINE_WIDTH), ""]
    lines += ["-- ", site.name, f"{site.url}/{post.path}"]  # "-- " begins a signature (RFC 3676, section 4.3)
    return "\n".join(lines) + "\n"


def _list_text_lines(parent: Tag) -> Iterator[str]:
    """Yield the lines of an element's text, with a blank one below each block."""
    from bs4 import Tag  # noqa: PLC0415 - as above

    for child in parent.children:
        # In the converter's HTML, text between blocks is white space.
        if not isinstance(child, Tag):
            continue
        if child.name in _BLOCK_TAGS:
            yield from (*_wrap_block(get_tag_text(child), child.name), *_list_link_addresses(child), "")
        elif child.name in {"ul", "ol"}:
            for item in child.find_all("li", recursive=False):
                yield from textwrap.wrap(get_tag_text(item), LINE_WIDTH, initial_indent="- ", subsequent_indent="  ")
                yield from (f"  {link}" for link in _list_link_addresses(item))
            yield ""
        elif child.name == "blockquote":
            yield from (f"> {line}".rstrip() for line in _drop_last_blank_line([*_list_text_lines(child)]))
            yield ""
        elif child.name == "pre":
            yield from (*child.get_text().rstrip("\n").split("\n"), "")
        elif child.name == "hr":
            yield from ("* * *", "")
        else:
            yield from _list_text_lines(child)


def _wrap_block(text: str, tag: str) -> list[str]:
    # A broken address is no link any more, so long words stay whole.
    lines = textwrap.wrap(text, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
    return [*lines, _HEADING_UNDERLINES[tag] * max(map(len, lines))] if tag in _HEADING_UNDERLINES and lines else lines


def _list_link_addresses(tag: Tag) -> list[str]:
    """Return the addresses that a block links to, without those that stand in its text and those within the page."""
    addresses = dict.fromkeys(
        str(link["href"]) for link in tag.find_all("a", href=True) if get_tag_text(link) != link["href"]
    )
    return [address for address in addresses if not address.startswith("#")]


def _drop_last_blank_line(lines: list[str]) -> list[str]:
    return lines[:-1] if lines and not lines[-1] else lines
