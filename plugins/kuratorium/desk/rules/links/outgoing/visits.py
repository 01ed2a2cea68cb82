"""Visit the addresses that are due, politely, and keep what is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Literal

from msgspec import Struct

from ..... import urls
from .....errors import SourceError
from .....file_lock import FileLock
from .....intake.archive import Archive
from .....intake.http.client import Fetcher
from .....intake.http.errors import PostponedError
from .....intake.page_metadata import parse_text_and_paywall, refuse_other_page
from .....intake.parsers import discovery
from .....intake.sandbox.pool import SandboxPool
from .findings import VisitedLink
from .links import OutgoingLink
from .records import LOCAL_REASONS, KnownTexts, LinkRecord, Visit, is_due, judge_visit
from .store import LinkStore

_SAVED_AT_ONCE = 50  # results; a run that is killed loses at most so many
_AT_ONCE = 64  # visits under way, of which the fetcher lets two at a time go to a host

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
Which = Literal["due", "all", "unread"]


class VisitReport(Struct, frozen=True):
    """All links of which anything is known, and the number of addresses that were visited now.

    `failure` says why none was, although some were due: this machine is offline, and nothing of it was kept.
    `unread`: works that were visited now and whose text is still not known, with the reason.
    """

    links: tuple[VisitedLink, ...]
    visited_count: int
    failure: str = ""
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def refused_count(self) -> int:
        """The number of addresses whose servers do not let programs in."""
        return len({item.link.address for item in self.links if item.record.is_refused})


def visit_links(
    root: Path,
    links: list[OutgoingLink],
    fetcher: Fetcher,
    clock: Clock,
    *,
    which: Which = "due",
    forgets_others: bool = True,
    report_progress: Progress = lambda *_: None,
) -> VisitReport:
    """Visit the addresses that are due, all, or those of works without a known text; return what is known of all.

    What is known of other addresses is forgotten, unless these links are but a part of those of the edition.
    Raises UsageError if another process visits.
    """
    accessed: dict[str, date | None] = {}
    for link in links:
        days = [accessed.get(link.address), link.work.accessed if link.work else None]
        accessed[link.address] = max((day for day in days if day), default=None)
    with (
        FileLock(root / "var/links.lock", busy_message="Links are being visited already: wait until that has ended."),
        LinkStore(root) as store,
    ):
        known, now = store.read(accessed), clock()
        works = {link.address for link in links if link.work}
        if which == "unread":
            unread = [address for address in accessed if address in works and _is_unread(known.get(address), now)]
            archived = _list_archived(root, unread)
            due = [address for address in unread if address not in archived]
        else:
            due = [address for address in accessed if which == "all" or is_due(known.get(address, (None,))[0], now)]
        run = _Run(store, known, {address: accessed[address] for address in due}, works, clock)
        failure = asyncio.run(run.visit(due, fetcher, report_progress))
        if forgets_others:
            store.forget_others(accessed)
    visited = (VisitedLink(link, *known[link.address]) for link in links if link.address in known)
    if failure:
        return VisitReport(tuple(visited), 0, failure)
    read = ((address, *known[address]) for address in due if address in works)
    still_unread = ((address, record.message) for address, record, texts in read if record.reason and not texts.first)
    return VisitReport(tuple(visited), len(due), unread=tuple(still_unread))


class _Run:
    """One run of visits: what is known grows with each."""

    def __init__(
        self,
        store: LinkStore,
        known: dict[str, tuple[LinkRecord, KnownTexts]],
        accessed: Mapping[str, date | None],
        works: Collection[str],
        clock: Clock,
    ) -> None:
        self._store, self._known, self._accessed, self._works, self._clock = store, known, accessed, works, clock
        self._unsaved: dict[str, Visit] = {}
        self._is_online = False

    async def visit(self, addresses: list[str], fetcher: Fetcher, report_progress: Progress) -> str:
        """Visit addresses, and save what is found; return why nothing is kept, if this machine is offline."""
        slots, numbers = asyncio.Semaphore(_AT_ONCE), count(1)

        async def visit_one(address: str) -> None:
            async with slots:
                self._add(address, await self._ask(address, fetcher, sandbox))
                report_progress(next(numbers), len(addresses))

        async with fetcher, SandboxPool() as sandbox, asyncio.TaskGroup() as group:
            for address in addresses:
                group.create_task(visit_one(address))
        if not self._is_online and len(self._unsaved) > 1:
            return f"none of {len(self._unsaved)} addresses can be reached: is there a network? Nothing was kept."
        self._save()
        return ""

    async def _ask(self, address: str, fetcher: Fetcher, sandbox: SandboxPool) -> Visit:
        record, is_work = self._known[address][0] if address in self._known else None, address in self._works
        # What became a work since the last visit is read once, also if it has not changed.
        validators = record if record and (record.is_read or not is_work) else None
        try:
            response = await fetcher.fetch(address, validators)
            refuse_other_page(address, response.address)
            _refuse_front_page(address, response.address)
            text, has_paywall = "", False
            if response.data is not None and is_work:  # the texts of others are not compared with anything
                facts = (response.address, response.content_type, response.content_language)
                text, has_paywall = await sandbox.read(read_page, response.data, *facts)
        except SourceError as error:
            until = error.until if isinstance(error, PostponedError) else None
            return Visit(reason=error.reason, message=str(error), until=until)
        return Visit(
            is_unchanged=response.data is None,
            moved_to=response.moved_to,
            paywall=has_paywall,
            is_read=is_work,
            text=text,
            etag=response.etag,
            last_modified=response.last_modified,
            body_hash=response.body_hash,
        )

    def _add(self, address: str, visit: Visit) -> None:
        self._unsaved[address] = visit
        if visit.reason not in LOCAL_REASONS:
            self._is_online = True
        # Until one of them answers, failures may be those of this machine.
        if self._is_online and len(self._unsaved) >= _SAVED_AT_ONCE:
            self._save()

    def _save(self) -> None:
        now = self._clock()
        for address, visit in self._unsaved.items():
            record, texts = self._known.get(address, (None, KnownTexts()))
            self._known[address] = judge_visit(record, texts, visit, now, self._accessed[address])
        self._store.save((address, *self._known[address]) for address in self._unsaved)
        self._unsaved.clear()


def _is_unread(known: tuple[LinkRecord, KnownTexts] | None, now: datetime) -> bool:
    """Return whether a work is to be read: it never was, or failed, and may be asked again."""
    if known is None:
        return True
    record, texts = known
    return not texts.first and (is_due(record, now) if record.reason else not record.is_read)


def _list_archived(root: Path, addresses: Collection[str]) -> set[str]:
    """Return those of some addresses whose text a pull has archived."""
    pages = {urls.normalize_url(address): address for address in addresses}
    with Archive(root, write=False) as archive:
        links = ((pages.get(urls.normalize_url(link), ""), number) for link, number, _ in archive.list_links())
        return {address for address, number in links if address and archive.read_text(number)}


def read_page(data: bytes, address: str, content_type: str, content_language: str) -> tuple[str, bool]:
    """Return the text of a page, and whether it costs money; nothing of a document that is no HTML.

    Raises SourceError.
    """
    if not data.strip() or not discovery.is_page(data, content_type):
        return "", False
    return parse_text_and_paywall(data, address, content_type, content_language)


def _refuse_front_page(address: str, target: str) -> None:
    """Raise SourceError if an address within a site leads to the front page of one: what was there is gone."""
    page, target_page = urls.identify_page(address), urls.identify_page(target)
    if page != target_page and "/" in page.rstrip("/") and "/" not in target_page.rstrip("/"):
        raise SourceError("other-page", f"it leads to the front page {target}")
