from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from kuratorium.edition.curation import EntrySelectors
from kuratorium.errors import SourceError
from kuratorium.intake.parse_workers import ParserPool
from kuratorium.intake.parsers import dispatch
from kuratorium.intake.parsers.model import Feed
from tests.intake.conftest import FEEDS, rss

Read = Callable[[str], bytes]
SLOW = b'<rss version="2.0"><channel>' + b"<item><title>&nope; x</title></item>" * 60_000 + b"</channel></rss>"


def parse_all(pool: ParserPool, documents: list[bytes]) -> list[Feed | SourceError]:
    """Parse documents concurrently; returns for each its feed or its error."""

    async def parse_one(document: bytes) -> Feed | SourceError:
        try:
            return await pool.parse(document, address="https://a.example/")
        except SourceError as error:
            return error

    async def parse_concurrently() -> list[Feed | SourceError]:
        async with pool:
            return list(await asyncio.gather(*map(parse_one, documents)))

    return asyncio.run(parse_concurrently())


def parse_here(document: bytes) -> Feed | tuple[str, str]:
    """Parse a document in this process; returns its feed, or reason and message of its error."""
    try:
        return dispatch.parse_feed(document, feed_url="https://a.example/")
    except SourceError as error:
        return error.reason, str(error)


@pytest.mark.parametrize("in_process_bytes", [0, 1_000_000])
def test_workers_return_what_parsers_return(in_process_bytes: int) -> None:
    """Feeds and errors from another process equal those of a parser in this one."""
    documents = [path.read_bytes() for path in sorted(FEEDS.iterdir())]
    results = parse_all(ParserPool(2, in_process_bytes=in_process_bytes), documents)
    assert [(result.reason, str(result)) if isinstance(result, SourceError) else result for result in results] == [
        *map(parse_here, documents)
    ]


def test_selectors_reach_the_worker(feed: Read) -> None:
    """A page is parsed with the selectors of its source in another process, too."""

    async def parse_page() -> Feed:
        async with ParserPool(1, in_process_bytes=0) as pool:
            page = feed("news-page.html")
            return await pool.parse(page, address="https://a.example/", select=EntrySelectors(entry="article"))

    assert len(asyncio.run(parse_page()).entries) == 2


def test_a_document_that_takes_too_long_fails_alone() -> None:
    """It is a failure of its source; documents parsed beside it and after it are not affected."""
    slow, *others = parse_all(ParserPool(1, in_process_bytes=0, timeout_seconds=0.5), [SLOW, rss("a"), rss("b", "c")])
    assert isinstance(slow, SourceError)
    assert (slow.reason, [len(feed.entries) for feed in others if isinstance(feed, Feed)]) == ("slow", [1, 2])
