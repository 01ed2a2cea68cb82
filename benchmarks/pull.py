"""How long a pull of many feeds takes: Kuratorium beside the package `reader` and newsboat, on the same server.

    .venv/bin/python benchmarks/pull.py [--feeds 500 2000] [--runs 3] [--latency 0.05] [--only NAME]

A server of its own process has the feeds: RSS and Atom with 20 to 50 full-text entries, gzip, both validators, a
latency; one in a hundred takes 3 seconds, four in a hundred fail, each in its way. Every pull is a process of its own,
and the programs take turns. A cold pull begins with nothing, a warm one finds everything unchanged;
between them is one that is not measured, for newsboat keeps validators only from its second pull on.
Seconds are the median of the runs by the wall clock; CPU and MB are of the process with all its children; `asked`,
`304` and `MB sent` are what the server saw. Nothing here is a test: numbers are printed, not judged. Peers take part
where they are installed: `pip install reader`, `apt install newsboat`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
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
from processes import Taken
from readers import PROJECT, READERS, Reader


@dataclass(frozen=True)
class Pulled:
    """One pull: what it took, how many entries the program has after it, what the server saw."""

    taken: Taken
    entries: int
    asked: int
    unchanged: int
    sent: int


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, nargs="+", default=[500, 2_000], help="how many feeds")
    parser.add_argument("--runs", type=int, default=3, help="cold and warm pulls per program")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds until the server answers")
    parser.add_argument("--only", default="", help="only programs whose name holds this")
    wanted = parser.parse_args()
    for reader in READERS:
        if reader.missing():
            print(f"Without {reader.name}: {reader.missing()}.")
    present = [one for one in READERS if not one.missing() and wanted.only.lower() in one.name.lower()]
    headings = f"{'feeds':>6} {'':22}{'':5}{'seconds':>9}{'CPU':>8}{'MB':>7}"
    print(f"{headings}{'entries':>9}{'asked':>7}{'304':>6}{'MB sent':>9}")
    for count in wanted.feeds:
        with served(count, wanted.latency) as port, tempfile.TemporaryDirectory() as scratch:
            report(count, measure(Path(scratch), present, count, port, wanted.runs))


@contextlib.contextmanager
def served(count: int, latency: float) -> Iterator[int]:
    """Have a server with `count` feeds until the end of the block; yields its port."""
    command = [sys.executable, str(Path(__file__).with_name("feedserver.py")), str(count), "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def measure(
    scratch: Path, readers: list[Reader], count: int, port: int, runs: int
) -> dict[tuple[str, str], list[Pulled]]:
    """Pull `runs` times cold and warm with each program; another one begins each round."""
    addresses = [place.address(port) for place in feeds.places(count)]
    found: dict[tuple[str, str], list[Pulled]] = {}
    for reader in readers:  # once for nothing: from now on programs are compiled, and their files in memory
        folder = scratch / "first"
        lay_out(reader, folder, addresses[:5])
        pull(reader, folder, port)
    for run in range(runs):
        for reader in (*readers[run % len(readers) :], *readers[: run % len(readers)]):
            folder = scratch / "".join(filter(str.isalnum, reader.name))
            lay_out(reader, folder, addresses)
            for state in ("cold", "", "warm"):
                pulled = pull(reader, folder, port)
                if state:
                    found.setdefault((reader.name, state), []).append(pulled)
    return found


def lay_out(reader: Reader, folder: Path, addresses: list[str]) -> None:
    """Give the program a folder in which it has these addresses and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    reader.lay_out(folder, addresses)


def pull(reader: Reader, folder: Path, port: int) -> Pulled:
    """Pull once; leave the program, with what was said, where nothing came of it."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "plugins"), "HOME": str(folder), "NO_PROXY": "*"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a program is compiled once, not at each start
    tally(port)
    taken = processes.run(reader.command(folder), folder, environment)
    if taken.code not in {0, 1}:  # some feeds fail on purpose
        sys.exit(f"{reader.name} failed ({taken.code}):\n{taken.said[-4000:]}")
    seen = tally(port)
    return Pulled(taken, reader.entries(folder), seen["requests"], seen["unchanged"], seen["bytes"])


def tally(port: int) -> dict[str, int]:
    """Ask the server what it was asked since the last time."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://127.0.0.1:{port}/tally") as answer:
        return dict(json.load(answer))


def report(count: int, found: dict[tuple[str, str], list[Pulled]]) -> None:
    """Print a line per program, cold and warm, and how Kuratorium compares with the others."""
    for (name, state), pulls in found.items():
        last = pulls[-1]
        cpu = statistics.median(one.taken.cpu for one in pulls)
        memory = max(one.taken.memory for one in pulls)
        print(
            f"{count:6} {name:22}{state:5}{_seconds(pulls):9.2f}{cpu:8.2f}{memory / 1e6:7.0f}"
            f"{last.entries:9}{last.asked:7}{last.unchanged:6}{last.sent / 1e6:9.1f}",
            flush=True,
        )
    for (name, state), pulls in found.items():
        ours = found.get(("Kuratorium", state))
        if ours and name != "Kuratorium":
            print(f"{'':7}Kuratorium : {name}, {state} = {_seconds(ours) / _seconds(pulls):.2f}")
    if ours := found.get(("Kuratorium", "warm")):
        print(f"{'':7}Kuratorium, warm : the slowest feed = {_seconds(ours) / feeds.SLOW:.2f}")


def _seconds(pulls: list[Pulled]) -> float:
    return statistics.median(one.taken.seconds for one in pulls)


if __name__ == "__main__":
    main()
