"""Links in bodies: files of the edition and relative addresses become what works on the page that shows the body.

Pelican does this only while it writes its own articles. Bodies here are kept in the cache with their links unresolved,
and shown by pages, feeds and mail at different addresses.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from html import escape, unescape
from urllib.parse import quote, urljoin, urlsplit

from ..edition.paths import CONTENT_PREFIX
from ..edition.rules.links import LinkTarget, complete_address, list_candidates, parse_target
from ..urls import is_http_url

# Attributes of tags as the allow-list writes them: names in lower case, values in double quotes.
_TAG = re.compile(r'<[a-z](?:[^<>"]|"[^"]*")*>')
_ADDRESS = re.compile(
    r'(?P<name>\s(?:href|src|poster|cite|srcset)="|\s(?:data|formaction|action|content)="(?=[{|]))(?P<value>[^"]*)(?=")'
)
# What is an address already: true of nearly all links, and quicker to see than to read each tag.
# Each begins with letters, which makes the search ten times as fast as one for all.
_OPEN_ADDRESSES = (
    *(re.compile(rf'{name}="(?!https?://|mailto:|tel:|#|")') for name in ("href", "src", "cite", "poster", "srcset")),
    re.compile(r'="[{|]'),
)
_LINK_ATTRIBUTES = ('href="', 'cite="')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_IMAGE_CANDIDATE = re.compile(r"(?P<gap>[\s,]*)(?P<address>[^\s,]\S*)(?P<size>[^,]*)")
_UNQUOTED_CHARACTERS = "/~!$&'()*+,;=:@"  # RFC 3986, section 3.3

PICTURE_KEYWORD = "{picture}"
"""What the address of a drawn picture in a body begins with, in the place of the way to the site's root."""

AddressFinder = Callable[[str], str | None]
"""A file of the edition, from its root -> its path in the site, from the site's root; None if it is not there."""


def find_link_targets(html: str, file: str) -> tuple[str, ...]:
    """Return the files that links in the body of `file` may mean, from the edition's root, in their order.

    A file that is missing today counts, too: when it appears, the link leads to it.
    """
    files = (
        candidate
        for address in _find_addresses(html)
        if (target := parse_target(address))
        for candidate in list_candidates(file, target)
    )
    return tuple(dict.fromkeys(files))


def rewrite_links(html: str, file: str, root: str, find_address: AddressFinder, site_url: str = "") -> str:
    """Return the body of `file` with its links rewritten for a page from which `root` leads to the site's root.

    A link to a file of the site leads to it, another relative one goes on from the post's own page; with an absolute
    `root` all are absolute. One that begins with "/" goes from the root of the site, also if that is a folder of its
    host, as `site_url` says, and whether the link names this folder or not. A link with a keyword whose file is not in
    the site stays as it is written; the rules report it.
    """
    if not has_open_addresses(html):
        return html
    site_path = urlsplit(site_url).path.rstrip("/")

    def resolve(address: str) -> str:
        return _rewrite(address, file, root, find_address, site_path)

    def replace_address(match: re.Match[str]) -> str:
        value = unescape(match["value"])
        if match["name"].strip() == 'srcset="':
            rewritten = _IMAGE_CANDIDATE.sub(
                lambda part: (
                    part["gap"] + _rewrite(part["address"], file, root, find_address, site_path) + part["size"]
                ),
                value,
            )
        else:
            # Links only: a picture `www.…` leads nowhere, and must not become one that another host is asked for.
            address = _complete_address(value) if match["name"].strip() in _LINK_ATTRIBUTES else ""
            rewritten = address or resolve(value)
        return match["name"] + (match["value"] if rewritten == value else escape(rewritten))

    return _TAG.sub(lambda tag: _ADDRESS.sub(replace_address, tag[0]) if '="' in tag[0] else tag[0], html)


def map_copied_files(assets: Iterable[str]) -> dict[str, str]:
    """Map the files of content/ that are copied to their paths in the site, which are their paths below content/."""
    return {f"{CONTENT_PREFIX}{path}": path for path in assets}


def has_open_addresses(html: str) -> bool:
    """Return whether a body may hold an address that `rewrite_links` changes."""
    return any(pattern.search(html) for pattern in _OPEN_ADDRESSES)


def _find_addresses(html: str) -> Iterator[str]:
    if has_open_addresses(html):
        for tag in _TAG.finditer(html):
            for match in _ADDRESS.finditer(tag[0]):
                value = unescape(match["value"])
                if match["name"].strip() == 'srcset="':
                    yield from (part["address"] for part in _IMAGE_CANDIDATE.finditer(value))
                else:
                    yield value


def _rewrite(value: str, file: str, root: str, find_address: AddressFinder, site_path: str) -> str:
    """Return an address in the body of `file` as a page needs it from which `root` leads to the site's root."""
    if _SCHEME.match(value) or value.startswith("//"):
        return value
    target = parse_target(value)
    for candidate in list_candidates(file, target) if target else ():
        if path := find_address(candidate):
            return f"{root}{quote(path, safe=_UNQUOTED_CHARACTERS)}{target.suffix if target else ''}"
    if value.startswith(("{", "|", "#")) or not value:
        return value.replace(PICTURE_KEYWORD, root, 1)
    if site_path and value.startswith("/"):
        path = value.removeprefix(site_path) if f"{value}/".startswith(f"{site_path}/") else value
        return f"{root}{path.removeprefix('/')}" or "./"
    if is_http_url(root):
        return urljoin(f"{root}{find_address(file) or ''}", value)
    return _join_page_path(target, find_address(file) or "", root) if target else value


def _complete_address(value: str) -> str:
    """Return the whole address of a link that names a host or a mailbox without scheme; empty if it does not."""
    if value.startswith("//"):
        return f"https:{value}"
    name, mark, query = value.partition("?")
    address = complete_address(name)
    return f"{address}{mark}{query}" if address else ""


def _join_page_path(target: LinkTarget, page_path: str, root: str) -> str:
    """Return an address that is written as if seen from the post's own page, as it is seen from another page."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page_path), target.path))
    if path.startswith(("/", "..")):  # a site may lie below its host's root, so that "/" is not the site's
        return f"{target}{target.suffix}"
    return f"{root}{path}{'/' if target.path.endswith('/') else ''}{target.suffix}"
