"""Measure `kuratorium check` on the corpus: without a cache, again, after an edit, and of one file.

    .venv/bin/python benchmarks/check.py --notes 10000 --keep FOLDER

Every work of the corpus has its text in the archive, as after years of pulls on one machine.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import corpus
import forms
import wording

from kuratorium.intake.archive import Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState

CACHE = "var/check.sqlite3"
DAY = "2026-10-14"
FEED = "https://feed.example/feed"


def main() -> None:
    """Print seconds and CPU seconds of each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000, help="size of the corpus")
    parser.add_argument("--keep", type=Path, help="lay out the corpus in this folder, and leave it there")
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp())
    try:
        if not (folder / "pelicanconf.py").exists():
            lay_out(folder, arguments.notes)
        for name, seconds, processor in measure(folder):
            print(f"{name:<28} {seconds:6.2f} s {processor:6.2f} CPU s", flush=True)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)


def lay_out(folder: Path, count: int) -> None:
    """Write the edition of the corpus, and an archive with the text of each work."""
    folder.mkdir(parents=True, exist_ok=True)
    forms.begin_edition(folder)
    entries = []
    for post in corpus.posts(count):
        forms.add_to_edition(folder, post)
        for work in post.works:
            dice = Random(work.url)
            text = "\n\n".join(wording.paragraph(dice, 6) for _ in range(8))
            entries.append(ArchivedEntry(key=work.url, digest=b"1", link=work.url, title=work.title, text=text))
    with Archive(folder) as archive:
        archive.store_pull_results({"corpus": (SourceState(address=FEED), entries)}, DAY)


def measure(folder: Path) -> Iterator[tuple[str, float, float]]:
    """Yield the name of each case, its seconds and its CPU seconds."""
    notes = sorted((folder / "curation" / "notes").rglob("*.md"))
    first = notes[len(notes) // 2]
    (folder / CACHE).unlink(missing_ok=True)
    yield ("without a cache", *run(folder))
    yield ("again", *run(folder))
    with edit(first):
        yield ("after an edit", *run(folder))
    (folder / CACHE).unlink(missing_ok=True)
    yield ("one file, without a cache", *run(folder, first))
    run(folder)
    yield ("one file", *run(folder, first))
    with edit(first):
        yield ("one file, edited", *run(folder, first))
    yield ("twenty files", *run(folder, *islice(notes, 20)))


class edit:  # noqa: N801 - a context manager that reads as a verb
    """Add a sentence to a note, and take it away again."""

    def __init__(self, file: Path) -> None:
        self._file, self._text = file, file.read_text("utf-8")

    def __enter__(self) -> None:
        self._file.write_text(f"{self._text}\n\nNachgetragen: Das war zu knapp.\n", "utf-8")

    def __exit__(self, *_: object) -> None:
        self._file.write_text(self._text, "utf-8")


def run(folder: Path, *files: Path) -> tuple[float, float]:
    """Check the edition, or only some files, in a process of its own."""
    command = [sys.executable, "-m", "kuratorium.cli.main", "check", *map(str, files)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, processor


if __name__ == "__main__":
    main()
