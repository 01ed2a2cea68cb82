"""The metadata of a web page: title, authors, day, publication, language, canonical address.

Read from Open Graph, JSON-LD (schema.org), Dublin Core and HTML itself, for each field the most reliable first.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Iterator
from datetime import date as Day
from itertools import islice
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from msgspec import Struct

from .. import urls
from ..errors import SourceError
from .http import ssrf_guard
from .http.client import Clock, Fetcher, FetchLimits
from .http.responses import Response
from .parsers import dates, discovery, html_tree, names, plain_text
from .sandbox.pool import SandboxPool

# Endings of the schema.org types of works (NewsArticle, BlogPosting, …); a page also describes its site and owner.
_WORK_TYPES = (
    "article",
    "posting",
    "webpage",
    "report",
    "review",
    "videoobject",
    "podcastepisode",
    "book",
    "interview",
)
# The last words of an address to which sites send readers who have not signed in, or not agreed to be tracked.
_DOOR = re.compile(
    r"/(?:log-?in|sign-?in|anmeld(?:en|ung)|consent|einwilligung|zustimmung|cookie-?wall|captcha)(?:\.\w+)?/?(?:[?#]|\Z)",
    re.I,
)
_ASIDES = ["aside", "nav", "footer"]  # their dates are those of other pages
_MAX_TITLE_LENGTH = 300  # characters; a longer one is a text


class WorkMetadata(Struct, frozen=True, kw_only=True):
    """The metadata of the work on a page, as plain text; a field is empty if the page does not state it."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: Day | None = None
    publication: str = ""
    lang: str = ""
    canonical: str = ""


def fetch_work_metadata(
    address: str,
    *,
    root: Path,
    agent: str,
    clock: Clock,
    intranet: Collection[str] = (),
    limits: FetchLimits | None = None,
) -> WorkMetadata:
    """Fetch the page at `address` (http, https, file: or a path from `root`) and return its metadata.

    `agent` comes from `build_user_agent`; `clock` returns the current time (aware); hosts in `intranet` need not be
    public. Raises SourceError if the page cannot be fetched or read, or is no HTML.
    """

    async def fetch_and_parse() -> WorkMetadata:
        async with Fetcher(root, agent, clock, limits, intranet=intranet) as fetcher, SandboxPool(1) as sandbox:
            response = await fetcher.fetch(address)
            _refuse_other_page(address, response.address)
            return await sandbox.read(parse_work_metadata, _get_page(response), response.address, response.content_type)

    return asyncio.run(fetch_and_parse())


def _refuse_other_page(address: str, target: str) -> None:
    """Raise SourceError if an article's address led to its site's front page, or to one where readers sign in first."""
    page, target_page = urls.identify_page(address), urls.identify_page(target)
    if page == target_page or not urls.is_article_url(page):
        return
    is_front_page = not urls.is_article_url(target_page) and urls.get_host(address) == urls.get_host(target)
    if is_front_page or (_DOOR.search(target) and not _DOOR.search(address)):
        raise SourceError("other-page", f"it leads to another page ({target})")


def _get_page(response: Response) -> bytes:
    """Return the body of a response; raises SourceError if it is no HTML page."""
    if not response.data or not response.data.strip():
        raise SourceError("empty", "the answer is empty")
    media_type = response.content_type.partition(";")[0].strip().lower()
    if media_type not in {"text/html", "application/xhtml+xml"} and not discovery.is_html(response.data):
        raise SourceError("no-page", f"this is no web page, but {media_type or 'something else'}")
    return response.data


def parse_work_metadata(html: bytes, url: str, content_type: str = "") -> WorkMetadata:
    """Return the metadata of a page that came from `url` with this Content-Type.

    Its relative links are resolved against its own base, else against `url`. Raises SourceError if its encoding cannot
    be recognised.
    """
    soup = html_tree.parse_html(html, content_type)
    nodes = [*_read_json_ld(soup)]
    work = next((node for node in nodes if _is_work(node)), {})
    if work:
        work = {**work, "author": _resolve_nodes(work.get("author"), nodes)}
    host = urls.get_host(url)
    return WorkMetadata(
        title=plain_text.shorten(
            _choose_first_text(
                _read_meta(soup, "og:title"), _read_strings(work, "headline", "name"), _read_titles(soup)
            ),
            _MAX_TITLE_LENGTH,
        ),
        authors=_find_authors(soup, work),
        published=_find_publication_day(soup, work),
        publication=names.limit_name(
            _choose_first_text(_read_meta(soup, "og:site_name"), _read_names(work.get("publisher")), [host])
        ),
        lang=_find_language(soup, work),
        canonical=_find_canonical(soup, url),
    )


def _read_meta(soup: BeautifulSoup, *names: str) -> Iterator[str]:
    """Yield the contents of the page's meta elements of these names, in the order of the names.

    Open Graph uses the attribute property, HTML and Dublin Core name, microdata itemprop.
    """
    tags = [
        (str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower(), tag)
        for tag in soup.find_all("meta")
    ]
    for name in names:
        yield from (str(tag.get("content") or "") for tag_name, tag in tags if tag_name == name)


