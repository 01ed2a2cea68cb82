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
from ...edition.curation import Select, Source
from ...edition.registry import Registry
from ...errors import SourceError, UsageError
from ...files import write_atomically
from ...slugs import slug_of
from .. import discovery, page_metadata
from ..http.client import Fetched, Fetcher
from ..parsers import parse, plain_text
from ..parsers.model import Entry, Feed
from . import opml
from .opml import Outline

_ASLEEP = timedelta(days=365)
_AHEAD = timedelta(days=1)
_FEW = 0.05  # of ids may be blank or repeated


class Facts(Struct, frozen=True, kw_only=True):
    """A feed's own title and language, its number of entries, how many come a week, the day of the last.

    `per_week` is None where fewer than two entries have a date; `problems` are in words.
    """

    title: str = ""
    lang: str = ""
    entries: int = 0
    per_week: float | None = None
    last: date | None = None
    problems: tuple[str, ...] = ()


def appraise(feed: Feed, now: datetime) -> Facts:
    """Tell what `feed` holds as of `now` (aware)."""
    dates = sorted(entry.date for entry in feed.entries if entry.date)
    past = [moment for moment in dates if moment <= now + _AHEAD]
    return Facts(
        title=feed.title,
        lang=feed.lang,
        entries=len(feed.entries),
        per_week=per_week(past),
        last=past[-1].date() if past else None,
        problems=tuple(_problems(feed.entries, past, len(dates) - len(past), now)),
    )


def per_week(dates: Sequence[datetime]) -> float | None:
    """Tell how many come a week; `dates` are sorted."""
    if len(dates) < 2:
        return None
    span = max((dates[-1] - dates[0]).total_seconds(), timedelta(days=1).total_seconds())
    return (len(dates) - 1) * timedelta(weeks=1).total_seconds() / span


def _problems(entries: Sequence[Entry], past: Sequence[datetime], ahead: int, now: datetime) -> Iterator[str]:
    count = len(entries)
    if not count:
        yield "it holds no entries"
        return
    if past and now - past[-1] > _ASLEEP:
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
    if (bad := count - len({one for one in ids if one})) > _FEW * count:
        yield f"{bad} of {count} ids are blank or repeated: entries are told apart by their links instead"


_LONGEST_ID = 120
_MOST = 12  # of the feeds that one page names; some name one for each of their tags
_NOT_THERE = {"unreachable", "timeout", "tls"}
_COMMENTS = re.compile(r"comment|kommentar", re.I)


class Offer(Struct, frozen=True, kw_only=True):
    """A feed that could be followed: its address, its site, what it holds, and the id of the source that has it.

    With `select` it is no feed, but a page whose entries are found that way.
    """

    feed: str
    site: str
    facts: Facts
    followed: str = ""
    select: Select | None = None

    @property
    def sound(self) -> bool:
        """Tell whether there is anything in it."""
        return self.facts.entries > 0


def look(address: str, *, root: Path, known: Registry, fetcher: Fetcher, now: datetime) -> tuple[Offer, ...]:
    """Find the feeds at `address`: itself, those that its page names, else those where they usually are; best first.

    `address` may lack its scheme, or be a path from `root`. Raises SourceError where there is nothing.
    """

    async def looked() -> tuple[Offer, ...]:
        async with fetcher:
            return await offers(_meant(address, root), known=known, fetcher=fetcher, now=now)

    return asyncio.run(looked())


async def offers(addresses: tuple[str, ...], *, known: Registry, fetcher: Fetcher, now: datetime) -> tuple[Offer, ...]:
    """Do what `look` does, with an open fetcher, at the first of the addresses that is there."""
    found = await _Look(fetcher, known.sources, now).at(addresses)
    return tuple(sorted(found, key=lambda offer: (not offer.sound, bool(offer.select), _is_about_comments(offer))))


def refuse_id(wanted: str, known: Registry) -> None:
    """Raise UsageError where a source cannot be given the id `wanted`."""
    if wanted in known.sources:
        raise UsageError(f"--id: «{wanted}» is the id of {known.sources[wanted].name} already: choose another one.")
    if not wanted or slug_of(wanted, _LONGEST_ID) != wanted:
        example = slug_of(wanted, _LONGEST_ID) or "some-blog"
        raise UsageError(f"--id: «{wanted}» is no id: use small letters, digits and hyphens, such as {example}.")


def follow(
    root: Path, offer: Offer, known: Registry, *, called: str = "", name: str = "", topics: tuple[str, ...] = ()
) -> Source:
    """Write the offered feed into the sources of the edition at `root`, for `topics` (ids); returns the source.

    `called` is its id, for which the site's name stands in. Raises UsageError where the feed is followed already.
    """
    outline = Outline(
        title=name or offer.facts.title, feed=offer.feed, site=offer.site, lang=offer.facts.lang, categories=topics
    )
    path = root / opml.FILE
    text = path.read_bytes().decode()
    merged = opml.merge(text, [outline], known.sources, known.topics)
    if not merged.added:
        raise UsageError(f"{offer.feed} is followed already.")
    source = merged.added[0]
    if offer.select:
        source = replace(source, type="page", select=offer.select)
    if called:
        source = replace(source, id=called)
    write_atomically(path, opml.append(text, [source]))
    return source


