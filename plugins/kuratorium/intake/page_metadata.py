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
_WORKS = ("article", "posting", "webpage", "report", "review", "videoobject", "podcastepisode", "book", "interview")
# Hosts and words of an address to which sites send readers who have not signed in, paid, or agreed to be tracked, and
# those who look for what is gone.
_DOOR = re.compile(
    r"//(?:[\w-]+\.)*(?:log-?in|sso|auth|accounts?|consent|cmp|privacy)\.[^/]+"
    r"|/(?:log-?in|sign-?in|sso|oauth2?|anmeld(?:en|ung)|registrier(?:en|ung)|register|subscribe|paywall|consent"
    r"|einwilligung|zustimmung|cookie-?(?:wall|consent)|captcha|access-denied|404|not-?found)(?:\.\w+)?/?(?:[?#]|\Z)",
    re.IGNORECASE,
)
# What is left of a front page's address without its host.
_FRONT_PAGE = re.compile(r"(?:[a-z]{2}(?:[-_][a-z]{2})?|home|homepage|start|startseite)?", re.IGNORECASE)
_HEAD_ELEMENTS = {"html", "head", "title", "meta", "link", "base", "style", "script", "noscript", "template"}
# Without these words, no page says that it costs money; one of their letters may be written as its number.
_PAYWALL_WORDS = re.compile(
    rb"isAccessibleForFree|content_tier|&#(?:0*(?:6[5-9]|[7-9]\d|1[01]\d|12[0-2])\b|x0*[4-7][\da-f]\b)|\\u00[4-7]",
    re.IGNORECASE,
)
# Parts of a page whose dates and names are those of other pages, or of readers.
_ASIDES = {"aside", "nav", "footer"}
_ASIDE_CLASS = re.compile(
    r"(?!(?:has|no|with|without)[-_])(?:.*[-_])?(?:comments?|kommentare?|h-cite|related|teasers?|sidebar|ticker|promo"
    r"|recommend(?:ed|ations?)|empfehlungen)(?:[-_](?:list|area|box|wrapper|container|section|item|posts?|articles?))?",
    re.IGNORECASE,
)
_AUTHOR_META = (  # a group each: scientific journals, Dublin Core and Open Graph, services for publishers
    ("author",),
    ("citation_author", "citation_authors"),
    ("article:author", "dc.creator", "dcterms.creator"),
    ("parsely-author", "sailthru.author", "byl"),
)
_DAY_META = (
    *("datepublished", "citation_publication_date", "citation_online_date", "citation_date", "date"),
    *("dc.date", "dc.date.issued", "dcterms.issued", "dcterms.date", "dcterms.created", "parsely-pub-date"),
)
_LANGUAGE_META = ("content-language", "dc.language", "dcterms.language", "citation_language", "language", "inlanguage")
_MAX_TITLE_LENGTH = 300  # characters; a longer one is a text


class WorkMetadata(Struct, frozen=True, kw_only=True):
    """The metadata of the work on a page, as plain text; a field is empty if the page does not state it.

    `summary` and `text` are those of its article. `canonical` is its own address, at its own site. `elsewhere` is one
    at another site that the page names as the original's: only an editor can tell whether that is true.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    published: Day | None = None
    publication: str = ""
    lang: str = ""
    canonical: str = ""
    elsewhere: str = ""
    paywall: bool = False
    summary: str = ""
    text: str = ""


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
            refuse_other_page(address, response.address)
            facts = (response.address, response.content_type, response.content_language)
            return await sandbox.read(parse_work_metadata, _get_page(response), *facts)

    return asyncio.run(fetch_and_parse())


def refuse_other_page(address: str, target: str) -> None:
    """Raise SourceError if an article's address led to its site's front page, or to one where readers sign in first."""
    page, target_page = urls.identify_page(address), urls.identify_page(target)
    if page == target_page or _is_front_page(page):
        return
    is_own_front_page = _is_front_page(target_page) and _get_site(page) == _get_site(target_page)
    if is_own_front_page or (_DOOR.search(target) and not _DOOR.search(address)):
        raise SourceError("other-page", f"it leads to another page ({target})")


def _get_site(page: str) -> str:
    return page.partition("/")[0].partition("?")[0]


def _is_front_page(page: str) -> bool:
    """Return whether an address, as `urls.identify_page` returns it, is that of a site's front page."""
    # A front page may be asked for with any query.
    return "?" not in page and bool(_FRONT_PAGE.fullmatch(page.partition("/")[2]))


