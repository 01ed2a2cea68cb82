"""What a web page says: its main text, and whether readers pay for it. A function of bytes."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from msgspec import Struct

from .page_metadata import parse_work_metadata
from .parsers import discovery, html_tree, plain_text

_ASIDES = (
    *("script", "style", "noscript", "nav", "header", "footer", "aside", "form", "button", "iframe", "figure", "svg"),
    *("dialog", "menu", "select", "template", "object"),
)
_TEXT_BLOCKS = ("p", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "td")
_MAX_LENGTH = 60_000  # characters of a text; what follows is not compared


class PageText(Struct, frozen=True):
    """The main text of a page, a paragraph a line, and whether it says that readers must pay."""

    text: str = ""
    paywall: bool = False


def parse_page_text(data: bytes, address: str, content_type: str = "", content_language: str = "") -> PageText:
    """Return what a page says; nothing of a document that is no HTML. Raises SourceError if it cannot be read."""
    media_type = content_type.partition(";")[0].strip().lower()
    if not data.strip() or (media_type not in {"text/html", "application/xhtml+xml"} and not discovery.is_html(data)):
        return PageText()
    metadata = parse_work_metadata(data, address, content_type, content_language)
    return PageText(_find_main_text(html_tree.parse_html(data, content_type)), metadata.paywall)


def _find_main_text(soup: BeautifulSoup) -> str:
    """Return the paragraphs of the part of a page that has the most of them: its articles, its main part, or all."""
    for tag in soup.find_all(_ASIDES):
        if not tag.decomposed and not (tag.name == "header" and tag.find_parent("article")):
            tag.decompose()
    articles = [tag for tag in soup.find_all("article") if not tag.find_parent("article")]
    longest = max((_join_blocks(article) for article in articles), key=len, default="")
    main = soup.select_one("main, [role=main]")
    whole = _join_blocks(main or soup)
    # An article that is but a teaser among others is not the text of the page.
    return (longest if 2 * len(longest) > len(whole) else whole)[:_MAX_LENGTH]


def _join_blocks(part: Tag) -> str:
    blocks = (tag for tag in part.find_all(_TEXT_BLOCKS) if not tag.find(_TEXT_BLOCKS))
    texts = (plain_text.clean_text(tag.get_text(" ")) for tag in blocks)
    return "\n".join(text for text in texts if text)
