"""What makes an entry the same entry tomorrow: its key, and the names derived from the key."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from .. import urls
from ..similarity import contains_text, normalize_title
from .archive import ArchivedEntry
from .parsers.model import Entry

# The share of bad guids above which no guid of the feed identifies an entry without its link. RSS 2.0 asks for unique
# guids, but a publishing system that repeats some of them today will repeat others tomorrow.
MAX_BAD_GUID_SHARE = 0.05
# An address in the parts that change when a site moves to https, or begins or ceases to write "www." or a last slash.
_ADDRESS_PARTS = re.compile(r"\Ahttps?://(?:www\.)?(?P<page>[^?#]*?)/?(?P<rest>[?#].*)?\Z", re.IGNORECASE | re.DOTALL)


class IdentifiedEntry(Struct, frozen=True):
    """An entry of a feed together with its key (`source-id:16 hex digits`)."""

    key: str
    entry: Entry

    @property
    def link(self) -> str:
        """The article's own address if its feed states it, else the entry's link."""
        return self.entry.canonical or self.entry.link

    @property
    def alternate_link(self) -> str:
        """The entry's link if it also names the article and differs from the canonical address; else empty."""
        entry = self.entry
        if not (entry.canonical and entry.link):
            return ""
        link = urls.normalize_url(entry.link)
        # A front page as a link (a click counter's, for one) would name all of that host's articles at once.
        return entry.link if urls.is_article_url(link) and link != urls.normalize_url(entry.canonical) else ""


def identify_entries(source_id: str, entries: Sequence[Entry]) -> list[IdentifiedEntry]:
    """Return the entries of a feed with their keys, in the feed's order."""
    return [IdentifiedEntry(*pair) for pair in zip(assign_keys(source_id, entries), entries, strict=True)]


