"""An HTML page as a tree, and what HTML says of its links, for all that read pages."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString
from bs4.filter import SoupStrainer

from ... import urls
from . import charset


def parse_html(data: bytes, content_type: str = "", only: Collection[str] = ()) -> BeautifulSoup:
    """Return the tree of a page; `only` names the elements to read, if not all are needed.

    `content_type` is its server's Content-Type. Raises SourceError if the page's encoding cannot be recognised.
    """
    text = charset.decode(data, content_type)
    soup = _parse(text, SoupStrainer([*only, *_HOLDERS, "template"]) if only else None)
    _remove_inert_elements(soup)
    return soup


class _SkippingSoup(BeautifulSoup):
    """The tree of a page with some elements left empty: nothing is kept of what they hold.

    End tags mean what they mean to BeautifulSoup: one of an element around a skipped one ends that, too.
    """

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._skipped_names = frozenset(names)
        self._skipped: list[str] | None = None  # names of the elements that are open within a skipped one
        super().__init__(text, "html.parser")

    def handle_starttag(self, name: str, *arguments: Any, **options: Any) -> Tag | None:
        if self._skipped is None:
            tag = super().handle_starttag(name, *arguments, **options)
            if name in self._skipped_names:
                self._skipped = []
            return tag
        if not self.builder.can_be_empty_element(name):
            self._skipped.append(name)
        return None

    def handle_endtag(self, name: str, nsprefix: str | None = None) -> None:
        if self._skipped is not None:
            if name in self._skipped:
                while self._skipped.pop() != name:
                    pass
                return
            if not self.open_tag_counter.get(name):
                return
            self._skipped = None
        super().handle_endtag(name, nsprefix)

    def handle_data(self, data: str) -> None:
        if self._skipped is None:
            super().handle_data(data)


def parse_html_without(data: bytes, content_type: str, names: Collection[str]) -> BeautifulSoup:
    """Return the tree of a page whose elements of these names are empty, as `parse_html` does."""
    with _ignore_warnings():
        soup = _SkippingSoup(charset.decode(data, content_type), names)
    _remove_inert_elements(soup)
    return soup


_HOLDERS = ("title", "textarea", "svg")


def _parse(text: str, strainer: SoupStrainer | None = None) -> BeautifulSoup:
    with _ignore_warnings():
        return BeautifulSoup(text, "html.parser", parse_only=strainer)


@contextmanager
def _ignore_warnings() -> Iterator[None]:
    """Ignore that a document looks like a path or like XML: whatever a server sends is parsed as HTML."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        yield


def _remove_inert_elements(soup: BeautifulSoup) -> None:
    """Remove what a browser does not obey: templates, and facts of a page within what holds texts or pictures only."""
    inert = soup.find_all("template")
    inert += [fact for holder in soup.find_all(_HOLDERS) for fact in holder.find_all(("base", "link", "meta"))]
    for element in inert:
        element.decompose()


def find_base_url(soup: BeautifulSoup, *addresses: str) -> str:
    """Return the address against which a page's links are resolved: its own base, else the first of `addresses`."""
    # Only the first base with an href counts (https://html.spec.whatwg.org/#the-base-element).
    base = soup.find("base", href=True)
    own = urls.make_absolute_url(str(base["href"]), *addresses) if isinstance(base, Tag) else ""
    return own or next((address for address in addresses if urls.is_http_url(address)), "")


def find_links(soup: BeautifulSoup, relation: str) -> Iterator[Tag]:
    """Yield the link elements of a page with a relation, whose case does not matter."""
    yield from (link for link in soup.find_all("link") if has_relation(link, relation))


def has_relation(link: Tag, relation: str) -> bool:
    """Return whether a link has a relation, whose case does not matter."""
    return relation in (str(name).lower() for name in link.get_attribute_list("rel"))


_MAX_TEXT_LENGTH = 200_000  # characters, as in the archive
_INERT = frozenset(
    {"title", "script", "style", "noscript", "svg", "form", "button", "figcaption", "head", "iframe", "textarea"}
)
_ARTICLE_CLASSES = frozenset({"e-content", "entry-content"})
_INLINE = frozenset({"a", "abbr", "b", "cite", "code", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub"})


def read_article_text(soup: BeautifulSoup, is_aside: Callable[[Tag], bool]) -> str:
    """Return the plain text of a page's article, on one line, without what `is_aside`; the tree loses the latter.

    It is in the element with the most text of those that mark an article; of a page that marks none, in its body.
    """
    marked = (tag for tag in soup.find_all(True) if _marks_article(tag))
    articles = [tag for tag in marked if not any(is_aside(parent) for parent in (tag, *tag.parents))]
    holder = max(articles, key=lambda tag: len(tag.get_text()), default=None) or soup.body or soup
    for tag in holder.find_all(True):
        if not tag.decomposed and (tag.name in _INERT or is_aside(tag)):
            tag.decompose()
    for tag in holder.find_all(True):
        if tag.name not in _INLINE:  # as a browser shows it, on lines of its own
            tag.insert_before(" ")
            tag.append(" ")
    # Comments are of a subclass.
    texts = (str(node) for node in holder.descendants if type(node) is NavigableString)
    return " ".join("".join(texts).split())[:_MAX_TEXT_LENGTH]


def _marks_article(tag: Tag) -> bool:
    """Return whether an element marks a page's article: by its name, microformats or microdata."""
    # Each tag of a page is asked: a selector of BeautifulSoup takes several times as long.
    if tag.name in ("article", "main"):
        return True
    classes, itemprop = tag.attrs.get("class"), tag.attrs.get("itemprop")
    return bool(classes and not _ARTICLE_CLASSES.isdisjoint(classes)) or bool(
        itemprop and "articleBody" in str(itemprop).split()
    )


# What a reader of the mail does not see, and what others wrote in mail before.
_NOT_IN_MAIL = ("head", "style", "script", "template", "title", "blockquote", "noscript", "svg", "textarea")
_BLOCKS = (
    "p",
    "div",
    "br",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "ul",
    "ol",
    "pre",
    "hr",
    "section",
)
_SIGNATURES = re.compile(r"(?:.*[-_])?signature", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def read_mail_lines(markup: str) -> str:
    """Return the text of a mail in HTML, a line for each block; behind the words of a link stands its address."""
    soup = _parse(markup)
    for tag in [*soup.find_all(_NOT_IN_MAIL), *soup.find_all(class_=_SIGNATURES)]:
        tag.decompose()
    for tag in soup.find_all("a", href=_WEB_ADDRESS):
        if not _WEB_ADDRESS.search(tag.get_text()):
            tag.append(f" {tag['href']}")
    # A break in the markup is a blank; the end of a block is one of a line.
    for text in soup.find_all(string=True):
        if type(text) is NavigableString and not text.find_parent("pre"):
            text.replace_with(re.sub(r"\s+", " ", text))
    for tag in soup.find_all(_BLOCKS):
        tag.insert_before("\n")
        tag.append("\n")
    texts = (str(node) for node in soup.descendants if type(node) is NavigableString)  # no comments
    lines = (line.strip() for line in "".join(texts).split("\n"))
    return "\n".join(filter(None, lines))
