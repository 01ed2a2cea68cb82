"""Inbox files that nobody wanted for a month: they go, and their entries stay seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from ..files import write_together
from . import dates, inbox, waiting
from .entry import Entry
from .inbox import Setting
from .seen import Seen
from .sift import Keyed
from .waiting import Waiting

AGE = timedelta(days=30)


def expired(root: Path, files: Iterable[Waiting], written: Mapping[str, str], setting: Setting) -> list[Waiting]:
    """List the files that are older than thirty days, and that no editor touched; `written` are the digests by uid."""
    return [one for one in files if _is_expired(root, one, written.get(one.uid), setting)]


def remove(root: Path, files: Iterable[Waiting], setting: Setting) -> None:
    """Remove inbox files; first their entries are made sure to be in the seen files."""
    by_source: dict[str, list[Waiting]] = defaultdict(list)
    for one in files:
        by_source[one.source].append(one)
    for source, group in by_source.items():
        seen = Seen(root, source)
        text = seen.with_entries((Keyed(one.item, Entry()) for one in group), setting.now.date())
        if text:
            write_together([(seen.path, text)])
        for one in group:
            (root / one.path).unlink(missing_ok=True)


def _is_expired(root: Path, one: Waiting, digest: str | None, setting: Setting) -> bool:
    pulled = dates.of_text(one.pulled)
    if not one.source or pulled is None or setting.now - pulled <= AGE:
        return False
    text = waiting.text(root, one)
    return bool(text) and inbox.is_untouched(text, digest, setting)
