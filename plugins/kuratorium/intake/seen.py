"""Which entries of a source were seen before: curation/seen/{source}.txt.

The file has one line per entry that was delivered or passed over: `{digest} {day} {link}`. An entry that never reached
the inbox has one more word, which says why. `={link}` at the end is a second address that leads to the same article.
`{digest} dismissed` says that an editor deleted the inbox file, so that a merge with a clone that has it does not bring
it back. The lines are sorted, so that the bytes do not depend on who pulled when, and git unites those of two people.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from .. import urls
from ..compare_and_swap import FileChange, apply_changes
from ..edition.paths import SEEN_FOLDER
from ..errors import SourceError
from ..files import read_regular_file, write_atomically
from . import identity
from .archive import ArchivedEntry
from .identity import IdentifiedEntry

# A digest alone is enough: people resolve merge conflicts by hand, and leave markers, blanks and cut lines behind.
_LINE_PATTERN = re.compile(r"^([0-9a-f]{16})\b(?: (\S+) (\S+)((?:[^\S\n]+\S+)*))?", re.MULTILINE)
_DISMISSED = re.compile(r"^([0-9a-f]{16}) dismissed\b.*", re.MULTILINE)
# A line of the first pull, about an entry that was too old, or not among the newest.
_ARCHIVE_LINE = re.compile(r"^[0-9a-f]{16} (\d{4}-\d\d-\d\d) \S+ archive\b.*\n?", re.MULTILINE)
# An entry that was published longer than this after its link was seen is another one. A day, because the line's day and
# the entry's are those of two time zones.
_DAY_TOLERANCE = timedelta(days=1)

_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)  # of an entry without a date
_MAX_ATTEMPTS = 20  # to add to a file that is written again each time


class _LinkedLine(Struct, frozen=True):
    """A line with a link of an entry.

    `is_absent`: the feed no longer holds the line's entry.
    `is_only`: no other line and no other entry of the feed has the link, and it is no front page.
    """

    digest: str
    day: str
    is_absent: bool
    is_only: bool


class SeenFile:
    """A source's seen file: its `text`; `digests` maps the digest of each entry's key to the entry's link.

    `today` is the day of a pull. What a first pull with a clock ahead of it called too old is open again: its lines do
    not count, and go when others are added. `is_missing` is true for a source that was never pulled, `is_first_pull`
    also for one that was pulled with such a clock only.
    """

    def __init__(self, root: Path, source_id: str, today: date = date.max) -> None:
        self.path = get_seen_path(root, source_id)
        text = _read_text(self.path)
        self.is_missing = text is None
        self.text = text or ""
        last_day = _format_last_believable_day(today)
        self._believed_text = self.text
        if any(day > last_day for day in _ARCHIVE_LINE.findall(self.text)):
            self._believed_text = _ARCHIVE_LINE.sub(lambda line: line[0] if line[1] <= last_day else "", self.text)
        lines = [*_LINE_PATTERN.finditer(self._believed_text)]
        self.digests = {match[1]: match[3] or "" for match in reversed(lines)}  # of several lines, the first has a link
        self.is_first_pull = self.is_missing or (
            self._believed_text != self.text and not any(match[2] and match[2] <= last_day for match in lines)
        )

    def contains(self, key: str, former_key: str, links: Collection[str]) -> bool:
        """Return whether an entry was seen: by its key, or by its `former_key` together with one of its links."""
        return identity.extract_digest(key) in self.digests or (
            bool(former_key) and self.digests.get(identity.extract_digest(former_key), "") in links
        )

    def restore_keys(
        self,
        entries: Sequence[IdentifiedEntry],
        feed_address: str,
        now: datetime,
        *,
        read_archived: Callable[[Collection[str]], Mapping[str, ArchivedEntry]],
        build_archived: Callable[[IdentifiedEntry], ArchivedEntry],
    ) -> list[IdentifiedEntry]:
        """Return the entries of a feed; one that was seen under another key gets that key back.

        This is so if its guid is only spelled differently now, or if it has another guid, but the link of an entry that
        the feed no longer holds. A link alone identifies an article only if no other entry of the feed and no other
        line of the file has it: those of a live blog stay apart. Where the archive has the former entry, what both say
        decides, too: the next issue of a newsletter is another article, and of several entries on one page each is
        known by its title, day and text.
        """
        if not self.digests or not entries:
            return [*entries]
        source_id = entries[0].key.rpartition(":")[0]

        def read(digests: Iterable[str]) -> dict[str, ArchivedEntry]:
            keys = [f"{source_id}:{digest}" for digest in digests]
            return {identity.extract_digest(key): entry for key, entry in (read_archived(keys) if keys else {}).items()}

        unknown = {entry.key: entry for entry in entries if identity.extract_digest(entry.key) not in self.digests}
        absent = self.digests.keys() - {identity.extract_digest(entry.key) for entry in entries}
        claimed = self._find_respelled(unknown, absent)
        former = self._settle_claims(claimed, unknown, now, read, build_archived)
        later_keys = self._find_later_issues(entries, former, read, build_archived)
        linked = self._find_linked_lines(
            entries, unknown.keys() - claimed.keys() - later_keys.keys(), absent, feed_address
        )
        linked = {
            key: [line for line in lines if not _is_published_after(unknown[key], line.day, now)]
            for key, lines in linked.items()
        }
        archived = read({line.digest for lines in linked.values() for line in lines})
        articles = {key: build_archived(unknown[key]) for key in linked} if archived else {}
        former |= _match_same_articles(linked, articles, archived)
        for key in linked.keys() - former.keys():
            for line in linked[key]:
                is_other = line.digest in archived and identity.is_other_article(articles[key], archived[line.digest])
                if line.is_only and line.is_absent and not is_other:
                    former[key] = line.digest
        claims = Counter(former.values())
        former_keys = {key: f"{source_id}:{digest}" for key, digest in former.items() if claims[digest] == 1}
        keys = former_keys | later_keys
        return [replace(entry, key=keys.get(entry.key, entry.key)) for entry in entries]

    def _find_later_issues(
        self,
        entries: Sequence[IdentifiedEntry],
        former: Mapping[str, str],
        read: Callable[[Iterable[str]], Mapping[str, ArchivedEntry]],
        build_archived: Callable[[IdentifiedEntry], ArchivedEntry],
    ) -> dict[str, str]:
        """Return by key another key of entries that only share the link, and have no guid to tell them apart."""
        linked = {entry.key: entry for entry in entries if identity.has_link_as_key(entry)}
        digests = {key: former.get(key, identity.extract_digest(key)) for key in linked}
        archived = read(digest for digest in digests.values() if digest in self.digests)
        return {
            key: identity.build_dated_key(entry)
            for key, entry in linked.items()
            if (known := archived.get(digests[key]))
            and known.text
            and identity.is_other_article(build_archived(entry), known)
        }

    def _find_respelled(self, entries: Mapping[str, IdentifiedEntry], digests: Collection[str]) -> dict[str, str]:
        """Return by key the digest, one of `digests`, that an entry had under another spelling of its guid."""
        former = {}
        for key, entry in entries.items():
            other_keys = identity.list_respelled_keys(key.rpartition(":")[0], entry.entry)
            digest = next((name for name in map(identity.extract_digest, other_keys) if name in digests), "")
            if digest:
                former[key] = digest
        return former

    def _settle_claims(
        self,
        claimed: Mapping[str, str],
        entries: Mapping[str, IdentifiedEntry],
        now: datetime,
        read: Callable[[Iterable[str]], Mapping[str, ArchivedEntry]],
        build_archived: Callable[[IdentifiedEntry], ArchivedEntry],
    ) -> dict[str, str]:
        """Return what `_find_respelled` found, each digest for one key: that of the entry that was there first.

        Entries without a guid claim one digest as soon as they share a link that one of them had alone. The archive
        tells which one; where it does not have the entry, the earliest that is not later than the line.
        """
        claimants: dict[str, list[IdentifiedEntry]] = defaultdict(list)
        for key, digest in claimed.items():
            claimants[digest].append(entries[key])
        archived = read(digest for digest, rivals in claimants.items() if len(rivals) > 1)
        former = {}
        for digest, rivals in claimants.items():
            chosen = rivals
            if len(rivals) > 1 and (known := archived.get(digest)):
                articles = [(rival, build_archived(rival)) for rival in rivals]
                chosen = [rival for rival, article in articles if identity.is_same_article(article, known)] or [
                    rival for rival, article in articles if article.published == known.published
                ]
            elif len(rivals) > 1:
                first, second = sorted(rival.entry.date or _LAST_MOMENT for rival in rivals)[:2]
                day = str(self.find_last_day(f":{digest}") or "")
                earliest = [rival for rival in rivals if first < second and rival.entry.date == first]
                chosen = [rival for rival in earliest if not _is_published_after(rival, day, now)]
            if chosen:
                former[min(chosen, key=lambda rival: rival.entry.date or _LAST_MOMENT).key] = digest
        return former

    def _find_linked_lines(
        self, entries: Sequence[IdentifiedEntry], keys: Collection[str], absent: Collection[str], feed_address: str
    ) -> dict[str, list[_LinkedLine]]:
        """Return for each of `keys` the lines that have a link of its entry; `absent` are digests of old entries."""
        keys_by_link: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            for link in identity.list_links((entry.entry.link, entry.entry.canonical), feed_address):
                keys_by_link[link].add(entry.key)
        lines_by_link: dict[str, dict[str, str]] = defaultdict(dict)
        for match in _LINE_PATTERN.finditer(self.text):
            digest, day, first_link, extras = match.groups(default="")
            links = (first_link, *(extra[1:] for extra in extras.split() if extra.startswith("=")))
            for link in identity.list_links(links, feed_address) & keys_by_link.keys():
                lines_by_link[link][digest] = day
        linked: dict[str, list[_LinkedLine]] = defaultdict(list)
        for link, lines in lines_by_link.items():
            # A site's front page names no single article.
            is_only = len(keys_by_link[link]) == len(lines) == 1 and urls.is_article_url(link.partition("#")[0])
            for key in keys_by_link[link] & {*keys}:
                linked[key] += [_LinkedLine(name, day, name in absent, is_only) for name, day in lines.items()]
        return linked

    def find_last_day(self, key: str) -> date | None:
        """Return the day on which an entry was first seen; the last one, if the lines of two clones were merged."""
        lines = re.findall(rf"^{identity.extract_digest(key)} (\d{{4}}-\d\d-\d\d)\b", self.text, re.MULTILINE)
        return max(_parse_days(lines), default=None)

    def build_text_with(
        self, entries: Iterable[IdentifiedEntry], day: date, skip_reasons: Mapping[str, str] = {}
    ) -> str:
        """Return the file's text with `entries` added on `day`; empty if all of them were seen before.

        `skip_reasons` maps the keys of entries that never reach the inbox to one word that says why.
        """
        added: dict[str, str] = {}
        for entry in entries:
            digest = identity.extract_digest(entry.key)
            if digest not in self.digests:
                added.setdefault(digest, _format_line(entry, day, skip_reasons.get(entry.key, "")))
        if not added:
            return ""
        return _join_lines(self._believed_text.splitlines(), added.values())


def change_dismissals(root: Path, keys: Iterable[str], *, dismissed: bool) -> None:
    """Mark entries as dismissed, or no longer; raises SourceError if a seen file cannot be read."""
    for source_id, group in groupby(sorted(keys), key=lambda key: key.rpartition(":")[0]):
        marks = {f"{identity.extract_digest(key)} dismissed" for key in group}
        edit_lines(get_seen_path(root, source_id), **{"added" if dismissed else "removed": marks})


def edit_lines(path: Path, *, added: Collection[str] = (), removed: Collection[str] = ()) -> None:
    """Add and remove lines of a seen file as it is now; a deleted one stays deleted."""
    for _ in range(_MAX_ATTEMPTS):
        present = _read_text(path)
        if present is None:
            return
        text = _join_lines((line for line in present.splitlines() if line not in removed), added)
        if text == present or not apply_changes([FileChange(path=path, text=text, expected=present)]):
            return
    write_atomically(path, text)


def read_dismissed_keys(root: Path) -> set[str]:
    """Return the keys of all entries that are marked as dismissed."""
    return {f"{source_id}:{digest}" for source_id, text in _read_all_texts(root) for digest in _DISMISSED.findall(text)}


def find_delivered_keys(root: Path, uids: Collection[str]) -> dict[str, str]:
    """Return by uid the keys of entries that reached an inbox, as far as they have one of `uids`."""
    keys = (
        f"{source_id}:{match[1]}"
        for source_id, text in (_read_all_texts(root) if uids else ())
        for match in _LINE_PATTERN.finditer(text)
        if match[3] and all(extra.startswith("=") for extra in match[4].split())
    )
    return {uid: key for key in keys if (uid := identity.build_uid(key)) in uids}


def _format_last_believable_day(today: date) -> str:
    """Return the last day (ISO) that a line can have which was written until `today`, in any time zone."""
    return (today + _DAY_TOLERANCE if today < date.max else today).isoformat()


def _parse_days(days: Iterable[str]) -> Iterator[date]:
    for day in days:
        with suppress(ValueError):  # 2026-02-30
            yield date.fromisoformat(day)


def find_newest_day(root: Path, today: date) -> date | None:
    """Return the day until `today` on which an entry was last seen, whatever its source; None if none ever was."""
    days = {day for _, text in _read_all_texts(root) for day in re.findall(r"^[0-9a-f]{16} (\S+)", text, re.MULTILINE)}
    return max((day for day in _parse_days(days) if day <= today), default=None)


def _join_lines(*groups: Iterable[str]) -> str:
    # Each line once: a merge of two clones that both added it may have left two.
    return "".join(f"{line}\n" for line in sorted({line for group in groups for line in group if line.strip()}))


def _read_text(path: Path) -> str | None:
    """Return the text of a seen file; None if there is none. Raises SourceError if it cannot be read."""
    data = _read_bytes(path)
    return None if data is None else data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _read_bytes(path: Path) -> bytes | None:
    """Return the bytes of a seen file; None if there is none. Raises SourceError if it cannot be read."""
    try:
        return read_regular_file(path)
    except FileNotFoundError:
        return None
    except OSError as error:  # also a folder or a FIFO
        message = f"{SEEN_FOLDER}/{path.name} cannot be read ({error.strerror}): remove it, or restore it with git"
        raise SourceError("seen-file", message) from error


def _read_all_texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the ids of sources and the texts of their seen files, those left out that cannot be read."""
    for path in sorted((root / SEEN_FOLDER).glob("*.txt")):
        with suppress(SourceError):  # the pull of its source reports it
            yield path.stem, _read_text(path) or ""


