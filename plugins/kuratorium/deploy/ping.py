"""Tell the hub of the policy (WebSub) which feeds changed, so that feed readers have the news at once.

The hub then fetches these feeds, so they must be deployed. What was announced is kept in var/ping.json, feed by feed: a
ping that is killed or refused goes on with the rest the next time.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec
from msgspec import Struct

from ..errors import SourceError, UsageError
from ..file_lock import FileLock
from ..files import hash_bytes, read_regular_file, write_atomically
from ..languages import get_page_word

STATE_FILE = "var/ping.json"
_ENDINGS = (".xml", ".atom", ".json")
_LINK = re.compile(r"<(?:atom:)?link\b[^<>]*>")
_FIRST_ITEM = re.compile(rb'<item[ >]|<entry[ >]|"items":')
_MAX_REFUSALS = 3  # of single feeds; then it is the hub that refuses us


class FormSender(Protocol):
    """An HTTP client that sends forms; `intake` has one."""

    async def __aenter__(self) -> Self:
        """Open connections."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close connections."""

    def post_forms(self, address: str, forms: Iterable[Mapping[str, str]]) -> AsyncGenerator[SourceError | None, None]:
        """Send forms to an address, one after another; yield for each None, or why it failed."""


class PingState(Struct, frozen=True):
    """What the hub knows: the digest of the bytes of each feed when it was announced last, by the feed's address."""

    hub: str = ""
    digests: dict[str, str] = {}


class PingPlan(Struct, frozen=True):
    """Feeds to announce, by address with the digests of their bytes, those that need no word, and their number."""

    changed: dict[str, str]
    unchanged: dict[str, str]


class PingReport(Struct, frozen=True, kw_only=True):
    """What a ping did: the announced feeds, those that were not, and why each failed that was tried."""

    hub: str
    announced: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unchanged_count: int = 0
    failures: tuple[tuple[str, str], ...] = ()

    @property
    def exit_code(self) -> int:
        """0 if all changed feeds were announced, else 1."""
        return SourceError.exit_code if self.waiting else 0


def ping_hub(
    root: Path, output: Path, *, hub: str, site_url: str, lang: str, fetcher: FormSender, dry_run: bool = False
) -> PingReport:
    """Announce the feeds of the site in `output` that changed since the last ping of the edition at `root`.

    With `dry_run` nothing is sent, and all of them wait. Raises UsageError if the feeds do not name the hub, or another
    ping is running.
    """
    with FileLock(root / "var/ping.lock", busy_message="Another ping is running: wait until it has ended."):
        path = root / STATE_FILE
        digests = find_feeds(output, hub, site_url)
        if not digests:
            raise UsageError(f"No feed in {output} names the hub {hub}: build the site and deploy it, then ping.")
        state = read_state(path, hub)
        plan = plan_ping(state, digests, lang)
        if dry_run:
            return PingReport(hub=hub, waiting=tuple(plan.changed), unchanged_count=len(plan.unchanged))
        return asyncio.run(_announce(path, plan, hub, state, fetcher))


def find_feeds(output: Path, hub: str, site_url: str) -> dict[str, str]:
    """Return address and digest of each feed in a folder that names the hub, those to subscribe to before archives."""
    feeds = {}
    for path in sorted(output.rglob("*")):
        if path.suffix in _ENDINGS and path.is_file():
            data = read_regular_file(path)
            if _names_hub(data, hub):
                feeds[f"{site_url}/{path.relative_to(output).as_posix()}"] = hash_bytes(data).hex()
    return feeds


def plan_ping(state: PingState, digests: Mapping[str, str], lang: str) -> PingPlan:
    """Return which feeds to announce: those whose bytes are not those that the hub was told of.

    An archive that is new needs no word: nobody can have subscribed to it. One that changed does.
    """
    changed = {
        address: digest
        for address, digest in digests.items()
        if state.digests.get(address, digest if _is_archive(address, lang) else "") != digest
    }
    ordered = sorted(changed, key=lambda address: (_is_archive(address, lang), address))
    return PingPlan(
        {address: changed[address] for address in ordered},
        {address: digest for address, digest in digests.items() if address not in changed},
    )


def read_state(path: Path, hub: str) -> PingState:
    """Return what this hub was told; nothing if the file is missing or damaged, or tells of another hub."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        state = msgspec.json.decode(read_regular_file(path), type=PingState)
        if state.hub == hub:
            return state
    return PingState(hub)


async def _announce(path: Path, plan: PingPlan, hub: str, state: PingState, fetcher: FormSender) -> PingReport:
    """Send a form for each changed feed, and keep after each what the hub knows by then."""
    # Feeds that are gone are forgotten. Those that changed keep the digest of what was announced before.
    known = plan.unchanged | {address: state.digests[address] for address in plan.changed if address in state.digests}
    _write_state(path, hub, known)
    announced: list[str] = []
    failures: list[tuple[str, str]] = []
    # One feed a form: some hubs read only the last of several.
    forms = [{"hub.mode": "publish", "hub.url": address, "hub.topic": address} for address in plan.changed]
    async with fetcher, contextlib.aclosing(fetcher.post_forms(hub, forms)) as results:
        for address, digest in plan.changed.items():
            error = await anext(results)
            if error is None:
                announced.append(address)
                known[address] = digest
                _write_state(path, hub, known)
                continue
            failures.append((address, str(error)))
            if not _is_about_one_feed(error) or len(failures) == _MAX_REFUSALS:
                break
    return PingReport(
        hub=hub,
        announced=tuple(announced),
        waiting=tuple(address for address in plan.changed if address not in set(announced)),
        unchanged_count=len(plan.unchanged),
        failures=tuple(failures),
    )


def _write_state(path: Path, hub: str, digests: dict[str, str]) -> None:
    state = PingState(hub, dict(sorted(digests.items())))
    write_atomically(path, msgspec.json.format(msgspec.json.encode(state)))


def _names_hub(data: bytes, hub: str) -> bool:
    """Return whether a feed links to the hub: before its first item, whose text may be about hubs."""
    first = _FIRST_ITEM.search(data)
    head = (data[: first.start()] if first else data).decode("utf-8", "replace")
    links = (html.unescape(link) for link in _LINK.findall(head))
    return f'"hubs":[{{"type":"WebSub","url":"{hub}"}}]' in head or any(
        'rel="hub"' in link and f'href="{hub}"' in link for link in links
    )


def _is_archive(address: str, lang: str) -> bool:
    folder, _, name = address.rpartition("/")
    return folder.endswith(f"/{get_page_word(lang, 'page')}") and name.partition(".")[0].isdigit()


def _is_about_one_feed(error: SourceError) -> bool:
    return error.reason.startswith("http-4")
