"""Measure `kuratorium build DIR…`: many small editions, built anew, and again without changes.

    PYTHONPATH=. .venv/bin/python benchmarks/editions.py [--editions 50] [--notes 20]

CPU is that of all processes, the figure to trust on a busy machine; MB is the memory that they used together.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import processes

from tests.editions import tiny_edition


def main() -> None:
    """Read the arguments, make the editions, build them twice, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--editions", type=int, default=50)
    parser.add_argument("--notes", type=int, default=20, help="of each edition")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folders = [_make_edition(Path(scratch, str(number)), arguments.notes) for number in range(arguments.editions)]
        for what in ("full", "again"):
            command = [str(Path(sys.executable).with_name("kuratorium")), "build", *map(str, folders)]
            usage = processes.run(command, Path(scratch), dict(os.environ))
            if usage.code:
                sys.exit(usage.said)
            memory = usage.memory / 1e6
            print(f"{what:6}{len(folders)} editions: {usage.cpu:.1f} s CPU, {usage.seconds:.1f} s, {memory:.0f} MB")


def _make_edition(folder: Path, notes: int) -> Path:
    folder.mkdir()
    edition = tiny_edition(folder)
    for number in range(notes):
        edition.note(f"notiz-{number}")
    return edition.root


if __name__ == "__main__":
    main()
