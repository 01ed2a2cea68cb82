from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from kuratorium import __version__
from kuratorium.errors import SourceError
from kuratorium.intake.failures import PostponedError, retry_after
from kuratorium.intake.fetch import Fetched, Fetcher, Limits, user_agent
from kuratorium.intake.state import State
from tests.intake.web import Web, says

CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)
SMALL = Limits(connect=2, total=0.5, size=1000)


def get(address: str, *, root: Path = Path(), known: State | None = None, limits: Limits | None = None) -> Fetched:
    """Fetch from `address`, by default with the product's own limits."""

    async def run() -> Fetched:
        async with Fetcher(root, user_agent("https://tiny.example", "post@tiny.example"), lambda: CLOCK, limits) as one:
            return await one.fetch(address, known)

    return asyncio.run(run())


def failure(address: str, *, root: Path = Path(), limits: Limits | None = None) -> SourceError:
    """Fetch from `address`, which must fail."""
    with pytest.raises(SourceError) as caught:
        get(address, root=root, limits=limits)
    return caught.value


def test_who_asks(web: Web) -> None:
    """Every request names the program, the site and a contact; no cookie is sent back."""
    web.answers["/"] = says(b"x", set_cookie="a=b")
    web.answers["/moved"] = says(status=302, location="/", set_cookie="a=b")
    get(f"{web.address}/moved")
    assert [asked.headers["user-agent"] for asked in web.asked] == [
        f"Kuratorium/{__version__} (+https://tiny.example; post@tiny.example)"
    ] * 2
    assert all("cookie" not in asked.headers for asked in web.asked)


def test_validators_are_kept_and_sent(web: Web) -> None:
    """ETag and Last-Modified are sent back as they came; 304 is «unchanged» and keeps them."""
    day = "Wed, 14 Oct 2026 06:00:00 GMT"
    web.answers["/"] = says(b"body", etag='W/"1"', last_modified=day, content_type="text/xml")
    first = get(f"{web.address}/")
    assert (first.data, first.content_type, first.etag, first.last_modified) == (b"body", "text/xml", 'W/"1"', day)
    web.answers["/"] = says(status=304)
    second = get(f"{web.address}/", known=State(address="x", etag=first.etag, last_modified=first.last_modified))
    assert (second.data, second.etag, second.last_modified) == (None, 'W/"1"', day)
    assert (web.asked[1].headers["if-none-match"], web.asked[1].headers["if-modified-since"]) == ('W/"1"', day)


def test_304_to_an_unconditional_request_is_a_failure(web: Web) -> None:
    """Who has nothing cannot be told that nothing has changed."""
    web.answers["/"] = says(status=304)
    assert failure(f"{web.address}/").reason == "http-304"


def test_redirects(web: Web) -> None:
    """A redirect is followed, and the address that answered is told; at most five are."""
    web.answers["/old"] = says(status=301, location="/new")
    web.answers["/new"] = says(b"x")
    assert get(f"{web.address}/old").address == f"{web.address}/new"
    for hop in range(6):
        web.answers[f"/{hop}"] = says(status=302, location=f"/{hop + 1}")
    web.answers["/6"] = says(b"x")
    assert get(f"{web.address}/1").data == b"x"
    assert failure(f"{web.address}/0").reason == "redirects"


def test_redirect_to_a_file(web: Web) -> None:
    """A server cannot send us to our own files."""
    web.answers["/"] = says(status=302, location="file:///etc/passwd")
    assert failure(f"{web.address}/").reason == "bad-address"


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (404, "not-found", "there is nothing at this address (404)"),
        (410, "gone", "the feed was given up (410): look for a new address, or remove the source"),
        (403, "forbidden", "the server does not let us in (403)"),
        (418, "http-418", "the server answers HTTP 418"),
        (500, "http-500", "the server has a fault (HTTP 500)"),
        (503, "http-503", "the server has a fault (HTTP 503)"),
    ],
)
def test_refusals(web: Web, status: int, reason: str, words: str) -> None:
    """Every refusal has a reason code, and words an editor understands."""
    web.answers["/"] = says(b"x", status)
    error = failure(f"{web.address}/")
    assert (error.reason, str(error)) == (reason, words)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", ["90", "Wed, 14 Oct 2026 07:01:30 GMT"])
def test_retry_after(web: Web, status: int, header: str) -> None:
    """Retry-After is understood in both forms."""
    web.answers["/"] = says(b"", status, retry_after=header)
    error = failure(f"{web.address}/")
    assert isinstance(error, PostponedError)
    assert error.until == CLOCK + timedelta(seconds=90)
    assert str(error).endswith("it asks us to wait until 2026-10-14 07:01 UTC")


