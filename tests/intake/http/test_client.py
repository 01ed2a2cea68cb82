from __future__ import annotations

import asyncio
import gzip
import threading
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import brotli
import pytest
from msgspec import Struct

from kuratorium import __version__
from kuratorium.errors import SourceError
from kuratorium.intake.http import ssrf_guard
from kuratorium.intake.http.client import Fetcher, FetchLimits, build_user_agent
from kuratorium.intake.http.decompress import zstd
from kuratorium.intake.http.errors import PostponedError
from kuratorium.intake.http.responses import Response
from tests.intake.web import Web, respond

CLOCK = datetime(2026, 10, 14, 7, tzinfo=UTC)
SMALL = FetchLimits(connect_seconds=2, total_seconds=0.5, max_bytes=1000)


AGENT = build_user_agent("https://tiny.example", "post@tiny.example")
LOCAL_HOSTS = ("127.0.0.1",)


class StoredValidators(Struct, frozen=True, kw_only=True):
    """The validators of a source's last response."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


def fetch(
    address: str, *, root: Path = Path(), validators: StoredValidators | None = None, limits: FetchLimits | None = None
) -> Response:
    """Fetch `address`, by default with the product's own limits."""

    async def run() -> Response:
        async with Fetcher(root, AGENT, lambda: CLOCK, limits, intranet=LOCAL_HOSTS) as fetcher:
            return await fetcher.fetch(address, validators)

    return asyncio.run(run())


def fetch_error(address: str, *, root: Path = Path(), limits: FetchLimits | None = None) -> SourceError:
    """Fetch `address`, which must fail, and return the error."""
    with pytest.raises(SourceError) as caught:
        fetch(address, root=root, limits=limits)
    return caught.value


def test_requests_name_who_asks(web: Web) -> None:
    """Every request names the program, the site and a contact; cookies are not sent back."""
    web.answers["/"] = respond(b"x", set_cookie="a=b")
    web.answers["/moved"] = respond(status=302, location="/", set_cookie="a=b")
    fetch(f"{web.address}/moved")
    assert [request.headers["user-agent"] for request in web.requests] == [
        f"Kuratorium/{__version__} (+https://tiny.example; post@tiny.example)"
    ] * 2
    assert all("cookie" not in request.headers for request in web.requests)


def test_validators_are_kept_and_sent(web: Web) -> None:
    """ETag and Last-Modified are sent back as they came; a 304 means unchanged, and keeps them."""
    day = "Wed, 14 Oct 2026 06:00:00 GMT"
    web.answers["/"] = respond(b"body", etag='W/"1"', last_modified=day, content_type="text/xml")
    first = fetch(f"{web.address}/")
    assert (first.data, first.content_type, first.etag, first.last_modified) == (b"body", "text/xml", 'W/"1"', day)
    web.answers["/"] = respond(status=304)
    second = fetch(f"{web.address}/", validators=StoredValidators(etag=first.etag, last_modified=first.last_modified))
    assert (second.data, second.etag, second.last_modified) == (None, 'W/"1"', day)
    assert (web.requests[1].headers["if-none-match"], web.requests[1].headers["if-modified-since"]) == ('W/"1"', day)


def test_new_validators_replace_old_ones(web: Web) -> None:
    """A 200 replaces both validators, even by none; a 304 replaces those that it has."""
    validators = StoredValidators(etag='"1"', last_modified="Mon, 12 Oct 2026 06:00:00 GMT", body_hash="abc")
    web.answers["/"] = respond(b"body", etag='"2"')
    response = fetch(f"{web.address}/", validators=validators)
    assert (response.status, response.etag, response.last_modified) == (200, '"2"', "")
    web.answers["/"] = respond(status=304, etag='"3"')
    response = fetch(f"{web.address}/", validators=validators)
    assert (response.status, response.data, response.etag, response.last_modified) == (
        304,
        None,
        '"3"',
        validators.last_modified,
    )
    assert response.body_hash == "abc"


