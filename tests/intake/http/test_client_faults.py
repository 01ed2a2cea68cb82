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
from tests.intake.web import Answer, Web, respond

CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)
SHORT = FetchLimits(connect_seconds=0.2, total_seconds=0.5)
FEED = b"<rss version='2.0'><channel><title>T</title></channel></rss>"


def fetch(address: str, limits: FetchLimits | None = None) -> Response:
    """Fetch `address`, by default with the product's own limits."""

    async def run() -> Response:
        async with Fetcher(Path(), "test", lambda: CLOCK, limits, intranet=("127.0.0.1",)) as fetcher:
            return await fetcher.fetch(address)

    return asyncio.run(run())


def fetch_error(address: str, limits: FetchLimits | None = None) -> SourceError:
    """Fetch `address`, which must fail, and return the error."""
    with pytest.raises(SourceError) as caught:
        fetch(address, limits)
    return caught.value


def fetch_scripted_error(script: Script, limits: FetchLimits | None = None) -> tuple[str, str]:
    """Fetch from a server that follows `script`, which must fail; return reason and message."""
    with raw.serve(script) as address:
        error = fetch_error(address, limits)
    return error.reason, str(error)


def trickle(*head: bytes, byte: bytes = b"x") -> Script:
    """Send `head`, then a byte every hundredth of a second, until the client disconnects."""

    def script(caller: socket.socket) -> None:
        raw.send_and_close(*head)(caller)
        for _ in range(1000):
            caller.sendall(byte)
            time.sleep(0.01)

    return script


def delay(answer: Answer) -> Answer:
    """Return an answer that comes a fifth of a second later."""

    def delayed(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.2)
        answer(request)

    return delayed


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
    """The whole transfer has a time limit, in whatever part of the response bytes trickle in."""
    assert fetch_scripted_error(script, SHORT) == ("timeout", "no whole answer within 0.5 seconds")


def test_stalled_connect() -> None:
    """A server that does not accept the connection is given up after the time to connect, not the total time."""
    with raw.listen_without_accepting() as address:
        started = time.perf_counter()
        error = fetch_error(address, FetchLimits(connect_seconds=0.2, total_seconds=20))
    assert (error.reason, str(error)) == ("timeout", "the server does not take the connection")
    assert time.perf_counter() - started < 15  # of 20 seconds in all


def test_stalled_encryption() -> None:
    """A server that accepts the connection and never begins TLS is given up in time."""
    with raw.serve(lambda caller: caller.recv(1) and None) as address:
        error = fetch_error(address.replace("http:", "https:"), FetchLimits(connect_seconds=0.2, total_seconds=20))
    assert error.reason == "timeout"


def test_time_is_counted_over_all_hops(web: Web) -> None:
    """All hops of a redirect chain together have the time of one transfer."""
    for hop in range(5):
        web.answers[f"/{hop}"] = delay(respond(status=302, location=f"/{hop + 1}"))
    web.answers["/5"] = respond(FEED)
    assert fetch_error(f"{web.address}/0", SHORT).reason == "timeout"
    assert len(web.requests) < 5


def test_waiting_for_other_requests_is_not_counted(web: Web) -> None:
    """Twelve feeds of a slow host are all read, although the last waits longer than one request may take."""
    web.answers["/"] = delay(respond(FEED))

    async def run() -> list[Response]:
        async with Fetcher(
            Path(), "test", lambda: CLOCK, FetchLimits(total_seconds=1), intranet=("127.0.0.1",)
        ) as fetcher:
            return await asyncio.gather(*(fetcher.fetch(f"{web.address}/") for _ in range(12)))

    responses = asyncio.run(run())
    assert all(0.2 <= response.elapsed < 1 for response in responses)


