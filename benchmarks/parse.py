"""How fast feeds are parsed: the fast lane, feedparser as we use it, feedparser as it comes, and worker processes.

    python -m benchmarks.parse FOLDER

reads every document below FOLDER that the fast lane takes, in each way, and prints entries a second of processor time
(of the clock for the workers). Both ways must agree; where they do not, it says so and ends with 1.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import feedparser

from kuratorium.errors import SourceError
from kuratorium.intake.parse_workers import ParserPool
from kuratorium.intake.parsers import fast_xml
from kuratorium.intake.parsers import feedparser as our_feedparser
from kuratorium.intake.parsers.fast_xml.text import UnsupportedFeedError

BASES = ("https://host.example/feed",)


def taken(folder: Path) -> Iterator[bytes]:
    """Yield the documents below a folder that are for the fast lane."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".xml", ".rss", ".atom", ".rdf"}:
            data = path.read_bytes().lstrip()
            try:
                fast_xml.parse_with_expat(data, "")
            except UnsupportedFeedError:
                continue
            yield data


def fast(data: bytes) -> Any:
    """Read as a pull does."""
    return our_feedparser.build_feed(fast_xml.parse_with_expat(data, ""), BASES)


def judge(data: bytes) -> Any:
    """Read as a pull does what the fast lane leaves."""
    return our_feedparser.build_feed(our_feedparser.parse_with_feedparser(data, ""), BASES)


def as_it_comes(data: bytes) -> Any:
    """Read with feedparser and nothing else."""
    return feedparser.parse(io.BytesIO(data))


def timed(read: Callable[[bytes], Any], documents: list[bytes]) -> float:
    """Take the processor's time for reading all documents, in seconds."""
    started = process_time()
    for data in documents:
        read(data)
    return process_time() - started


async def workers(documents: list[bytes]) -> float:
    """Take the clock's time for reading all documents in worker processes, which are running already."""
    async with ParserPool(in_process_bytes=0) as parsing:
        await asyncio.gather(*(parsing.parse(data) for data in documents[:20]))
        started = perf_counter()
        await asyncio.gather(*(parsing.parse(data) for data in documents))
        return perf_counter() - started


def main(folder: Path) -> int:
    """Measure and compare."""
    documents = list(taken(folder))
    entries = sum(len(fast(data).entries) for data in documents)
    print(f"{len(documents)} documents, {entries} entries, {sum(map(len, documents)) / 1e6:.1f} MB")
    for name, seconds in (
        ("fast lane", timed(fast, documents)),
        ("feedparser, as we use it", timed(judge, documents)),
        ("feedparser, as it comes", timed(as_it_comes, documents)),
        ("workers, by the clock", asyncio.run(workers(documents))),
    ):
        print(f"{name:26}{entries / seconds:8.0f} entries a second")
    differ = sum(fast(data) != judge(data) for data in documents)
    print(f"{differ} documents in which the two ways differ")
    return 1 if differ else 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except (IndexError, SourceError) as error:
        sys.exit(f"{__doc__}\n{error}")
