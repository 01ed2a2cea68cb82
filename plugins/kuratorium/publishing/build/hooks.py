"""Steps that follow a build: they run when the site is in place, and see only the files that changed.

STEPS is the table: a step is a line in it. What a step has not seen because it failed, or because the build was
killed, it sees after the next build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from .cache import Store


class Changes(Struct, frozen=True, kw_only=True):
    """The site's folder, and the files that were written and deleted since the step ran last; paths from there."""

    output: Path
    written: tuple[str, ...]
    deleted: tuple[str, ...]


Step = Callable[[Changes], None]

STEPS: dict[str, Step] = {}
"""Name -> step, in their order."""


def note(store: Store, written: Iterable[str], deleted: Iterable[str], steps: Mapping[str, Step] = STEPS) -> None:
    """Remember for each step what changed; part of the build's own transaction."""
    changed = [(path, True) for path in written] + [(path, False) for path in deleted]
    for name in steps:
        store.keep_pending(name, changed)


def run(store: Store, output: Path, steps: Mapping[str, Step] = STEPS) -> None:
    """Run each step that has something to see."""
    for name, step in steps.items():
        pending = store.pending(name)
        if pending:
            written = tuple(path for path, is_there in pending.items() if is_there)
            deleted = tuple(path for path, is_there in pending.items() if not is_there)
            step(Changes(output=output, written=written, deleted=deleted))
            store.begin()
            store.drop_pending(name)
            store.commit()
