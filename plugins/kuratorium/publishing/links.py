"""Links between files: `{filename}` and `{static}` in a body become the way from the page that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from ..edition.paths import CONTENT_PREFIX
from ..edition.rules.media import resolve_link

# As Pelican writes them: in any attribute that holds an address, {word} or |word| before it.
_FILE_LINK = re.compile(
    r"""(?P<markup><[^>]+(?:href|src|poster|data|cite|formaction|action|content)\s*=\s*)(?P<quote>["'])"""
    r"""[{|](?P<word>.*?)[|}](?P<value>.*?)(?P=quote)"""
)
_LINK_KEYWORDS = {"filename", "static", "attach"}

AddressFinder = Callable[[str], str | None]
"""A file of the edition, from its root -> where it is in the site, from the site's root."""


def find_link_targets(html: str, file: str) -> tuple[str, ...]:
    """List the files that the body of `file` may mean by its links, from the edition's root, in their order."""
    if "{" not in html and "|" not in html:
        return ()
    found = (
        _find_possible_targets(match["value"], file)
        for match in _FILE_LINK.finditer(html)
        if match["word"] in _LINK_KEYWORDS
    )
    return tuple(dict.fromkeys(target for meant in found for target, _ in meant))


def rewrite_links(html: str, file: str, root: str, find_address: AddressFinder) -> str:
    """Make the links in the body of `file` lead from a page whose way to the site's root is `root`."""
    if "{" not in html and "|" not in html:
        return html

    def replace(match: re.Match[str]) -> str:
        for target, url in _find_possible_targets(match["value"], file) if match["word"] in _LINK_KEYWORDS else ():
            if address := find_address(target):
                whole = urlunsplit(url._replace(path=f"{root}{address}"))
                return f"{match['markup']}{match['quote']}{whole}{match['quote']}"
        return match[0]

    return _FILE_LINK.sub(replace, html)


def map_copied_files(assets: Iterable[str]) -> dict[str, str]:
    """Map the files of content/ that are copied to their paths in the site: their own, from content/."""
    return {f"{CONTENT_PREFIX}{path}": path for path in assets}


def _find_possible_targets(value: str, file: str) -> list[tuple[str, SplitResult]]:
    """Say which file an address may name: as it is written, without %20, without &amp;."""
    written, plain = urlsplit(value), urlsplit(unescape(value))
    ways = [(written.path, written), (unquote(written.path), written), (plain.path, plain)]
    named = [(resolve_link(file, path), url) for path, url in ways if path]
    return [(target, url) for target, url in named if target]
