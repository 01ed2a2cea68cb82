"""The same article from several sources: one inbox file, which names the others in `also_in`.

It is suggested for what any of them suggested it for, with all their reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from .. import urls
from ..files import write_atomically
from . import inbox, inbox_index
from .archive import Archive
from .inbox import Setting
from .inbox_index import Waiting


class Candidate(Struct, frozen=True):
    """An inbox file that no editor touched: what it says of itself, and its values."""

    file: Waiting
    values: dict[str, Any]

    @property
    def url(self) -> str:
        """Where its work can be read."""
        return str(self.values["bookmark_of"][0]["url"])


class Joined(Struct, frozen=True):
    """A file to write anew (its path, text and uid), and the files that go, for they are in it."""

    file: inbox.InboxFile
    gone: tuple[Waiting, ...]


def join(root: Path, files: Iterable[Waiting], archive: Archive, setting: Setting, mine: Callable[[str], bool]) -> int:
    """Join those inbox files that are about one article, as far as they came by sources that are `mine`.

    The file that stays is written before the others go. Returns how many went.
    """
    written = archive.written()
    count = 0
    for group in _groups(one for one in files if mine(one.source)):
        texts = [(one, inbox_index.text(root, one)) for one in group]
        untouched = [
            Candidate(one, inbox.values_of(text))
            for one, text in texts
            if text and inbox.is_untouched(text, written.get(one.uid), setting)
        ]
        if joined := decide(untouched, setting):
            file = joined.file
            archive.keep_written({file.uid: file.digests})
            write_atomically(root / file.path, file.text)
            for one in joined.gone:
                (root / one.path).unlink(missing_ok=True)
            archive.keep_written({one.uid: "" for one in joined.gone})
            count += len(joined.gone)
    return count


def decide(candidates: Sequence[Candidate], setting: Setting) -> Joined | None:
    """Decide what becomes of files about one article; None where there is nothing to join.

    The one that was there first stays; of the same pull that of the site which the article is on, else that of the
    source which sources.yaml names first. So it does not matter in which order they are joined.
    """
    if len({one.file.source for one in candidates}) < 2:
        return None
    places = {source: place for place, source in enumerate(setting.registry.sources)}
    ranked = sorted(candidates, key=lambda one: _rank(one, places, setting))
    first, others = ranked[0], ranked[1:]
    named = {_name(one): one for other in reversed(ranked) for one in _named(other)}
    named.pop(_name({"source": first.file.source, "url": first.url}), None)
    also = sorted(named.values(), key=lambda one: (places.get(one["source"], len(places)), one["source"], one["url"]))
    suggested = inbox.together([one.values for one in ranked], first.file.source, setting)
    text = inbox.written({**first.values, **suggested, "also_in": also})
    file = inbox.InboxFile(first.file.path, text, first.file.uid, inbox.written(first.values))
    return Joined(file, tuple(one.file for one in others))


def _rank(one: Candidate, places: dict[str, int], setting: Setting) -> tuple[str, bool, int, str]:
    source = setting.registry.sources.get(one.file.source)
    away = source is None or urls.host_of(source.site) != urls.host_of(one.url)
    return one.file.pulled, away, places.get(one.file.source, len(places)), one.file.uid


def _named(one: Candidate) -> Iterator[dict[str, str]]:
    yield from one.values.get("also_in") or ()
    yield {"source": one.file.source, "url": one.url}


def _name(one: dict[str, str]) -> tuple[str, str]:
    return one["source"], urls.normal(one["url"])


def _groups(files: Iterable[Waiting]) -> Iterator[list[Waiting]]:
    """Put together files that share a link, or that several links lead together.

    A link of which a source has several files does not name one article. Where links lead several files of a source
    together, somebody calls articles one that are not: then all stay apart.
    """
    by_link: dict[str, list[Waiting]] = defaultdict(list)
    for one in files:
        for link in one.links if one.source else ():
            if urls.is_telling(link):
                by_link[link].append(one)
    groups: dict[str, dict[str, Waiting]] = {}  # the group of each file, by path
    for found in by_link.values():
        if 1 < len(found) == len({one.source for one in found}):
            whole = {path: file for one in found for path, file in groups.get(one.path, {one.path: one}).items()}
            groups |= dict.fromkeys(whole, whole)
    for path, group in groups.items():
        if path == min(group) and len(group) == len({one.source for one in group.values()}):
            yield [*group.values()]