def _choose_first_text(*groups: Any) -> str:
    """Return the first text that is not empty as plain text."""
    candidates = (plain_text.to_plain_text(text) for group in groups for text in group)
    return next((text for text in candidates if text), "")


def _read_titles(soup: BeautifulSoup) -> Iterator[str]:
    for name in ("title", "h1"):
        # An icon in SVG has a title of its own.
        yield from (tag.get_text() for tag in soup.find_all(name) if not tag.find_parent("svg"))


def _find_authors(soup: BeautifulSoup, work: dict[str, Any]) -> tuple[str, ...]:
    groups = (
        _read_names(work.get("author")),
        _read_meta(soup, "author"),
        _read_meta(soup, "article:author", "dc.creator"),
    )
    for group in groups:
        # Open Graph defines article:author as the address of a profile; many sites write names there, others do not.
        if authors := names.read_names(name for name in group if not urls.is_http_url(name)):
            return names.limit_names(authors)
    return ()


def _find_publication_day(soup: BeautifulSoup, work: dict[str, Any]) -> Day | None:
    # The first <time> of a page is mostly the article's, but may be that of a teaser: it comes last.
    times = (str(tag.get("datetime") or "") for tag in soup.find_all("time") if not tag.find_parent(_ASIDES))
    candidates = (
        *_read_meta(soup, "article:published_time"),
        *_read_strings(work, "datePublished", "uploadDate"),
        *_read_meta(soup, "datepublished", "date", "dc.date", "dcterms.created"),
        *islice(times, 1),
    )
    return next((day for day in map(dates.parse_written_day, candidates) if day), None)


def _find_language(soup: BeautifulSoup, work: dict[str, Any]) -> str:
    page = soup.find("html")
    html_lang = str(page.get("lang") or page.get("xml:lang") or "") if isinstance(page, Tag) else ""
    candidates = (html_lang, *_read_meta(soup, "og:locale"), *_read_strings(work, "inLanguage"))
    return next((lang for lang in map(plain_text.get_primary_language, candidates) if lang), "")


def _find_canonical(soup: BeautifulSoup, url: str) -> str:
    base_url = html_tree.find_base_url(soup, url)
    # Those in the head first: a link in the body may be written by a reader.
    tags = sorted(html_tree.find_links(soup, "canonical"), key=lambda tag: tag.find_parent("body") is not None)
    links = (str(tag.get("href") or "") for tag in tags)
    candidates = (urls.make_absolute_url(link, base_url) for link in (*links, *_read_meta(soup, "og:url"), url))
    return next((link for link in candidates if link and _may_credit(link, url)), "")


def _may_credit(link: str, url: str) -> bool:
    """Return whether a page may name a link as its own address: one at its host, or one that readers can reach.

    An article is not its site's front page, which templates name by mistake.
    """
    # A front page may be asked for with any query.
    if "/" in urls.identify_page(url) and not urls.is_article_url(urls.identify_page(link)):
        return False
    return urls.get_host(link) == urls.get_host(url) or ssrf_guard.is_public_address(link)


def _read_json_ld(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Yield the objects of the page's JSON-LD, also those in a @graph; broken scripts are skipped."""
    for script in soup.find_all("script", type=_is_json_ld):
        try:
            value = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        for item in value if isinstance(value, list) else [value]:
            graph = item.get("@graph") if isinstance(item, dict) else None
            yield from (node for node in (graph if isinstance(graph, list) else [item]) if isinstance(node, dict))


def _resolve_nodes(value: Any, nodes: list[dict[str, Any]]) -> list[Any]:
    """Return the nodes that JSON-LD names by their @id in place of a value, and all other values as they are."""
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    return [
        by_id.get(item["@id"], item) if isinstance(item, dict) and isinstance(item.get("@id"), str) else item
        for item in (value if isinstance(value, list) else [value])
    ]


def _is_json_ld(media_type: str | None) -> bool:
    return (media_type or "").partition(";")[0].strip().lower() == "application/ld+json"


def _is_work(node: dict[str, Any]) -> bool:
    """Return whether a JSON-LD object describes a work, by one of its types."""
    value = node.get("@type")
    types = value if isinstance(value, list) else [value]
    return any(str(name).lower().endswith(_WORK_TYPES) for name in types)


def _read_strings(node: dict[str, Any], *keys: str) -> Iterator[str]:
    yield from (node[key] for key in keys if isinstance(node.get(key), str))


def _read_names(value: Any) -> Iterator[str]:
    """Yield the names of one or several people or organizations: JSON-LD has texts, objects, and lists of both."""
    for agent in value if isinstance(value, list) else [value]:
        if isinstance(agent, str):
            yield agent
        elif isinstance(agent, dict):
            name = agent.get("name")
            yield from (part for part in (name if isinstance(name, list) else [name]) if isinstance(part, str))
