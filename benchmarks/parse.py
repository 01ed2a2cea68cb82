"""How fast feeds are parsed: by fast_xml, by feedparser as we use it, by feedparser as it comes, in worker processes.

    python -m benchmarks.parse FOLDER

reads every document below FOLDER that fast_xml takes in each of these ways, and prints entries per second of processor
time (of wall-clock time for the workers). If a result of fast_xml differs from feedparser's, the exit code is 1.
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
from kuratorium.intake.parsers.fast_xml.expat import parse_with_expat
from kuratorium.intake.parsers.feedparser import build_feed, parse_with_feedparser

BASES = ("https://host.example/feed",)


def read_documents(folder: Path) -> Iterator[bytes]:
    """Yield the documents below a folder that fast_xml takes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".xml", ".rss", ".atom", ".rdf"}:
            data = path.read_bytes().lstrip()
            if parse_with_expat(data) is not None:
                yield data


def parse_fast(data: bytes) -> Any:
    """Parse a document as a pull parses well-formed feeds."""
    return build_feed(parse_with_expat(data), BASES)


def parse_slowly(data: bytes) -> Any:
    """Parse a document as a pull parses all others."""
    return build_feed(parse_with_feedparser(data), BASES)


def parse_with_defaults(data: bytes) -> Any:
    """Parse a document with feedparser and its default settings alone."""
    return feedparser.parse(io.BytesIO(data))


def measure(parse: Callable[[bytes], Any], documents: list[bytes]) -> float:
    """Return the seconds of processor time for all documents."""
    started = process_time()
    for data in documents:
        parse(data)
    return process_time() - started


async def measure_workers(documents: list[bytes]) -> float:
    """Return the seconds of wall-clock time for all documents in worker processes that have started already."""
    async with ParserPool(in_process_bytes=0) as pool:
        await asyncio.gather(*(pool.parse(data) for data in documents[:20]))
        started = perf_counter()
        await asyncio.gather(*(pool.parse(data) for data in documents))
        return perf_counter() - started


def main(folder: Path) -> int:
    """Measure, compare and return the exit code."""
    documents = list(read_documents(folder))
    entries = sum(len(parse_fast(data).entries) for data in documents)
    print(f"{len(documents)} documents, {entries} entries, {sum(map(len, documents)) / 1e6:.1f} MB")
    for name, seconds in (
        ("fast_xml", measure(parse_fast, documents)),
        ("feedparser, as we use it", measure(parse_slowly, documents)),
        ("feedparser, as it comes", measure(parse_with_defaults, documents)),
        ("workers, by the clock", asyncio.run(measure_workers(documents))),
    ):
        print(f"{name:26}{entries / seconds:8.0f} entries a second")
    differences = sum(parse_fast(data) != parse_slowly(data) for data in documents)
    print(f"{differences} documents in which fast_xml and feedparser differ")
    return 1 if differences else 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except (IndexError, SourceError) as error:
        sys.exit(f"{__doc__}\n{error}")