def assign_keys(source_id: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the key of each entry of a feed: `source-id:16 hex digits`. Entries with equal keys are the same entry.

    The first of these that an entry has identifies it:

    1. Its guid. The link is added if entries with different links share the guid, and for all entries of a feed in
       which more than 5 % of the guids are bad (blank or shared; see `compute_bad_guid_share`).
    2. Its link. The date (without a date, the title) is added if different entries share the link, and the title also
       if they share the date.
    3. Its title and date; without a date, its title and text.

    Seen files store these keys for good: an entry with a sound guid keeps its key, whatever else in its feed changes.
    `find_former_keys` returns the other key that an entry may have had while its feed's guids were judged differently.
    """
    shared_guids, shared_links = _find_shared(entries)
    shared_dates = _find_shared_dates(entries)
    distrusted = _compute_bad_share(entries, shared_guids) > MAX_BAD_GUID_SHARE
    return tuple(
        build_key(
            source_id,
            f"{entry.link}|{_date_or_title(entry)}|{entry.title}"
            if not entry.id and (entry.link, entry.date) in shared_dates
            else _build_identity(entry, distrusted or entry.id in shared_guids, entry.link in shared_links),
        )
        for entry in entries
    )


def has_link_as_key(identified: IdentifiedEntry) -> bool:
    """Return whether the link alone identifies an entry: it has no guid, and no other entry has its link."""
    entry, source_id = identified.entry, identified.key.rpartition(":")[0]
    return not entry.id and bool(entry.link) and identified.key == build_key(source_id, entry.link)


def build_dated_key(identified: IdentifiedEntry) -> str:
    """Return the key that an entry without a guid has if it shares its link with others."""
    return build_key(identified.key.rpartition(":")[0], _build_identity(identified.entry, False, True))


def find_former_keys(source_id: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return for each entry the key that it had if its feed's guids were judged differently; empty if it had none.

    Such a key proves that an entry was seen only if the seen line also has one of the entry's links.
    """
    # A guid that several entries share now belonged to one of them, and its key does not say to which one.
    shared_guids, _ = _find_shared(entries)
    distrusted = _compute_bad_share(entries, shared_guids) > MAX_BAD_GUID_SHARE
    keys = []
    for entry in entries:
        is_shared = entry.id in shared_guids
        has_former_key = bool(entry.id and entry.link) and not is_shared
        keys.append(build_key(source_id, _build_identity(entry, not distrusted, False)) if has_former_key else "")
    return tuple(keys)


def list_respelled_keys(source_id: str, entry: Entry) -> Iterator[str]:
    """Yield the keys that an entry had if its guid, or its link in place of a guid, was spelled differently before.

    Spellings of one address differ in scheme, `www.`, last slash and tracking parameters. An entry without a guid also
    may have shared its link with others: then its key held its date and title.
    """
    spellings = _list_spellings(entry.id or entry.link)
    if entry.id:
        yield from (build_key(source_id, spelling) for spelling in spellings)
    elif entry.link:
        mark = _date_or_title(entry)
        for suffix in ("", f"|{mark}", f"|{mark}|{entry.title}"):
            yield from (build_key(source_id, f"{spelling}{suffix}") for spelling in spellings)


def _list_spellings(address: str) -> tuple[str, ...]:
    """Return the spellings of an address; a text that is none has one."""
    spellings = [address]
    for text in dict.fromkeys((address, urls.remove_tracking(address))):
        if parts := _ADDRESS_PARTS.match(text):
            page, rest = parts["page"], parts["rest"] or ""
            spellings += (
                f"{scheme}://{www}{page}{slash}{rest}"
                for scheme in ("http", "https")
                for www in ("", "www.")
                for slash in ("", "/")
            )
    return tuple(dict.fromkeys(spellings))


def is_same_article(first: ArchivedEntry, second: ArchivedEntry) -> bool:
    """Return whether two entries with one link are the same: their title, day and text are equal."""
    return first.published == second.published and all(
        normalize_title(text) == normalize_title(other_text)
        for text, other_text in ((first.title, second.title), (first.text, second.text))
    )


def is_other_article(first: ArchivedEntry, second: ArchivedEntry) -> bool:
    """Return whether two entries with one link are different articles: title, day and text all differ.

    What one of them lacks tells nothing; where neither has a date, both must have a text.
    """
    have_texts = bool(first.text and second.text)
    return (
        normalize_title(first.title) != normalize_title(second.title)
        and (first.published != second.published if first.published and second.published else have_texts)
        and not contains_text(first.text, second.text)
    )


def compute_bad_guid_share(entries: Sequence[Entry]) -> float:
    """Return the share (0 to 1) of entries whose guid is blank, or shared with an entry that has another link.

    A feed without any guid has no bad ones: its links identify its entries.
    """
    shared_guids, _ = _find_shared(entries)
    return _compute_bad_share(entries, shared_guids)


def _compute_bad_share(entries: Sequence[Entry], shared_guids: Collection[str]) -> float:
    if not any(entry.id for entry in entries):
        return 0.0
    return sum(not entry.id or entry.id in shared_guids for entry in entries) / len(entries)


def build_key(source_id: str, identity: str) -> str:
    """Return the key of an entry, from the text that identifies it within its source."""
    # The parsers drop lone surrogates; if one comes through, it must not end the pull with a UnicodeEncodeError.
    digest = hashlib.sha256(f"{source_id}\n{identity}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{source_id}:{digest[:16]}"


def extract_digest(entry_key: str) -> str:
    """Return the 16 hex digits of a key, which the source's seen file stores."""
    return entry_key.rpartition(":")[2]


def build_uid(entry_key: str) -> str:
    """Return the uid of an entry's inbox file: the same in every pull, so that a killed pull delivers nothing twice."""
    digits = base64.b32encode(hashlib.sha256(entry_key.encode()).digest()[:10])  # ten bytes are sixteen digits
    return f"k{digits[:15].decode().lower()}"


def _find_shared(entries: Sequence[Entry]) -> tuple[set[str], set[str]]:
    """Find the guids that entries with different links share, and the links that different entries share."""
    links_by_guid: dict[str, set[str]] = defaultdict(set)
    marks_by_link: dict[str, set[datetime | str]] = defaultdict(set)
    for entry in entries:
        links_by_guid[entry.id].add(entry.link)
        marks_by_link[entry.link].add(entry.date or entry.title)
    shared_guids = {guid for guid, links in links_by_guid.items() if len(links) > 1}
    return shared_guids, {link for link, marks in marks_by_link.items() if len(marks) > 1}


def _find_shared_dates(entries: Sequence[Entry]) -> set[tuple[str, datetime | None]]:
    """Find the links with a date that entries without a guid share, although their titles differ."""
    titles: dict[tuple[str, datetime | None], set[str]] = defaultdict(set)
    for entry in entries:
        if entry.link and entry.date and not entry.id:
            titles[entry.link, entry.date].add(entry.title)
    return {place for place, names in titles.items() if len(names) > 1}


def _build_identity(entry: Entry, add_link: bool, add_date: bool) -> str:
    if entry.id:
        return f"{entry.id}|{entry.link}" if add_link else entry.id
    if entry.link:
        return f"{entry.link}|{_date_or_title(entry)}" if add_date else entry.link
    if entry.date:
        return f"{entry.title}|{entry.date.isoformat()}"
    return f"{entry.title}|{entry.summary or entry.content}"


def _date_or_title(entry: Entry) -> str:
    return entry.date.isoformat() if entry.date else entry.title


def list_links(addresses: Iterable[str], feed_address: str) -> set[str]:
    """Return addresses in a form that compares equal for all spellings.

    Unlike `urls.identify_page` it keeps fragments: a page of changes has one for each entry.
    """
    links = set()
    for address in addresses:
        page, _, fragment = urls.remove_tracking(address, feed_address).partition("#")
        if urls.is_http_url(page):
            link = urls.identify_page(page, feed_address)
            links.add(link if urls.is_feed_mark(fragment) else f"{link}#{fragment}")
    return links
