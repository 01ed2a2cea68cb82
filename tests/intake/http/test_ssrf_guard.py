from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import httpcore
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kuratorium.errors import SourceError
from kuratorium.intake.http import errors
from kuratorium.intake.http.client import Fetcher
from kuratorium.intake.http.responses import Response
from kuratorium.intake.http.ssrf_guard import (
    PublicNetworkBackend,
    ResolveFunction,
    find_block_reason,
    is_public_address,
    normalize_host,
)
from tests.intake.web import Web, respond

PUBLIC = "93.184.216.34"


class RecordingBackend(httpcore.AsyncNetworkBackend):
    """A backend that records the addresses to connect to, and connects to none of them."""

    def __init__(self, **behaviour: Callable[[], Awaitable[None]]) -> None:
        self.requested: list[str] = []
        self.open: list[httpcore.AsyncNetworkStream] = []
        self._behaviour = {key.replace("_", "."): action for key, action in behaviour.items()}

    async def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        """Record the address."""
        self.requested.append(host)
        if host in self._behaviour:
            await self._behaviour[host]()
        stream = Stream(host, self.open)
        self.open.append(stream)
        return stream


class Stream(httpcore.AsyncNetworkStream):
    """A connection that is open until it is closed."""

    def __init__(self, host: str, others: list[httpcore.AsyncNetworkStream]) -> None:
        self.host = host
        self._others = others

    async def aclose(self) -> None:
        """Close it."""
        self._others.remove(self)


def resolve_from(**addresses: list[Any]) -> ResolveFunction:
    """Return a resolver with a fixed table: `a_example=["1.2.3.4"]`; a list of lists has one answer per look-up."""

    async def resolve(host: str, _port: int) -> Sequence[str]:
        answers = addresses[host.replace(".", "_")]
        return answers.pop(0) if answers and isinstance(answers[0], list) else answers

    return resolve


def connect(guard: PublicNetworkBackend, host: str, timeout: float = 5) -> Stream:
    """Connect to `host`."""
    stream = asyncio.run(guard.connect_tcp(host, 80, timeout))
    assert isinstance(stream, Stream)
    return stream


def get_refusal(guard: PublicNetworkBackend, host: str) -> str:
    """Try to connect to `host`, which must be refused; return the message."""
    with pytest.raises(SourceError) as caught:
        connect(guard, host)
    assert caught.value.reason == "private-address"
    return str(caught.value)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "a loopback"),
        ("127.255.255.254", "a loopback"),
        ("::1", "a loopback"),
        ("0.0.0.0", "an unspecified"),
        ("::", "an unspecified"),
        ("10.0.0.1", "a private"),
        ("172.16.0.1", "a private"),
        ("172.31.255.255", "a private"),
        ("192.168.178.1", "a private"),
        ("fd00::1", "a private"),
        ("169.254.169.254", "a link-local"),
        ("fe80::1%eth0", "a link-local"),
        ("100.64.0.1", "a carrier's inner"),
        ("198.19.255.255", "a benchmarking"),
        ("2001:2::1", "a benchmarking"),
        ("192.0.2.1", "a documentation"),
        ("198.51.100.1", "a documentation"),
        ("203.0.113.1", "a documentation"),
        ("2001:db8::1", "a documentation"),
        ("3fff::1", "a documentation"),
        ("224.0.0.251", "a multicast"),
        ("ff02::1", "a multicast"),
        ("255.255.255.255", "a reserved"),
        ("64:ff9b::7f00:1", "a NAT64"),
        ("64:ff9b:1::1", "a NAT64"),
        ("::ffff:127.0.0.1", "a v4-mapped"),
        ("::ffff:8.8.8.8", "a v4-mapped"),
        ("2002:7f00:1::", "a tunnel's"),
        ("2001:0:1::", "a tunnel's"),
        ("::7f00:1", "a reserved"),
        ("100::1", "a reserved"),
        ("no address", "an unreadable"),
    ],
)
def test_blocked_addresses(address: str, kind: str) -> None:
    """Every range outside the open web is blocked, and the reason names its kind."""
    assert find_block_reason(address) == kind


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.128.0.0", "198.20.0.0", "2606:4700::1111", "2a01:4f8::1"],
)
def test_public_addresses(address: str) -> None:
    """Public addresses are allowed, up to the edges of the blocked ranges."""
    assert find_block_reason(address) == ""


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
@example(ip_address("192.0.0.9"))
def test_addresses_that_python_calls_private(address: IPv4Address | IPv6Address) -> None:
    """An address that the standard library calls multicast, or not global, is blocked."""
    if not address.is_global or address.is_multicast:
        assert find_block_reason(str(address))


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"]))
def test_ipv4_addresses_in_ipv6(address: IPv4Address, form: str) -> None:
    """An IPv4 address that is mapped, translated or embedded in IPv6 is blocked."""
    assert find_block_reason(form.format(address))


