"""Guard against server-side request forgery: connections go to public IP addresses only.

A host name may lead to any address, and to another one a moment later (DNS rebinding). So a name is looked up once,
every address is checked after the look-up, and the connection is made to one of the checked addresses by number.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpcore

from ... import urls
from . import errors

ResolveFunction = Callable[[str, int], Awaitable[Sequence[str]]]
SocketOptions = Iterable[httpcore.SOCKET_OPTION]

_MAX_ADDRESSES = 6  # of one host; with more, a host that is down would take too long to fail
_HEAD_START_SECONDS = 0.25  # before the next address is tried in parallel (RFC 8305, 5: "Happy Eyeballs")

# The special-purpose addresses of IANA's registries (RFC 6890): no feed of the open web has one. Tunnels, NAT64 and
# v4-mapped addresses could lead to a private IPv4 address. Public IPv6 addresses are in 2000::/3 only.
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
# RFC 6761, 6762 and 7686, ICANN's .internal, and what routers and companies use without asking.
_PRIVATE_TOP_LEVELS = {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "invalid", "onion"}
# Such a host is an IPv4 address (https://url.spec.whatwg.org/#ends-in-a-number-checker); only a.b.c.d is read as one.
_ENDS_IN_NUMBER = re.compile(r"(?:\A|\.)(?:\d+|0x[0-9a-f]*)\Z")
_PUBLIC_IPV6 = IPv6Network("2000::/3")


def find_block_reason(address: str) -> str:
    """Return why an IP address must not be connected to, such as "a private"; empty if it is public."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "an unreadable"
    word = next((word for network, word in _BLOCKED_NETWORKS if ip.version == network.version and ip in network), "")
    return word or ("a reserved" if isinstance(ip, IPv6Address) and ip not in _PUBLIC_IPV6 else "")


def is_public_address(address: str) -> bool:
    """Return whether an http(s) address has a host that readers can reach, as far as its name shows."""
    try:
        host = normalize_host(urlsplit(address).hostname or "")
    except ValueError:
        return False
    if not urls.is_http_url(address):
        return False
    if ":" in host or _ENDS_IN_NUMBER.search(host):
        return not find_block_reason(host)
    name, _, top = host.rpartition(".")
    return bool(name) and top not in _PRIVATE_TOP_LEVELS and not host.endswith(".home.arpa")


def normalize_host(host: str) -> str:
    """Return a host for comparison: lower case, IDNA-encoded, without brackets and final dot."""
    host = host.strip().strip("[]").rstrip(".").lower()
    try:
        return host if host.isascii() else urls.encode_host(host)
    except ValueError:
        return host


class Resolver:
    """The system's look-up of host names, in threads of its own: one that hangs must not delay others."""

    def __init__(self, max_threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_threads, thread_name_prefix="names")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the IP addresses of `host` in the order to try them. Raises SourceError if it has none."""
        try:
            return (str(ip_address(host)),)  # a number needs no look-up
        except ValueError:
            pass
        try:
            results = await asyncio.get_running_loop().run_in_executor(
                self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
        except OSError as error:
            raise errors.build_unknown_host_error(host, error) from error
        return tuple(dict.fromkeys(str(address[0]) for *_, address in results))

    def close(self) -> None:
        """Stop the threads without waiting for look-ups that are still running."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class PublicNetworkBackend(httpcore.AsyncNetworkBackend):
    """A network backend that connects to public addresses only; hosts in `intranet` may have any address.

    `resolve` looks host names up, `backend` makes the connections to checked addresses.
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
        """Connect to `host`, look-up included, within `timeout` seconds. Raises SourceError if no address is public."""

        def connect_to(address: str) -> Awaitable[httpcore.AsyncNetworkStream]:
            return self._backend.connect_tcp(address, port, None, local_address, socket_options)

        try:
            async with asyncio.timeout(timeout):
                return await _connect_first(await self._find_allowed_addresses(host, port), connect_to)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002  # httpcore's signature
        socket_options: SocketOptions | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Raise UnsupportedProtocol: sockets of this machine are not public."""
        raise httpcore.UnsupportedProtocol(path)

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore requires of a backend."""
        await asyncio.sleep(seconds)

    async def _find_allowed_addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of `host` that may be connected to. Raises SourceError if there is none."""
        addresses = await self._resolve(host, port)
        if normalize_host(host) in self._intranet:
            allowed = list(addresses)
        else:
            allowed = [address for address in addresses if not find_block_reason(address)]
        if not allowed:
            blocked = next(iter(addresses), "")
            raise (
                errors.build_private_address_error(host, blocked, find_block_reason(blocked))
                if blocked
                else errors.build_unknown_host_error(host)
            )
        return _interleave_families(allowed)[:_MAX_ADDRESSES]


def _interleave_families(addresses: list[str]) -> list[str]:
    """Return addresses in an order in which the second is of the other family, IPv4 or IPv6 (RFC 8305, 4)."""
    other = next((address for address in addresses if (":" in address) != (":" in addresses[0])), None)
    return addresses if other is None else list(dict.fromkeys([addresses[0], other, *addresses]))


async def _connect_first(
    addresses: Sequence[str], connect: Callable[[str], Awaitable[httpcore.AsyncNetworkStream]]
) -> httpcore.AsyncNetworkStream:
    """Return the first connection that succeeds; each address gets a short head start before the next is tried, too.

    Raises the error of the first address if none succeeds.
    """
    if len(addresses) == 1:
        return await connect(addresses[0])
    remaining = list(addresses)
    attempts: list[asyncio.Future[httpcore.AsyncNetworkStream]] = []
    winner: httpcore.AsyncNetworkStream | None = None
    try:
        while winner is None and (remaining or not all(attempt.done() for attempt in attempts)):
            if remaining:
                attempts.append(asyncio.ensure_future(connect(remaining.pop(0))))
            running = [attempt for attempt in attempts if not attempt.done()]
            head_start = _HEAD_START_SECONDS if remaining else None
            await asyncio.wait(running, timeout=head_start, return_when=asyncio.FIRST_COMPLETED)
            winner = next((attempt.result() for attempt in attempts if _has_succeeded(attempt)), None)
    finally:
        losers = [attempt for attempt in attempts if not _has_succeeded(attempt) or attempt.result() != winner]
        await _cancel_attempts(losers)
    return winner or attempts[0].result()


def _has_succeeded(attempt: asyncio.Future[httpcore.AsyncNetworkStream]) -> bool:
    return attempt.done() and not attempt.exception()


async def _cancel_attempts(attempts: Sequence[asyncio.Future[httpcore.AsyncNetworkStream]]) -> None:
    """Cancel attempts that are not needed, and close the connections of those that have succeeded meanwhile."""
    for attempt in attempts:
        attempt.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if not isinstance(result, BaseException):
            await result.aclose()
