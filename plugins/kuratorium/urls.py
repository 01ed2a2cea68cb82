"""Web addresses: make them absolute and safe, compare them, remove tracking parameters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit

# What RFC 3986 allows in an address, and "%" because it begins existing escapes. All else is escaped, quotes too.
_SAFE_CHARACTERS = "!#$%&'()*+,/:;=?@[]~"
_HTTP_URL = re.compile(r"\Ahttps?://[^\s/?#]", re.IGNORECASE)
_EMPTY_URL = re.compile(r"\Ahttps?:/*\Z", re.IGNORECASE)
_WELL_FORMED_URL = re.compile(
    r"\Ahttps?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
    r"(?:/[\w!$%&'()*+,.:=@~/-]*(?:\?[\w!$%&'()*+,.:;=@~/?-]+)?(?:#[\w!$%&'()*+,.:;=@~/?-]+)?)?\Z",
    re.ASCII,
)
_SIMPLE_URL = re.compile(r"\Ahttps?://(?:www\.)?+([a-z0-9.-]*[a-z0-9-])((?:/[!\"$-:<->@-~]*)?)\Z")  # host and path only
# Parameters that mail, search, social and analytics services append to links to recognise readers.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "matomo_", "hsa_", "at_campaign", "at_medium", "at_custom", "wt_", "wt.")
_TRACKING_PARAMETERS = frozenset(
    (
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "_ga", "_gl", "msclkid", "yclid"),
        *("twclid", "ttclid", "li_fat_id", "igshid", "igsh", "epik", "rb_clickid", "_openstat", "guccounter"),
        *("mc_cid", "mc_eid", "mkt_tok", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "ck_subscriber_id"),
        *("_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp", "hsctatracking", "s_cid", "sc_campaign", "cmpid", "xtor"),
        *("ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "ns_fee"),
        *("phpsessid", "jsessionid", "cfid", "cftoken", "oscsid", "zenid", "fe_typo_user"),  # a session, not a page
    )
)
# A session id that a server without cookies writes into addresses: each fetch of its feed gets another one.
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.IGNORECASE)
_SESSION_VALUE = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)  # "sid" alone may be the number of a story
# In a query or as a fragment: "ref=rss", "source=rss-feed", "#rss", "#comments". They lead to the same article; a
# fragment such as "#rss-importer" may be a part of a page that is an entry of its own.
_FEED_MARK = re.compile(
    r"(?:ref|source|src|from|via|feed|partner|medium|cmp|cid|ncid|ocid|campaign|origin|channel)=(?:rss[\w-]*|atom|feed)"
    r"|rss2?|atom|feed|comments?|respond|",
    re.I,
)
# A site's pages for telephones: hosts, Google's copies, and what the path or the query of an AMP page has in addition.
# A name such as "/guitar-amp.html" is none of them.
_OTHER_HOST = re.compile(r"\A(?:m|mobil|mobile|amp|www\d?)\.(?=[^/]+\.)")
_AMP_CACHE = re.compile(r"\A(?:[^/]+\.cdn\.ampproject\.org/[a-z]+|google\.[a-z.]+/amp)/(?:s/)?(?=[^/]+\.[^/]+/)")
_AMP_PATH = re.compile(r"\A([^/]+)/amp(?=/)|/amp\Z|\.amp(?=\.html?\Z|\Z)", re.I)
_MOBILE_QUERY = re.compile(r"(?:amp|m|mobile)(?:=(?:1|true)?)?|(?:output|outputtype|format|view)=amp|amp_\w+=.*", re.I)
# The file that a server takes for a folder.
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)\Z", re.I)
# What people write where an address belongs: "feed://…", "https//…", "https://https://…", "<…>", "[words](…)".
_ANY_SCHEME = re.compile(r"\A(?:[a-z][a-z0-9+-]*:/+|(?:https?|feed|hxxps?)(?::\s*|/{2})|/{2})+", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\]\(<?([^()<>\s]+)")
_AROUND_URL = " \t\r\n\u00a0<>\"'\u201c\u201d\u201e\u2018\u2019\u201a,;"
_HOST_AND_MORE = re.compile(r"(?:\[[0-9a-f:.]+\]|localhost|[^\W_][^\s/?#@:<>]*\.[^\s/?#@:<>.]+)\.?(?:[:/?#]|\Z)", re.I)
_MAX_LENGTH = 8_000  # characters; RFC 9110, section 4.1: what servers should be able to read
_FINAL_DOT = re.compile(r"\.(?=(?::\d*)?\Z)")  # of a host: absolute in DNS, but another site for browsers and servers
_DEFAULT_PORTS = {"http": 80, "https": 443}
# User name and password before the host; also behind a bare scheme, as in "feed:name:word@host".
_CREDENTIALS = re.compile(r"(?<=//)[^\s/?#@]*(?:@[^\s/?#@]*)*@|(?<=:)(?!//)[^\s/?#@:]+:[^\s/?#@]+@", re.IGNORECASE)
_NAME_AND_PASSWORD = re.compile(r"\A[^\s/?#]*@")
_NO_HOSTS = (None, "", *_DEFAULT_PORTS)  # "https://https://…" is a scheme written twice
_JOINERS = "\u200c\u200d"  # invisible; Indic and Persian words need them, elsewhere they imitate another name


def is_http_url(address: str) -> bool:
    """Return whether `address` is an http or https address with a host."""
    return bool(_HTTP_URL.match(address))


def make_absolute_url(link: str, *bases: str) -> str:
    """Return `link` as a safe, absolute http(s) address, resolved against the first of `bases` that is one.

    Returns an empty string if the link cannot be such an address.
    """
    if not link or len(link) > _MAX_LENGTH:
        return ""
    if _WELL_FORMED_URL.match(link):  # most links are: nothing to join or escape, and urljoin is slow
        return link
    # As browsers do (https://url.spec.whatwg.org/#url-parsing): strip control characters and spaces at both ends, and
    # tabs and newlines anywhere. "java\nscript:" must not pass as a relative link.
    stripped = re.sub(r"[\x00-\x20\x7f-\x9f]+\Z|\A[\x00-\x20\x7f-\x9f]+|[\t\r\n]", "", link)
    base = next((base for base in bases if is_http_url(base)), "")
    if not stripped or _EMPTY_URL.match(stripped):
        return ""
    try:
        joined = urljoin(base, stripped)
        parts = urlsplit(joined)
        if parts.scheme not in _DEFAULT_PORTS or parts.hostname in _NO_HOSTS or parts.port == 0:
            return ""
        # A user name and password in a link are a leaked secret, or a trap for readers ("https://bank.example@evil/").
        host = encode_host(parts.netloc.rpartition("@")[2])
        return quote(parts._replace(netloc=host).geturl(), safe=_SAFE_CHARACTERS)
    except ValueError:  # unbalanced brackets, a port that is no number, lone surrogates
        return ""


def propose_url(text: str) -> str:
    """Return the http(s) address that was probably meant by a text that is none; empty if none is found in it.

    Known are a missing, doubled or misspelt scheme, brackets, quotation marks and Markdown around it, and blanks.
    """
    link = _MARKDOWN_LINK.search(text)
    bare = (link[1] if link else text).strip(_AROUND_URL)
    scheme = _ANY_SCHEME.match(bare)
    rest = bare[scheme.end() :].strip() if scheme else bare
    rest = _NAME_AND_PASSWORD.sub("", rest) if scheme else rest
    if not _HOST_AND_MORE.match(rest):
        return ""
    is_http = scheme is not None and re.search(r"(?:\A|\W)http:/*\Z", scheme[0], re.IGNORECASE)
    return make_absolute_url(f"{'http' if is_http else 'https'}://{rest}")


def has_credentials(address: str) -> bool:
    """Return whether an address holds a user name or a password before its host."""
    return bool(_CREDENTIALS.search(address.partition("?")[0]))


def hide_credentials(text: str) -> str:
    """Return a text in which "…" stands for the user names and passwords of addresses; logs of a server are public."""
    return _CREDENTIALS.sub("…@", text) if "@" in text else text


def is_same_site(address: str, other: str) -> bool:
    """Return whether two addresses have one host, or one of them a subdomain of the other's ("www.", "m.", "blog.")."""
    hosts = [get_host(address), get_host(other)]
    long, short = sorted(hosts, key=len, reverse=True)
    return long == short or ("." in short and long.endswith(f".{short}"))


