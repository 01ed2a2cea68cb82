"""What was measured of builds, its medians, and the tables that are printed of it."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OURS, THEIRS = "Kuratorium", "Hugo"
# Hugo does the same for every edit: what of its cases ours are held against.
AGAINST = {"full": "full", "again": "body", "body": "body", "title": "body", "new": "body", "live": "live"}

Key = tuple[str, str]
"""A tool's name, and the case."""


@dataclass(frozen=True)
class Taken:
    """What one build of a tool took: seconds, CPU seconds, bytes of memory; files and bytes that it wrote."""

    tool: str
    case: str
    seconds: float
    cpu: float
    memory: int
    files: int
    size: int


def medians(taken: Iterable[Taken]) -> dict[Key, Taken]:
    """The median of each number by itself, for each tool and case; each number is told to stderr as it comes."""
    cases: dict[Key, list[Taken]] = {}
    for one in taken:
        print(f"  {one.tool} {one.case}: {one.seconds:.3f} s", file=sys.stderr, flush=True)
        cases.setdefault((one.tool, one.case), []).append(one)
    return {key: _median(key, runs) for key, runs in cases.items()}


def heading() -> None:
    """Print what the columns are."""
    print(f"{'notes':>7} {'':12}{'':7}{'seconds':>9}{'CPU':>8}{'MB':>7}{'files':>9}{'MB written':>12}", flush=True)


def report(count: int, found: Mapping[Key, Taken]) -> None:
    """Print a line for each tool and case, and how Kuratorium compares with Hugo."""
    for one in found.values():
        line = f"{count:7} {one.tool:12}{one.case:7}{one.seconds:9.3f}{one.cpu:8.2f}{one.memory / 1e6:7.0f}"
        print(f"{line}{one.files:9}{one.size / 1e6:12.1f}" if one.case != "live" else line)
    for case, theirs in AGAINST.items():
        our, other = found.get((OURS, case)), found.get((THEIRS, theirs))
        if our and other:
            ratio = f"{our.seconds / other.seconds:.3f} in time, {our.memory / other.memory:.2f} in memory"
            print(f"{'':8}{OURS} {case} : {THEIRS} {theirs} = {ratio}", flush=True)


def growth(sizes: Mapping[int, Mapping[Key, Taken]]) -> None:
    """Print how the time of each case grows with the number of notes."""
    if len(sizes) < 2:
        return
    print(f"\nseconds by notes {'':9}" + "".join(f"{count:>10}" for count in sizes))
    for key in {key: None for found in sizes.values() for key in found}:
        times = (f"{found[key].seconds:10.3f}" if key in found else f"{'–':>10}" for found in sizes.values())
        print(f"  {key[0]:12}{key[1]:12}" + "".join(times))


def _median(key: Key, runs: list[Taken]) -> Taken:
    return Taken(
        *key,
        seconds=statistics.median(run.seconds for run in runs),
        cpu=statistics.median(run.cpu for run in runs),
        memory=int(statistics.median(run.memory for run in runs)),
        files=int(statistics.median(run.files for run in runs)),
        size=int(statistics.median(run.size for run in runs)),
    )
