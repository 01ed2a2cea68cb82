"""Links between files: `{filename}` and `{static}` in a body become relative addresses on the page that shows it.

Pelican does this only while it writes its own articles. Bodies here are kept in the cache with their links unresolved,
and shown by pages, feeds and mail at different addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from ..edition.paths import CONTENT_PREFIX
from ..edition.rules.media import resolve_link

# The same links that Pelican knows (`Content._get_intrasite_link_regex`): {word} or |word| before the path, in any
# attribute that holds an address.
_FILE_LINK = re.compile(
    r"""(?P<markup><[^>]+(?:href|src|poster|data|cite|formaction|action|content)\s*=\s*)(?P<quote>["'])"""
    r"""[{|](?P<word>.*?)[|}](?P<value>.*?)(?P=quote)"""
)
_LINK_KEYWORDS = {"filename", "static", "attach"}

AddressFinder = Callable[[str], str | None]
"""A file of the edition, from its root -> its path in the site, from the site's root; None if it is not there."""


def find_link_targets(html: str, file: str) -> tuple[str, ...]:
    """Return the files that links in the body of `file` may mean, from the edition's root, in their order.

    A file that is missing today counts, too: when it appears, the link leads to it.
    """
    if _has_no_file_links(html):
        return ()
    targets = (
        target
        for match in _FILE_LINK.finditer(html)
        if match["word"] in _LINK_KEYWORDS
        for target, _ in _find_possible_targets(match["value"], file)
    )
    return tuple(dict.fromkeys(targets))


def rewrite_links(html: str, file: str, root: str, find_address: AddressFinder) -> str:
    """Return the body of `file` with its links rewritten for a page from which `root` leads to the site's root.

    A link whose target is not in the site stays as it is written; the rules report it.
    """
    if _has_no_file_links(html):
        return html

    def replace(match: re.Match[str]) -> str:
        if match["word"] not in _LINK_KEYWORDS:
            return match[0]
        for target, url in _find_possible_targets(match["value"], file):
            if path := find_address(target):
                address = urlunsplit(url._replace(path=f"{root}{path}"))  # keeps the query and the fragment
                return f"{match['markup']}{match['quote']}{address}{match['quote']}"
        return match[0]

    return _FILE_LINK.sub(replace, html)


def map_copied_files(assets: Iterable[str]) -> dict[str, str]:
    """Map the files of content/ that are copied to their paths in the site, which are their paths below content/."""
    return {f"{CONTENT_PREFIX}{path}": path for path in assets}


def _has_no_file_links(html: str) -> bool:
    """Return whether neither `{` nor `|` is in a body: true of most, and much quicker than the search for links."""
    return "{" not in html and "|" not in html


def _find_possible_targets(value: str, file: str) -> list[tuple[str, SplitResult]]:
    """Return the files that an address may name: as it is written, with %20 decoded, with &amp; decoded.

    Pelican tries the same three in this order, and uses the first that exists.
    """
    written, plain = urlsplit(value), urlsplit(unescape(value))
    readings = [(written.path, written), (unquote(written.path), written), (plain.path, plain)]
    targets = [(resolve_link(file, path), url) for path, url in readings if path]
    return [(target, url) for target, url in targets if target]
