"""Copies of works in the Internet Archive: ask whether there is one, and ask for one.

The save API is described at https://docs.google.com/document/d/1Nsv52MvSjbLb2PCpHlat0gkzw0EvtSgpKHu4mk0MnrA (SPN2), the
other one at https://archive.org/help/wayback_api.php. Both are asked for one address at a time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from msgspec import Struct
from msgspec.structs import replace

from .....edition.works import Work
from .....errors import SourceError, UsageError
from ....fixes import FixedLine, write_copy
from .findings import VisitedLink
from .links import OutgoingLink
from .store import LinkStore

ACCESS_VARIABLE, SECRET_VARIABLE = "INTERNET_ARCHIVE_ACCESS_KEY", "INTERNET_ARCHIVE_SECRET_KEY"
"""The environment variables with the editor's own keys, from https://archive.org/account/s3.php."""

SERVICE_VARIABLE = "INTERNET_ARCHIVE_ADDRESS"
"""The environment variable that names another service with the same APIs."""

_TIMEOUT_SECONDS = 60.0  # of one request: the archive answers slowly
_POLL_SECONDS = 5.0
_MAX_POLLS = 60  # five minutes; a page takes half a minute
_MAX_READS = 3  # of a new copy, which may be found some seconds after it was made
# After these, the next work would fail in the same way.
_END_REASONS = frozenset({"forbidden", "too-many-requests", "unreachable"})
_COPY = re.compile(r"https?://web\.archive\.org/web/(\d{4,14})(?:[a-z]{2}_)?/(.+)", re.S)


class ArchiveReport(Struct, frozen=True):
    """What became of works that were to be archived: the lines that were written, and why works were not saved.

    `waiting_count`: the works that were not tried, because the archive lets us do no more now.
    """

    written: tuple[FixedLine, ...]
    failures: tuple[tuple[str, str], ...] = ()
    waiting_count: int = 0


class ArchiveService(Struct, frozen=True):
    """The addresses of the Internet Archive: of the two APIs, and where copies are."""

    save: str = "https://web.archive.org/save"
    available: str = "https://archive.org/wayback/available"
    copies: str = "https://web.archive.org/web"


class ArchiveKeys(Struct, frozen=True):
    """The keys of a user. They are sent to the save API, and stand in no message."""

    access: str
    secret: str