def normalize_url(address: str, feed_url: str = "") -> str:
    """Return an address in the form in which two spellings of it compare equal; the result cannot be fetched.

    Removes scheme, `www.`, default port, trailing slash, fragment, session ids and tracking parameters, and sorts the
    query. The path else stays as it is, because servers may tell its cases apart. `feed_url` is the address of the feed
    that holds the link: a parameter `ref` that names its host is removed, too.
    """
    if "/." not in address and (simple := _SIMPLE_URL.match(address)):  # the same result, several times as fast
        return simple[1] + simple[2].rstrip("/")
    try:
        parts = urlsplit(address.strip())
        port = parts.port
        host = _normalize_host(parts.hostname)
        feed_host = get_host(feed_url)
    except ValueError:
        return address.strip()
    if parts.scheme not in _DEFAULT_PORTS:
        return address.strip()
    suffix = f":{port}" if port and port not in _DEFAULT_PORTS.values() else ""
    query = "&".join(
        sorted(part for part in parts.query.split("&") if part and not _is_tracking_parameter(part, feed_host))
    )
    path = _SESSION_IN_PATH.sub("", parts.path).rstrip("/")
    if "/." in path and not path.startswith("//"):  # "/x/../page", as browsers fetch it: "/page"
        path = urlsplit(urljoin("http://host", path)).path.rstrip("/")
    return f"{host}{suffix}{path}{'?' if query else ''}{query}"


