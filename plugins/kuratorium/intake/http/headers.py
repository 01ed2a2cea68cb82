"""Values of HTTP headers: dates, freshness, when a server may be asked again, and where a list goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ... import urls
from .errors import LONGEST_WAIT

_LINK = re.compile(r"<(?P<target>[^<>]*)>(?P<parameters>[^<>]*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<token>[^\s;,\"]+))", re.IGNORECASE)
_MAX_LINK_CHARACTERS = 10_000
_MAX_DIGITS = 9  # of a number of seconds: more than 30 years, and small enough for timedelta


def parse_http_date(text: str) -> datetime | None:
    """Return an HTTP date (RFC 9110, 5.6.7) in UTC; None if the text is no such date."""
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):  # each of them occurs, depending on what is malformed
        return None


def parse_retry_after(header: str, now: datetime) -> datetime | None:
    """Return when the next request is allowed by Retry-After, which has seconds or a date (RFC 9110, 10.2.3).

    At most LONGEST_WAIT after `now` (aware); None if the header is empty, malformed or not in the future.
    """
    if header.isascii() and header.isdigit():
        until: datetime | None = now + min(timedelta(seconds=int(header[:_MAX_DIGITS])), LONGEST_WAIT)
    else:
        until = parse_http_date(header)
    return min(until, now + LONGEST_WAIT) if until and until > now else None


def read_freshness_seconds(headers: Mapping[str, str], now: datetime) -> float:
    """Return how many seconds a response stays fresh (RFC 9111, 4.2); 0 if its headers do not say.

    Cache-Control's max-age less Age comes first, then Expires less Date. Header names are in lower case.
    """
    control = [part.strip().lower().partition("=") for part in headers.get("cache-control", "").split(",")]
    # RFC 9111, 5.2: a value may be a token or a quoted string.
    directives = {name.strip(): value.strip(' "') for name, _, value in control}
    if directives.keys() & {"no-cache", "no-store"}:
        return 0.0
    if "max-age" in directives:  # RFC 9111, 5.3: Expires does not count beside it, even if its value is wrong
        return max(0.0, parse_seconds(directives["max-age"]) - parse_seconds(headers.get("age", "").strip()))
    expires = parse_http_date(headers.get("expires", ""))
    begin = parse_http_date(headers.get("date", "")) or now  # the server's own clock, which may be wrong
    return max(0.0, (expires - begin).total_seconds()) if expires else 0.0


def find_next_page(header: str, address: str) -> str:
    """Return the address at which a list goes on by the header Link (RFC 8288); empty if it does not say.

    `address` is that of the response, from which relative ones begin.
    """
    for match in _LINK.finditer(header[:_MAX_LINK_CHARACTERS]):
        relation = _RELATION.search(match["parameters"])
        if relation and "next" in (relation["quoted"] or relation["token"] or "").lower().split():
            return urls.make_absolute_url(match["target"], address)
    return ""


def parse_seconds(text: str) -> int:
    """Return a number of seconds; 0 if the text is not one."""
    # isdigit() alone also accepts ² and ٣. Nine digits are 31 years; more would only overflow a timedelta.
    return int(text[:_MAX_DIGITS]) if text.isascii() and text.isdigit() else 0
