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
from ...edition.curation import EntrySelectors, Source
from ...edition.paths import SOURCES_FILE
from ...edition.registry import Registry
from ...errors import SourceError, UsageError
from ...files import write_atomically
from .. import schedule
from ..http.client import Fetcher
from ..parsers import dispatch
from ..schedule import SourceState
from . import add, yaml_edit

_DEAD_REASONS = {"gone", "not-found", "unreachable"}
_LOST_REASONS = {*_DEAD_REASONS, "html", "no-feed", "redirects", "forbidden", "tls"}


class Proposal(Struct, frozen=True, kw_only=True):
    """One edit: the source's feed becomes `new`, for this reason."""

    source_id: str
    old_address: str
    new_address: str
    reason: str


class Remark(Struct, frozen=True, kw_only=True):
    """Why nothing is proposed for a source that needs something."""

    source_id: str
    message: str


def propose_move(source: Source, state: SourceState, now: datetime) -> Proposal | Remark | None:
    """Decide by what is known whether a source has moved: for 7 days, to https, or away from an address that is dead.

    A move that is not old enough is a remark.
    """
    new = state.moved_to
    if not new or urls.normalize_url(source.feed) != urls.normalize_url(state.address) or new == source.feed:
        return None
    since = state.moved_since or now

    def proposed(why: str) -> Proposal:
        return Proposal(source_id=source.id, old_address=source.feed, new_address=new, reason=why)

    if schedule.is_https_upgrade(source.feed, new):
        return proposed("the server sends everybody to https")
    if state.failing_since and state.last_error in _DEAD_REASONS:
        return proposed(f"the old address is gone ({state.last_error}); it had moved there for good")
    if schedule.is_move_confirmed(source.feed, new, since, now):
        return proposed(f"the server has said since {since:%Y-%m-%d} that it moved for good")
    return Remark(source_id=source.id, message=f"moved to {new} on {since:%Y-%m-%d}; proposed once it is so for 7 days")


def is_lost(source: Source, state: SourceState | None) -> bool:
    """Tell whether a source has a failure that a new address could mend."""
    return bool(state and state.address == source.feed and state.failing_since and state.last_error in _LOST_REASONS)


def find_proposals(
    registry: Registry, states: Mapping[str, SourceState], *, fetcher: Fetcher, now: datetime
) -> tuple[tuple[Proposal, ...], tuple[Remark, ...]]:
    """Find what to propose: new addresses are asked whether there is a feed, sites of lost feeds where it is now.

    `now` is aware.
    """

    async def examined() -> list[Proposal | Remark | None]:
        async with fetcher:
            doctor = _RepairSearch(registry, fetcher, now)
            return await asyncio.gather(
                *(doctor.examine_source(one, states.get(one.id)) for one in registry.sources.values())
            )

    answers = asyncio.run(examined())
    proposals = tuple(one for one in answers if isinstance(one, Proposal))
    return proposals, tuple(one for one in answers if isinstance(one, Remark))


def apply_proposals(text: str, proposals: Iterable[Proposal]) -> str:
    """Put the new addresses into the text of sources.yaml; raises UsageError where it says something else by now."""
    for one in proposals:
        entries = yaml.load_yaml(text) or []
        place = next((place for place, entry in enumerate(entries) if entry.get("id") == one.source_id), None)
        if place is None or entries[place].get("feed") != one.old_address:
            raise UsageError(
                f"{SOURCES_FILE} has changed meanwhile: «{one.source_id}» has another feed. Run this again."
            )
        text = yaml_edit.replace_scalar(text, (place, "feed"), one.new_address, SOURCES_FILE)
    return text


def diff_proposals(root: Path, proposals: Sequence[Proposal]) -> list[str]:
    """Write what the proposals change in sources.yaml as a unified diff, a line each."""
    before = (root / SOURCES_FILE).read_bytes().decode()
    lines = (before.splitlines(), apply_proposals(before, proposals).splitlines())
    return list(difflib.unified_diff(*lines, f"a/{SOURCES_FILE}", f"b/{SOURCES_FILE}", lineterm="", n=2))


def write_proposals(root: Path, proposals: Sequence[Proposal]) -> None:
    """Write the proposals into sources.yaml as it is now."""
    path = root / SOURCES_FILE
    write_atomically(path, apply_proposals(path.read_bytes().decode(), proposals))


class _RepairSearch:
    """Asks the web about sources that moved or are lost."""

    def __init__(self, known: Registry, fetcher: Fetcher, now: datetime) -> None:
        self._registry = known
        self._fetcher = fetcher
        self._now = now

    async def examine_source(self, source: Source, state: SourceState | None) -> Proposal | Remark | None:
        """Tell what to do about a source; nothing where it is well."""
        if not state or source.rights.opt_out:
            return None
        answer = propose_move(source, state, self._now)
        if isinstance(answer, Proposal):
            return await (self._check_page(answer, source.select) if source.select else self._check_feed(answer))
        if answer or not is_lost(source, state):
            return answer
        if source.select:
            return Remark(source_id=source.id, message="lost; it is a page: give it a new address and «select» by hand")
        return await self._search_site(source)

    async def _check_page(self, proposal: Proposal, select: EntrySelectors) -> Proposal | Remark:
        """Ask the new address whether the page's entries are found there as before."""
        try:
            fetched = await self._fetcher.fetch(proposal.new_address)
            dispatch.parse_feed(fetched.data or b"", feed_url=fetched.address, select=select)
        except SourceError as error:
            return Remark(
                source_id=proposal.source_id,
                message=f"moved to {proposal.new_address}, but that cannot be read: {error}",
            )
        return proposal

    async def _check_feed(self, proposal: Proposal) -> Proposal | Remark:
        """Ask the new address whether it holds a feed that nobody follows yet."""
        try:
            offer = (await self._gather_candidates(proposal.new_address))[0]
        except SourceError as error:
            return Remark(
                source_id=proposal.source_id,
                message=f"moved to {proposal.new_address}, but that cannot be read: {error}",
            )
        if offer.feed != proposal.new_address or not offer.has_entries:
            return Remark(
                source_id=proposal.source_id,
                message=f"moved to {proposal.new_address}, but there is no feed with entries",
            )
        if offer.source_id not in {"", proposal.source_id}:
            return Remark(
                source_id=proposal.source_id,
                message=f"moved to {proposal.new_address}, which «{offer.source_id}» follows already",
            )
        return proposal

    async def _search_site(self, source: Source) -> Proposal | Remark:
        """Look for the feed on its site."""
        site = source.site or urls.make_absolute_url(urljoin(source.feed, "/"))
        try:
            offers = await self._gather_candidates(site)
        except SourceError as error:
            return Remark(source_id=source.id, message=f"lost, and not found on its site: {error}")
        new = next((offer for offer in offers if offer.has_entries and not offer.source_id and not offer.select), None)
        if not new:
            return Remark(source_id=source.id, message=f"lost, and {site} names no other feed that can be read")
        return Proposal(
            source_id=source.id,
            old_address=source.feed,
            new_address=new.feed,
            reason=f"lost; {site} names this feed now",
        )

    async def _gather_candidates(self, address: str) -> tuple[add.FeedCandidate, ...]:
        return await add.gather_candidates((address,), registry=self._registry, fetcher=self._fetcher, now=self._now)
