"""A source's feed -> inbox files and seen lines, in the order in which a kill loses nothing."""

from __future__ import annotations

from pathlib import Path

from ..files import write_atomically
from ..model import Source
from . import identity, inbox, seen
from .entry import Feed
from .inbox import Setting
from .report import Result
from .seen import Desk
from .sift import Keyed, sift


def deliver(root: Path, source: Source, feed: Feed, desk: Desk, setting: Setting) -> Result:
    """Write what is new in `feed`: the inbox files first, then the seen lines of all its entries.

    `desk` is what lies in inbox and notes: an entry that a killed pull delivered is on it, though not yet seen.
    """
    usable = [entry for entry in feed.entries if inbox.is_usable(entry, feed, source)]
    entries = [Keyed(*pair) for pair in zip(identity.keys(source.id, usable), usable, strict=True)]
    digests = seen.read(root, source.id)
    known = {one.key for one in entries if identity.digest_of(one.key) in (digests or ()) or desk.has(one.key)}
    sifted = sift(entries, known, source, first=digests is None)
    for one in sifted.new:
        file = inbox.file_of(one, feed, source, setting)
        write_atomically(root / file.path, file.text)
    seen.add(root, source.id, entries, setting.now.date())
    lost = len(feed.entries) - len(usable)
    return Result(
        id=source.id,
        name=source.name,
        status="new" if sifted.new else "unchanged",
        entries=len(feed.entries),
        new=len(sifted.new),
        held_back=len(sifted.held_back),
        dropped=len(sifted.dropped),
        words=_LOST.format(lost) if lost else "",
    )


_LOST = "{} entries say nothing, or have no link while the source has no site: passed over"