class ArchiveClient:
    """Talks to the Internet Archive as `agent`, as a context manager; `pause` waits for some seconds."""

    def __init__(
        self,
        agent: str,
        service: ArchiveService | None = None,
        keys: ArchiveKeys | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service = service or ArchiveService()
        self._keys = keys
        self._pause = pause
        self._client = httpx.Client(headers={"user-agent": agent}, timeout=_TIMEOUT_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def find_copy(self, address: str) -> str:
        """Return the address of the newest whole copy of a page; empty if there is none. Raises SourceError."""
        answer = self._ask("GET", self._service.available, params={"url": address})
        snapshots = answer.get("archived_snapshots")
        closest = snapshots.get("closest") if isinstance(snapshots, dict) else None
        if not isinstance(closest, dict) or str(closest.get("status")) != "200" or not closest.get("available"):
            return ""
        match = _COPY.fullmatch(str(closest.get("url", "")))
        return f"{self._service.copies}/{match[1]}/{match[2]}" if match else ""

    def save_copy(self, address: str) -> str:
        """Ask for a copy of a page, wait until it is made and can be read, and return its address.

        Raises SourceError if it is refused, fails, takes too long, or cannot be read afterwards.
        """
        assert self._keys  # noqa: S101 - the command asks for them
        headers = {"authorization": f"LOW {self._keys.access}:{self._keys.secret}"}
        begun = self._ask("POST", self._service.save, headers=headers, data={"url": address, "skip_first_archive": "1"})
        job = str(begun.get("job_id") or "")
        if not re.fullmatch(r"[\w.-]+", job):
            raise SourceError("refused", f"the Internet Archive refuses: {_read_message(begun)}")
        for _ in range(_MAX_POLLS):
            state = self._ask("GET", f"{self._service.save}/status/{job}", headers=headers)
            if state.get("status") == "error":
                raise SourceError("failed", f"the Internet Archive could not save it: {_read_message(state)}")
            if state.get("status") == "success":
                return self._verify(str(state.get("timestamp", "")), str(state.get("original_url") or address))
            self._pause(_POLL_SECONDS)
        raise SourceError("timeout", f"the Internet Archive has not saved it within {_MAX_POLLS * _POLL_SECONDS:g} s")

    def _verify(self, timestamp: str, original: str) -> str:
        """Return the address of a new copy once it can be read."""
        if not re.fullmatch(r"\d{14}", timestamp):
            raise SourceError("garbled", "the Internet Archive says that it saved it, but not where")
        copy = f"{self._service.copies}/{timestamp}/{original}"
        status = self._read_status(copy)
        for _ in range(_MAX_READS - 1):
            if status != 200:
                self._pause(_POLL_SECONDS)
                status = self._read_status(copy)
        if status != 200:
            raise SourceError("not-found", f"the new copy cannot be read (HTTP {status}): {copy}")
        return copy

    def _read_status(self, address: str) -> int:
        try:
            return self._client.get(address, follow_redirects=True).status_code
        except httpx.HTTPError as error:
            raise _build_error(error) from error

    def _ask(self, method: str, address: str, **options: Any) -> dict[str, Any]:
        headers = {"accept": "application/json", **options.pop("headers", {})}
        try:
            response = self._client.request(method, address, headers=headers, **options)
        except httpx.HTTPError as error:
            raise _build_error(error) from error
        if response.status_code in (401, 403):
            raise SourceError(
                "forbidden", f"the Internet Archive does not accept the keys (HTTP {response.status_code})"
            )
        if response.status_code == 429:
            raise SourceError("too-many-requests", "the Internet Archive asks us to wait (429): try again later")
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise SourceError("garbled", f"the Internet Archive answers HTTP {response.status_code} without JSON")
        return answer


def propose_copies(root: Path, links: Iterable[VisitedLink], client: ArchiveClient) -> tuple[VisitedLink, ...]:
    """Ask once for a copy of each dead work that names none, keep the answers, and return the links with them."""
    found: dict[str, str] = {}
    links = tuple(links)
    for item in links:
        work, record = item.link.work, item.record
        if work and not work.archived and record.is_dead and record.copy is None and item.link.address not in found:
            try:
                found[item.link.address] = client.find_copy(item.link.address)
            except SourceError:
                break  # it is asked again the next time
    links = tuple(_add_copy(item, found) for item in links)
    if found:
        with LinkStore(root) as store:
            store.save((item.link.address, item.record, item.texts) for item in links if item.link.address in found)
    return links


def _add_copy(item: VisitedLink, found: Mapping[str, str]) -> VisitedLink:
    copy = found.get(item.link.address)
    return item if copy is None else replace(item, record=replace(item.record, copy=copy))


def find_works_without_copy(links: Iterable[VisitedLink]) -> list[tuple[OutgoingLink, Work]]:
    """Return the works that can be read today and name no archived copy, with the links to them."""
    works = [(item.link, item.link.work) for item in links if item.link.work and not item.record.reason]
    return [(link, work) for link, work in works if not work.archived]


def archive_works(root: Path, links: Iterable[VisitedLink], client: ArchiveClient) -> ArchiveReport:
    """Have copies made of works that can be read and name none, and write at once where each is.

    What was done when the archive refuses, or the network dies, stays.
    """
    missing = find_works_without_copy(links)
    copies: dict[str, str] = {}
    written: list[FixedLine] = []
    failures: list[tuple[str, str]] = []
    for number, (link, work) in enumerate(missing):
        try:
            copy = copies.get(link.address) or client.save_copy(link.address)
        except SourceError as error:
            failures.append((link.address, str(error)))
            if error.reason in _END_REASONS:
                return ArchiveReport(tuple(written), tuple(failures), len(missing) - number - 1)
            continue
        copies[link.address] = copy
        lines = write_copy(root, link.file, work, copy)
        written += lines
        if not lines:
            failures.append((link.address, f"{link.file} was changed meanwhile; its copy is {copy}"))
    return ArchiveReport(tuple(written), tuple(failures))


def read_service(environment: Mapping[str, str]) -> ArchiveService:
    """Return the addresses of the Internet Archive, or of a service with the same APIs that the environment names."""
    base = environment.get(SERVICE_VARIABLE, "").rstrip("/")
    return ArchiveService(f"{base}/save", f"{base}/wayback/available", f"{base}/web") if base else ArchiveService()


def read_keys(environment: Mapping[str, str]) -> ArchiveKeys:
    """Return the keys of the editor; raises UsageError if they are missing."""
    access, secret = environment.get(ACCESS_VARIABLE, "").strip(), environment.get(SECRET_VARIABLE, "").strip()
    if access and secret and (access + secret).isascii() and (access + secret).isprintable():
        return ArchiveKeys(access, secret)
    raise UsageError(
        f"--archive needs your keys of the Internet Archive: set {ACCESS_VARIABLE} and {SECRET_VARIABLE} "
        "(https://archive.org/account/s3.php)."
    )


def _read_message(answer: dict[str, Any]) -> str:
    return str(answer.get("message") or answer.get("status_ext") or answer.get("status") or "it gives no reason")[:300]


def _build_error(error: httpx.HTTPError) -> SourceError:
    # The exception's own text may hold the request; its kind says enough.
    return SourceError("unreachable", f"the Internet Archive cannot be reached ({type(error).__name__})")
