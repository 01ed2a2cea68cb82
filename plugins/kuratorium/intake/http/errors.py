"""What goes wrong while fetching -> a reason code, and words that an editor can act on."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from ...errors import SourceError

_STATUS_ERRORS = {
    401: ("forbidden", "the server asks for a password (401)"),
    403: ("forbidden", "the server does not let us in (403)"),
    404: ("not-found", "there is nothing at this address (404)"),
    410: ("gone", "the feed was given up (410): look for a new address, or remove the source"),
    429: ("too-many-requests", "we asked too often (429)"),
    451: ("forbidden", "the feed is blocked for legal reasons (451)"),
}
_EXCEPTION_ERRORS: tuple[tuple[type[Exception], str, str], ...] = (  # in order; the first that fits tells
    (ssl.SSLCertVerificationError, "tls", "the server's certificate is not valid"),
    (ssl.SSLError, "tls", "the encrypted connection failed: is the address right with https?"),
    (httpcore.ConnectTimeout, "timeout", "the server does not take the connection"),
    (httpcore.TimeoutException, "timeout", "the server does not answer in time"),
    (httpcore.ConnectError, "unreachable", "the server cannot be reached: it is down, or takes no connections there"),
    (httpcore.UnsupportedProtocol, "bad-address", "the address leads to something other than http or https"),
    (httpx.InvalidURL, "bad-address", "the address is none, or leads to one that is none"),
    (UnicodeError, "bad-address", "the address has a host name that cannot be"),
    (Exception, "broken-answer", "the connection broke off before the answer was whole"),
)
# What fetching may raise that is no bug; `of_error` makes a result of it.
NETWORK_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpx.InvalidURL,
    UnicodeError,
    OSError,
)
LONGEST_WAIT = timedelta(days=2)


class PostponedError(SourceError):
    """The server wants to be left alone until `until` (aware)."""

    def __init__(self, reason: str, message: str, until: datetime) -> None:
        self.until = until
        super().__init__(reason, f"{message}; it asks us to wait until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def build_status_error(status: int, headers: httpx.Headers, now: datetime) -> SourceError:
    """Tell what an answer that is no success means."""
    server = f"the server has a fault (HTTP {status})" if status >= 500 else f"the server answers HTTP {status}"
    reason, words = _STATUS_ERRORS.get(status, (f"http-{status}", server))
    until = parse_retry_after(headers.get("retry-after", ""), now) if status >= 400 else None
    return PostponedError(reason, words, until) if until else SourceError(reason, words)


def build_rate_limit_error(until: datetime) -> PostponedError:
    """Tell that a host is let alone `until` then, for it has just said so of another address."""
    return PostponedError("too-many-requests", "we asked this host too often (429)", until)


def build_network_error(error: Exception) -> SourceError:
    """Tell why there is no whole answer; the error or one of its causes decides."""
    causes = list(_iterate_causes(error))
    return next(
        SourceError(reason, words)
        for kind, reason, words in _EXCEPTION_ERRORS
        if any(isinstance(one, kind) for one in causes)
    )


def build_timeout_error(seconds: float) -> SourceError:
    """Tell that the whole answer took longer than it may."""
    return SourceError("timeout", f"no whole answer within {seconds:g} seconds")


def build_too_large_error(size: int, qualifier: str = "") -> SourceError:
    """Tell that there are more bytes than `size`; `how` they come may be said («compressed»)."""
    return SourceError(
        "too-large", f"more than {size / 1024 / 1024:.3g} MiB{qualifier and f' {qualifier}'}: a feed is smaller"
    )


def build_garbled_error() -> SourceError:
    """Tell that a compressed body is damaged, or no compressed body."""
    return SourceError("garbled", "the answer is compressed, and cannot be unpacked")


def build_redirect_error(max_redirects: int) -> SourceError:
    """Tell that the way leads on and on, or in a circle."""
    return SourceError("redirects", f"the address redirects in a circle, or more than {max_redirects} times")


def build_private_address_error(host: str, address: str, kind: str) -> SourceError:
    """Tell that `host` leads to an `address` that is not asked, for it is of that `kind` («a private»)."""
    said = f"{host} is {kind} address" if host == address else f"{host} leads to {address}, {kind} address"
    mend = "only public ones are asked, and hosts that curation/policy.yaml names under «intranet»"
    return SourceError("private-address", f"{said}: {mend}")


def build_unknown_host_error(host: str, error: OSError | None = None) -> SourceError:
    """Tell that a name cannot be looked up, by the `error` of the look-up: there is none, or just not now."""
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return SourceError("no-host", f"the name {host} cannot be looked up just now")
    return SourceError("no-host", f"there is no host called {host}")


def build_credentials_error() -> SourceError:
    """Tell that an address holds a name and password, which we send nowhere."""
    return SourceError("credentials", "the address holds a name and password («…@»): take them out, none are sent")


def parse_retry_after(header: str, now: datetime) -> datetime | None:
    """Read Retry-After, in seconds or as a date: when we may come again, at most two days from `now`."""
    if header.isascii() and header.isdigit():
        until = now + timedelta(seconds=min(int(header[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(header)
        except (ValueError, OverflowError, TypeError, IndexError):
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(until, now + LONGEST_WAIT) if until > now else None


def _iterate_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        if not isinstance(error, (ssl.SSLWantReadError, ssl.SSLWantWriteError)):  # these only mean: wait
            yield error
        error = error.__cause__ or error.__context__