def _get_page(response: Response) -> bytes:
    """Return the body of a response; raises SourceError if it is no HTML page."""
    if not response.data or not response.data.strip():
        raise SourceError("empty", "the answer is empty")
    if not discovery.is_page(response.data, response.content_type):
        kind = discovery.get_media_type(response.content_type) or "something else"
        raise SourceError("no-page", f"this is no web page, but {kind}")
    return response.data


def parse_work_metadata(html: bytes, url: str, content_type: str = "", content_language: str = "") -> WorkMetadata:
    """Return the metadata of a page that came from `url` with this Content-Type and Content-Language.

    Its relative links are resolved against its own base, else against `url`. Raises SourceError if its encoding cannot
    be recognised.
    """
    soup = html_tree.parse_html(html, content_type)
    addresses = _list_own_addresses(soup, url)
    # A file has no site; the page that was saved in it has one.
    canonical = next((link for link in addresses if not urls.is_http_url(url) or urls.is_same_site(link, url)), "")
    work = _choose_work([*_read_json_ld(soup)], url, canonical)
    host = urls.get_host(url)
    titles = (
        _read_meta(soup, "og:title"),
        _read_strings(work, "headline", "name"),
        _read_meta(soup, "citation_title", "dc.title", "dcterms.title"),
        (tag.get_text(" ") for tag in soup.select(".h-entry > .p-name, .h-entry > header .p-name")),
        _read_titles(soup),
    )
    publications = (
        _read_meta(soup, "og:site_name"),
        names.list_json_names(work.get("publisher")),
        _read_meta(soup, "citation_journal_title", "citation_publisher", "dc.publisher"),
        [host],
    )
    return WorkMetadata(
        title=plain_text.shorten(_choose_first_text(*titles), _MAX_TITLE_LENGTH),
        authors=_find_authors(soup, work),
        published=_find_publication_day(soup, work),
        publication=names.limit_name(_choose_first_text(*publications)),
        lang=_find_language(soup, work, content_language),
        canonical=canonical,
        elsewhere=addresses[0] if addresses and addresses[0] != canonical else "",
        paywall=_needs_payment(soup, work),
        summary=_choose_first_text(_read_meta(soup, "og:description", "description")),
        text=html_tree.read_article_text(soup, _is_aside),
    )


def parse_text_and_paywall(
    html: bytes, url: str, content_type: str = "", content_language: str = ""
) -> tuple[str, bool]:
    """Return the text of a page's article, and whether it costs money, as `parse_work_metadata` does.

    Of most pages that takes a small part of the time. Raises SourceError if its encoding cannot be recognised.
    """
    if _PAYWALL_WORDS.search(html) or b"\0" in html:  # such as one in UTF-16, in which words cannot be searched
        work = parse_work_metadata(html, url, content_type, content_language)
        return work.text, work.paywall
    return html_tree.read_article_text(html_tree.parse_html_without(html, content_type, _ASIDES), _is_aside), False


def _read_meta(soup: BeautifulSoup, *names: str) -> Iterator[str]:
    """Yield the contents of the page's meta elements of these names, in the order of the names.

    Open Graph uses the attribute property, HTML and Dublin Core name, microdata itemprop, HTTP's headers http-equiv.
    """
    keys = ("property", "name", "itemprop", "http-equiv")
    tags = [
        (next((str(tag[key]) for key in keys if tag.get(key)), "").lower(), tag)
        for tag in soup.find_all("meta")
        if not _is_in_aside(tag)
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
        names.list_json_names(work.get("author")),
        names.list_json_names(work.get("creator")),
        *(_read_meta(soup, *group) for group in _AUTHOR_META),
        _read_microdata(soup, "author"),
        _read_bylines(soup),
    )
    for group in groups:
        # "Wirtschaft, Politik und Kultur" would be such a list, too: an editor sees the credit before it is published.
        # Open Graph defines article:author as the address of a profile; many sites write names there, others do not.
        if authors := names.read_names((name for name in group if not urls.is_http_url(name)), may_be_first_names=True):
            return names.limit_names(authors)
    return ()


