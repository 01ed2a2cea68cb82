"""Web pages without a feed: bytes and CSS selectors -> Feed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

from bs4 import Tag
from soupsieve import SelectorSyntaxError

from ... import urls
from ...edition.curation import EntrySelectors
from ...errors import SourceError
from . import captions, dates, html_tree, names, plain_text
from .model import Entry, Feed
from .mojibake import undo_mojibake


def parse_page(data: bytes, select: EntrySelectors, base_urls: tuple[str, ...]) -> Feed:
    """Read the entries of a page in UTF-8.

    Relative links are resolved against its own <base>, else against `base_urls`.
    An entry without a link is left out. Raises SourceError if a selector is no CSS, or if no entry is found.
    """
    soup = html_tree.parse_html(data, "text/html; charset=utf-8")
    page_bases = (html_tree.find_base_url(soup, *base_urls), *base_urls)
    page = soup.find("html")
    entries = tuple(
        entry
        for tag in _select_all(soup, "entry", select.entry)
        if (entry := _build_entry(tag, select, page_bases)).link
    )
    if not entries:
        raise SourceError("no-entries", f'the page has no entry with a link for select.entry "{select.entry}"')
    return Feed(
        title=plain_text.clean_text(soup.title.get_text() if soup.title else ""),
        link=next((base for base in base_urls if urls.is_http_url(base)), ""),
        lang=plain_text.normalize_language(str(page.get("lang") or "")) if isinstance(page, Tag) else "",
        entries=entries,
    )


def _build_entry(tag: Tag, select: EntrySelectors, bases: tuple[str, ...]) -> Entry:
    anchor = next(_find_anchors(tag, select), None)
    title = next(_select_all(tag, "title", select.title), anchor)
    date = next((date for date in _read_dates(tag, select) if date), None)
    link = urls.make_absolute_url(str(anchor.get("href") or ""), *bases) if anchor else ""
    return Entry(
        link=link,
        title=_read_text(title) if title else "",
        authors=names.read_names(_read_text(author) for author in _select_all(tag, "author", select.author)),
        published=date.moment if date else None,
        utc_offset=date.offset if date else 0,
        summary=_read_without_captions(tag),
        canonical=_find_canonical(tag, link, bases),
    )


def _find_canonical(tag: Tag, link: str, bases: tuple[str, ...]) -> str:
    """Return the article's own address, if one at the site of its `link` is marked rel=canonical in the entry.

    Readers see only the link; a page must not credit another site with what it shows.
    """
    marked = tag.select_one('[rel~="canonical" i][href]')
    canonical = urls.make_absolute_url(str(marked["href"]), *bases) if marked else ""
    return canonical if canonical and link and urls.is_same_site(canonical, link) else ""


def _find_anchors(tag: Tag, select: EntrySelectors) -> Iterator[Tag]:
    """Yield the links of an entry: those at or in what the selector finds, else those at or in the entry itself."""
    for holder in _select_all(tag, "link", select.link) if select.link else [tag]:
        yield from (anchor for anchor in (holder, *holder.find_all("a")) if anchor.get("href"))


def _read_dates(tag: Tag, select: EntrySelectors) -> Iterator[dates.WrittenDate | None]:
    """Yield the dates of an entry, the likeliest first: attributes of HTML, microdata, microformats, then the text."""
    for element in _select_all(tag, "date", select.date or "time"):
        yield from (dates.read_date(str(element.get(name) or "")) for name in ("datetime", "content", "title"))
        yield dates.read_date(_read_text(element))


def _read_text(tag: Tag) -> str:
    text = str(tag.get("content") or "") if tag.name == "meta" else tag.get_text(" ")
    return plain_text.clean_text(undo_mojibake(text))


def _read_without_captions(tag: Tag) -> str:
    """Return the text of an entry without the captions of its pictures, without controls and players."""
    if not tag.find(_is_caption):
        return _read_text(tag)
    entry = copy(tag)
    for caption in entry.find_all(_is_caption):
        if not caption.decomposed:  # as a part of another
            caption.decompose()
    return _read_text(entry)


def _is_caption(tag: Tag) -> bool:
    return captions.is_caption(tag.name, " ".join(map(str, tag.get_attribute_list("class"))))


def _select_all(tag: Tag, field: str, selector: str) -> Iterator[Tag]:
    """Yield what a selector finds in `tag`. Raises SourceError if it is no CSS selector."""
    if not selector:
        return
    try:
        yield from tag.select(selector)
    except (SelectorSyntaxError, NotImplementedError) as error:
        words = plain_text.clean_text(str(error)).partition(" line ")[0]  # soupsieve draws the place over several lines
        raise SourceError("bad-selector", f'select.{field} "{selector}" is no CSS selector: {words}') from error
