"""Which addresses may be asked, judged where it counts: after the name is looked up, before the connection is made.

A name may lead anywhere, and elsewhere a moment later. So whoever connects looks a name up once, judges every
address that it leads to, and connects to one of those, by its number.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

from . import errors

ResolveFunction = Callable[[str, int], Awaitable[Sequence[str]]]
SocketOptions = Iterable[httpcore.SOCKET_OPTION]

_MAX_ADDRESSES = 6  # of one name: the others are not tried
_HEAD_START_SECONDS = 0.25  # seconds that an address has before the next one is tried beside it (RFC 8305)

# What no feed of the open web has, by the registries of special addresses. IPv6 is public in 2000::/3 only.
_BLOCKED_NETWORKS: tuple[tuple[IPv4Network | IPv6Network, str], ...] = tuple(
    (ip_network(network), word)
    for word, networks in {
        "an unspecified": ("0.0.0.0/8", "::/128"),
        "a loopback": ("127.0.0.0/8", "::1/128"),
        "a private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
        "a link-local": ("169.254.0.0/16", "fe80::/10"),
        "a carrier's inner": ("100.64.0.0/10",),
        "a benchmarking": ("198.18.0.0/15", "2001:2::/48"),
        "a documentation": ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
        "a multicast": ("224.0.0.0/4", "ff00::/8"),
        "a v4-mapped": ("::ffff:0:0/96", "::ffff:0:0:0/96"),
        "a NAT64": ("64:ff9b::/96", "64:ff9b:1::/48"),
        "a tunnel's": ("2002::/16", "2001::/32", "192.88.99.0/24"),
        "a reserved": ("192.0.0.0/24", "240.0.0.0/4", "2001::/23"),
    }.items()
    for network in networks
)
_PUBLIC_IPV6 = IPv6Network("2000::/3")


def find_block_reason(address: str) -> str:
    """Tell what makes an IP address one that is not asked («a private»); empty if it is a public one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "an unreadable"
    word = next((word for network, word in _BLOCKED_NETWORKS if ip.version == network.version and ip in network), "")
    return word or ("a reserved" if isinstance(ip, IPv6Address) and ip not in _PUBLIC_IPV6 else "")


def normalize_host(host: str) -> str:
    """Write a host as hosts are compared: lower case, as the domain name system has it, no brackets, no final dot."""
    host = host.strip().strip("[]").rstrip(".").lower()
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


class Resolver:
    """The system's own look-up of names, `at_once` at a time: one that hangs keeps nobody waiting."""

    def __init__(self, max_threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_threads, thread_name_prefix="names")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """List the IP addresses of `host`, in the order to try them in. Raises SourceError where it has none."""
        ask = asyncio.get_running_loop().run_in_executor
        try:
            return (str(ip_address(host)),)  # a number needs no look-up
        except ValueError:
            pass
        try:
            found = await ask(self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            raise errors.build_unknown_host_error(host, error) from error
        return tuple(dict.fromkeys(str(address[0]) for *_, address in found))

    def close(self) -> None:
        """Let go of its threads, without waiting for names that nobody wants any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class PublicNetworkBackend(httpcore.AsyncNetworkBackend):
    """Makes connections, to public addresses only; hosts named in `intranet` may be anywhere.

    `resolve` looks a host up; `dial` connects to what was judged.
    """

    def __init__(
        self,
        resolve: ResolveFunction,
        intranet: Collection[str] = (),
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._resolve = resolve
        self._intranet = frozenset(map(normalize_host, intranet))
        self._backend = backend or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to `host`, name and connection within `timeout` seconds. Raises SourceError where it may not be."""

        def dial(address: str) -> Awaitable[httpcore.AsyncNetworkStream]:
            return self._backend.connect_tcp(address, port, None, local_address, socket_options)

        try:
            async with asyncio.timeout(timeout):
                return await _connect_first(await self._find_allowed_addresses(host, port), dial)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002  # httpcore's signature
        socket_options: SocketOptions | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing is fetched from a socket of this machine."""
        raise httpcore.UnsupportedProtocol(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _find_allowed_addresses(self, host: str, port: int) -> Sequence[str]:
        """List where `host` may be connected to; raises SourceError if there is no such address."""
        addresses = await self._resolve(host, port)
        if normalize_host(host) in self._intranet:
            public = list(addresses)
        else:
            public = [address for address in addresses if not find_block_reason(address)]
        if not public:
            refused = next(iter(addresses), "")
            raise (
                errors.build_private_address_error(host, refused, find_block_reason(refused))
                if refused
                else errors.build_unknown_host_error(host)
            )
        return _interleave_families(public)[:_MAX_ADDRESSES]


def _interleave_families(addresses: list[str]) -> list[str]:
    """Let the first address of the other kind, IPv4 or IPv6, be the second to be tried."""
    other = next((one for one in addresses if (":" in one) != (":" in addresses[0])), None)
    return addresses if other is None else list(dict.fromkeys([addresses[0], other, *addresses]))


async def _connect_first(
    addresses: Sequence[str], connect: Callable[[str], Awaitable[httpcore.AsyncNetworkStream]]
) -> httpcore.AsyncNetworkStream:
    """Connect to the address that answers first, each later one starting a moment after; raises the first's error."""
    if len(addresses) == 1:
        return await connect(addresses[0])
    ahead = list(addresses)
    trying: list[asyncio.Future[httpcore.AsyncNetworkStream]] = []
    won: httpcore.AsyncNetworkStream | None = None
    try:
        while won is None and (ahead or not all(one.done() for one in trying)):
            if ahead:
                trying.append(asyncio.ensure_future(connect(ahead.pop(0))))
            running = [one for one in trying if not one.done()]
            await asyncio.wait(
                running, timeout=_HEAD_START_SECONDS if ahead else None, return_when=asyncio.FIRST_COMPLETED
            )
            won = next((one.result() for one in trying if one.done() and not one.exception()), None)
    finally:
        await _cancel_attempts(
            [one for one in trying if won is None or not one.done() or one.exception() or one.result() != won]
        )
    return won or trying[0].result()


async def _cancel_attempts(attempts: Iterable[asyncio.Future[httpcore.AsyncNetworkStream]]) -> None:
    """Give up the attempts that are not needed, and hang up where one has come through meanwhile."""
    attempts = list(attempts)
    for one in attempts:
        one.cancel()
    for ended in await asyncio.gather(*attempts, return_exceptions=True):
        if not isinstance(ended, BaseException):
            await ended.aclose()
