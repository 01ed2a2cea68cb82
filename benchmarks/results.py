"""The measurements of builds: their medians, and the tables that are printed of them."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OURS, THEIRS = "Kuratorium", "Hugo"
# Our case -> the case of Hugo to compare it with: Hugo does the same work for every edit.
COMPARED_CASES = {"full": "full", "again": "body", "body": "body", "title": "body", "new": "body", "live": "live"}

Key = tuple[str, str]
"""The name of a tool, and the case."""


@dataclass(frozen=True)
class Taken:
    """What one build of a tool used: seconds, CPU seconds, bytes of memory; and the files and bytes that it wrote."""

    tool: str
    case: str
    seconds: float
    cpu: float
    memory: int
    files: int
    size: int


def medians(taken: Iterable[Taken]) -> dict[Key, Taken]:
    """Return the median of each number by itself, for each tool and case; prints each build to stderr as it is done."""
    cases: dict[Key, list[Taken]] = {}
    for build in taken:
        print(f"  {build.tool} {build.case}: {build.seconds:.3f} s", file=sys.stderr, flush=True)
        cases.setdefault((build.tool, build.case), []).append(build)
    return {key: _median(key, runs) for key, runs in cases.items()}


def heading() -> None:
    """Print the headings of the columns."""
    print(f"{'notes':>7} {'':12}{'':7}{'seconds':>9}{'CPU':>8}{'MB':>7}{'files':>9}{'MB written':>12}", flush=True)


def report(count: int, medians_by_case: Mapping[Key, Taken]) -> None:
    """Print a line for each tool and case, and the ratios of Kuratorium to Hugo."""
    for median in medians_by_case.values():
        line = (
            f"{count:7} {median.tool:12}{median.case:7}{median.seconds:9.3f}{median.cpu:8.2f}{median.memory / 1e6:7.0f}"
        )
        print(f"{line}{median.files:9}{median.size / 1e6:12.1f}" if median.case != "live" else line)
    for our_case, their_case in COMPARED_CASES.items():
        ours, theirs = medians_by_case.get((OURS, our_case)), medians_by_case.get((THEIRS, their_case))
        if ours and theirs:
            ratio = f"{ours.seconds / theirs.seconds:.3f} in time, {ours.memory / theirs.memory:.2f} in memory"
            print(f"{'':8}{OURS} {our_case} : {THEIRS} {their_case} = {ratio}", flush=True)


def growth(sizes: Mapping[int, Mapping[Key, Taken]]) -> None:
    """Print the time of each case by the number of notes, if there are several numbers."""
    if len(sizes) < 2:
        return
    print(f"\nseconds by notes {'':9}" + "".join(f"{count:>10}" for count in sizes))
    for key in {key: None for medians_by_case in sizes.values() for key in medians_by_case}:
        times = (
            f"{medians_by_case[key].seconds:10.3f}" if key in medians_by_case else f"{'–':>10}"
            for medians_by_case in sizes.values()
        )
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
