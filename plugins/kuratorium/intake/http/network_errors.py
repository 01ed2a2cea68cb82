"""Failed connections: what fetching raises although the program is correct, and the error for an editor.

Apart from the other errors, because httpx and httpcore take a third of a second to import, and most commands fetch
nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpcore
import httpx

from ...errors import SourceError

_EXCEPTION_ERRORS: tuple[tuple[type[Exception], str, str], ...] = (  # the first match counts: base classes last
    (ssl.SSLCertVerificationError, "tls", "the server's certificate is not valid"),
    (ssl.SSLError, "tls", "the encrypted connection failed: is the address right with https?"),
    (httpcore.ConnectTimeout, "timeout", "the server does not take the connection"),
    (httpcore.TimeoutException, "timeout", "the server does not answer in time"),
    (httpcore.ConnectError, "unreachable", "the server cannot be reached: it is down, or takes no connections there"),
    (httpcore.UnsupportedProtocol, "bad-address", "the address leads to something other than http or https"),
    (httpx.InvalidURL, "bad-address", "the address is invalid, or redirects to an invalid one"),
    (UnicodeError, "bad-address", "the address has an invalid host name"),
    (Exception, "broken-answer", "the connection broke off before the answer was whole"),
)
# What fetching may raise although the program is correct; `build_network_error` turns it into a SourceError.
NETWORK_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpx.InvalidURL,
    UnicodeError,
    OSError,
)


def build_network_error(error: Exception) -> SourceError:
    """Return the error for a failed connection, by the exception or one of its causes."""
    causes = list(_iterate_causes(error))
    return next(
        SourceError(reason, message)
        for kind, reason, message in _EXCEPTION_ERRORS
        if any(isinstance(cause, kind) for cause in causes)
    )


def _iterate_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and its causes."""
    while error:
        # Python's ssl raises "want read" and "want write" internally, without any failure.
        if not isinstance(error, (ssl.SSLWantReadError, ssl.SSLWantWriteError)):
            yield error
        error = error.__cause__ or error.__context__