class _Look:
    """One look around: what was fetched is judged by `now`, and against the `sources` that are followed."""

    def __init__(self, fetcher: Fetcher, sources: Mapping[str, Source], now: datetime) -> None:
        self._fetcher = fetcher
        self._followed = {urls.normal(source.feed): source.id for source in sources.values()}
        self._now = now

    async def at(self, addresses: tuple[str, ...]) -> tuple[Offer, ...]:
        address, fetched = await self._first(addresses)
        data = fetched.data or b""
        if not discovery.is_html(data):
            return (self._offer(address, fetched),)
        named = discovery.feeds_of(data, fetched.address or address)[:_MOST]
        offers = await asyncio.gather(*(self._named(one) for one in named))
        if not any(offer.sound for offer in offers):
            offers += [*self._marked(address, fetched), *await self._guessed(fetched.address or address)]
        if not offers:
            raise SourceError("no-feed", f"{address} {_NOTHING}")
        facts = page_metadata.look(data, fetched.address or address)
        return tuple(_completed(offer, facts, fetched.address or address) for offer in offers)

    async def _first(self, addresses: tuple[str, ...]) -> tuple[str, Fetched]:
        """Fetch the first address that is there at all."""
        for place, address in enumerate(addresses, 1):
            try:
                return address, await self._fetcher.fetch(address)
            except SourceError as error:
                if place == len(addresses) or error.reason not in _NOT_THERE:
                    raise SourceError(error.reason, f"{address}: {error}") from error
        raise AssertionError("there is always an address")

    async def _named(self, one: discovery.Named) -> Offer:
        """Look at a feed that a page names; that it cannot be read is worth telling."""
        try:
            return self._offer(one.address, await self._fetcher.fetch(one.address))
        except SourceError as error:
            facts = Facts(title=one.title, problems=(f"cannot be read: {error}",))
            return Offer(feed=one.address, site="", facts=facts, followed=self._source(one.address))

    def _marked(self, address: str, fetched: Fetched) -> list[Offer]:
        """Read the page itself, where it marks its entries up."""
        for select in discovery.MARKED:
            with suppress(SourceError):
                return [self._offer(address, fetched, select)]
        return []

    async def _guessed(self, address: str) -> list[Offer]:
        """Look where feeds usually are; the same feed under two addresses is one."""
        answers = await asyncio.gather(*map(self._perhaps, discovery.guesses(address)))
        found = {offer.facts: offer for offer in reversed(answers) if offer and offer.sound}
        return [*reversed(found.values())]

    async def _perhaps(self, address: str) -> Offer | None:
        try:
            return self._offer(address, await self._fetcher.fetch(address))
        except SourceError:
            return None

    def _offer(self, asked: str, fetched: Fetched, select: Select | None = None) -> Offer:
        """Read a feed; where it has moved for good, its new address is offered."""
        address = fetched.moved_to or asked
        feed = parse.parse(fetched.data or b"", fetched.content_type, address=fetched.address, select=select)
        facts = appraise(feed, self._now)
        followed = self._source(address) or self._source(asked) or self._source(fetched.address)
        return Offer(feed=address, site=feed.link, facts=facts, followed=followed, select=select)

    def _source(self, address: str) -> str:
        return self._followed.get(urls.normal(address), "") if address else ""


_NOTHING = (
    "is a page that names no feed, and there is none where feeds usually are. Give the feed's own address, if you know "
    "it; the articles of a page without a feed can be followed with «type: page» in curation/sources.yaml."
)


def _meant(typed: str, root: Path) -> tuple[str, ...]:
    """Tell which addresses somebody may mean who typed this, the likeliest first."""
    address = typed.strip()
    if urls.is_web(address) or address.startswith("file:") or (address and (root / address).is_file()):
        return (address,)
    bare = re.sub(r"\Afeed:(?://)?|\A//", "", address)
    return (bare,) if urls.is_web(bare) else (f"https://{bare}", f"http://{bare}")


def _is_about_comments(offer: Offer) -> bool:
    return bool(_COMMENTS.search(offer.feed) or _COMMENTS.search(offer.facts.title))


def _completed(offer: Offer, page_facts: page_metadata.PageFacts, address: str) -> Offer:
    """Take from its page what a feed does not say of itself."""
    facts = replace(
        offer.facts,
        title=offer.facts.title or page_facts.title,
        lang=offer.facts.lang or plain_text.primary(page_facts.lang),
    )
    return replace(offer, site=offer.site or address, facts=facts)
