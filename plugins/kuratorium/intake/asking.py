"""One request -> its answer, or where it leads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urldefrag

import httpcore
import httpx

from .. import links
from . import failures, inflate, schedule
from .answers import Fetched, Known, Limits

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_REDIRECTS = {301, 302, 303, 307, 308}

Clock = Callable[[], datetime]
Found = Fetched | tuple[int, str]  # an answer, or a redirect's status and where it leads


class Asker:
    """Asks as `agent`, within `limits`; `clock` tells the time (aware).

    There is no cookie jar, no proxy and no password anywhere in here: what is not kept cannot be sent on.
    """

    def __init__(self, agent: str, limits: Limits, clock: Clock) -> None:
        said = {"user-agent": agent, "accept": _ACCEPT, "accept-encoding": inflate.ACCEPTED}
        self._headers = [(name.encode(), value.encode("ascii")) for name, value in said.items()]
        self._limits = limits
        self._clock = clock

    async def ask(self, pool: httpcore.AsyncConnectionPool, address: str, known: Known | None) -> Found:
        """Ask once for what is at `address`, which is safe. Raises SourceError, and what failures.NETWORK lists."""
        url = httpx.URL(address)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = [(b"host", url.netloc), *self._headers, *_conditions(known)]
        extensions = {"timeout": {"connect": self._limits.connect}}
        async with pool.stream("GET", target, headers=asked, extensions=extensions) as answer:
            headers = httpx.Headers(answer.headers, encoding="latin-1")  # a validator goes back as it came
            if answer.status in _REDIRECTS and "location" in headers:
                return answer.status, _target(headers["location"], address)
            if answer.status == 304 and known and (known.etag or known.last_modified):
                return self._answer(304, headers, address, known, None)
            if not 200 <= answer.status < 300:
                raise failures.of_answer(answer.status, headers, self._clock())
            return self._answer(answer.status, headers, address, known, await self._body(answer, headers))

    async def _body(self, answer: httpcore.Response, headers: httpx.Headers) -> inflate.Inflater:
        inflater = inflate.Inflater(
            headers.get("content-encoding", ""), packed=self._limits.packed, size=self._limits.size
        )
        inflater.expect(headers.get("content-length", ""))
        async for piece in answer.aiter_stream():
            inflater.take(piece)
        return inflater

    def _answer(
        self, status: int, headers: httpx.Headers, address: str, known: Known | None, body: inflate.Inflater | None
    ) -> Fetched:
        """Make the record of an answer; a 304 need not repeat the validators, and has the body that is known."""
        data = body.whole() if body else None
        same = known if data is None else None
        body_hash = same.body_hash if same else hash_of(data or b"")
        unchanged = data is None or (known is not None and body_hash == known.body_hash)
        return Fetched(
            data=None if unchanged else data,
            status=status,
            content_type=headers.get("content-type", ""),
            address=address,
            etag=headers.get("etag", same.etag if same else ""),
            last_modified=headers.get("last-modified", same.last_modified if same else ""),
            body_hash=body_hash,
            expires=schedule.fresh_for(headers, self._clock()),
            compressed=body.compressed if body else 0,
            inflated=len(data or b""),
        )


def _target(location: str, address: str) -> str:
    """Tell where a redirect leads, without name, password and fragment; raises where that is no web address."""
    target = urldefrag(links.absolute(location.encode("latin-1").decode("utf-8", "replace"), address)).url
    if not target:
        raise httpx.InvalidURL(location)
    return target


def _conditions(known: Known | None) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers that ask for changes only."""
    if known and known.etag:
        yield b"if-none-match", known.etag.encode("latin-1", "replace")
    if known and known.last_modified:
        yield b"if-modified-since", known.last_modified.encode("latin-1", "replace")


def hash_of(data: bytes) -> str:
    """Make the hash by which two bodies are compared."""
    return hashlib.sha256(data).hexdigest()