def _format_line(entry: IdentifiedEntry, day: date, skip_reason: str) -> str:
    words = (
        identity.extract_digest(entry.key),
        day.isoformat(),
        entry.link or "-",
        skip_reason,
        entry.alternate_link and f"={entry.alternate_link}",
    )
    return " ".join(word for word in words if word)


def _match_same_articles(
    linked: Mapping[str, Sequence[_LinkedLine]],
    articles: Mapping[str, ArchivedEntry],
    archived: Mapping[str, ArchivedEntry],
) -> dict[str, str]:
    """Return by key the digest of a line whose archived entry says the same as the entry; each line is one entry's."""
    former: dict[str, str] = {}
    for key, article in articles.items():
        same = [
            line
            for line in linked[key]
            if line.digest in archived and identity.is_same_article(article, archived[line.digest])
        ]
        free = [line.digest for line in same if line.is_absent and line.digest not in former.values()]
        # Several entries of one page, title and day are told apart by their texts only.
        if free and (article.text or len(same) == 1):
            former[key] = free[0]
    return former


def _is_published_after(entry: IdentifiedEntry, day: str, now: datetime) -> bool:
    """Return whether an entry was published after the day of a line, so that the line is about an earlier article."""
    # A page that each issue of a newsletter replaces keeps its address. A date in the future proves nothing.
    published = entry.entry.published
    if published is None or published > now + _DAY_TOLERANCE:
        return False
    with suppress(ValueError, OverflowError):
        return published.date() > date.fromisoformat(day) + _DAY_TOLERANCE
    return False