def test_the_checked_address_is_the_one_connected_to() -> None:
    """A name is looked up once per connection, and connected to by number, so that DNS rebinding has no effect."""
    recorder = RecordingBackend()
    guard = PublicNetworkBackend(resolve_from(rebind_example=[[PUBLIC], ["127.0.0.1"]]), backend=recorder)
    assert connect(guard, "rebind.example").host == PUBLIC
    assert get_refusal(guard, "rebind.example").startswith("rebind.example leads to 127.0.0.1, a loopback address")
    assert recorder.requested == [PUBLIC]


def test_names_with_public_and_private_addresses() -> None:
    """A name with a private address beside a public one leads to the public one, in any order."""
    for answer in (["127.0.0.1", PUBLIC], [PUBLIC, "::1", "10.0.0.1"]):
        recorder = RecordingBackend()
        connect(PublicNetworkBackend(resolve_from(mixed_example=answer), backend=recorder), "mixed.example")
        assert recorder.requested == [PUBLIC]


def test_intranet_hosts() -> None:
    """Hosts of the policy's intranet may be private, in any spelling, and no others."""
    recorder = RecordingBackend()
    resolve = resolve_from(wiki_intern=["10.0.0.5"], other_intern=["10.0.0.5"], WIKI_intern_=["10.0.0.5"])
    guard = PublicNetworkBackend(resolve, ["Wiki.intern."], backend=recorder)
    connect(guard, "wiki.intern")
    connect(guard, "WIKI.intern.")
    assert 'lists under "intranet"' in get_refusal(guard, "other.intern")
    assert recorder.requested == ["10.0.0.5", "10.0.0.5"]


def test_a_host_without_addresses() -> None:
    """A name without addresses is an error of its own."""
    with pytest.raises(SourceError, match=r"there is no host called void.example") as caught:
        connect(PublicNetworkBackend(resolve_from(void_example=[])), "void.example")
    assert caught.value.reason == "no-host"


async def _hang() -> None:
    await asyncio.sleep(60)


async def _fail() -> None:
    raise httpcore.ConnectError("down")


def test_an_address_that_hangs() -> None:
    """The next address, of the other family first, is tried after a moment; one connection stays, others are closed."""
    recorder = RecordingBackend(**{"2606:4700::1": _hang})
    guard = PublicNetworkBackend(resolve_from(two_example=["2606:4700::1", "2606:4700::2", PUBLIC]), backend=recorder)

    async def run() -> str:
        stream = await guard.connect_tcp("two.example", 80, 5)
        assert len(asyncio.all_tasks()) == 1
        assert isinstance(stream, Stream)
        return stream.host

    assert asyncio.run(run()) == PUBLIC
    assert recorder.requested == ["2606:4700::1", PUBLIC]
    assert [stream.host for stream in recorder.open if isinstance(stream, Stream)] == [PUBLIC]


def test_all_addresses_may_fail() -> None:
    """If no address answers, the first one's error is raised; at most six are tried."""
    addresses = [f"93.184.216.{number}" for number in range(1, 10)]
    recorder = RecordingBackend(**{address.replace(".", "_"): _fail for address in addresses})
    with pytest.raises(httpcore.ConnectError, match="down"):
        connect(PublicNetworkBackend(resolve_from(down_example=addresses), backend=recorder), "down.example")
    assert recorder.requested == addresses[:6]


def test_connecting_has_a_time_limit() -> None:
    """Look-up and connection together have one time limit."""

    async def slow(_host: str, _port: int) -> Sequence[str]:
        await _hang()
        return []

    for guard in (
        PublicNetworkBackend(slow),
        PublicNetworkBackend(
            resolve_from(a_example=[PUBLIC]), backend=RecordingBackend(**{PUBLIC.replace(".", "_"): _hang})
        ),
    ):
        with pytest.raises(httpcore.ConnectTimeout):
            connect(guard, "a.example", timeout=0.05)


def test_unix_sockets_are_refused() -> None:
    """A Unix socket is never connected to."""
    with pytest.raises(httpcore.UnsupportedProtocol):
        asyncio.run(PublicNetworkBackend(resolve_from()).connect_unix_socket("/run/docker.sock"))


def fetch(address: str, *intranet: str, resolve: ResolveFunction | None = None) -> Response:
    """Fetch `address`."""

    async def run() -> Response:
        clock = datetime(2026, 10, 14, 7, tzinfo=UTC)
        async with Fetcher(Path(), "test", lambda: clock, intranet=intranet, resolve=resolve) as fetcher:
            return await fetcher.fetch(address)

    return asyncio.run(run())


LOCAL_NAMES = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]


