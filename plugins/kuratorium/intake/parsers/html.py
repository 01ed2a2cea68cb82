"""Pages without a feed: bytes and CSS selectors -> Feed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import datetime

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from soupsieve import SelectorSyntaxError

from ... import urls
from ...edition.curation import EntrySelectors
from ...errors import SourceError
from . import dates, plain_text
from .model import Entry, Feed


def parse_page(data: bytes, select: EntrySelectors, base_urls: tuple[str, ...]) -> Feed:
    """Read the entries of a page; its relative links are seen from its own base, else from `bases`.

    An entry without a link is none. Raises SourceError where a selector is wrong or finds nothing.
    """
    soup = _parse_html(data)
    own = soup.find("base", href=True)
    told = urls.make_absolute_url(str(own["href"]), *base_urls) if isinstance(own, Tag) else ""
    around = (told, *base_urls)
    page = soup.find("html")
    entries = tuple(
        entry for tag in _select_all(soup, "entry", select.entry) if (entry := _build_entry(tag, select, around)).link
    )
    if not entries:
        raise SourceError("no-entries", f"the page has no entry with a link where select.entry is «{select.entry}»")
    return Feed(
        title=plain_text.clean_text(soup.title.get_text() if soup.title else ""),
        link=next((base for base in base_urls if urls.is_http_url(base)), ""),
        lang=plain_text.normalize_language(str(page.get("lang") or "")) if isinstance(page, Tag) else "",
        entries=entries,
    )


def _parse_html(data: bytes) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(data, "html.parser")


def _build_entry(tag: Tag, select: EntrySelectors, bases: tuple[str, ...]) -> Entry:
    anchor = next(_find_anchors(tag, select), None)
    title = next(_select_all(tag, "title", select.title), anchor)
    authors = (_read_text(one) for one in _select_all(tag, "author", select.author))
    return Entry(
        link=urls.make_absolute_url(str(anchor.get("href") or ""), *bases) if anchor else "",
        title=_read_text(title) if title else "",
        authors=tuple(dict.fromkeys(name for name in authors if name)),
        published=next((moment for moment in _read_dates(tag, select) if moment), None),
        summary=_read_text(tag),
        canonical=_find_canonical(tag, bases),
    )


def _find_canonical(tag: Tag, bases: tuple[str, ...]) -> str:
    """Tell the article's own address, where the page marks a link in the entry as such."""
    named = tag.select_one('[rel~="canonical"][href]')
    return urls.make_absolute_url(str(named["href"]), *bases) if named else ""


def _find_anchors(tag: Tag, select: EntrySelectors) -> Iterator[Tag]:
    """Yield the links of an entry: what the selector finds, or what is in it; else the entry may be one itself."""
    for one in _select_all(tag, "link", select.link) if select.link else [tag]:
        yield from (anchor for anchor in (one, *one.find_all("a")) if anchor.get("href"))


def _read_dates(tag: Tag, select: EntrySelectors) -> Iterator[datetime | None]:
    for one in _select_all(tag, "date", select.date or "time"):
        yield from (dates.parse_date(str(one.get(name) or "")) for name in ("datetime", "content", "title"))
        yield dates.parse_date(_read_text(one))


def _read_text(tag: Tag) -> str:
    return plain_text.clean_text(str(tag.get("content") or "") if tag.name == "meta" else tag.get_text(" "))


def _select_all(tag: Tag, field: str, selector: str) -> Iterator[Tag]:
    if not selector:
        return
    try:
        yield from tag.select(selector)
    except (SelectorSyntaxError, NotImplementedError) as error:
        words = plain_text.clean_text(str(error)).partition(" line ")[0]
        raise SourceError("bad-selector", f"select.{field} «{selector}» is no CSS selector: {words}") from error
