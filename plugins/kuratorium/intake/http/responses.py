"""The records of a fetch: validators, responses, redirect chains."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

# RFC 9110, 15.4: only these two tell clients to use the new address from now on; 302, 303 and 307 are temporary.
_PERMANENT_REDIRECTS = {301, 308}

Redirect = tuple[int, str]  # the status of a redirect, and the absolute address that it leads to


class Validators(Protocol):
    """What is stored of a source's last good response (RFC 9110, 8.8); each is empty if there is none."""

    @property
    def etag(self) -> str:
        """The ETag, as the server wrote it."""

    @property
    def last_modified(self) -> str:
        """The Last-Modified, as the server wrote it."""

    @property
    def body_hash(self) -> str:
        """The `Response.body_hash` of that response."""


class Response(Struct, frozen=True, kw_only=True):
    """A response: its body (None: unchanged since the validators' response), its address, and what to store of it.

    `next_page` is where a Link header says that a list goes on (RFC 8288). `redirects` lists the hops on the way to
    `address`; `moved_to` is where permanent redirects led (or empty); `fresh_seconds` is how long the headers call it
    fresh; `elapsed` is the duration in seconds, without the wait for other requests to the host. Store the validators
    and `body_hash` once the body has been parsed.
    """

    data: bytes | None
    status: int = 200
    content_type: str = ""
    content_language: str = ""
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_page: str = ""
    redirects: tuple[Redirect, ...] = ()
    moved_to: str = ""
    fresh_seconds: float = 0.0
    compressed_bytes: int = 0
    decompressed_bytes: int = 0
    elapsed: float = 0.0


class RedirectChain(Struct, frozen=True, kw_only=True):
    """A request that is being redirected: the next address, the hops so far, and the seconds that they took."""

    next_address: str
    hops: tuple[Redirect, ...] = ()
    elapsed: float = 0.0


class HostNotOwnedError(Exception):
    """A redirect chain leads to a host that another process owns: two together would exceed the limits per host."""

    def __init__(self, redirect_chain: RedirectChain) -> None:
        self.redirect_chain = redirect_chain
        super().__init__(redirect_chain.next_address)


def hash_body(data: bytes) -> str:
    """Return the hash by which bodies are compared, for servers that send no validators."""
    return hashlib.sha256(data).hexdigest()


def find_permanent_target(hops: Sequence[Redirect]) -> str:
    """Return where a source moved for good: the end of the unbroken run of 301 and 308 at the beginning of `hops`.

    A hop is a status and the address to which it leads. Empty if the first hop is not permanent: what comes after a
    temporary redirect is temporary, too.
    """
    target = ""
    for status, address in hops:
        if status not in _PERMANENT_REDIRECTS:
            break
        target = address
    return target