def _read_microdata(soup: BeautifulSoup, name: str) -> Iterator[str]:
    """Yield the values of a property in microdata: attributes, and texts of elements, of agents their names."""
    for tag in soup.select(f'[itemprop~="{name}" i]'):
        if tag.name != "meta" and not _is_in_aside(tag):
            own = tag.select('[itemprop~="name" i]') or [tag]
            yield from (str(part.get("content") or part.get_text(" ")) for part in own)


def _read_bylines(soup: BeautifulSoup) -> Iterator[str]:
    """Yield the authors whom microformats (p-author) and links (rel=author) of the page's article name."""
    entry = soup.select_one(".h-entry, .hentry") or soup
    for group in (".p-author", ".author .fn", 'a[rel~="author" i]'):
        tags = [tag for tag in entry.select(group) if not _is_in_aside(tag)]
        if tags:
            yield from ((tag.select_one(".p-name") or tag).get_text(" ") for tag in tags)
            return


def _is_in_aside(tag: Tag) -> bool:
    """Return whether a tag belongs to a part of the page that is not its article, such as a comment."""
    return any(_is_aside(parent) for parent in tag.parents)


def _is_aside(tag: Tag) -> bool:
    if tag.name in _ASIDES:
        return True
    words = () if tag.name in {"html", "body", "main"} else (*tag.get_attribute_list("class"), tag.get("id"))
    return str(tag.get("itemtype") or "").endswith("Comment") or any(
        _ASIDE_CLASS.fullmatch(str(word)) for word in words if word
    )


def _find_publication_day(soup: BeautifulSoup, work: dict[str, Any]) -> Day | None:
    candidates = (
        *_read_meta(soup, "article:published_time"),
        *_read_strings(work, "datePublished", "uploadDate"),
        *_read_meta(soup, *_DAY_META),
        *islice(_list_times(soup), 1),  # it may be that of another page: it comes last
    )
    return next((day for day in map(dates.parse_written_day, candidates) if day), None)


def _list_times(soup: BeautifulSoup) -> Iterator[str]:
    """Yield the moments in the page's article, those first that are marked as that of its publication."""
    times = [tag for tag in soup.find_all("time") if not _is_in_aside(tag)]
    for tag in times:
        words = {str(word).lower() for key in ("itemprop", "class") for word in tag.get_attribute_list(key) if word}
        if tag.has_attr("pubdate") or words & {"datepublished", "dt-published", "published", "entry-date"}:
            yield str(tag.get("datetime") or tag.get_text())
    heading, articles = soup.find("h1"), soup.find_all("article")
    own = [heading.find_parent(["article", "main"])] if isinstance(heading, Tag) else [None]
    own += articles if len(articles) == 1 else []
    for tag in times:
        part = tag.find_parent(["article", "main"])
        if any(part is known for known in own) or (part is None and not any(own)):
            yield str(tag.get("datetime") or "")


def _find_language(soup: BeautifulSoup, work: dict[str, Any], content_language: str) -> str:
    page = soup.find("html")
    html_lang = str(page.get("lang") or page.get("xml:lang") or "") if isinstance(page, Tag) else ""
    candidates = (
        html_lang,
        *_read_meta(soup, "og:locale"),
        *_read_strings(work, "inLanguage"),
        *_read_meta(soup, *_LANGUAGE_META),
        content_language,
    )
    return next((lang for lang in map(plain_text.get_primary_language, candidates) if lang), "")


def _list_own_addresses(soup: BeautifulSoup, url: str) -> list[str]:
    """Return the addresses that a page names as its own and may have, then that from which it came."""
    base_url = html_tree.find_base_url(soup, url)
    # Only in the head: what stands in the body may be written by a reader.
    links = (
        str(tag.get("href") or "")
        for tag in _list_head(soup)
        if tag.name == "link" and html_tree.has_relation(tag, "canonical")
    )
    candidates = (urls.make_absolute_url(link, base_url) for link in (*links, *_read_meta(soup, "og:url"), url))
    return [link for link in candidates if link and _may_credit(link, url)]


