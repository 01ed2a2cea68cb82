from __future__ import annotations

import asyncio
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
from kuratorium.intake.http.client import Fetcher
from kuratorium.intake.http.responses import Response
from kuratorium.intake.http.ssrf_guard import PublicNetworkBackend, ResolveFunction, find_block_reason
from tests.intake.web import Web, says

PUBLIC = "93.184.216.34"


class Wire(httpcore.AsyncNetworkBackend):
    """Where connections would be made: it remembers the addresses, and leads to none of them."""

    def __init__(self, **behaviour: Callable[[], Awaitable[None]]) -> None:
        self.dialled: list[str] = []
        self.open: list[httpcore.AsyncNetworkStream] = []
        self._behaviour = {key.replace("_", "."): action for key, action in behaviour.items()}

    async def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        """Remember who was called."""
        self.dialled.append(host)
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
        """Hang up."""
        self._others.remove(self)


def names(**known: list[Any]) -> ResolveFunction:
    """Look names up in a book: `a_example=["1.2.3.4"]`; a list of lists answers differently each time."""

    async def resolve(host: str, _port: int) -> Sequence[str]:
        found = known[host.replace(".", "_")]
        return found.pop(0) if found and isinstance(found[0], list) else found

    return resolve


def connect(guard: PublicNetworkBackend, host: str, timeout: float = 5) -> Stream:
    """Connect to `host`."""
    stream = asyncio.run(guard.connect_tcp(host, 80, timeout))
    assert isinstance(stream, Stream)
    return stream


def refused(guard: PublicNetworkBackend, host: str) -> str:
    """Try to connect to `host`, which must be refused; gives the words."""
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
def test_what_is_refused(address: str, kind: str) -> None:
    """Every range that is not the open web's is refused, and told by its kind."""
    assert find_block_reason(address) == kind


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.128.0.0", "198.20.0.0", "2606:4700::1111", "2a01:4f8::1"],
)
def test_what_is_public(address: str) -> None:
    """The open web is asked, up to the edges of the ranges that are not."""
    assert find_block_reason(address) == ""


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
@example(ip_address("192.0.0.9"))
def test_nothing_is_asked_that_python_calls_private(address: IPv4Address | IPv6Address) -> None:
    """What the standard library does not hold for global, or holds for multicast, is refused."""
    if not address.is_global or address.is_multicast:
        assert find_block_reason(str(address))


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"]))
def test_an_ipv4_address_does_not_hide_in_ipv6(address: IPv4Address, form: str) -> None:
    """Whatever IPv4 address is mapped, translated or merely written into IPv6, it is refused."""
    assert find_block_reason(form.format(address))


def test_the_judged_address_is_the_one_that_is_dialled() -> None:
    """A name is looked up once per connection, and called by number: what it leads to later does not matter."""
    wire = Wire()
    guard = PublicNetworkBackend(names(rebind_example=[[PUBLIC], ["127.0.0.1"]]), backend=wire)
    assert connect(guard, "rebind.example").host == PUBLIC
    assert refused(guard, "rebind.example").startswith("rebind.example leads to 127.0.0.1, a loopback address")
    assert wire.dialled == [PUBLIC]


def test_of_a_mixed_answer_only_public_addresses_are_dialled() -> None:
    """A name with an inner address beside a public one does not lead inside, in whatever order."""
    for answer in (["127.0.0.1", PUBLIC], [PUBLIC, "::1", "10.0.0.1"]):
        wire = Wire()
        connect(PublicNetworkBackend(names(mixed_example=answer), backend=wire), "mixed.example")
        assert wire.dialled == [PUBLIC]


def test_named_hosts_may_be_inside() -> None:
    """The policy's intranet opens the hosts that it names, however they are written, and no others."""
    wire = Wire()
    book = names(wiki_intern=["10.0.0.5"], other_intern=["10.0.0.5"], WIKI_intern_=["10.0.0.5"])
    guard = PublicNetworkBackend(book, ["Wiki.intern."], backend=wire)
    connect(guard, "wiki.intern")
    connect(guard, "WIKI.intern.")
    assert 'lists under "intranet"' in refused(guard, "other.intern")
    assert wire.dialled == ["10.0.0.5", "10.0.0.5"]


def test_a_host_without_addresses() -> None:
    """A name that leads nowhere is told so."""
    with pytest.raises(SourceError, match=r"there is no host called void.example") as caught:
        connect(PublicNetworkBackend(names(void_example=[])), "void.example")
    assert caught.value.reason == "no-host"


async def _hang() -> None:
    await asyncio.sleep(60)


async def _fail() -> None:
    raise httpcore.ConnectError("down")