def identify_page(address: str, feed_url: str = "") -> str:
    """Return a normalized address in the one spelling that all forms of a page share; it cannot be fetched.

    More than `normalize_url` does: the forms for telephones and feeds, AMP pages, names of index files, doubled slashes
    and escaped letters are those of the page itself.
    """
    path, _, query = normalize_url(address, feed_url).partition("?")
    path = _OTHER_HOST.sub("", _AMP_CACHE.sub("", re.sub("/{2,}", "/", path)))
    path = _INDEX_FILE.sub("", _AMP_PATH.sub(r"\1", path))
    # A letter such as "ü" may be one character or two, as macOS writes it in names of files.
    path = unicodedata.normalize("NFC", unquote(path))
    marks = (_FEED_MARK, _MOBILE_QUERY)
    query = "&".join(part for part in query.split("&") if not any(mark.fullmatch(part) for mark in marks))
    return f"{path}?{query}" if query else path


def is_feed_mark(fragment: str) -> bool:
    """Return whether a fragment names no part of a page, but only says that a feed led to it."""
    return bool(_FEED_MARK.fullmatch(fragment))


def remove_tracking(address: str, feed_url: str = "") -> str:
    """Return an address without tracking parameters and session ids and otherwise unchanged, fit for publishing.

    `feed_url` is the address of the feed that holds the link: a parameter `ref` that names its host is removed, too.
    """
    if not any(sign in address for sign in "?#;"):  # true of most addresses, and fast
        return address
    try:
        feed_host = get_host(feed_url)
    except ValueError:
        feed_host = ""
    rest, hash_mark, fragment = address.partition("#")
    page, question_mark, query = rest.partition("?")
    # Some services put their parameters into the fragment (…#xtor=RSS-1).
    return (
        _SESSION_IN_PATH.sub("", page)
        + _remove_tracking_parameters(question_mark, query, feed_host)
        + _remove_tracking_parameters(hash_mark, fragment, feed_host)
    )


def list_comparable_urls(link: str, canonical: str = "", feed_url: str = "") -> frozenset[str]:
    """Return the normalized addresses of an article: of its link and of its canonical address, if it has one."""
    return frozenset(normalize_url(address, feed_url) for address in (link, canonical) if address)


def is_article_url(normalized_url: str) -> bool:
    """Return whether an address, as returned by `normalize_url`, can be that of a single article.

    A host alone is a site's front page, which leads to all of its articles.
    """
    return "/" in normalized_url or "?" in normalized_url