@pytest.mark.parametrize(
    ("header", "until"),
    [
        ("", None),
        ("soon", None),
        ("0", None),
        ("-5", None),
        ("Wed, 14 Oct 2020 07:00:00 GMT", None),
        ("999999999999999999999", CLOCK + timedelta(days=2)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", CLOCK + timedelta(days=2)),
        ("²", None),
    ],
)
def test_retry_after_oddities(header: str, until: datetime | None) -> None:
    """What is no time is nothing, and nobody keeps us away for more than two days."""
    assert retry_after(header, CLOCK) == until


def trickles(pieces: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with pieces of 100 bytes, ten a second."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(pieces):
            request.wfile.write(b"x" * 100)
            request.wfile.flush()
            time.sleep(0.1)

    return answer


def test_slow(web: Web) -> None:
    """The whole transfer has a limit, however busily bytes trickle in."""
    web.answers["/"] = trickles(50)
    started = time.perf_counter()
    error = failure(f"{web.address}/", limits=SMALL)
    assert (error.reason, str(error)) == ("timeout", "no whole answer within 0.5 seconds")
    assert time.perf_counter() - started < 2


def test_too_large(web: Web, tmp_path: Path) -> None:
    """A body is cut off at the limit: as announced, as it comes, as it is unpacked; a file too."""
    (tmp_path / "big.xml").write_bytes(b"x" * 1001)
    (tmp_path / "small.xml").write_bytes(b"x" * 1000)
    web.answers["/announced"] = says(b"x" * 1001)
    web.answers["/streamed"] = trickles(11)
    packed = gzip.compress(b"x" * 100_000)
    assert len(packed) < SMALL.size
    web.answers["/packed"] = says(packed, content_encoding="gzip")
    limits = Limits(size=SMALL.size)
    for address in (f"{web.address}/announced", f"{web.address}/streamed", f"{web.address}/packed", "big.xml"):
        assert failure(address, root=tmp_path, limits=limits).reason == "too-large"
    assert get("small.xml", root=tmp_path, limits=limits).data == b"x" * 1000


def test_broken_answers(web: Web) -> None:
    """A body that is shorter than announced or cannot be unpacked is a failure."""
    web.answers["/short"] = says(b"x", content_length="10")
    web.answers["/garbled"] = says(b"no gzip", content_encoding="gzip")
    assert failure(f"{web.address}/short").reason == "broken-answer"
    assert failure(f"{web.address}/garbled").reason == "garbled"


def test_no_server(web: Web) -> None:
    """A closed port, TLS where there is none, and an address that is none each have a reason."""
    assert failure(web.address.replace("http:", "https:")).reason == "tls"
    assert failure("http://127.0.0.1:1/").reason == "unreachable"
    for address in ("http://127.0.0.1:99999999/", f"http://{'a' * 64}.example/", "http://a..example/", "http://[::1/"):
        assert failure(address).reason == "bad-address"
        web.answers["/"] = says(status=302, location=address)
        assert failure(f"{web.address}/").reason in {"bad-address", "broken-answer"}  # httpx checks some on its own


def test_two_requests_at_a_time_per_host(web: Web) -> None:
    """However many feeds a host has, it is asked for two of them at a time."""
    both = threading.Barrier(2, timeout=5)

    def answer(request: BaseHTTPRequestHandler) -> None:
        both.wait()  # goes on only when two are there
        says(b"x")(request)

    for number in range(8):
        web.answers[f"/{number}"] = answer

    async def run() -> None:
        async with Fetcher(Path(), "test", lambda: CLOCK) as fetcher:
            await asyncio.gather(*(fetcher.fetch(f"{web.address}/{number}") for number in range(8)))

    asyncio.run(run())
    assert (len(web.asked), web.at_once) == (8, 2)


def test_files(tmp_path: Path) -> None:
    """A path is seen from the edition's root; absolute paths and file: addresses are read too."""
    (tmp_path / "a b.xml").write_bytes(b"x")
    for address in ("a b.xml", str(tmp_path / "a b.xml"), (tmp_path / "a b.xml").as_uri()):
        assert get(address, root=tmp_path).data == b"x"
    missing = failure("none.xml", root=tmp_path)
    assert (missing.reason, str(missing)) == ("not-found", "there is no file none.xml")
    assert failure(str(tmp_path)).reason == "not-found"
    assert failure("a\x00b").reason == "not-found"


def test_user_agent() -> None:
    """What is not known of the site is left out."""
    assert user_agent("", "") == f"Kuratorium/{__version__}"
    assert user_agent("https://a.example", "") == f"Kuratorium/{__version__} (+https://a.example)"
