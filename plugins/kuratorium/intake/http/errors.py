"""Errors of fetching, each with a stable reason code and a message that an editor can act on."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

from ...errors import SourceError

_STATUS_ERRORS = {
    206: ("broken-answer", "the server sends only a part of the document (206)"),
    401: ("forbidden", "the server asks for a password (401)"),
    403: ("forbidden", "the server does not let us in (403)"),
    404: ("not-found", "there is nothing at this address (404)"),
    410: ("gone", "it is gone for good (410): look for a new address, or give it up"),
    429: ("too-many-requests", "we sent too many requests (429)"),
    451: ("forbidden", "it is blocked for legal reasons (451)"),
}
# The resolver got no answer (all of them on a machine without network), which says nothing of the name.
_LOOK_UP_FAILURES = {socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM}
LONGEST_WAIT = timedelta(days=2)  # longer pauses that servers ask for are mostly mistakes


class PostponedError(SourceError):
    """A server asks by Retry-After for no request before `until` (aware)."""

    def __init__(self, reason: str, message: str, until: datetime) -> None:
        self.until = until
        super().__init__(reason, f"{message}; it asks us to wait until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def build_status_error(status: int, until: datetime | None) -> SourceError:
    """Return the error for a status that is no success; `until` is the moment in Retry-After, if there is one."""
    other = f"the server has a fault (HTTP {status})" if status >= 500 else f"the server answers HTTP {status}"
    reason, message = _STATUS_ERRORS.get(status, (f"http-{status}", other))
    # With a redirect, Retry-After is about the new address (RFC 9110, 10.2.3).
    return PostponedError(reason, message, until) if until and status >= 400 else SourceError(reason, message)


def build_rate_limit_error(until: datetime) -> PostponedError:
    """Return the error for a host that answered 429 to a request for another address."""
    return PostponedError("too-many-requests", "we sent this host too many requests (429)", until)


def build_timeout_error(seconds: float) -> SourceError:
    """Return the error for a response that takes longer than `seconds`."""
    return SourceError("timeout", f"no whole answer within {seconds:g} seconds")


def build_too_large_error(size: int, qualifier: str = "") -> SourceError:
    """Return the error for more than `size` bytes; `qualifier` says of what, such as "compressed"."""
    return SourceError(
        "too-large",
        f"more than {size / 1024 / 1024:.3g} MiB{qualifier and f' {qualifier}'}: feeds and pages are smaller",
    )


def build_garbled_error() -> SourceError:
    """Return the error for a body that is damaged, or not compressed as its header says."""
    return SourceError("garbled", "the answer is compressed, and cannot be unpacked")


def build_redirect_error(max_redirects: int) -> SourceError:
    """Return the error for redirects that lead in a circle or are too many."""
    return SourceError("redirects", f"the address redirects in a circle, or more than {max_redirects} times")


def build_moved_form_error(target: str) -> SourceError:
    """Return the error for an answer to a form that redirects to `target`: nothing is sent to another address."""
    return SourceError("redirects", f"it redirects to {target}: write this address, if you trust it")


def build_private_address_error(host: str, address: str, kind: str) -> SourceError:
    """Return the error for a `host` with an `address` that is not public, but of this `kind`, such as "a private"."""
    finding = f"{host} is {kind} address" if host == address else f"{host} leads to {address}, {kind} address"
    hint = 'requests go only to public ones, and to hosts that curation/policy.yaml lists under "intranet"'
    return SourceError("private-address", f"{finding}: {hint}")


def build_foreign_intranet_error(host: str) -> SourceError:
    """Return the error for a redirect or a link of another host that leads to a host of the intranet."""
    message = f"it leads to {host} in the intranet: only a source with an address at this host is fetched from there"
    return SourceError("private-address", message)


def build_unknown_host_error(host: str, error: OSError | None = None) -> SourceError:
    """Return the error for a host name that does not exist or cannot be looked up now, by the look-up's `error`."""
    if isinstance(error, socket.gaierror) and error.errno in _LOOK_UP_FAILURES:
        return SourceError("no-look-up", f"the name {host} cannot be looked up just now: is there a network?")
    return SourceError("no-host", f"there is no host called {host}")


def build_credentials_error() -> SourceError:
    """Return the error for an address with a user name or password; neither is ever sent."""
    return SourceError("credentials", 'the address holds a name and password ("…@"): take them out, none are sent')
