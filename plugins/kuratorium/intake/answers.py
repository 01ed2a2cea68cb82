"""What a fetch is bound by, what it may know before, and what comes of it."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

_MIB = 1024 * 1024


class Known(Protocol):
    """What is known of a source from its last good answer; empty where nothing is."""

    @property
    def etag(self) -> str:
        """The validator ETag, as its server wrote it."""

    @property
    def last_modified(self) -> str:
        """The validator Last-Modified, as its server wrote it."""

    @property
    def body_hash(self) -> str:
        """The `Fetched.body_hash` of what was read of it."""


class Limits(Struct, frozen=True, kw_only=True):
    """How long, how much, how often.

    Seconds to connect, and in all, without waiting for one's turn; bytes of the body as sent if compressed (`packed`)
    and as unpacked (`size`); requests at a time `per_host`, and hosts `at_once`.
    """

    connect: float = 10
    total: float = 30
    redirects: int = 5
    packed: int = 5 * _MIB
    size: int = 15 * _MIB
    per_host: int = 2
    at_once: int = 128

    def shared(self, among: int) -> Limits:
        """Tell what is left for each of so many who keep them together."""
        return replace(self, at_once=-(-self.at_once // among))


class Fetched(Struct, frozen=True, kw_only=True):
    """An answer: its body (None: unchanged since the last one), where it came from, and what to keep of it.

    `redirects` lists each hop's status and where it led, `moved_to` is where they led for good (or empty); `expires`
    counts the seconds that the server calls the answer fresh; `compressed` and `inflated` are bytes, `elapsed` the
    seconds that it took, without waiting for a turn. Keep the validators and `body_hash` when the body was read well.
    """

    data: bytes | None
    status: int = 200
    content_type: str = ""
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    redirects: tuple[tuple[int, str], ...] = ()
    moved_to: str = ""
    expires: float = 0.0
    compressed: int = 0
    inflated: int = 0
    elapsed: float = 0.0


class Journey(Struct, frozen=True, kw_only=True):
    """How far somebody has come who follows redirects: the next address, status and target of each hop, seconds."""

    at: str
    hops: tuple[tuple[int, str], ...] = ()
    elapsed: float = 0.0


class ElsewhereError(Exception):
    """A `journey` leads to a host that another process asks: every host is asked by one of them alone."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        super().__init__(journey.at)
