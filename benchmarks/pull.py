"""Measure a pull of many feeds: Kuratorium beside the package `reader` and newsboat, from the same server.

    .venv/bin/python benchmarks/pull.py [--feeds 500 2000] [--runs 3] [--latency 0.05] [--only NAME]

The feeds come from a server in a process of its own: RSS and Atom with 20 to 50 full-text entries, gzip, both
validators and a latency; one feed in a hundred takes 3 seconds, four in a hundred fail, each in its way. Each pull is
a process of its own, and the programs take turns. A cold pull begins with nothing, a warm one finds everything
unchanged. Between them is one that is not measured, because newsboat stores validators only from its second pull on.
CPU (user and system time) and MB are of the process with all its children, seconds those of the wall clock, as the
least and the median of the runs; `asked`, `304` and `MB sent` are what the server counted. This is no test: numbers are
printed, not judged. The other programs take part if they are installed: `pip install reader`, `apt install newsboat`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import feeds
import processes
from processes import Usage
from readers import PROJECT, READERS, Reader


@dataclass(frozen=True)
class Pull:
    """One pull: what it used, how many entries the program has after it, and what the server counted."""

    usage: Usage
    entries: int
    request_count: int
    unchanged_count: int
    sent_bytes: int


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, nargs="+", default=[500, 2_000], help="how many feeds")
    parser.add_argument("--runs", type=int, default=3, help="cold and warm pulls per program")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds until the server answers")
    parser.add_argument("--only", default="", help="only programs whose name contains this")
    options = parser.parse_args()
    for reader in READERS:
        if reader.missing():
            print(f"Without {reader.name}: {reader.missing()}.")
    present = [reader for reader in READERS if not reader.missing() and options.only.lower() in reader.name.lower()]
    print(f"{'':34}{'CPU':>17}{'seconds':>18}")
    headings = f"{'feeds':>6} {'':22}{'':5}{'min':>9}{'median':>8}{'min':>10}{'median':>8}{'MB':>7}"
    print(f"{headings}{'entries':>9}{'asked':>7}{'304':>6}{'MB sent':>9}")
    for count in options.feeds:
        with run_server(count, options.latency) as port, tempfile.TemporaryDirectory() as scratch:
            report(count, measure(Path(scratch), present, count, port, options.runs))


@contextlib.contextmanager
def run_server(count: int, latency: float) -> Iterator[int]:
    """Run a server with `count` feeds until the end of the block; yields its port."""
    command = [sys.executable, str(Path(__file__).with_name("feedserver.py")), str(count), "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def measure(
    scratch: Path, readers: list[Reader], count: int, port: int, runs: int
) -> dict[tuple[str, str], list[Pull]]:
    """Return `runs` cold and warm pulls of each program, by its name and the state; another one begins each round."""
    addresses = [place.address(port) for place in feeds.places(count)]
    pulls: dict[tuple[str, str], list[Pull]] = {}
    for reader in readers:  # not measured: compiles the programs, and brings their files into memory
        folder = scratch / f"first-{_get_folder_name(reader)}"
        lay_out(reader, folder, addresses[:5])
        pull(reader, folder, port)
    for run in range(runs):
        for reader in (*readers[run % len(readers) :], *readers[: run % len(readers)]):
            # A new folder each time, and none is deleted before the end: for some seconds, ext4 passes over the inodes
            # of deleted files whenever a file is created, which may take as much CPU time as the pull.
            folder = scratch / f"{run}-{_get_folder_name(reader)}"
            lay_out(reader, folder, addresses)
            for state in ("cold", "", "warm"):
                measured = pull(reader, folder, port)
                if state:
                    pulls.setdefault((reader.name, state), []).append(measured)
    return pulls


def _get_folder_name(reader: Reader) -> str:
    return "".join(filter(str.isalnum, reader.name))


def lay_out(reader: Reader, folder: Path, addresses: list[str]) -> None:
    """Create a folder in which the program has these addresses and nothing else."""
    folder.mkdir()
    reader.lay_out(folder, addresses)


def pull(reader: Reader, folder: Path, port: int) -> Pull:
    """Return one pull; ends this program, with the output, if the pull fails."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "plugins"), "HOME": str(folder), "NO_PROXY": "*"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # so that a program is compiled once, not at each start
    read_tally(port)  # and so reset it
    usage = processes.run(reader.command(folder), folder, environment)
    if usage.code not in {0, 1}:  # some feeds fail on purpose
        sys.exit(f"{reader.name} failed ({usage.code}):\n{usage.said[-4000:]}")
    tally = read_tally(port)
    return Pull(usage, reader.entries(folder), tally["requests"], tally["unchanged"], tally["bytes"])


def read_tally(port: int) -> dict[str, int]:
    """Return what the server has counted since the last call."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{port}/tally") as answer:
        return dict(json.load(answer))


def report(count: int, pulls_by_case: dict[tuple[str, str], list[Pull]]) -> None:
    """Print a line for each program, cold and warm, and the ratios of Kuratorium to the others, of the least."""
    for (name, state), pulls in pulls_by_case.items():
        last = pulls[-1]
        cpu, seconds = _list_cpu(pulls), _list_seconds(pulls)
        memory = max(pull.usage.memory for pull in pulls)
        print(
            f"{count:6} {name:22}{state:5}{min(cpu):9.2f}{statistics.median(cpu):8.2f}"
            f"{min(seconds):10.2f}{statistics.median(seconds):8.2f}{memory / 1e6:7.0f}"
            f"{last.entries:9}{last.request_count:7}{last.unchanged_count:6}{last.sent_bytes / 1e6:9.1f}",
            flush=True,
        )
    for (name, state), pulls in pulls_by_case.items():
        ours = pulls_by_case.get(("Kuratorium", state))
        if ours and name != "Kuratorium":
            cpu_ratio = min(_list_cpu(ours)) / min(_list_cpu(pulls))
            time_ratio = min(_list_seconds(ours)) / min(_list_seconds(pulls))
            print(f"{'':7}Kuratorium : {name}, {state} = {cpu_ratio:.3f} in CPU, {time_ratio:.3f} in time")
    if ours := pulls_by_case.get(("Kuratorium", "warm")):
        print(f"{'':7}Kuratorium, warm : the slowest feed = {min(_list_seconds(ours)) / feeds.SLOW:.2f} in time")


def _list_seconds(pulls: list[Pull]) -> list[float]:
    return [pull.usage.seconds for pull in pulls]


def _list_cpu(pulls: list[Pull]) -> list[float]:
    return [pull.usage.cpu for pull in pulls]


if __name__ == "__main__":
    main()