def test_unusual_validators_go_back_byte_for_byte(web: Web) -> None:
    """An ETag is opaque: it goes back with its umlauts and with or without quotes."""
    web.answers["/"] = respond(b"body", etag="übel \xff W/")
    first = fetch(f"{web.address}/")
    web.answers["/"] = respond(status=304)
    assert fetch(f"{web.address}/", validators=StoredValidators(etag=first.etag)).data is None
    assert web.requests[1].headers["if-none-match"] == "übel \xff W/"
    assert fetch(f"{web.address}/", validators=StoredValidators(etag="from elsewhere: ☃")).data is None


def test_the_same_body_is_unchanged(web: Web) -> None:
    """A body equal to the last one counts as unchanged, and new validators are returned."""
    web.answers["/"] = respond(b"body")
    first = fetch(f"{web.address}/")
    assert first.data == b"body"
    web.answers["/"] = respond(b"body", etag='"1"')
    second = fetch(f"{web.address}/", validators=StoredValidators(body_hash=first.body_hash))
    assert (second.data, second.status, second.etag, second.body_hash) == (None, 200, '"1"', first.body_hash)
    web.answers["/"] = respond(b"Body")
    third = fetch(f"{web.address}/", validators=StoredValidators(body_hash=first.body_hash))
    assert third.data == b"Body"
    assert third.body_hash != first.body_hash


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("zstd", zstd.compress)],
)
def test_content_encodings(web: Web, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    """Every accepted encoding is decompressed; both sizes are returned, and the hash is that of the body."""
    body = b"<item/>" * 500
    web.answers["/"] = respond(compress(body), content_encoding=encoding)
    web.answers["/plain"] = respond(body)
    response = fetch(f"{web.address}/")
    assert (response.data, response.compressed_bytes, response.decompressed_bytes) == (
        body,
        len(compress(body)),
        len(body),
    )
    assert encoding in web.requests[0].headers["accept-encoding"]
    assert response.body_hash == fetch(f"{web.address}/plain").body_hash


def test_freshness_of_a_response(web: Web) -> None:
    """The seconds of freshness by cache headers are returned, of a 304 as well."""
    web.answers["/"] = respond(b"x", cache_control="public, max-age=900", age="300")
    assert fetch(f"{web.address}/").fresh_seconds == 600
    web.answers["/"] = respond(status=304, cache_control="max-age=60")
    assert fetch(f"{web.address}/", validators=StoredValidators(etag='"1"')).fresh_seconds == 60


def test_304_to_an_unconditional_request_is_a_failure(web: Web) -> None:
    """A 304 without validators in the request is an error: there is no body that it could mean."""
    web.answers["/"] = respond(status=304)
    assert fetch_error(f"{web.address}/").reason == "http-304"


def test_redirects(web: Web) -> None:
    """At most five redirects are followed, and the final address is returned."""
    web.answers["/old"] = respond(status=301, location="/new")
    web.answers["/new"] = respond(b"x")
    assert fetch(f"{web.address}/old").address == f"{web.address}/new"
    for hop in range(6):
        web.answers[f"/{hop}"] = respond(status=302, location=f"/{hop + 1}")
    web.answers["/6"] = respond(b"x")
    assert fetch(f"{web.address}/1").data == b"x"
    assert fetch_error(f"{web.address}/0").reason == "redirects"


def test_permanent_redirects(web: Web) -> None:
    """All hops are returned; `moved_to` is where an unbroken run of 301 and 308 leads."""
    web.answers["/0"] = respond(status=301, location="/1")
    web.answers["/1"] = respond(status=308, location="2#top")
    web.answers["/2"] = respond(status=302, location="/3")
    web.answers["/3"] = respond(status=301, location="/4")
    web.answers["/4"] = respond(b"x")
    response = fetch(f"{web.address}/0")
    assert response.redirects == tuple(
        (status, f"{web.address}/{hop}") for status, hop in ((301, 1), (308, 2), (302, 3), (301, 4))
    )
    assert (response.address, response.moved_to) == (f"{web.address}/4", f"{web.address}/2")
    assert fetch(f"{web.address}/2").moved_to == ""
    web.answers["/4"] = respond(status=304)
    assert fetch(f"{web.address}/3", validators=StoredValidators(etag='"1"')).moved_to == f"{web.address}/4"


def test_no_secret_is_sent(web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No password, cookie, fragment or referrer is sent, from an address, a redirect, .netrc or a proxy variable."""
    (tmp_path / ".netrc").write_text("default login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://me:secret@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY")
    inner = web.address.replace("//", "//me:secret@")
    web.answers["/"] = respond(status=302, location=f"{inner}/next?a=b#secret", set_cookie="a=b")
    web.answers["/next?a=b"] = respond(b"x")
    response = fetch(f"{web.address}/#secret")
    assert (response.address, response.redirects) == (f"{web.address}/next?a=b", ((302, f"{web.address}/next?a=b"),))
    assert [request.path for request in web.requests] == ["/", "/next?a=b"]
    for request in web.requests:
        assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert "secret" not in str(web.requests)
    error = fetch_error(f"{inner}/")
    assert (error.reason, len(web.requests)) == ("credentials", 2)
    assert "secret" not in str(error)


def test_redirect_to_a_file(web: Web) -> None:
    """A redirect to a file of this machine is refused."""
    web.answers["/"] = respond(status=302, location="file:///etc/passwd")
    assert fetch_error(f"{web.address}/").reason == "bad-address"


@pytest.mark.parametrize(
    ("status", "reason", "message"),
    [
        (404, "not-found", "there is nothing at this address (404)"),
        (410, "gone", "it is gone for good (410): look for a new address, or give it up"),
        (403, "forbidden", "the server does not let us in (403)"),
        (418, "http-418", "the server answers HTTP 418"),
        (500, "http-500", "the server has a fault (HTTP 500)"),
        (503, "http-503", "the server has a fault (HTTP 503)"),
    ],
)
def test_refusals(web: Web, status: int, reason: str, message: str) -> None:
    """Every error status has a reason code, and a message that an editor understands."""
    web.answers["/"] = respond(b"x", status)
    error = fetch_error(f"{web.address}/")
    assert (error.reason, str(error)) == (reason, message)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", ["90", "Wed, 14 Oct 2026 07:01:30 GMT"])
def test_retry_after(web: Web, status: int, header: str) -> None:
    """Retry-After is read in seconds and as a date."""
    web.answers["/"] = respond(b"", status, retry_after=header)
    error = fetch_error(f"{web.address}/")
    assert isinstance(error, PostponedError)
    assert error.until == CLOCK + timedelta(seconds=90)
    assert str(error).endswith("it asks us to wait until 2026-10-14 07:01 UTC")


def trickle(chunk_count: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with chunks of 100 bytes, ten per second."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(chunk_count):
            request.wfile.write(b"x" * 100)
            request.wfile.flush()
            time.sleep(0.1)

    return answer


def test_total_time(web: Web) -> None:
    """The whole transfer has a time limit, even if bytes keep coming."""
    web.answers["/"] = trickle(50)
    error = fetch_error(f"{web.address}/", limits=SMALL)
    assert (error.reason, str(error)) == ("timeout", "no whole answer within 0.5 seconds")


def test_too_large(web: Web, tmp_path: Path) -> None:
    """The size limit holds for Content-Length, for the bytes received, after decompression, and for files."""
    (tmp_path / "big.xml").write_bytes(b"x" * 1001)
    (tmp_path / "small.xml").write_bytes(b"x" * 1000)
    web.answers["/announced"] = respond(b"x" * 1001)
    web.answers["/streamed"] = trickle(11)
    packed = gzip.compress(b"x" * 100_000)
    assert len(packed) < SMALL.max_bytes
    web.answers["/packed"] = respond(packed, content_encoding="gzip")
    limits = FetchLimits(max_bytes=SMALL.max_bytes)
    for address in (f"{web.address}/announced", f"{web.address}/streamed", f"{web.address}/packed", "big.xml"):
        assert fetch_error(address, root=tmp_path, limits=limits).reason == "too-large"
    assert fetch("small.xml", root=tmp_path, limits=limits).data == b"x" * 1000


def test_broken_bodies(web: Web) -> None:
    """A body that is shorter than Content-Length, or cannot be decompressed, is an error."""
    web.answers["/short"] = respond(b"x", content_length="10")
    web.answers["/garbled"] = respond(b"no gzip", content_encoding="gzip")
    assert fetch_error(f"{web.address}/short").reason == "broken-answer"
    assert fetch_error(f"{web.address}/garbled").reason == "garbled"


def test_connection_errors(web: Web) -> None:
    """A closed port, a server without TLS and an invalid address each have their own reason."""
    assert fetch_error(web.address.replace("http:", "https:")).reason == "tls"
    assert fetch_error("http://127.0.0.1:1/").reason == "unreachable"
    for address in ("http://127.0.0.1:99999999/", f"http://{'a' * 64}.example/", "http://a..example/", "http://[::1/"):
        assert fetch_error(address).reason == "bad-address"
        web.answers["/"] = respond(status=302, location=address)
        assert fetch_error(f"{web.address}/").reason in {
            "bad-address",
            "broken-answer",
        }  # httpx refuses some with an error of its own


def test_two_requests_at_a_time_per_host(web: Web) -> None:
    """At most two requests run at a time per host."""
    barrier = threading.Barrier(2, timeout=5)

    def answer(request: BaseHTTPRequestHandler) -> None:
        barrier.wait()  # continues only when two requests are here
        time.sleep(0.05)  # a third one would arrive meanwhile
        respond(b"x")(request)

    for number in range(8):
        web.answers[f"/{number}"] = answer

    async def run() -> None:
        async with Fetcher(Path(), "test", lambda: CLOCK, intranet=LOCAL_HOSTS) as fetcher:
            await asyncio.gather(*(fetcher.fetch(f"{web.address}/{number}") for number in range(8)))

    asyncio.run(run())
    assert (len(web.requests), web.max_concurrent) == (8, 2)


def test_concurrent_hosts(web: Web) -> None:
    """As many hosts as the limit allows are requested at a time, then the next ones."""
    barrier = threading.Barrier(4, timeout=5)

    def answer(request: BaseHTTPRequestHandler) -> None:
        barrier.wait()  # continues only when four requests are here
        respond(b"x")(request)

    web.answers["/"] = answer
    hosts = [f"h{number}.example" for number in range(4)]
    port = web.address.rpartition(":")[2]

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async def run() -> None:
        limits = FetchLimits(concurrent_hosts=2)
        async with Fetcher(Path(), "test", lambda: CLOCK, limits, intranet=hosts, resolve=resolve) as fetcher:
            addresses = [f"http://{host}:{port}/" for host in hosts for _ in range(4)]
            await asyncio.gather(*(fetcher.fetch(address) for address in addresses))

    asyncio.run(run())
    assert (len(web.requests), web.max_concurrent) == (16, 4)
    assert {request.headers["host"] for request in web.requests[:8]} == {f"{host}:{port}" for host in hosts[:2]}


def test_redirects_count_for_the_limit_per_host(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that many others redirect to gets at most two requests at a time as well."""
    barrier = threading.Barrier(2, timeout=5)

    def answer(request: BaseHTTPRequestHandler) -> None:
        barrier.wait()
        respond(b"x")(request)

    port = web.address.rpartition(":")[2]
    web.answers["/"] = respond(status=301, location=f"http://one.example:{port}/feed")
    web.answers["/feed"] = answer
    hosts = [f"h{number}.example" for number in range(8)]
    monkeypatch.setattr(ssrf_guard, "find_block_reason", lambda _: "")  # as if the server had a public address

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async def run() -> None:
        async with Fetcher(Path(), "test", lambda: CLOCK, resolve=resolve) as fetcher:
            await asyncio.gather(*(fetcher.fetch(f"http://{host}:{port}/") for host in hosts))

    asyncio.run(run())
    assert barrier.n_waiting == 0
    assert len(web.requests) == 16


@pytest.mark.parametrize("is_linked", [False, True], ids=["redirect", "link"])
def test_no_foreign_host_leads_into_the_intranet(web: Web, monkeypatch: pytest.MonkeyPatch, is_linked: bool) -> None:
    """A host of the intranet is requested for its own address only, not for a redirect or link of another host."""
    port = web.address.rpartition(":")[2]
    inner = f"http://WIKI.intern:{port}/feed"
    web.answers = {"/": respond(status=302, location=inner), "/feed": respond(b"secret")}
    find_block_reason = ssrf_guard.find_block_reason
    monkeypatch.setattr(ssrf_guard, "find_block_reason", lambda ip: "" if ip == "127.0.0.1" else find_block_reason(ip))

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async def run(address: str, named_by: str = "") -> Response:
        async with Fetcher(Path(), "test", lambda: CLOCK, intranet=["wiki.intern"], resolve=resolve) as fetcher:
            return await fetcher.fetch(address, named_by=named_by)

    outer = f"http://public.example:{port}/"
    assert asyncio.run(run(inner)).data == b"secret"
    assert asyncio.run(run(f"http://wiki.intern:{port}/")).data == b"secret"
    with pytest.raises(SourceError, match="in the intranet: only a source") as caught:
        asyncio.run(run(inner, outer) if is_linked else run(outer))
    assert caught.value.reason == "private-address"


@pytest.mark.parametrize("status", [200, 206])
def test_a_part_of_a_feed_is_a_failure(web: Web, status: int) -> None:
    """A response that is announced as a part (206), or that breaks off before its end, is not taken for the feed."""
    length = "500" if status == 200 else "4"
    web.answers["/"] = respond(b"<rss", status=status, content_length=length)
    error = fetch_error(f"{web.address}/")
    assert error.reason == "broken-answer"
    assert ("a part of the document" if status == 206 else "broke off before the answer was whole") in str(error)


def test_default_limits() -> None:
    """10 s to connect, 30 s in all, 5 redirects, 5 MiB compressed and 15 MiB decompressed, 2 per host, 128 hosts."""
    limits = FetchLimits()
    assert (limits.connect_seconds, limits.total_seconds, limits.max_redirects) == (10, 30, 5)
    assert (limits.max_compressed_bytes, limits.max_bytes) == (5 * 1024 * 1024, 15 * 1024 * 1024)
    assert (limits.requests_per_host, limits.concurrent_hosts) == (2, 128)


def test_files(tmp_path: Path) -> None:
    """A path is relative to the edition's root; absolute paths and file: addresses are read, too."""
    (tmp_path / "a b.xml").write_bytes(b"x")
    for address in ("a b.xml", str(tmp_path / "a b.xml"), (tmp_path / "a b.xml").as_uri()):
        assert fetch(address, root=tmp_path).data == b"x"
    missing = fetch_error("none.xml", root=tmp_path)
    assert (missing.reason, str(missing)) == ("not-found", "there is no file none.xml")
    assert fetch_error(str(tmp_path)).reason == "not-found"
    assert fetch_error("a\x00b").reason == "not-found"


def test_files_outside_the_edition(tmp_path: Path) -> None:
    """No path reads a file outside the edition, not even by a symbolic link in it; the message shows no content."""
    root = tmp_path / "edition"
    root.mkdir()
    secret = tmp_path / "secret.xml"
    secret.write_text("password")
    (root / "link.xml").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    outside = ("../secret.xml", str(secret), secret.as_uri(), "link.xml", "folder/secret.xml", "/proc/self/environ")
    for address in outside:
        error = fetch_error(address, root=root)
        assert (error.reason, str(error)) == (
            "not-found",
            f"{address} is neither a web address nor a file in the edition",
        )


def test_user_agent() -> None:
    """Unknown parts of the User-Agent are left out."""
    assert build_user_agent("", "") == f"Kuratorium/{__version__}"
    assert (
        build_user_agent("https://a.example", "a\r\nCookie: b")
        == f"Kuratorium/{__version__} (+https://a.example; a Cookie: b)"
    )
    assert build_user_agent("https://a.example", "") == f"Kuratorium/{__version__} (+https://a.example)"
