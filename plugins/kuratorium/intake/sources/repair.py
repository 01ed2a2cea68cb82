"""Proposals for sources that moved or broke: new addresses in sources.yaml, with reasons. Writing is a second step."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from msgspec import Struct

from ... import urls
from ...compare_and_swap import edit_text
from ...edition import yaml
from ...edition.curation import EntrySelectors, Source
from ...edition.paths import SOURCES_FILE
from ...edition.registry import Registry
from ...errors import SourceError, UsageError
from .. import schedule
from ..http.client import Fetcher
from ..sandbox.pool import SandboxPool
from ..schedule import SourceState
from . import add, yaml_edit

# Reasons of failures after which an earlier redirect is trusted at once, and those that a new address may cure.
_DEAD_REASONS = {"gone", "not-found", "unreachable"}
_LOST_REASONS = {*_DEAD_REASONS, "html", "no-feed", "redirects", "forbidden", "tls"}


class Proposal(Struct, frozen=True, kw_only=True):
    """An edit of sources.yaml: the feed of a source gets a new address, for `reason`."""

    source_id: str
    old_address: str
    new_address: str
    reason: str


class Remark(Struct, frozen=True, kw_only=True):
    """The reason why nothing is proposed for a source that has a problem."""

    source_id: str
    message: str


def propose_move(source: Source, state: SourceState, now: datetime) -> Proposal | Remark | None:
    """Return a proposal if a source's state shows that it has moved; None if it has not.

    It has moved if its redirect is 7 days old, if it leads from http to https, or if the old address is dead. A younger
    move is a remark.
    """
    target = state.moved_to
    if not target or urls.normalize_url(source.feed) != urls.normalize_url(state.address) or target == source.feed:
        return None
    since = state.moved_since or now
    # The same host over TLS is the same feed: nothing is gained by waiting seven days.
    if schedule.is_https_upgrade(source.feed, target):
        reason = "the server redirects every request to https"
    elif state.failing_since and state.last_error in _DEAD_REASONS:
        reason = f"the old address is gone ({state.last_error}); it had moved there for good"
    elif schedule.is_move_confirmed(source.feed, target, since, now):
        reason = f"the server has said since {since:%Y-%m-%d} that it moved for good"
    else:
        message = f"moved to {target} on {since:%Y-%m-%d}; proposed after 7 days of this redirect"
        return Remark(source_id=source.id, message=message)
    return Proposal(source_id=source.id, old_address=source.feed, new_address=target, reason=reason)


def is_lost(source: Source, state: SourceState | None) -> bool:
    """Return whether a source has a failure that a new address could cure."""
    return bool(state and state.address == source.feed and state.failing_since and state.last_error in _LOST_REASONS)


def find_proposals(
    registry: Registry, states: Mapping[str, SourceState], *, fetcher: Fetcher, now: datetime
) -> tuple[tuple[Proposal, ...], tuple[Remark, ...]]:
    """Return the proposals and remarks for all sources, as of `now` (aware).

    New addresses are fetched to check that they hold a feed; the sites of lost feeds are searched for a new address.
    """

    async def examine_sources() -> list[Proposal | Remark | None]:
        async with fetcher:
            search = _RepairSearch(registry, fetcher, now)
            return await asyncio.gather(
                *(search.examine_source(source, states.get(source.id)) for source in registry.sources.values())
            )

    results = asyncio.run(examine_sources())
    proposals = tuple(result for result in results if isinstance(result, Proposal))
    return proposals, tuple(result for result in results if isinstance(result, Remark))


def apply_proposals(text: str, proposals: Iterable[Proposal]) -> str:
    """Return the text of sources.yaml with the new addresses. Raises UsageError if a feed has changed meanwhile."""
    for proposal in proposals:
        entries = yaml.load_yaml(text) or []
        index = next((index for index, entry in enumerate(entries) if entry.get("id") == proposal.source_id), None)
        if index is None or entries[index].get("feed") != proposal.old_address:
            raise UsageError(
                f'{SOURCES_FILE} has changed meanwhile: "{proposal.source_id}" has another feed. Run this again.'
            )
        text = yaml_edit.replace_scalar(text, (index, "feed"), proposal.new_address, SOURCES_FILE)
    return text


def diff_proposals(root: Path, proposals: Sequence[Proposal]) -> list[str]:
    """Return the lines of a unified diff of what the proposals change in sources.yaml."""
    before = (root / SOURCES_FILE).read_bytes().decode()
    lines = (before.splitlines(), apply_proposals(before, proposals).splitlines())
    return list(difflib.unified_diff(*lines, f"a/{SOURCES_FILE}", f"b/{SOURCES_FILE}", lineterm="", n=2))


def write_proposals(root: Path, proposals: Sequence[Proposal]) -> None:
    """Write the proposals into sources.yaml, as it is now."""
    edit_text(root / SOURCES_FILE, lambda text: apply_proposals(text, proposals))


class _RepairSearch:
    """A search on the web for sources that moved or are lost."""

    def __init__(self, registry: Registry, fetcher: Fetcher, now: datetime) -> None:
        self._registry = registry
        self._fetcher = fetcher
        self._now = now

    async def examine_source(self, source: Source, state: SourceState | None) -> Proposal | Remark | None:
        """Return the proposal or remark for a source; None if it needs neither."""
        if not state or not source.is_followed:  # a source that opted out gets no request at all
            return None
        result = propose_move(source, state, self._now)
        if isinstance(result, Proposal):
            return await (self._check_page(result, source.select) if source.select else self._check_feed(result))
        if result or not is_lost(source, state):
            return result
        if source.select:
            return Remark(source_id=source.id, message='lost; it is a page: give it a new address and "select" by hand')
        return await self._search_site(source)

    async def _check_page(self, proposal: Proposal, select: EntrySelectors) -> Proposal | Remark:
        """Return the proposal if the page's selectors find entries at the new address, else a remark."""
        try:
            response = await self._fetcher.fetch(proposal.new_address)
            async with SandboxPool(1) as sandbox:
                await sandbox.read(
                    add.parse_feed_at, response.data or b"", response.content_type, response.address, select
                )
        except SourceError as error:
            return _refuse_proposal(proposal, f", but that cannot be read: {error}")
        return proposal

    async def _check_feed(self, proposal: Proposal) -> Proposal | Remark:
        """Return the proposal if the new address holds a feed that no other source follows, else a remark."""
        try:
            candidate = (await self._gather_candidates(proposal.new_address))[0]
        except SourceError as error:
            return _refuse_proposal(proposal, f", but that cannot be read: {error}")
        if candidate.feed != proposal.new_address or not candidate.has_entries:
            return _refuse_proposal(proposal, ", but there is no feed with entries")
        if candidate.source_id not in {"", proposal.source_id}:
            return _refuse_proposal(proposal, f', which "{candidate.source_id}" follows already')
        return proposal

    async def _search_site(self, source: Source) -> Proposal | Remark:
        """Return a proposal with a feed that the source's site names, if it can be read, else a remark."""
        # Pages are left out: a page instead of a feed is a change that an editor should decide.
        site = source.site or urls.make_absolute_url(urljoin(source.feed, "/"))
        try:
            candidates = await self._gather_candidates(site)
        except SourceError as error:
            return Remark(source_id=source.id, message=f"lost, and not found on its site: {error}")
        usable = (
            candidate
            for candidate in candidates
            if candidate.has_entries and not candidate.source_id and not candidate.select
        )
        feed = next(usable, None)
        if not feed:
            return Remark(source_id=source.id, message=f"lost, and {site} names no other feed that can be read")
        return Proposal(
            source_id=source.id,
            old_address=source.feed,
            new_address=feed.feed,
            reason=f"lost; {site} names this feed now",
        )

    async def _gather_candidates(self, address: str) -> tuple[add.FeedCandidate, ...]:
        return await add.gather_candidates((address,), registry=self._registry, fetcher=self._fetcher, now=self._now)


def _refuse_proposal(proposal: Proposal, objection: str) -> Remark:
    return Remark(source_id=proposal.source_id, message=f"moved to {proposal.new_address}{objection}")