# --- broken responses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        raw.send_and_reset(HEAD, b"Content-Length: 1000\r\n\r\n", FEED),
        raw.send_and_reset(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", chunked(FEED)[:-5]),
        raw.send_and_reset(HEAD, b"\r\n", FEED),
        raw.send_and_reset(HEAD),
        raw.send_and_reset(),
        raw.send_and_close(),
        raw.send_and_close(HEAD, b"Content-Length: %d\r\n\r\n" % (len(FEED) + 1), FEED),
        raw.send_and_close(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", chunked(FEED)[:-5]),
        raw.send_and_close(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n"),
        raw.send_and_close(HEAD, b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", FEED),
        raw.send_and_close(HEAD, b"Content-Length: -5\r\n\r\n", FEED),
        raw.send_and_close(b"220 mail.example ESMTP\r\n"),
        raw.send_and_close(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 30_000, b"\r\n", FEED),
        raw.send_and_close(b"HTTP/1.1 999999 Odd\r\n\r\n"),
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
def test_a_response_that_is_not_whole(script: Script) -> None:
    """A body that breaks off, contradicts its length or is no HTTP is an error, never half a feed."""
    assert fetch_scripted_error(script, replace(SHORT, total_seconds=5)) == (
        "broken-answer",
        "the connection broke off before the answer was whole",
    )


def test_content_length_too_short() -> None:
    """Bytes after the Content-Length are neither read nor waited for."""
    with raw.serve(raw.send_and_close(HEAD, b"Content-Length: 5\r\n\r\n", FEED)) as address:
        assert fetch(address).data == FEED[:5]


def test_a_body_without_a_length() -> None:
    """A body without Content-Length ends with the connection, or with the last chunk."""
    with raw.serve(raw.send_and_close(b"HTTP/1.0 200 OK\r\n\r\n", FEED)) as address:
        assert fetch(address).data == FEED
    with raw.serve(
        raw.send_and_close(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", chunked(FEED[:9], FEED[9:]))
    ) as address:
        assert fetch(address).data == FEED


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda rest: HEAD + rest))
def test_any_bytes_of_a_server(answer: bytes) -> None:
    """Any bytes give a body or a SourceError, never another exception."""
    with raw.serve(raw.send_and_close(answer)) as address, contextlib.suppress(SourceError):
        assert fetch(address, replace(SHORT, total_seconds=5)).data is not None


# --- responses without a body -------------------------------------------------------------------


@pytest.mark.parametrize("headers", [b"", b'ETag: "1"\r\n', b"Content-Length: 100\r\n"])
def test_304_to_an_unconditional_request(headers: bytes) -> None:
    """A 304 to a request without validators is an error: there is no body that it could mean."""
    assert fetch_scripted_error(raw.send_and_close(b"HTTP/1.1 304 Not Modified\r\n", headers, b"\r\n"))[0] == "http-304"


@pytest.mark.parametrize("status", [b"204 No Content", b"205 Reset Content", b"200 OK"])
def test_success_without_a_body(status: bytes) -> None:
    """A success without a body is an empty body; the parser refuses it."""
    with raw.serve(raw.send_and_close(b"HTTP/1.1 %b\r\nContent-Length: 0\r\n\r\n" % status)) as address:
        assert fetch(address).data == b""


# --- redirects ----------------------------------------------------------------------------------


def test_redirect_loops(web: Web) -> None:
    """A redirect loop ends when it closes, an endless chain after five hops."""
    web.answers["/a"] = respond(status=301, location="/b")
    web.answers["/b"] = respond(status=302, location="/a#again")
    web.answers["/self"] = respond(status=307, location="")
    for hop in range(10):
        web.answers[f"/{hop}"] = respond(status=308, location=f"/{hop + 1}")
    for path, request_count in (("a", 2), ("self", 1), ("0", 6)):
        web.requests.clear()
        assert fetch_error(f"{web.address}/{path}").reason == ("redirects" if path != "self" else "bad-address")
        assert len(web.requests) == request_count


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "data:,x", "http://", "http://:80"])
def test_redirects_to_invalid_addresses(web: Web, target: str) -> None:
    """A redirect to anything but a web address is an error with its own reason."""
    web.answers["/"] = respond(status=302, location=target)
    assert fetch_error(f"{web.address}/").reason == "bad-address"


def test_redirect_without_a_target(web: Web) -> None:
    """A redirect without Location is an error like any other status."""
    web.answers["/"] = respond(status=301)
    assert fetch_error(f"{web.address}/").reason == "http-301"


def test_the_body_of_a_redirect_is_not_read(web: Web) -> None:
    """A redirect with an endless body is followed."""
    web.answers["/"] = respond(FEED)
    head = f"HTTP/1.1 302 Found\r\nLocation: {web.address}/\r\n\r\n".encode()
    with raw.serve(trickle(head)) as address:
        assert fetch(address, SHORT).data == FEED


# --- servers that ask for a pause ---------------------------------------------------------------


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
    """Retry-After counts in seconds and in every form of a date, for two days at most."""
    web.answers["/"] = respond(b"", status, retry_after=header)
    error = fetch_error(f"{web.address}/")
    assert isinstance(error, PostponedError)
    assert error.until == CLOCK + wait


def test_429_holds_for_the_whole_host(web: Web) -> None:
    """After a 429 no other feed of the host is requested in the same run; a 503 counts for one feed only."""
    web.answers["/slow-down"] = respond(b"", 429, retry_after="120")
    web.answers["/broken"] = respond(b"", 503, retry_after="120")
    web.answers["/"] = respond(FEED)

    async def run() -> list[Response | BaseException]:
        async with Fetcher(
            Path(), "test", lambda: CLOCK, FetchLimits(requests_per_host=1), intranet=("127.0.0.1",)
        ) as fetcher:
            paths = ("broken", "", "slow-down", "")
            return await asyncio.gather(
                *(fetcher.fetch(f"{web.address}/{path}") for path in paths), return_exceptions=True
            )

    broken, response, refused, spared = asyncio.run(run())
    assert isinstance(response, Response)
    assert [type(error) for error in (broken, refused, spared)] == [PostponedError] * 3
    assert isinstance(spared, PostponedError)
    assert (spared.reason, spared.until) == ("too-many-requests", CLOCK + timedelta(minutes=2))
    assert [request.path for request in web.requests] == ["/broken", "/", "/slow-down"]


def test_429_without_retry_after(web: Web) -> None:
    """A 429 without Retry-After is an ordinary error, followed by the usual back-off."""
    web.answers["/"] = respond(b"", 429)
    error = fetch_error(f"{web.address}/")
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
    """Assert that a test takes no more than 40 MiB of memory."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * MIB


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("encoding", sorted(BOMBS))
def test_bombs(encoding: str) -> None:
    """400 MiB that are compressed into a few kilobytes end at 15 MiB."""
    head = HEAD + f"Content-Encoding: {encoding}\r\nContent-Length: {len(BOMBS[encoding])}\r\n\r\n".encode()
    reason, message = fetch_scripted_error(raw.send_and_close(head, BOMBS[encoding]))
    assert reason == "too-large"
    assert message.startswith("more than 15 MiB")


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("announced", [b"Content-Length: 52428800\r\n", b""])
def test_a_feed_of_50_mib(announced: bytes) -> None:
    """A huge feed is not read at all if Content-Length says so, else cut off at 15 MiB."""
    sent = 0

    def script(caller: socket.socket) -> None:
        nonlocal sent
        caller.sendall(HEAD + announced + b"\r\n")
        for _ in range(50 * 16):
            sent += caller.send(b"<item/>\n" * 8192)

    assert fetch_scripted_error(script) == ("too-large", "more than 15 MiB: feeds and pages are smaller")
    assert sent < (8 if announced else 32) * MIB


@pytest.mark.usefixtures("memory")
def test_too_many_compressed_bytes() -> None:
    """A body that compression does not make smaller is cut off at 5 MiB as sent."""
    compressor = zlib.compressobj(0, wbits=31)
    body = compressor.compress(bytes(6 * MIB)) + compressor.flush()
    reason, message = fetch_scripted_error(raw.send_and_close(HEAD, b"Content-Encoding: gzip\r\n\r\n", body))
    assert (reason, message) == ("too-large", "more than 5 MiB compressed: feeds and pages are smaller")
