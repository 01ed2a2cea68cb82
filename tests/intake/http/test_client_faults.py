from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kuratorium.errors import SourceError
from kuratorium.intake.http import decompress
from kuratorium.intake.http.client import Fetcher, FetchLimits
from kuratorium.intake.http.errors import PostponedError
from kuratorium.intake.http.responses import Response
from tests.intake import raw
from tests.intake.raw import HEAD, Script, chunked
from tests.intake.web import Answer, Web, says

CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)
SHORT = FetchLimits(connect_seconds=0.2, total_seconds=0.5)
FEED = b"<rss version='2.0'><channel><title>T</title></channel></rss>"


def get(address: str, limits: FetchLimits | None = None) -> Response:
    """Fetch from `address`, by default with the product's own limits."""

    async def run() -> Response:
        async with Fetcher(Path(), "test", lambda: CLOCK, limits, intranet=("127.0.0.1",)) as fetcher:
            return await fetcher.fetch(address)

    return asyncio.run(run())


def failure(address: str, limits: FetchLimits | None = None) -> SourceError:
    """Fetch from `address`, which must fail."""
    with pytest.raises(SourceError) as caught:
        get(address, limits)
    return caught.value


def told(script: Script, limits: FetchLimits | None = None) -> tuple[str, str]:
    """Fetch from a server that follows `script`, which must fail; gives the reason and the words."""
    with raw.serving(script) as address:
        error = failure(address, limits)
    return error.reason, str(error)


def trickle(*head: bytes, byte: bytes = b"x") -> Script:
    """Say the head, then a byte every hundredth of a second, for as long as somebody listens."""

    def script(caller: socket.socket) -> None:
        raw.says(*head)(caller)
        for _ in range(1000):
            caller.sendall(byte)
            time.sleep(0.01)

    return script


def slowly(answer: Answer) -> Answer:
    """Give the answer a fifth of a second later."""

    def later(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        answer(request)

    return later


# --- time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        trickle(HEAD, b"\r\n"),
        trickle(HEAD, b"Content-Length: 5000\r\n\r\n"),
        trickle(HEAD, b"X-Endless: "),
        trickle(b""),
        trickle(b"", byte=b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda caller: caller.recv(1) and None,
    ],
    ids=["body", "announced body", "header", "status", "interim answers", "silence"],
)
def test_slow_trickle(script: Script) -> None:
    """However busily bytes trickle in, in whatever part of the answer, the whole transfer has its limit."""
    assert told(script, SHORT) == ("timeout", "no whole answer within 0.5 seconds")


def test_stalled_connect() -> None:
    """A server that does not take the connection is left after the time for connecting, not that for all."""
    with raw.deaf() as address:
        started = time.perf_counter()
        error = failure(address, FetchLimits(connect_seconds=0.2, total_seconds=20))
    assert (error.reason, str(error)) == ("timeout", "the server does not take the connection")
    assert time.perf_counter() - started < 15  # of the 20 seconds for all


def test_stalled_encryption() -> None:
    """A server that takes the connection and never begins to encrypt is left in time."""
    with raw.serving(lambda caller: caller.recv(1) and None) as address:
        error = failure(address.replace("http:", "https:"), FetchLimits(connect_seconds=0.2, total_seconds=20))
    assert error.reason == "timeout"


def test_time_is_counted_over_all_hops(web: Web) -> None:
    """Redirects do not buy time: all hops together have the time of one transfer."""
    for hop in range(5):
        web.answers[f"/{hop}"] = slowly(says(status=302, location=f"/{hop + 1}"))
    web.answers["/5"] = says(FEED)
    assert failure(f"{web.address}/0", SHORT).reason == "timeout"
    assert len(web.asked) < 5


def test_waiting_for_a_turn_is_not_counted(web: Web) -> None:
    """Twelve feeds of a slow host are all read, though the last waits longer than one may take."""
    web.answers["/"] = slowly(says(FEED))

    async def run() -> list[Response]:
        async with Fetcher(
            Path(), "test", lambda: CLOCK, FetchLimits(total_seconds=1), intranet=("127.0.0.1",)
        ) as fetcher:
            return await asyncio.gather(*(fetcher.fetch(f"{web.address}/") for _ in range(12)))

    found = asyncio.run(run())
    assert all(0.2 <= one.elapsed < 1 for one in found)