def test_an_address_that_hangs_does_not_hold_up_the_next() -> None:
    """The next address is tried after a moment, the other kind first; one connection stays, the rest is given up."""
    wire = Wire(**{"2606:4700::1": _hang})
    guard = PublicNetworkBackend(names(two_example=["2606:4700::1", "2606:4700::2", PUBLIC]), backend=wire)

    async def run() -> str:
        stream = await guard.connect_tcp("two.example", 80, 5)
        assert len(asyncio.all_tasks()) == 1
        assert isinstance(stream, Stream)
        return stream.host

    assert asyncio.run(run()) == PUBLIC
    assert wire.dialled == ["2606:4700::1", PUBLIC]
    assert [stream.host for stream in wire.open if isinstance(stream, Stream)] == [PUBLIC]


def test_all_addresses_may_fail() -> None:
    """If no address answers, the first one's error is told; at most six are tried."""
    addresses = [f"93.184.216.{number}" for number in range(1, 10)]
    wire = Wire(**{address.replace(".", "_"): _fail for address in addresses})
    with pytest.raises(httpcore.ConnectError, match="down"):
        connect(PublicNetworkBackend(names(down_example=addresses), backend=wire), "down.example")
    assert wire.dialled == addresses[:6]


def test_connecting_has_a_limit() -> None:
    """Looking up and connecting take no longer than they may, together."""

    async def slow(_host: str, _port: int) -> Sequence[str]:
        await _hang()
        return []

    for guard in (
        PublicNetworkBackend(slow),
        PublicNetworkBackend(names(a_example=[PUBLIC]), backend=Wire(**{PUBLIC.replace(".", "_"): _hang})),
    ):
        with pytest.raises(httpcore.ConnectTimeout):
            connect(guard, "a.example", timeout=0.05)


def test_no_socket_of_this_machine() -> None:
    """Unix sockets are none of ours."""
    with pytest.raises(httpcore.UnsupportedProtocol):
        asyncio.run(PublicNetworkBackend(names()).connect_unix_socket("/run/docker.sock"))


def get(address: str, *intranet: str, resolve: ResolveFunction | None = None) -> Response:
    """Fetch from `address`."""

    async def run() -> Response:
        clock = datetime(2026, 10, 14, 7, tzinfo=UTC)
        async with Fetcher(Path(), "test", lambda: clock, intranet=intranet, resolve=resolve) as fetcher:
            return await fetcher.fetch(address)

    return asyncio.run(run())


INSIDE = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]


@pytest.mark.parametrize("host", INSIDE)
def test_this_machine_is_refused_by_default(web: Web, host: str) -> None:
    """However it is spelled, this machine is not asked unless the policy names it."""
    web.answers["/"] = says(b"secret")
    with pytest.raises(SourceError) as caught:
        get(web.address.replace("127.0.0.1", host))
    assert caught.value.reason == "private-address"
    assert web.asked == []


@pytest.mark.parametrize("host", [*INSIDE[1:], "169.254.169.254", "10.0.0.1", "[64:ff9b::a9fe:a9fe]", "[fe80::1]"])
def test_a_redirect_inside_is_refused(web: Web, host: str) -> None:
    """Every hop is judged: a server that may be asked cannot send us to one that may not."""
    inner = web.address.replace("127.0.0.1", host)
    web.answers["/"] = says(status=302, location=f"{inner}/secret")
    web.answers["/secret"] = says(b"secret")
    with pytest.raises(SourceError) as caught:
        get(f"{web.address}/", "127.0.0.1")
    assert caught.value.reason == "private-address"
    assert [asked.path for asked in web.asked] == ["/"]


def test_a_name_that_leads_inside_is_refused(web: Web) -> None:
    """A foreign name for this machine is refused; the same name, named in the policy, is asked with its Host."""
    web.answers["/"] = says(b"x")
    port = web.address.rpartition(":")[2]
    with pytest.raises(SourceError, match=r"trap.example leads to 127.0.0.1"):
        get(f"http://trap.example:{port}/", resolve=names(trap_example=["127.0.0.1"]))
    assert web.asked == []
    assert get(f"http://trap.example:{port}/", "trap.example", resolve=names(trap_example=["127.0.0.1"])).data == b"x"
    assert web.asked[0].headers["host"] == f"trap.example:{port}"


def test_rebinding_between_hops(web: Web) -> None:
    """A name that was fine at the first hop is judged anew at the second."""
    port = web.address.rpartition(":")[2]
    web.answers["/"] = says(status=302, location=f"http://rebind.example:{port}/secret", connection="close")
    web.answers["/secret"] = says(b"secret")
    book = names(rebind_example=[["169.254.169.254"]], first_example=["127.0.0.1"])
    with pytest.raises(SourceError, match=r"rebind.example leads to 169.254.169.254, a link-local address"):
        get(f"http://first.example:{port}/", "first.example", resolve=book)


def test_a_name_that_cannot_be_looked_up() -> None:
    """A name that does not exist is a result of its source."""
    with pytest.raises(SourceError) as caught:
        get("http://no-such-host.invalid/")
    assert caught.value.reason == "no-host"