@lru_cache(maxsize=256)  # a feed's entries are processed one after another, and most have the same host
def get_host(address: str) -> str:
    """Return the host of an address without `www.`; empty if it has none. Raises ValueError on a malformed one."""
    return _normalize_host(urlsplit(address).hostname)


def encode_host(host: str) -> str:
    """Return a host and its port as DNS writes it, in lower case; raises ValueError if it cannot be a host.

    Characters beyond ASCII are mapped as browsers do (UTS 46, non-transitional: "ß" stays a letter of its own), so that
    readers and the program reach the same site. RFC 1035, section 2.3.4: a label has 1 to 63 characters.
    """
    name, colon, port = host.partition(":")  # a number of IPv6 has more of them, and is ASCII
    ascii_host = host if host.isascii() else f"{_encode_idna(name)}{colon}{port}"
    labels = ascii_host.partition(":")[0].removesuffix(".").split(".")
    if quote(ascii_host, safe=":[]") != ascii_host or not all(0 < len(label) < 64 for label in labels):
        raise ValueError(host)
    return _FINAL_DOT.sub("", ascii_host.lower())


def list_host_spellings(host: str) -> tuple[str, ...]:
    """Return a host as DNS writes it and, if it has other letters than ASCII, also as people do ("müller.example")."""
    try:
        ascii_host = encode_host(unicodedata.normalize("NFC", host))
    except ValueError:
        return (host.lower(),)
    labels = [_decode_label(label) for label in ascii_host.split(".")]
    return tuple(dict.fromkeys((ascii_host, ".".join(labels))))


def _decode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFC", label[4:].encode("ascii").decode("punycode"))
    except (UnicodeError, ValueError):  # no such label can be registered
        return label


def _encode_idna(host: str) -> str:
    """Return a host in ASCII; raises ValueError (idna.IDNAError is one) if browsers would refuse it.

    idna.encode follows IDNA 2008, which forbids signs such as hearts, so its parts are put together as WHATWG's URL
    standard asks (https://url.spec.whatwg.org/#concept-domain-to-ascii): CheckBidi and CheckJoiners, no STD 3.
    """
    import idna  # noqa: PLC0415 - its tables take 10 ms, and most hosts are ASCII

    labels = idna.uts46_remap(host, std3_rules=False).split(".")
    for label in labels:
        if label and not label.isascii():
            idna.check_initial_combiner(label)
            idna.check_bidi(label)
            if not all(idna.valid_contextj(label, place) for place, sign in enumerate(label) if sign in _JOINERS):
                raise ValueError(host)
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)


def _remove_tracking_parameters(mark: str, parameters: str, feed_host: str) -> str:
    """Return a query or fragment behind its `mark` without tracking parameters; empty if nothing remains."""
    remaining = [part for part in parameters.split("&") if not _is_tracking_parameter(part, feed_host)]
    return mark + "&".join(remaining) if remaining else ""


def _is_tracking_parameter(part: str, feed_host: str) -> bool:
    """Return whether a part of a query only says where a reader comes from, or names a session.

    `ref` alone is ambiguous (a branch, a reference number), so it counts only if its value is the feed's own host.
    """
    name, _, value = part.partition("=")
    name = unquote(name).lower()
    if name == "sid":
        return bool(_SESSION_VALUE.fullmatch(value))
    if name in {"ref", "referrer"}:
        referrer = unquote(value).lower().partition("//")[2] or unquote(value).lower()
        return bool(feed_host) and _strip_www(referrer.partition("/")[0]) == feed_host
    return name in _TRACKING_PARAMETERS or name.startswith(_TRACKING_PREFIXES)


def _normalize_host(host: str | None) -> str:
    """Return a host in ASCII, if it has such a form, without `www.`."""
    if not host or host.isascii():
        return _strip_www(host)
    try:
        return _strip_www(encode_host(host))
    except ValueError:  # an address that leads nowhere can still be compared
        return _strip_www(host)


def _strip_www(host: str | None) -> str:
    return (host or "").removeprefix("www.").removesuffix(".")