# --- answers that break off ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        raw.resets(HEAD, b"Content-Length: 1000\r\n\r\n", FEED),
        raw.resets(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", chunked(FEED)[:-5]),
        raw.resets(HEAD, b"\r\n", FEED),
        raw.resets(HEAD),
        raw.resets(),
        raw.says(),
        raw.says(HEAD, b"Content-Length: %d\r\n\r\n" % (len(FEED) + 1), FEED),
        raw.says(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", chunked(FEED)[:-5]),
        raw.says(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n"),
        raw.says(HEAD, b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", FEED),
        raw.says(HEAD, b"Content-Length: -5\r\n\r\n", FEED),
        raw.says(b"220 mail.example ESMTP\r\n"),
        raw.says(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 30_000, b"\r\n", FEED),
        raw.says(b"HTTP/1.1 999999 Odd\r\n\r\n"),
    ],
    ids=[
        "reset in an announced body",
        "reset in a chunked body",
        "reset in an endless body",
        "reset in the headers",
        "reset at once",
        "nothing",
        "Content-Length too long",
        "chunks without their end",
        "no chunk at all",
        "two Content-Lengths",
        "negative Content-Length",
        "not HTTP",
        "endless headers",
        "no status",
    ],
)
def test_an_answer_that_is_not_whole(script: Script) -> None:
    """A body that breaks off, contradicts its length or is no HTTP is a failure, never half a feed."""
    assert told(script, replace(SHORT, total_seconds=5)) == (
        "broken-answer",
        "the connection broke off before the answer was whole",
    )


def test_content_length_too_short() -> None:
    """What stands behind the announced length is not read, and nobody waits for it."""
    with raw.serving(raw.says(HEAD, b"Content-Length: 5\r\n\r\n", FEED)) as address:
        assert get(address).data == FEED[:5]


def test_a_body_without_a_length() -> None:
    """A body may end where the connection does, or in chunks."""
    with raw.serving(raw.says(b"HTTP/1.0 200 OK\r\n\r\n", FEED)) as address:
        assert get(address).data == FEED
    with raw.serving(raw.says(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", chunked(FEED[:9], FEED[9:]))) as address:
        assert get(address).data == FEED


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda rest: HEAD + rest))
def test_whatever_a_server_says(answer: bytes) -> None:
    """Any bytes at all are a body or a failure of their source, never a bug."""
    with raw.serving(raw.says(answer)) as address, contextlib.suppress(SourceError):
        assert get(address, replace(SHORT, total_seconds=5)).data is not None


# --- answers that say nothing new ---------------------------------------------------------------


@pytest.mark.parametrize("headers", [b"", b'ETag: "1"\r\n', b"Content-Length: 100\r\n"])
def test_304_without_having_asked(headers: bytes) -> None:
    """304 to who sent no validators tells nothing: there is no body that it could mean."""
    assert told(raw.says(b"HTTP/1.1 304 Not Modified\r\n", headers, b"\r\n"))[0] == "http-304"


@pytest.mark.parametrize("status", [b"204 No Content", b"205 Reset Content", b"200 OK"])
def test_success_without_a_body(status: bytes) -> None:
    """An empty success is an empty body, for the parser to judge."""
    with raw.serving(raw.says(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status)) as address:
        assert get(address).data == b""


# --- redirects ----------------------------------------------------------------------------------


def test_redirect_loops(web: Web) -> None:
    """A circle is left when it closes, a way without end after five hops."""
    web.answers["/a"] = says(status=301, location="/b")
    web.answers["/b"] = says(status=302, location="/a#again")
    web.answers["/self"] = says(status=307, location="")
    for hop in range(10):
        web.answers[f"/{hop}"] = says(status=308, location=f"/{hop + 1}")
    for path, asked in (("a", 2), ("self", 1), ("0", 6)):
        web.asked.clear()
        assert failure(f"{web.address}/{path}").reason == ("redirects" if path != "self" else "bad-address")
        assert len(web.asked) == asked


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "data:,x", "http://", "http://:80"])
def test_redirects_to_nowhere(web: Web, target: str) -> None:
    """A redirect to what is no web address is told as such."""
    web.answers["/"] = says(status=302, location=target)
    assert failure(f"{web.address}/").reason == "bad-address"


def test_redirect_without_a_target(web: Web) -> None:
    """A redirect that leads nowhere is an answer like any other that is no feed."""
    web.answers["/"] = says(status=301)
    assert failure(f"{web.address}/").reason == "http-301"


def test_the_body_of_a_redirect_is_not_read(web: Web) -> None:
    """A redirect with an endless body is followed all the same."""
    web.answers["/"] = says(FEED)
    head = f"HTTP/1.1 302 Found\r\nLocation: {web.address}/\r\n\r\n".encode()
    with raw.serving(trickle(head)) as address:
        assert get(address, SHORT).data == FEED


