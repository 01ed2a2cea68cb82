"""Whom to follow: a site's or a feed's address -> the feeds that are there, and the chosen one into sources.yaml.

What a feed holds, told by the facts by which an editor decides whether to follow it: pure.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ... import urls
from ...edition.curation import EntrySelectors, Source
from ...edition.paths import SOURCES_FILE
from ...edition.registry import Registry
from ...errors import SourceError, UsageError
from ...files import write_atomically
from ...slugs import slugify
from .. import discovery, page_metadata
from ..http.client import Fetcher
from ..http.responses import Response
from ..parsers import dispatch, plain_text
from ..parsers.model import Entry, Feed
from . import opml
from .opml import Outline

_DORMANT_AFTER = timedelta(days=365)
_FUTURE_TOLERANCE = timedelta(days=1)
_MAX_BAD_ID_SHARE = 0.05  # of ids may be blank or repeated


class FeedDescription(Struct, frozen=True, kw_only=True):
    """A feed's own title and language, its number of entries, how many come a week, the day of the last.

    `per_week` is None where fewer than two entries have a date; `problems` are in words.
    """

    title: str = ""
    lang: str = ""
    entry_count: int = 0
    per_week: float | None = None
    last_date: date | None = None
    problems: tuple[str, ...] = ()


def describe_feed(feed: Feed, now: datetime) -> FeedDescription:
    """Tell what `feed` holds as of `now` (aware)."""
    dates = sorted(entry.date for entry in feed.entries if entry.date)
    past = [moment for moment in dates if moment <= now + _FUTURE_TOLERANCE]
    return FeedDescription(
        title=feed.title,
        lang=feed.lang,
        entry_count=len(feed.entries),
        per_week=calculate_weekly_rate(past),
        last_date=past[-1].date() if past else None,
        problems=tuple(_find_problems(feed.entries, past, len(dates) - len(past), now)),
    )


def calculate_weekly_rate(dates: Sequence[datetime]) -> float | None:
    """Tell how many come a week; `dates` are sorted."""
    if len(dates) < 2:
        return None
    span = max((dates[-1] - dates[0]).total_seconds(), timedelta(days=1).total_seconds())
    return (len(dates) - 1) * timedelta(weeks=1).total_seconds() / span


def _find_problems(entries: Sequence[Entry], past: Sequence[datetime], ahead: int, now: datetime) -> Iterator[str]:
    count = len(entries)
    if not count:
        yield "it holds no entries"
        return
    if past and now - past[-1] > _DORMANT_AFTER:
        yield f"nothing new since {past[-1]:%Y-%m-%d}"
    undated = sum(entry.date is None for entry in entries)
    lacks = (
        (undated, "no date: they count as new on the day they are first seen"),
        (sum(not entry.title for entry in entries), "no title"),
        (sum(not entry.link for entry in entries), "no link"),
        (ahead, "a date in the future"),
    )
    for number, what in lacks:
        if number:
            yield f"{'all' if number == count else f'{number} of {count}'} entries have {what}"
    ids = [entry.id for entry in entries]
    if (bad := count - len({one for one in ids if one})) > _MAX_BAD_ID_SHARE * count:
        yield f"{bad} of {count} ids are blank or repeated: entries are told apart by their links instead"


_MAX_ID_LENGTH = 120
_MAX_LINKED_FEEDS = 12  # of the feeds that one page names; some name one for each of their tags
_ABSENT_REASONS = {"unreachable", "timeout", "tls"}
_COMMENT_FEED = re.compile(r"comment|kommentar", re.I)


class FeedCandidate(Struct, frozen=True, kw_only=True):
    """A feed that could be followed: its address, its site, what it holds, and the id of the source that has it.

    With `select` it is no feed, but a page whose entries are found that way.
    """

    feed: str
    site: str
    description: FeedDescription
    source_id: str = ""
    select: EntrySelectors | None = None

    @property
    def has_entries(self) -> bool:
        """Tell whether there is anything in it."""
        return self.description.entry_count > 0


def discover_feeds(
    address: str, *, root: Path, registry: Registry, fetcher: Fetcher, now: datetime
) -> tuple[FeedCandidate, ...]:
    """Find the feeds at `address`: itself, those that its page names, else those where they usually are; best first.

    `address` may lack its scheme, or be a path from `root`. Raises SourceError where there is nothing.
    """

    async def looked() -> tuple[FeedCandidate, ...]:
        async with fetcher:
            return await gather_candidates(_expand_address(address, root), registry=registry, fetcher=fetcher, now=now)

    return asyncio.run(looked())


async def gather_candidates(
    addresses: tuple[str, ...], *, registry: Registry, fetcher: Fetcher, now: datetime
) -> tuple[FeedCandidate, ...]:
    """Do what `look` does, with an open fetcher, at the first of the addresses that is there."""
    found = await _FeedSearch(fetcher, registry.sources, now).search(addresses)
    return tuple(sorted(found, key=lambda offer: (not offer.has_entries, bool(offer.select), _is_comment_feed(offer))))


def check_source_id(source_id: str, registry: Registry) -> None:
    """Raise UsageError where a source cannot be given the id `wanted`."""
    if source_id in registry.sources:
        raise UsageError(
            f"--id: «{source_id}» is the id of {registry.sources[source_id].name} already: choose another one."
        )
    if not source_id or slugify(source_id, _MAX_ID_LENGTH) != source_id:
        example = slugify(source_id, _MAX_ID_LENGTH) or "some-blog"
        raise UsageError(f"--id: «{source_id}» is no id: use small letters, digits and hyphens, such as {example}.")


def follow_feed(
    root: Path,
    candidate: FeedCandidate,
    registry: Registry,
    *,
    source_id: str = "",
    name: str = "",
    topics: tuple[str, ...] = (),
) -> Source:
    """Write the offered feed into the sources of the edition at `root`, for `topics` (ids); returns the source.

    `called` is its id, for which the site's name stands in. Raises UsageError where the feed is followed already.
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
    merged = opml.merge_outlines(text, [outline], registry.sources, registry.topics)
    if not merged.added_sources:
        raise UsageError(f"{candidate.feed} is followed already.")
    source = merged.added_sources[0]
    if candidate.select:
        source = replace(source, type="page", select=candidate.select)
    if source_id:
        source = replace(source, id=source_id)
    write_atomically(path, opml.append_sources(text, [source]))
    return source


