"""The addresses on other sites that published texts, people, topics and series link to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from html import escape, unescape
from urllib.parse import urldefrag

from msgspec import Struct

from ..... import urls
from .....edition import frontmatter, prose
from .....edition.curation import Image
from .....edition.loader import Edition, read_bytes
from .....edition.model import PostFile, StandalonePage
from .....edition.paths import PEOPLE_FILE, SERIES_FILE, TOPICS_FILE
from .....edition.works import Work

_MAX_LENGTH = 2_000  # characters; what is longer is no address, and a bound keeps the search linear
# [words](address), [name]: address, <address>, href="address"; pages complete //host and www.host
_ADDRESS = re.compile(
    rf"(?:\]\([ \t]*<?|^ {{0,3}}\[(?!\^)[^\]\n]{{1,200}}\]:[ \t]*<?|<|\bhref\s*=\s*[\"'])"
    rf"((?:(?:https?:)?//|www\.)[^\s<>\"']{{1,{_MAX_LENGTH}}})",
    re.M | re.I,
)


class OutgoingLink(Struct, frozen=True):
    """An address of another site, as it is written in a file: in a text, or as the address of a `work`.

    `address` is what is asked for: without its fragment. `line` is 0 if the address stands nowhere as it is.
    """

    address: str
    written: str
    file: str
    line: int
    work: Work | None = None


def list_outgoing_links(edition: Edition, own_site: str, as_of: datetime | None = None) -> list[OutgoingLink]:
    """Return the links of an edition to other sites, each address once per file; drafts are not finished.

    With `as_of`, those alone that readers see at that date: a visit would tell a site of an interview that is not
    released yet, or of a post before its day.
    """
    links: list[OutgoingLink] = []
    opted_out = {source.id for source in edition.registry.sources.values() if source.rights.opt_out}
    texts: Iterable[PostFile | StandalonePage] = (*edition.post_files, *edition.standalone_pages)
    for text in texts:
        is_left_out = text.meta.has_no_readers if as_of is None else not _has_page(text, as_of)
        if not is_left_out:
            named = _list_works(text, opted_out) if isinstance(text, PostFile) else []
            links += _place(edition, text.file, [*named, *((found, None) for found in _find_addresses(text))])
    for file, addresses in _list_registries(edition).items():
        links += _place(edition, file, [(address, None) for address in addresses])
    return [link for link in links if not own_site or not urls.is_same_site(link.address, own_site)]


def _has_page(text: PostFile | StandalonePage, as_of: datetime) -> bool:
    return not text.meta.is_withheld and (isinstance(text, StandalonePage) or text.meta.date <= as_of)


def find_page(address: str) -> str:
    """Return what is asked for at an address: without its fragment; empty if that is no address of the web."""
    scheme = "https:" if address.startswith("//") else "https://" if address[:4].lower() == "www." else ""
    return urldefrag(urls.make_absolute_url(scheme + address)).url


def _list_works(post: PostFile, opted_out: Collection[str]) -> list[tuple[str, Work | None]]:
    """Return the addresses of the works that a post recommends, and of the one that it looks back on.

    A work of a source that has opted out is a link like any other: its text is not read.
    """
    return [(work.url, None if work.source in opted_out else work) for work in post.meta.works if work.url]


def _find_addresses(text: PostFile | StandalonePage) -> Iterator[str]:
    """Yield the addresses in the front matter and the body of a text, but not those of its works."""
    if isinstance(text, PostFile):
        if text.meta.via:
            yield text.meta.via.url
        yield from text.meta.syndication
        yield from _find_credits(text.meta.image)
    yield from _find_in_markdown(text.body)


def _list_registries(edition: Edition) -> dict[str, list[str]]:
    """Return the addresses that people, topics and series link to, by the file in which they stand."""
    registry = edition.registry
    addresses: dict[str, list[str]] = {PEOPLE_FILE: [], TOPICS_FILE: [], SERIES_FILE: []}
    for person in registry.people.values():
        addresses[PEOPLE_FILE] += [
            *person.links.values(),
            *_find_in_markdown(person.bio),
            *_find_credits(person.image),
        ]
    for topic in registry.topics.values():
        addresses[TOPICS_FILE] += [*_find_in_markdown(topic.intro), *_find_credits(topic.image)]
    for series in registry.series.values():
        addresses[SERIES_FILE] += [*_find_in_markdown(series.intro), *_find_credits(series.image)]
    return addresses


def _find_credits(image: Image | None) -> Iterator[str]:
    """Yield the addresses to which the credit of a picture leads."""
    if image:
        yield image.credit_url
        yield from _find_in_markdown(image.credit)


def _find_in_markdown(markdown: str) -> Iterator[str]:
    """Yield the addresses of the links in a text."""
    if "//" not in markdown and "www." not in markdown:
        return
    for match in _ADDRESS.finditer(prose.blank_unseen(markdown)):
        address = match[1]
        if match[0].startswith("]("):
            address = _close_brackets(address)
        yield unescape(address)


def _close_brackets(address: str) -> str:
    """Return an address up to the bracket that ends its link; brackets within it come in pairs."""
    depth = 0
    for index, character in enumerate(address):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return address[:index]
    return address


def _place(edition: Edition, file: str, named: list[tuple[str, Work | None]]) -> Iterator[OutgoingLink]:
    """Yield links with their lines; an address that can be asked for counts once, first as that of a work."""
    if not named:
        return
    try:
        content = read_bytes(edition.root, file).decode("utf-8", "replace")
    except frontmatter.InvalidFileError:  # deleted meanwhile
        return
    seen = set()
    for written, work in named:
        address = find_page(written)
        if address and address not in seen and not urls.has_credentials(written):
            seen.add(address)
            position = max(content.find(written), content.find(escape(written, quote=False)))
            yield OutgoingLink(
                address, written, file, content.count("\n", 0, position) + 1 if position >= 0 else 0, work
            )
