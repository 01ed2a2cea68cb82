"""Addresses: relative -> absolute, foreign -> safe, and the form in which two are compared."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit

# What RFC 3986 lets stand, and «%», for it is there already. Everything else, blanks and quotes too, is escaped.
_SAFE_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"
_HTTP_URL = re.compile(r"\Ahttps?://[^\s/?#]", re.IGNORECASE)
_EMPTY_URL = re.compile(r"\Ahttps?:/*\Z", re.IGNORECASE)
_WELL_FORMED_URL = re.compile(
    r"\Ahttps?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
    r"(?:/[\w!$%&'()*+,.:=@~/-]*(?:\?[\w!$%&'()*+,.:;=@~/?-]+)?(?:#[\w!$%&'()*+,.:;=@~/?-]+)?)?\Z",
    re.ASCII,
)
_SIMPLE_URL = re.compile(r"\Ahttps?://(?:www\.)?+([a-z0-9.-]+)((?:/[!\"$->@-~]*)?)\Z")  # nothing but host and path
# Parameters that mail, search, social and analytics programs hang on links, to know readers again.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "matomo_", "hsa_", "at_campaign", "at_medium", "at_custom", "wt_", "wt.")
_TRACKING_PARAMETERS = frozenset(
    (
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl", "msclkid", "yclid"),
        *("twclid", "ttclid", "li_fat_id", "igshid", "igsh", "epik", "rb_clickid", "_openstat", "guccounter"),
        *("mc_cid", "mc_eid", "mkt_tok", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "ck_subscriber_id"),
        *("_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp", "hsctatracking", "s_cid", "sc_campaign", "cmpid", "xtor"),
        *("ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "ns_fee"),
    )
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_http_url(address: str) -> bool:
    """Tell whether `address` is an http or https address."""
    return bool(_HTTP_URL.match(address))


def make_absolute_url(link: str, *bases: str) -> str:
    """Make `link` a safe http(s) address, seen from the first base that is one; empty where it cannot be."""
    if _WELL_FORMED_URL.match(link):  # nearly all are: nothing to join, to escape or to take out
        return link
    stripped = re.sub(r"[\x00-\x20\x7f-\x9f]+\Z|\A[\x00-\x20\x7f-\x9f]+|[\t\r\n]", "", link)
    base = next((base for base in bases if is_http_url(base)), "")
    if not stripped or _EMPTY_URL.match(stripped):
        return ""
    try:
        joined = urljoin(base, stripped)
        parts = urlsplit(joined)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.port == 0:
            return ""
        # A name and password in a link are somebody's secret or a trap for readers («https://bank.example@evil/»).
        host = _encode_host(parts.netloc.rpartition("@")[2])
        return quote(parts._replace(netloc=host).geturl(), safe=_SAFE_CHARACTERS)
    except ValueError:  # unbalanced brackets, a port that is no number, lone surrogates
        return ""


def _encode_host(host: str) -> str:
    """Write a host and its port as the domain name system does; raises ValueError where it cannot be one."""
    ascii_host = host if host.isascii() else host.encode("idna").decode()
    labels = ascii_host.partition(":")[0].removesuffix(".").split(".")
    if quote(ascii_host, safe=":[]") != ascii_host or not all(0 < len(label) < 64 for label in labels):
        raise ValueError(host)
    return ascii_host


def normalize_url(address: str, feed_url: str = "") -> str:
    """Write an address so that two spellings of it compare equal; not for fetching.

    Scheme, `www.`, default port, trailing slash, fragment and what only tracks readers go, the query is sorted; a path
    is left as it is. `feed` is the address of the feed that gave the link: a `ref` that names its host goes, too.
    """
    if bare := _SIMPLE_URL.match(address):
        return bare[1] + bare[2].rstrip("/")
    try:
        parts = urlsplit(address.strip())
        port = parts.port
        source = get_host(feed_url)
    except ValueError:
        return address.strip()
    if parts.scheme not in _DEFAULT_PORTS:
        return address.strip()
    host = _strip_www(parts.hostname)
    shown = f":{port}" if port and port not in _DEFAULT_PORTS.values() else ""
    query = "&".join(
        sorted(part for part in parts.query.split("&") if part and not _is_tracking_parameter(part, source))
    )
    return f"{host}{shown}{parts.path.rstrip('/')}{'?' if query else ''}{query}"


def remove_tracking(address: str, feed_url: str = "") -> str:
    """Take out of an address what only tracks readers, and leave all else as it is; for publishing.

    `feed` is the address of the feed that gave it: a `ref` that names its host goes, too.
    """
    try:
        source = get_host(feed_url)
    except ValueError:
        source = ""
    rest, mark, fragment = address.partition("#")
    page, asks, query = rest.partition("?")
    return page + _remove_tracking_parameters(asks, query, source) + _remove_tracking_parameters(mark, fragment, source)


def _remove_tracking_parameters(mark: str, parameters: str, source: str) -> str:
    """Write what is left of a query or fragment, its `mark` in front; without the mark where nothing is."""
    parts = parameters.split("&")
    kept = [part for part in parts if not _is_tracking_parameter(part, source)]
    return mark + "&".join(kept) if kept else ""


def list_comparable_urls(link: str, canonical: str = "", feed_url: str = "") -> frozenset[str]:
    """List the forms in which an article's link compares with others: its own, and its canonical one where known."""
    return frozenset(normalize_url(one, feed_url) for one in (link, canonical) if one)


def is_article_url(normalized_url: str) -> bool:
    """Tell whether an address, as `normal` writes it, can name one article: a site's front page names all of them."""
    return "/" in normalized_url or "?" in normalized_url


def _is_tracking_parameter(part: str, source: str) -> bool:
    """Tell whether a part of a query only says by which way a reader comes: from the host `source`, for one."""
    name, _, value = part.partition("=")
    name = unquote(name).lower()
    if name in {"ref", "referrer"}:
        told = unquote(value).lower().partition("//")[2] or unquote(value).lower()
        return bool(source) and _strip_www(told.partition("/")[0]) == source
    return name in _TRACKING_PARAMETERS or name.startswith(_TRACKING_PREFIXES)


@lru_cache(maxsize=256)  # a feed's entries are looked at one after another
def get_host(address: str) -> str:
    """Tell the host of an address without `www.`; raises ValueError where it cannot have one."""
    return _strip_www(urlsplit(address).hostname)


def _strip_www(name: str | None) -> str:
    return (name or "").removeprefix("www.")
