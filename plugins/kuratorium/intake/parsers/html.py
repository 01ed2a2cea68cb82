"""Pages without a feed: bytes and CSS selectors -> Feed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import datetime

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from soupsieve import SelectorSyntaxError

from ... import urls
from ...edition.curation import Select
from ...errors import SourceError
from . import dates, plain_text
from .model import Entry, Feed


def parse(data: bytes, select: Select, bases: tuple[str, ...]) -> Feed:
    """Read the entries of a page; its relative links are seen from its own base, else from `bases`.

    An entry without a link is none. Raises SourceError where a selector is wrong or finds nothing.
    """
    soup = _soup(data)
    own = soup.find("base", href=True)
    told = urls.absolute(str(own["href"]), *bases) if isinstance(own, Tag) else ""
    around = (told, *bases)
    page = soup.find("html")
    entries = tuple(entry for tag in _all(soup, "entry", select.entry) if (entry := _entry(tag, select, around)).link)
    if not entries:
        raise SourceError("no-entries", f"the page has no entry with a link where select.entry is «{select.entry}»")
    return Feed(
        title=plain_text.clean(soup.title.get_text() if soup.title else ""),
        link=next((base for base in bases if urls.is_web(base)), ""),
        lang=plain_text.language(str(page.get("lang") or "")) if isinstance(page, Tag) else "",
        entries=entries,
    )


def _soup(data: bytes) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(data, "html.parser")


def _entry(tag: Tag, select: Select, bases: tuple[str, ...]) -> Entry:
    anchor = next(_anchors(tag, select), None)
    title = next(_all(tag, "title", select.title), anchor)
    authors = (_text(one) for one in _all(tag, "author", select.author))
    return Entry(
        link=urls.absolute(str(anchor.get("href") or ""), *bases) if anchor else "",
        title=_text(title) if title else "",
        authors=tuple(dict.fromkeys(name for name in authors if name)),
        published=next((moment for moment in _moments(tag, select) if moment), None),
        summary=_text(tag),
        canonical=_canonical(tag, bases),
    )


def _canonical(tag: Tag, bases: tuple[str, ...]) -> str:
    """Tell the article's own address, where the page marks a link in the entry as such."""
    named = tag.select_one('[rel~="canonical"][href]')
    return urls.absolute(str(named["href"]), *bases) if named else ""


def _anchors(tag: Tag, select: Select) -> Iterator[Tag]:
    """Yield the links of an entry: what the selector finds, or what is in it; else the entry may be one itself."""
    for one in _all(tag, "link", select.link) if select.link else [tag]:
        yield from (anchor for anchor in (one, *one.find_all("a")) if anchor.get("href"))


def _moments(tag: Tag, select: Select) -> Iterator[datetime | None]:
    for one in _all(tag, "date", select.date or "time"):
        yield from (dates.of_text(str(one.get(name) or "")) for name in ("datetime", "content", "title"))
        yield dates.of_text(_text(one))


def _text(tag: Tag) -> str:
    return plain_text.clean(str(tag.get("content") or "") if tag.name == "meta" else tag.get_text(" "))


def _all(tag: Tag, field: str, selector: str) -> Iterator[Tag]:
    if not selector:
        return
    try:
        yield from tag.select(selector)
    except (SelectorSyntaxError, NotImplementedError) as error:
        words = plain_text.clean(str(error)).partition(" line ")[0]
        raise SourceError("bad-selector", f"select.{field} «{selector}» is no CSS selector: {words}") from error