def _list_head(soup: BeautifulSoup) -> Iterator[Tag]:
    """Yield the elements of the head, also of a page that does not mark where its body begins."""
    for tag in soup.find_all(True):
        if tag.name not in _HEAD_ELEMENTS and not tag.find_parent(["head", "noscript", "template"]):
            return
        yield tag


def _may_credit(link: str, url: str) -> bool:
    """Return whether a page may name a link as its own address: one at its host, or one that readers can reach.

    An article is neither its site's front page nor a page to sign in, which templates name by mistake.
    """
    page, own_page = urls.identify_page(link), urls.identify_page(url)
    if _is_front_page(page) and "/" in own_page and not _is_front_page(own_page.partition("?")[0]):
        return False
    if _DOOR.search(link) and not _DOOR.search(url):
        return False
    return urls.get_host(link) == urls.get_host(url) or ssrf_guard.is_public_address(link)


def _needs_payment(soup: BeautifulSoup, work: dict[str, Any]) -> bool:
    """Return whether a page says that readers must pay for the work or a part of it."""
    parts = work.get("hasPart")
    holders = [work, *(part for part in (parts if isinstance(parts, list) else [parts]) if isinstance(part, dict))]
    stated = [str(holder.get("isAccessibleForFree", "")) for holder in holders]
    stated += [*_read_meta(soup, "isaccessibleforfree"), *_read_microdata(soup, "isAccessibleForFree")]
    is_locked = "locked" in (tier.strip().lower() for tier in _read_meta(soup, "article:content_tier"))
    return is_locked or any(text.strip().rpartition("/")[2].lower() == "false" for text in stated)


def _read_json_ld(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Yield the objects of the page's JSON-LD, also those in a @graph; broken scripts are skipped."""
    for script in soup.find_all("script", type=_is_json_ld):
        try:
            value = json.loads(script.get_text(), strict=False)  # many hold line breaks within texts
        except (ValueError, RecursionError):
            continue
        for item in value if isinstance(value, list) else [value]:
            graph = item.get("@graph") if isinstance(item, dict) else None
            yield from (node for node in (graph if isinstance(graph, list) else [item]) if isinstance(node, dict))


def _choose_work(nodes: list[dict[str, Any]], *addresses: str) -> dict[str, Any]:
    """Return the JSON-LD object of a page's work, with its author and publisher in place; empty if there is none.

    It is rather an article than the page around it, and rather one with one of the page's `addresses` than another.
    """
    pages = {urls.identify_page(address) for address in addresses}

    def rank(node: dict[str, Any]) -> tuple[bool, bool]:
        address = node.get("url") or node.get("mainEntityOfPage") or node.get("@id")
        text = str(address.get("@id") if isinstance(address, dict) else address)
        return "webpage" in str(node.get("@type")).lower(), urls.identify_page(text.partition("#")[0]) not in pages

    work = min(filter(_is_work, nodes), key=rank, default={})
    return work | {key: _resolve_nodes(work[key], nodes) for key in ("author", "creator", "publisher") if key in work}


def _resolve_nodes(value: Any, nodes: list[dict[str, Any]]) -> list[Any]:
    """Return the nodes that JSON-LD names by their @id in place of a value, and all other values as they are."""
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    return [
        {**by_id.get(item["@id"], {}), **item} if isinstance(item, dict) and isinstance(item.get("@id"), str) else item
        for item in (value if isinstance(value, list) else [value])
    ]


def _is_json_ld(media_type: str | None) -> bool:
    return discovery.get_media_type(media_type or "") == "application/ld+json"


def _is_work(node: dict[str, Any]) -> bool:
    """Return whether a JSON-LD object describes a work, by one of its types."""
    value = node.get("@type")
    types = value if isinstance(value, list) else [value]
    return any(str(name).lower().endswith(_WORKS) for name in types)


def _read_strings(node: dict[str, Any], *keys: str) -> Iterator[str]:
    yield from (node[key] for key in keys if isinstance(node.get(key), str))
