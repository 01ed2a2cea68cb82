"""Sources that moved or broke -> edits of sources.yaml, proposed with their reason; nothing is written unasked."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from msgspec import Struct

from ... import urls
from ...edition import yaml
from ...edition.curation import Select, Source
from ...edition.registry import Registry
from ...errors import SourceError, UsageError
from ...files import write_atomically
from .. import schedule
from ..http.client import Fetcher
from ..parsers import parse
from ..schedule import State
from . import add, yaml_edit
from .opml import FILE

_DEAD = {"gone", "not-found", "unreachable"}
_LOST = {*_DEAD, "html", "no-feed", "redirects", "forbidden", "tls"}


class Proposal(Struct, frozen=True, kw_only=True):
    """One edit: the source's feed becomes `new`, for this reason."""

    source: str
    old: str
    new: str
    why: str


class Remark(Struct, frozen=True, kw_only=True):
    """Why nothing is proposed for a source that needs something."""

    source: str
    words: str


def moved(source: Source, state: State, now: datetime) -> Proposal | Remark | None:
    """Decide by what is known whether a source has moved: for 7 days, to https, or away from an address that is dead.

    A move that is not old enough is a remark.
    """
    new = state.moved_to
    if not new or urls.normal(source.feed) != urls.normal(state.address) or new == source.feed:
        return None
    since = state.moved_since or now

    def proposed(why: str) -> Proposal:
        return Proposal(source=source.id, old=source.feed, new=new, why=why)

    if schedule.is_secured(source.feed, new):
        return proposed("the server sends everybody to https")
    if state.failing_since and state.last_error in _DEAD:
        return proposed(f"the old address is gone ({state.last_error}); it had moved there for good")
    if schedule.is_settled(source.feed, new, since, now):
        return proposed(f"the server has said since {since:%Y-%m-%d} that it moved for good")
    return Remark(source=source.id, words=f"moved to {new} on {since:%Y-%m-%d}; proposed once it is so for 7 days")


def is_lost(source: Source, state: State | None) -> bool:
    """Tell whether a source has a failure that a new address could mend."""
    return bool(state and state.address == source.feed and state.failing_since and state.last_error in _LOST)


def examine(
    known: Registry, states: Mapping[str, State], *, fetcher: Fetcher, now: datetime
) -> tuple[tuple[Proposal, ...], tuple[Remark, ...]]:
    """Find what to propose: new addresses are asked whether there is a feed, sites of lost feeds where it is now.

    `now` is aware.
    """

    async def examined() -> list[Proposal | Remark | None]:
        async with fetcher:
            doctor = _Doctor(known, fetcher, now)
            return await asyncio.gather(*(doctor.see(one, states.get(one.id)) for one in known.sources.values()))

    answers = asyncio.run(examined())
    proposals = tuple(one for one in answers if isinstance(one, Proposal))
    return proposals, tuple(one for one in answers if isinstance(one, Remark))


def apply(text: str, proposals: Iterable[Proposal]) -> str:
    """Put the new addresses into the text of sources.yaml; raises UsageError where it says something else by now."""
    for one in proposals:
        entries = yaml.load(text) or []
        place = next((place for place, entry in enumerate(entries) if entry.get("id") == one.source), None)
        if place is None or entries[place].get("feed") != one.old:
            raise UsageError(f"{FILE} has changed meanwhile: «{one.source}» has another feed. Run this again.")
        text = yaml_edit.replace(text, (place, "feed"), one.new, FILE)
    return text


def preview(root: Path, proposals: Sequence[Proposal]) -> list[str]:
    """Write what the proposals change in sources.yaml as a unified diff, a line each."""
    before = (root / FILE).read_bytes().decode()
    lines = (before.splitlines(), apply(before, proposals).splitlines())
    return list(difflib.unified_diff(*lines, f"a/{FILE}", f"b/{FILE}", lineterm="", n=2))


def carry_out(root: Path, proposals: Sequence[Proposal]) -> None:
    """Write the proposals into sources.yaml as it is now."""
    path = root / FILE
    write_atomically(path, apply(path.read_bytes().decode(), proposals))


class _Doctor:
    """Asks the web about sources that moved or are lost."""

    def __init__(self, known: Registry, fetcher: Fetcher, now: datetime) -> None:
        self._known = known
        self._fetcher = fetcher
        self._now = now

    async def see(self, source: Source, state: State | None) -> Proposal | Remark | None:
        """Tell what to do about a source; nothing where it is well."""
        if not state or source.rights.opt_out:
            return None
        answer = moved(source, state, self._now)
        if isinstance(answer, Proposal):
            return await (self._page(answer, source.select) if source.select else self._checked(answer))
        if answer or not is_lost(source, state):
            return answer
        if source.select:
            return Remark(source=source.id, words="lost; it is a page: give it a new address and «select» by hand")
        return await self._found_again(source)

    async def _page(self, one: Proposal, select: Select) -> Proposal | Remark:
        """Ask the new address whether the page's entries are found there as before."""
        try:
            fetched = await self._fetcher.fetch(one.new)
            parse.parse(fetched.data or b"", address=fetched.address, select=select)
        except SourceError as error:
            return Remark(source=one.source, words=f"moved to {one.new}, but that cannot be read: {error}")
        return one

    async def _checked(self, one: Proposal) -> Proposal | Remark:
        """Ask the new address whether it holds a feed that nobody follows yet."""
        try:
            offer = (await self._offers(one.new))[0]
        except SourceError as error:
            return Remark(source=one.source, words=f"moved to {one.new}, but that cannot be read: {error}")
        if offer.feed != one.new or not offer.sound:
            return Remark(source=one.source, words=f"moved to {one.new}, but there is no feed with entries")
        if offer.followed not in {"", one.source}:
            return Remark(source=one.source, words=f"moved to {one.new}, which «{offer.followed}» follows already")
        return one

    async def _found_again(self, source: Source) -> Proposal | Remark:
        """Look for the feed on its site."""
        site = source.site or urls.absolute(urljoin(source.feed, "/"))
        try:
            offers = await self._offers(site)
        except SourceError as error:
            return Remark(source=source.id, words=f"lost, and not found on its site: {error}")
        new = next((offer for offer in offers if offer.sound and not offer.followed and not offer.select), None)
        if not new:
            return Remark(source=source.id, words=f"lost, and {site} names no other feed that can be read")
        return Proposal(source=source.id, old=source.feed, new=new.feed, why=f"lost; {site} names this feed now")

    async def _offers(self, address: str) -> tuple[add.Offer, ...]:
        return await add.offers((address,), known=self._known, fetcher=self._fetcher, now=self._now)