# --- servers that want to be left alone ---------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503, 403])
@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Wed, 14 Oct 2026 07:02:00 GMT", timedelta(minutes=2)),
        ("Wed, 14 Oct 2026 09:02:00 +0200", timedelta(minutes=2)),
        ("Wednesday, 14-Oct-26 07:02:00 GMT", timedelta(minutes=2)),
        ("99999999", timedelta(days=2)),
        ("Wed, 14 Oct 2036 07:02:00 GMT", timedelta(days=2)),
    ],
)
def test_retry_after(web: Web, status: int, header: str, wait: timedelta) -> None:
    """Retry-After holds in both forms, and for two days at most."""
    web.answers["/"] = says(b"", status, retry_after=header)
    error = failure(f"{web.address}/")
    assert isinstance(error, PostponedError)
    assert error.until == CLOCK + wait


def test_429_holds_for_the_whole_host(web: Web) -> None:
    """A host that we asked too often is not asked for its other feeds either, in the same run; 503 is one feed's."""
    web.answers["/slow-down"] = says(b"", 429, retry_after="120")
    web.answers["/broken"] = says(b"", 503, retry_after="120")
    web.answers["/"] = says(FEED)

    async def run() -> list[Response | BaseException]:
        async with Fetcher(
            Path(), "test", lambda: CLOCK, FetchLimits(requests_per_host=1), intranet=("127.0.0.1",)
        ) as fetcher:
            ways = ("broken", "", "slow-down", "")
            return await asyncio.gather(
                *(fetcher.fetch(f"{web.address}/{way}") for way in ways), return_exceptions=True
            )

    broken, found, told, spared = asyncio.run(run())
    assert isinstance(found, Response)
    assert [type(error) for error in (broken, told, spared)] == [PostponedError] * 3
    assert isinstance(spared, PostponedError)
    assert (spared.reason, spared.until) == ("too-many-requests", CLOCK + timedelta(minutes=2))
    assert [asked.path for asked in web.asked] == ["/broken", "/", "/slow-down"]


def test_429_without_a_time(web: Web) -> None:
    """Without Retry-After it is a failure like others, for the back-off to judge."""
    web.answers["/"] = says(b"", 429)
    error = failure(f"{web.address}/")
    assert not isinstance(error, PostponedError)
    assert error.reason == "too-many-requests"


# --- too much -----------------------------------------------------------------------------------

MIB = 1024 * 1024
BOMBS = {
    "gzip": gzip.compress(bytes(400 * MIB), 1),
    "deflate": zlib.compress(bytes(400 * MIB), 1),
    "br": brotli.compress(bytes(400 * MIB), quality=1),
    "zstd": decompress.zstd.compress(bytes(400 * MIB)),
    "gzip, gzip": gzip.compress(gzip.compress(bytes(400 * MIB), 1)),
}


@pytest.fixture
def memory() -> Iterator[None]:
    """Nothing that a test does takes more than 40 MiB."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * MIB


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("coding", sorted(BOMBS))
def test_bombs(coding: str) -> None:
    """400 MiB, packed into a few, end at 15 MiB, or at 5 MiB if they are that many as sent."""
    head = HEAD + f"Content-Encoding: {coding}\r\nContent-Length: {len(BOMBS[coding])}\r\n\r\n".encode()
    reason, words = told(raw.says(head, BOMBS[coding]))
    assert reason == "too-large"
    assert words.startswith("more than 15 MiB")


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("announced", [b"Content-Length: 52428800\r\n", b""])
def test_a_feed_of_50_mib(announced: bytes) -> None:
    """A huge feed is not begun if it announces itself, and cut off at 15 MiB if it does not."""
    sent = 0

    def script(caller: socket.socket) -> None:
        nonlocal sent
        caller.sendall(HEAD + announced + b"\r\n")
        for _ in range(50 * 16):
            sent += caller.send(b"<item/>\n" * 8192)

    assert told(script) == ("too-large", "more than 15 MiB: a feed is smaller")
    assert sent < (8 if announced else 32) * MIB


@pytest.mark.usefixtures("memory")
def test_too_much_even_packed() -> None:
    """A compressed body that does not get smaller is cut off at 5 MiB."""
    chaff = zlib.compressobj(0, wbits=31)
    body = chaff.compress(bytes(6 * MIB)) + chaff.flush()
    reason, words = told(raw.says(HEAD, b"Content-Encoding: gzip\r\n\r\n", body))
    assert (reason, words) == ("too-large", "more than 5 MiB compressed: a feed is smaller")