def get_seen_path(root: Path, source_id: str) -> Path:
    """Return the path of a source's seen file in the edition at `root`."""
    return root / SEEN_FOLDER / f"{source_id}.txt"


def read_seen_digest(root: Path, source_id: str) -> str:
    """Return the digest of a source's seen file; empty if there is none. Raises SourceError if it cannot be read."""
    data = _read_bytes(get_seen_path(root, source_id))
    return "" if data is None else compute_seen_digest(data)


def compute_seen_digest(data: bytes) -> str:
    """Return the digest of a seen file's bytes."""
    # Neither line ends of Windows nor the mark of a dismissal are a reason to fetch the whole feed again.
    lines = [line.rstrip(b"\r") for line in data.split(b"\n") if not line.rstrip().endswith(b" dismissed")]
    return hashlib.sha256(b"\n".join(lines)).hexdigest()[:16]


def read_delivered_links(root: Path, feed_addresses: Mapping[str, str]) -> dict[str, set[str]]:
    """Read from the seen files which normalized links reached an inbox, and return the ids of their sources."""
    sources_by_link: dict[str, set[str]] = {}
    for source_id, text in _read_all_texts(root):
        feed_address = feed_addresses.get(source_id, "")
        for match in _LINE_PATTERN.finditer(text):
            link, extras = match[3], (match[4] or "").split()
            # A word without "=" is the reason why the entry never reached the inbox.
            if link and link != "-" and all(extra.startswith("=") for extra in extras):
                for address in (link, *(extra[1:] for extra in extras)):
                    sources_by_link.setdefault(urls.normalize_url(address, feed_address), set()).add(source_id)
    return sources_by_link
