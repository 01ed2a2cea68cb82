"""What an engine finds when it looks at an edition and its site, beside what it remembers of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from ..errors import Problem
from ..folders import GONE, Stamp, stamp, written
from . import assets, decision, scan
from . import settings as conf
from .decision import Change, Linked, State
from .settings import Settings

Outputs = dict[str, tuple[Stamp, bytes, bytes]]
"""Path -> stamp, hash and fingerprint of a file of the site; an asset has no fingerprint."""


class Known(Struct, frozen=True):
    """What is remembered of the edition's files, and of the site's."""

    inputs: scan.Known
    outputs: Outputs


class Gathered(Struct, frozen=True, kw_only=True):
    """All stamps: of texts, registry and theme (`seen`), settings, assets, and the site (None: not looked at)."""

    at: int
    settings: Settings
    seen: dict[str, Stamp]
    scripts: dict[str, Stamp]
    assets: assets.Assets
    copied: dict[str, Stamp]
    site: dict[str, Stamp] | None
    problems: tuple[Problem, ...]


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


def settings(root: Path, state: State | None, known: scan.Known) -> Settings:
    """Read the settings, if what they come from is not as it was."""
    was = {file: row for file, row in known.items() if decision.is_settings(file)}
    differing = scan.differences(root, scan.settings(root), was)
    if state and not (differing.changed or differing.new or differing.gone):
        return state.settings
    return conf.read(root)


def seen(root: Path, before: Mapping[str, Stamp], changed: frozenset[str] | None) -> dict[str, Stamp] | None:
    """Stamp only the files that are said to have changed; None where that does not do, and all must be looked at.

    `before` is what was seen before, or nothing where that is of no use.
    """
    if changed is None or not before or not changed <= before.keys():
        return None
    now = {file: stamp(f"{root}/{file}", written) for file in changed}
    return None if GONE in now.values() else {**before, **now}


def gather(
    root: Path, settings: Settings, linked: Linked, output: Path, seen: dict[str, Stamp] | None = None
) -> Gathered:
    """Stamp everything; where texts, registry and theme were `seen` already, only what else the edition has."""
    at = time.time_ns()
    problems: tuple[Problem, ...] = ()
    site = None
    if seen is None:
        looked = scan.inputs(root, settings.theme)
        seen, problems = looked.files, looked.problems
        site = scan.outputs(output, settings.retention)
    copied = assets.find(root, settings, linked)
    return Gathered(
        at=at,
        settings=settings,
        seen=seen,
        scripts=scan.settings(root),
        assets=copied,
        copied=scan.stamps(root, copied.values()),
        site=site,
        problems=problems,
    )


def look(gathered: Gathered, root: Path, *, state: State | None, known: Known, output: Path, as_of: datetime) -> Look:
    """Compare what was gathered with what is known."""
    files = {**gathered.seen, **gathered.scripts, **gathered.copied}
    differing = scan.differences(root, files, known.inputs)
    site = scan.site(output, gathered.site, known.outputs)
    state = state or State(settings=gathered.settings)
    change = decision.decide(differing, state=state, settings=gathered.settings, as_of=as_of, site=site)
    return Look(
        at=gathered.at,
        settings=gathered.settings,
        seen=gathered.seen,
        files=files,
        assets=gathered.assets,
        found=differing,
        problems=gathered.problems,
        change=change,
        touched=site.touched,
    )
