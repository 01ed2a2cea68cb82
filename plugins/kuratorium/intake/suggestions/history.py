"""What became of a work before somebody suggested it: recommended, waiting, dismissed, passed over, and when."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date as Day
from gettext import NullTranslations
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from ... import urls
from ...edition.paths import INBOX_FOLDER, NOTES_FOLDER, SEEN_FOLDER
from ...files import read_regular_file
from ...translations import N_
from .. import identity

_NOTE_URL = re.compile(r"^[ \t-]*url:[ \t]*[\"']?(\S+?)[\"']?[ \t]*$", re.MULTILINE)
_NOTE_DATE = re.compile(r"^date:[ \t]*[\"']?(\d{4}-\d\d-\d\d)", re.MULTILINE)
_SEEN_LINE = re.compile(r"^([0-9a-f]{16}) (\d{4}-\d\d-\d\d) (\S+)([^\n]*)$", re.MULTILINE)
_GIT_SECONDS = 10

_SENTENCES = {
    "picked": N_("recommended on {day} in {place}"),
    "waiting": N_("on the desk since {day}, from {place}"),
    "dismissed": N_("dismissed on {day}, from {place}"),
    "gone": N_("seen on {day} in {place}, dismissed or expired since"),
    "passed": N_("seen on {day} in {place}, and passed over"),
}


class FormerSight(Struct, frozen=True, kw_only=True, order=True):
    """When a work was on the desk or in a note before; `place` is the file of the note, or the id of the source."""

    day: str
    kind: Literal["picked", "waiting", "dismissed", "gone", "passed"]
    place: str


class Pick(Struct, frozen=True):
    """A note that recommends a work: its address, the note's file and its day."""

    url: str
    file: str
    day: str


def find_histories(
    root: Path, links: Mapping[str, str], picks: Iterable[Pick], inbox_uids: Collection[str]
) -> dict[str, tuple[FormerSight, ...]]:
    """Return what was known of works before, by the key of the entry that suggests them; `links` are their addresses.

    A work that a note recommends was neither dismissed nor passed over.
    """
    pages = {key: urls.identify_page(link) for key, link in links.items()}
    found: dict[str, list[FormerSight]] = {key: [] for key in links}
    for pick in picks:
        page = urls.identify_page(pick.url)
        for key in (key for key, other in pages.items() if other == page):
            found[key].append(FormerSight(day=pick.day, kind="picked", place=pick.file))
    for key, sight in _find_seen(root, links, pages, inbox_uids):
        if not found[key] or found[key][0].kind != "picked":
            found[key].append(sight)
    return {key: tuple(sorted(set(sights))) for key, sights in found.items()}


def describe(sight: FormerSight, translations: NullTranslations | None = None) -> str:
    """Return a sight as a sentence without its full stop, by default in English."""
    say = (translations or NullTranslations()).gettext
    return say(_SENTENCES[sight.kind]).format(day=sight.day, place=sight.place)


def read_picks(root: Path, links: Mapping[str, str]) -> Iterator[Pick]:
    """Yield the notes that name one of the addresses in `links` in some spelling; no other note is parsed."""
    marks = _list_marks(links)
    for folder, _, names in os.walk(root / NOTES_FOLDER) if marks else ():
        for name in sorted(names):
            text = _read_text(Path(folder, name)) if name.endswith(".md") else ""
            if any(mark in text for mark in marks):
                day = _NOTE_DATE.search(text)
                file = Path(folder, name).relative_to(root).as_posix()
                yield from (Pick(url, file, day[1] if day else "") for url in _NOTE_URL.findall(text))


def _find_seen(
    root: Path, links: Mapping[str, str], pages: Mapping[str, str], inbox_uids: Collection[str]
) -> Iterator[tuple[str, FormerSight]]:
    """Yield the lines of seen files with one of the addresses, each with the key of the entry that suggests it now."""
    marks = _list_marks(links)
    for path in sorted((root / SEEN_FOLDER).glob("*.txt")) if marks else ():
        text = _read_text(path)
        if not any(mark in text for mark in marks):
            continue
        for digest, day, link, extras in _SEEN_LINE.findall(text):
            if not any(mark in link for mark in marks):
                continue
            page, key = urls.identify_page(link), f"{path.stem}:{digest}"
            for suggested in (other for other, known in pages.items() if known == page and other != key):
                yield suggested, _build_sight(root, key, day, extras, inbox_uids)


def _build_sight(root: Path, key: str, day: str, extras: str, inbox_uids: Collection[str]) -> FormerSight:
    source, uid = key.rpartition(":")[0], identity.build_uid(key)
    if uid in inbox_uids:
        return FormerSight(day=day, kind="waiting", place=source)
    # A word without "=" says why the entry never reached the inbox.
    if not all(extra.startswith("=") for extra in extras.split()):
        return FormerSight(day=day, kind="passed", place=source)
    deleted = _find_day_of_deletion(root, uid)
    return FormerSight(day=deleted or day, kind="dismissed" if deleted else "gone", place=source)


def _find_day_of_deletion(root: Path, uid: str) -> str:
    """Return the day of the commit that removed an inbox file, found by the uid in its name; empty if none did."""
    pattern = f":(glob){INBOX_FOLDER}/*{uid[:8]}.md"
    command = ["git", "log", "-1", "--diff-filter=D", "--no-renames", "--format=%cs", "HEAD", "--", pattern]
    with suppress(OSError, subprocess.TimeoutExpired, ValueError):
        result = subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=_GIT_SECONDS)  # noqa: S603
        return Day.fromisoformat(result.stdout.decode().strip()).isoformat()
    return ""


def _list_marks(links: Mapping[str, str]) -> set[str]:
    """Return the part of each address that all its spellings share, to find files that may have it."""
    # An empty path is only a host, which many addresses of a seen file share.
    parts = [urlsplit(link) for link in links.values()]
    return {part.path.rstrip("/") or part.netloc.removeprefix("www.") for part in parts}


def _read_text(path: Path) -> str:
    try:
        return read_regular_file(path).decode("utf-8", "replace")
    except OSError:  # an editor may move or delete a file while we read
        return ""
