"""The measurements of builds: least and median of each, and the tables that are printed of them."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

OURS = "Kuratorium"
RELATED = "Hugo .Related"
# Our case -> the case of the others to compare it with: Hugo does the same work for every edit.
_COMPARED_CASES = {
    "full": "full",
    **dict.fromkeys(("again", "body", "title", "new"), "body"),
    **dict.fromkeys(("live body", "live title", "live new"), "live body"),
}

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
    files: int = 0
    size: int = 0


@dataclass(frozen=True)
class Summary:
    """The runs of a tool in a case: least and median of each number by itself.

    The machine only ever adds to what a build takes, so the least says what the program needs, and its distance from
    the median how quiet the machine was.
    """

    least: Taken
    median: Taken


def summarize(taken: Iterable[Taken]) -> dict[Key, Summary]:
    """Return the summary of each tool and case; prints each build to stderr as it is done."""
    cases: dict[Key, list[Taken]] = {}
    for build in taken:
        print(f"  {build.tool} {build.case}: {build.seconds:.3f} s, CPU {build.cpu:.2f} s", file=sys.stderr, flush=True)
        cases.setdefault((build.tool, build.case), []).append(build)
    return {key: Summary(_reduce(key, runs, min), _reduce(key, runs, statistics.median)) for key, runs in cases.items()}


def _reduce(key: Key, runs: list[Taken], reduce: Callable[[list[float]], float]) -> Taken:
    return Taken(
        *key,
        seconds=reduce([run.seconds for run in runs]),
        cpu=reduce([run.cpu for run in runs]),
        memory=int(reduce([run.memory for run in runs])),
        files=int(reduce([run.files for run in runs])),
        size=int(reduce([run.size for run in runs])),
    )


def heading() -> None:
    """Print the headings of the columns."""
    print(f"{'':40}{'CPU':>17}{'seconds':>18}")
    columns = f"{'min':>9}{'median':>8}{'min':>10}{'median':>8}{'MB':>7}{'files':>9}{'MB written':>12}"
    print(f"{'notes':>7} {'':16}{'':16}{columns}", flush=True)


def report(count: int, summaries: Mapping[Key, Summary]) -> None:
    """Print a line for each tool and case, and the ratios of Kuratorium to the others, of the least of each number."""
    for (tool, case), summary in summaries.items():
        least, median = summary.least, summary.median
        print(
            f"{count:7} {tool:16}{case:16}{least.cpu:9.2f}{median.cpu:8.2f}{least.seconds:10.3f}{median.seconds:8.3f}"
            f"{median.memory / 1e6:7.0f}" + (f"{median.files:9}{median.size / 1e6:12.1f}" if median.files else "")
        )
    for our_case, their_case in _COMPARED_CASES.items():
        ours = summaries.get((OURS, our_case))
        for (tool, case), summary in summaries.items():
            if ours and tool != OURS and case == their_case:
                _report_ratio(f"{OURS} {our_case} : {tool} {their_case}", ours.least, summary.least)


def _report_ratio(what: str, ours: Taken, theirs: Taken) -> None:
    # A served site's CPU is counted in clock ticks, and may be none.
    cpu = f"{ours.cpu / theirs.cpu:.3f} in CPU, " if theirs.cpu else ""
    ratios = f"{cpu}{ours.seconds / theirs.seconds:.3f} in time, {ours.memory / theirs.memory:.2f} in memory"
    print(f"{'':8}{what} = {ratios}", flush=True)


def growth(sizes: Mapping[int, Mapping[Key, Summary]]) -> None:
    """Print the least CPU of each case by the number of notes, if there are several numbers."""
    if len(sizes) < 2:
        return
    print(f"\nCPU by notes {'':22}" + "".join(f"{count:>10}" for count in sizes))
    for key in {key: None for summaries in sizes.values() for key in summaries}:
        times = (
            f"{summaries[key].least.cpu:10.2f}" if key in summaries else f"{'–':>10}" for summaries in sizes.values()
        )
        print(f"  {key[0]:16}{key[1]:16}" + "".join(times))