@pytest.mark.parametrize("host", LOCAL_NAMES)
def test_this_machine_is_refused_by_default(web: Web, host: str) -> None:
    """This machine is refused in every spelling, unless the policy lists it."""
    web.answers["/"] = respond(b"secret")
    with pytest.raises(SourceError) as caught:
        fetch(web.address.replace("127.0.0.1", host))
    assert caught.value.reason == "private-address"
    assert web.requests == []


@pytest.mark.parametrize("host", [*LOCAL_NAMES[1:], "169.254.169.254", "10.0.0.1", "[64:ff9b::a9fe:a9fe]", "[fe80::1]"])
def test_a_redirect_to_a_private_address_is_refused(web: Web, host: str) -> None:
    """Every hop is checked: an allowed server cannot redirect to a blocked address."""
    private_address = web.address.replace("127.0.0.1", host)
    web.answers["/"] = respond(status=302, location=f"{private_address}/secret")
    web.answers["/secret"] = respond(b"secret")
    with pytest.raises(SourceError) as caught:
        fetch(f"{web.address}/", "127.0.0.1")
    assert caught.value.reason == "private-address"
    assert [request.path for request in web.requests] == ["/"]


def test_a_name_with_a_private_address_is_refused(web: Web) -> None:
    """A name for this machine is refused; if the policy lists it, it is requested with its Host header."""
    web.answers["/"] = respond(b"x")
    port = web.address.rpartition(":")[2]
    with pytest.raises(SourceError, match=r"trap.example leads to 127.0.0.1"):
        fetch(f"http://trap.example:{port}/", resolve=resolve_from(trap_example=["127.0.0.1"]))
    assert web.requests == []
    assert (
        fetch(f"http://trap.example:{port}/", "trap.example", resolve=resolve_from(trap_example=["127.0.0.1"])).data
        == b"x"
    )
    assert web.requests[0].headers["host"] == f"trap.example:{port}"


def test_rebinding_between_hops(web: Web) -> None:
    """A name that was public at the first hop is checked again at the second."""
    port = web.address.rpartition(":")[2]
    web.answers["/"] = respond(status=302, location=f"http://rebind.example:{port}/secret", connection="close")
    web.answers["/secret"] = respond(b"secret")
    resolve = resolve_from(rebind_example=[["169.254.169.254"]], first_example=["127.0.0.1"])
    with pytest.raises(SourceError, match=r"rebind.example leads to 169.254.169.254, a link-local address"):
        fetch(f"http://first.example:{port}/", "first.example", resolve=resolve)


def test_a_name_that_cannot_be_looked_up() -> None:
    """A name that does not exist is an error of its source."""
    with pytest.raises(SourceError) as caught:
        fetch("http://no-such-host.invalid/")
    assert caught.value.reason == "no-host"


def test_a_look_up_without_an_answer_says_nothing_of_the_name() -> None:
    """Without a network no name can be looked up; that is told apart from a name that does not exist."""
    host = "kein-netz.example"
    offline = errors.build_unknown_host_error(host, socket.gaierror(socket.EAI_AGAIN, "try again"))
    unknown = errors.build_unknown_host_error(host, socket.gaierror(socket.EAI_NONAME, "not known"))
    assert (offline.reason, unknown.reason) == ("no-look-up", "no-host")
    assert "is there a network?" in str(offline)


def test_a_host_of_the_intranet_is_compared_in_ascii() -> None:
    """The policy may name it with letters beyond ASCII; "ß" is not "ss", as in browsers."""
    assert normalize_host("Fußweg.intern.") == "xn--fuweg-mqa.intern"
    assert normalize_host("a..ß") == "a..ß"


def test_a_request_goes_to_the_host_that_browsers_would_ask() -> None:
    """The name that is looked up is that of UTS 46: no other site answers for "ß"."""
    names: list[str] = []

    async def resolve(host: str, _port: int) -> Sequence[str]:
        names.append(host)
        return ["127.0.0.1"]

    with pytest.raises(SourceError):
        fetch("https://www.fußweg.example/feed", resolve=resolve)
    assert names == ["www.xn--fuweg-mqa.example"]


@pytest.mark.parametrize(
    ("host", "is_public"),
    [
        *((host, True) for host in ("a.example", "A.Example.", "straße.example", "xn--p1ai.xn--p1ai", "8.8.8.8:8080")),
        *(
            (host, False)
            for host in ("wiki", "localhost", "a.localhost", "nas.local", "db.internal", "fritz.home.arpa")
        ),
        *(
            (host, False)
            for host in ("169.254.169.254", "10.0.0.1:80", "2130706433", "0x7f.1", "127.1", "[::1]", "[::")
        ),
    ],
)
def test_an_address_that_readers_can_reach(host: str, is_public: bool) -> None:
    """A public address has a name with a dot of no private network, or the number of a public host."""
    assert is_public_address(f"https://{host}/a") is is_public
    assert not is_public_address(f"ftp://{host}/a")
