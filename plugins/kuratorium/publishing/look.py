"""What an engine finds when it looks at an edition and its site, beside what it remembers of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ..errors import Problem
from ..folders import GONE, Stamp, stamp
from . import assets, decision, scan
from . import settings as conf
from .decision import Change, State
from .settings import Settings

Outputs = dict[str, tuple[Stamp, bytes, bytes]]
"""Path -> stamp, hash and fingerprint of a file of the site; an asset has no fingerprint."""


class Look(Struct, frozen=True, kw_only=True):
    """Texts, registry and theme (`seen`), these and all other files with their stamps, what differs, what is wrong.

    `at` is when (nanoseconds); `touched` are new stamps of files of the site that are as they were.
    """

    at: int
    settings: Settings
    seen: dict[str, Stamp]
    files: dict[str, Stamp]
    assets: assets.Assets
    found: scan.Difference
    problems: tuple[Problem, ...]
    change: Change
    touched: dict[str, Stamp]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do, and nothing to complain of."""
        return self.change.nothing and not self.problems


def settings(root: Path, state: State | None, known: scan.Known) -> tuple[Settings, dict[str, Stamp]]:
    """Read the settings, if what they come from is not as it was; and stamp that."""
    scripts = scan.settings(root)
    was = {file: row for file, row in known.items() if decision.is_settings(file)}
    differing = scan.differences(root, scripts, was)
    if state and not (differing.changed or differing.new or differing.gone):
        return state.settings, scripts
    return conf.read(root), scripts


def seen(root: Path, before: Mapping[str, Stamp], changed: frozenset[str] | None) -> dict[str, Stamp] | None:
    """Stamp only the files that are said to have changed; None where that does not do, and all must be looked at."""
    if changed is None or not changed <= before.keys():
        return None
    now = {file: stamp(f"{root}/{file}") for file in changed}
    return None if GONE in now.values() else {**before, **now}


def look(
    root: Path,
    *,
    settings: tuple[Settings, dict[str, Stamp]],
    state: State | None,
    inputs: scan.Known,
    outputs: Outputs,
    output: Path,
    seen: dict[str, Stamp] | None,
    as_of: datetime,
) -> Look:
    """Look at everything, or only at what was `seen` already; then the site is taken to be as it was left."""
    at = time.time_ns()
    found, scripts = settings
    state = state or State(settings=found)
    problems: tuple[Problem, ...] = ()
    there = None
    if seen is None:
        looked = scan.inputs(root, found.theme)
        seen, problems = looked.files, looked.problems
        there = scan.outputs(output, found.retention)
    copied = assets.find(root, found, filter(decision.is_text, seen), state.linked)
    files = {**seen, **scripts, **scan.stamps(root, copied.values())}
    differing = scan.differences(root, files, inputs)
    site = scan.site(output, there, outputs)
    change = decision.decide(differing, state=state, settings=found, as_of=as_of, site=site)
    return Look(
        at=at,
        settings=found,
        seen=seen,
        files=files,
        assets=copied,
        found=differing,
        problems=problems,
        change=change,
        touched=site.touched,
    )
