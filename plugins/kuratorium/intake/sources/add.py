"""Follow a feed: find the feeds of a site, and append the chosen one to sources.yaml."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ... import urls
from ...compare_and_swap import edit_text
from ...edition.curation import EntrySelectors, Source
from ...edition.paths import SOURCES_FILE
from ...edition.registry import Registry
from ...errors import SourceError, UsageError
from ...slugs import slugify
from .. import page_metadata
from ..http.client import Fetcher
from ..http.responses import Response
from ..parsers import discovery, dispatch, plain_text
from ..parsers.model import Feed
from ..sandbox.pool import SandboxPool
from . import merge
from .feed_description import FeedDescription, describe_feed
from .merge import Outline

_MAX_ID_LENGTH = 120  # as in edition.fields.Slug
_MAX_LINKED_FEEDS = 12  # of the feeds that one page names; some name one for each of their tags
_ABSENT_REASONS = {"unreachable", "timeout", "tls"}  # errors after which the next spelling of an address is tried
_COMMENT_FEED = re.compile(r"comment|kommentar", re.I)
_NO_FEED_MESSAGE = (
    "is a page that names no feed, and there is none where feeds usually are. Give the feed's own address, if you know "
    'it; the articles of a page without a feed can be followed with "type: page" in curation/sources.yaml.'
)


class FeedCandidate(Struct, frozen=True, kw_only=True):
    """A feed that could be followed: its address, its site, its description, and the id of a source that follows it.

    With `select` it is no feed, but a page whose entries these selectors find.
    """

    feed: str
    site: str
    description: FeedDescription
    source_id: str = ""
    select: EntrySelectors | None = None

    @property
    def has_entries(self) -> bool:
        """Whether the feed holds any entry."""
        return self.description.entry_count > 0


def discover_feeds(
    address: str, *, root: Path, registry: Registry, fetcher: Fetcher, now: datetime
) -> tuple[FeedCandidate, ...]:
    """Find the feeds at `address`, best first: itself, those that its page names, else those at common addresses.

    `address` may lack its scheme, or be a path from `root`. Raises SourceError if there is no feed.
    """

    async def discover() -> tuple[FeedCandidate, ...]:
        async with fetcher:
            return await gather_candidates(_expand_address(address, root), registry=registry, fetcher=fetcher, now=now)

    return asyncio.run(discover())


async def gather_candidates(
    addresses: tuple[str, ...], *, registry: Registry, fetcher: Fetcher, now: datetime
) -> tuple[FeedCandidate, ...]:
    """Find feeds like `discover_feeds`, with an open fetcher, at the first of `addresses` that exists."""
    async with SandboxPool() as sandbox:
        candidates = await _FeedSearch(fetcher, sandbox, registry.sources, now).search(addresses)
    return tuple(sorted(candidates, key=_rank_candidate))


def check_source_id(source_id: str, registry: Registry) -> None:
    """Raise UsageError if `source_id` is taken, or is no valid id for a source."""
    if source_id in registry.sources:
        name = registry.sources[source_id].name
        raise UsageError(f'--id: "{source_id}" is the id of {name} already: choose another one.')
    if not source_id or slugify(source_id, _MAX_ID_LENGTH) != source_id:
        example = slugify(source_id, _MAX_ID_LENGTH) or "some-blog"
        raise UsageError(f'--id: "{source_id}" is no id: use small letters, digits and hyphens, such as {example}.')


def follow_feed(
    root: Path,
    candidate: FeedCandidate,
    registry: Registry,
    *,
    source_id: str = "",
    name: str = "",
    topics: tuple[str, ...] = (),
) -> Source:
    """Append a feed to sources.yaml of the edition at `root`, for `topics` (ids), and return the new source.

    Without a `source_id` the id is derived from the name. Raises UsageError if the feed is followed already.
    """
    outline = Outline(
        title=name or candidate.description.title,
        feed=candidate.feed,
        site=candidate.site,
        lang=candidate.description.lang,
        categories=topics,
    )
    path = root / SOURCES_FILE
    text = path.read_bytes().decode()
    merged = merge.merge_outlines(text, [outline], registry.sources, registry.topics)
    if not merged.added_sources:
        raise UsageError(f"{candidate.feed} is followed already.")
    source = merged.added_sources[0]
    # An outline has no selectors and no id of its own: OPML knows neither.
    if candidate.select:
        source = replace(source, type="page", select=candidate.select)
    if source_id:
        source = replace(source, id=source_id)
    edit_text(path, lambda text: merge.append_sources(text, [source]))
    return source


class _FeedSearch:
    """A search for feeds, which are described as of `now`, and compared with the `sources` that are followed."""

    def __init__(self, fetcher: Fetcher, sandbox: SandboxPool, sources: Mapping[str, Source], now: datetime) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._source_ids = {urls.normalize_url(source.feed): source.id for source in sources.values()}
        self._now = now

    async def search(self, addresses: tuple[str, ...]) -> tuple[FeedCandidate, ...]:
        """Return the feeds at the first of `addresses` that exists. Raises SourceError if there is none."""
        address, response = await self._fetch_first(addresses)
        data = response.data or b""
        if not discovery.is_html(data):
            return (await self._build_candidate(address, response),)
        page_address = response.address or address
        candidates = await self._search_page(address, page_address, response)
        if not candidates:
            raise SourceError("no-feed", f"{address} {_NO_FEED_MESSAGE}")
        metadata = page_metadata.WorkMetadata()
        with suppress(SourceError):  # of a page whose letters cannot be read, the feeds count
            metadata = await self._sandbox.read(
                page_metadata.parse_work_metadata, data, page_address, response.content_type
            )
        return tuple(_complete_from_page(candidate, metadata, page_address) for candidate in candidates)

    async def _search_page(self, address: str, page_address: str, response: Response) -> list[FeedCandidate]:
        """Return the feeds that a page names; if none has entries, also the page itself and common addresses."""
        data, media_types = response.data or b"", dispatch.FEED_MEDIA_TYPES
        links = await self._sandbox.read(
            discovery.find_feed_links, data, page_address, media_types, response.content_type
        )
        links = links[:_MAX_LINKED_FEEDS]
        candidates = await asyncio.gather(*(self._read_linked_feed(link, page_address) for link in links))
        if any(candidate.has_entries for candidate in candidates):
            return candidates
        return [
            *candidates,
            *await self._read_marked_up_page(address, response),
            *await self._read_common_addresses(page_address),
        ]

    async def _fetch_first(self, addresses: tuple[str, ...]) -> tuple[str, Response]:
        """Fetch the first address whose server answers, and return both."""
        for number, address in enumerate(addresses, 1):
            try:
                return address, await self._fetcher.fetch(address)
            except SourceError as error:
                if number == len(addresses) or error.reason not in _ABSENT_REASONS:
                    raise SourceError(error.reason, f"{address}: {error}") from error
        raise AssertionError("there is always an address")

    async def _read_linked_feed(self, link: discovery.FeedLink, page_address: str) -> FeedCandidate:
        """Read a feed that a page names; an error becomes a problem in its description."""
        try:
            response = await self._fetcher.fetch(link.address, named_by=page_address)
            return await self._build_candidate(link.address, response)
        except SourceError as error:
            description = FeedDescription(title=link.title, problems=(f"cannot be read: {error}",))
            source_id = self._find_source_id(link.address)
            return FeedCandidate(feed=link.address, site="", description=description, source_id=source_id)

    async def _read_marked_up_page(self, address: str, response: Response) -> list[FeedCandidate]:
        """Return the page itself as a candidate, if microformats mark its entries."""
        for select in discovery.MICROFORMAT_SELECTORS:
            with suppress(SourceError):
                return [await self._build_candidate(address, response, select)]
        return []

    async def _read_common_addresses(self, address: str) -> list[FeedCandidate]:
        """Return the feeds at common addresses; the same feed at two addresses counts once, at the first of them."""
        results = await asyncio.gather(*map(self._try_address, discovery.guess_feed_addresses(address)))
        candidates = [candidate for candidate in results if candidate and candidate.has_entries]
        # In reverse order, so that the first of two equal candidates overwrites the other.
        by_description = {candidate.description: candidate for candidate in reversed(candidates)}
        return [*reversed(by_description.values())]

    async def _try_address(self, address: str) -> FeedCandidate | None:
        try:
            return await self._build_candidate(address, await self._fetcher.fetch(address))
        except SourceError:
            return None

    async def _build_candidate(
        self, requested: str, response: Response, select: EntrySelectors | None = None
    ) -> FeedCandidate:
        """Read a feed; if it has moved permanently, the candidate has the new address."""
        address = response.moved_to or requested
        feed = await self._sandbox.read(
            parse_feed_at, response.data or b"", response.content_type, response.address, select
        )
        source_ids = (
            self._find_source_id(candidate_address) for candidate_address in (address, requested, response.address)
        )
        return FeedCandidate(
            feed=address,
            site=feed.link,
            description=describe_feed(feed, self._now),
            source_id=next((source_id for source_id in source_ids if source_id), ""),
            select=select,
        )

    def _find_source_id(self, address: str) -> str:
        return self._source_ids.get(urls.normalize_url(address), "") if address else ""


def parse_feed_at(data: bytes, content_type: str, address: str, select: EntrySelectors | None) -> Feed:
    """Return the feed, or the page with `select`, that was fetched from `address`; raises SourceError."""
    return dispatch.parse_feed(data, content_type, feed_url=address, select=select)


def _rank_candidate(candidate: FeedCandidate) -> tuple[bool, bool, bool]:
    """Return the sort key that puts feeds with entries first, pages and feeds of comments last."""
    is_comment_feed = _COMMENT_FEED.search(candidate.feed) or _COMMENT_FEED.search(candidate.description.title)
    return not candidate.has_entries, bool(candidate.select), bool(is_comment_feed)


def _expand_address(text: str, root: Path) -> tuple[str, ...]:
    """Return the addresses that an editor's input may mean, the likeliest first."""
    address = text.strip()
    if urls.is_http_url(address) or address.startswith("file:") or (address and (root / address).is_file()):
        return (address,)
    # "feed:" and "//host" come from pasted links; a bare host name is tried with https before http.
    bare_address = re.sub(r"\Afeed:(?://)?|\A//", "", address)
    return (bare_address,) if urls.is_http_url(bare_address) else (f"https://{bare_address}", f"http://{bare_address}")


def _complete_from_page(candidate: FeedCandidate, metadata: page_metadata.WorkMetadata, address: str) -> FeedCandidate:
    """Return a candidate with the title, language and site of its page where the feed states none."""
    description = replace(
        candidate.description,
        title=candidate.description.title or metadata.title,
        lang=candidate.description.lang or plain_text.get_primary_language(metadata.lang),
    )
    return replace(candidate, site=candidate.site or address, description=description)
