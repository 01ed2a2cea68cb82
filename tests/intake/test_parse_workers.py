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


def read_all(parsing: ParserPool, documents: list[bytes]) -> list[Feed | SourceError]:
    """Read documents at once; an error stands for its document."""

    async def one(document: bytes) -> Feed | SourceError:
        try:
            return await parsing.parse(document, address="https://a.example/")
        except SourceError as error:
            return error

    async def work() -> list[Feed | SourceError]:
        async with parsing:
            return list(await asyncio.gather(*map(one, documents)))

    return asyncio.run(work())


def told(document: bytes) -> Feed | tuple[str, str]:
    """Read a document here."""
    try:
        return dispatch.parse_feed(document, feed_url="https://a.example/")
    except SourceError as error:
        return error.reason, str(error)


@pytest.mark.parametrize("at_home", [0, 1_000_000])
def test_workers_say_what_parsers_say(at_home: int) -> None:
    """What comes back from another process is what would have been read here, feeds and errors alike."""
    documents = [path.read_bytes() for path in sorted(FEEDS.iterdir())]
    found = read_all(ParserPool(2, in_process_bytes=at_home), documents)
    assert [(one.reason, str(one)) if isinstance(one, SourceError) else one for one in found] == [*map(told, documents)]


def test_a_page(feed: Read) -> None:
    """Selectors travel with a page."""

    async def work() -> Feed:
        async with ParserPool(1, in_process_bytes=0) as parsing:
            page = feed("news-page.html")
            return await parsing.parse(page, address="https://a.example/", select=EntrySelectors(entry="article"))

    assert len(asyncio.run(work()).entries) == 2


def test_a_document_that_takes_too_long() -> None:
    """It is a failure of its source; what is read beside it and after it is none."""
    slow, *others = read_all(ParserPool(1, in_process_bytes=0, timeout_seconds=0.5), [SLOW, rss("a"), rss("b", "c")])
    assert isinstance(slow, SourceError)
    assert (slow.reason, [len(one.entries) for one in others if isinstance(one, Feed)]) == ("slow", [1, 2])
