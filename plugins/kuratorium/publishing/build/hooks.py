"""Steps that follow a build: they run when the site is in place, and see only the files that changed.

STEPS is the table: a step is a line in it. What a step has not seen because it failed, or because the build was
killed, it sees after the next build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from .cache import Cache


class PublishedChanges(Struct, frozen=True, kw_only=True):
    """The site's folder, and the files that were written and deleted since the step ran last; paths from there."""

    output: Path
    written: tuple[str, ...]
    deleted: tuple[str, ...]


Hook = Callable[[PublishedChanges], None]

HOOKS: dict[str, Hook] = {}
"""Name -> step, in their order."""


def queue_changes(
    cache: Cache, written: Iterable[str], deleted: Iterable[str], hooks: Mapping[str, Hook] = HOOKS
) -> None:
    """Remember for each step what changed; part of the build's own transaction."""
    changed = [(path, True) for path in written] + [(path, False) for path in deleted]
    for name in hooks:
        cache.add_pending_changes(name, changed)


def run_hooks(cache: Cache, output: Path, hooks: Mapping[str, Hook] = HOOKS) -> None:
    """Run each step that has something to see."""
    for name, step in hooks.items():
        pending = cache.read_pending_changes(name)
        if pending:
            written = tuple(path for path, is_there in pending.items() if is_there)
            deleted = tuple(path for path, is_there in pending.items() if not is_there)
            step(PublishedChanges(output=output, written=written, deleted=deleted))
            cache.begin()
            cache.clear_pending_changes(name)
            cache.commit()