class _FeedSearch:
    """One look around: what was fetched is judged by `now`, and against the `sources` that are followed."""

    def __init__(self, fetcher: Fetcher, sources: Mapping[str, Source], now: datetime) -> None:
        self._fetcher = fetcher
        self._source_ids = {urls.normalize_url(source.feed): source.id for source in sources.values()}
        self._now = now

    async def search(self, addresses: tuple[str, ...]) -> tuple[FeedCandidate, ...]:
        address, fetched = await self._fetch_first(addresses)
        data = fetched.data or b""
        if not discovery.is_html(data):
            return (self._build_candidate(address, fetched),)
        named = discovery.find_feed_links(data, fetched.address or address)[:_MAX_LINKED_FEEDS]
        offers = await asyncio.gather(*(self._read_linked_feed(one) for one in named))
        if not any(offer.has_entries for offer in offers):
            offers += [
                *self._read_marked_up_page(address, fetched),
                *await self._read_common_addresses(fetched.address or address),
            ]
        if not offers:
            raise SourceError("no-feed", f"{address} {_NO_FEED_MESSAGE}")
        facts = page_metadata.parse_work_metadata(data, fetched.address or address)
        return tuple(_complete_from_page(offer, facts, fetched.address or address) for offer in offers)

    async def _fetch_first(self, addresses: tuple[str, ...]) -> tuple[str, Response]:
        """Fetch the first address that is there at all."""
        for place, address in enumerate(addresses, 1):
            try:
                return address, await self._fetcher.fetch(address)
            except SourceError as error:
                if place == len(addresses) or error.reason not in _ABSENT_REASONS:
                    raise SourceError(error.reason, f"{address}: {error}") from error
        raise AssertionError("there is always an address")

    async def _read_linked_feed(self, linked: discovery.FeedLink) -> FeedCandidate:
        """Look at a feed that a page names; that it cannot be read is worth telling."""
        try:
            return self._build_candidate(linked.address, await self._fetcher.fetch(linked.address))
        except SourceError as error:
            facts = FeedDescription(title=linked.title, problems=(f"cannot be read: {error}",))
            return FeedCandidate(
                feed=linked.address, site="", description=facts, source_id=self._find_source_id(linked.address)
            )

    def _read_marked_up_page(self, address: str, fetched: Response) -> list[FeedCandidate]:
        """Read the page itself, where it marks its entries up."""
        for select in discovery.MICROFORMAT_SELECTORS:
            with suppress(SourceError):
                return [self._build_candidate(address, fetched, select)]
        return []

    async def _read_common_addresses(self, address: str) -> list[FeedCandidate]:
        """Look where feeds usually are; the same feed under two addresses is one."""
        answers = await asyncio.gather(*map(self._try_address, discovery.guess_feed_addresses(address)))
        found = {offer.description: offer for offer in reversed(answers) if offer and offer.has_entries}
        return [*reversed(found.values())]

    async def _try_address(self, address: str) -> FeedCandidate | None:
        try:
            return self._build_candidate(address, await self._fetcher.fetch(address))
        except SourceError:
            return None

    def _build_candidate(self, asked: str, fetched: Response, select: EntrySelectors | None = None) -> FeedCandidate:
        """Read a feed; where it has moved for good, its new address is offered."""
        address = fetched.moved_to or asked
        feed = dispatch.parse_feed(fetched.data or b"", fetched.content_type, feed_url=fetched.address, select=select)
        facts = describe_feed(feed, self._now)
        followed = self._find_source_id(address) or self._find_source_id(asked) or self._find_source_id(fetched.address)
        return FeedCandidate(feed=address, site=feed.link, description=facts, source_id=followed, select=select)

    def _find_source_id(self, address: str) -> str:
        return self._source_ids.get(urls.normalize_url(address), "") if address else ""


_NO_FEED_MESSAGE = (
    "is a page that names no feed, and there is none where feeds usually are. Give the feed's own address, if you know "
    "it; the articles of a page without a feed can be followed with «type: page» in curation/sources.yaml."
)


def _expand_address(typed: str, root: Path) -> tuple[str, ...]:
    """Tell which addresses somebody may mean who typed this, the likeliest first."""
    address = typed.strip()
    if urls.is_http_url(address) or address.startswith("file:") or (address and (root / address).is_file()):
        return (address,)
    bare = re.sub(r"\Afeed:(?://)?|\A//", "", address)
    return (bare,) if urls.is_http_url(bare) else (f"https://{bare}", f"http://{bare}")


def _is_comment_feed(offer: FeedCandidate) -> bool:
    return bool(_COMMENT_FEED.search(offer.feed) or _COMMENT_FEED.search(offer.description.title))


def _complete_from_page(offer: FeedCandidate, page_facts: page_metadata.WorkMetadata, address: str) -> FeedCandidate:
    """Take from its page what a feed does not say of itself."""
    facts = replace(
        offer.description,
        title=offer.description.title or page_facts.title,
        lang=offer.description.lang or plain_text.get_primary_language(page_facts.lang),
    )
    return replace(offer, site=offer.site or address, description=facts)
