from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from kuratorium.intake import identity, parsers
from kuratorium.intake.entry import Entry

DAY = datetime(2026, 10, 1, tzinfo=UTC)


def test_key_and_its_names() -> None:
    """A key is the source's id and a digest; the uid hangs on nothing else, so that a pull can be repeated."""
    (key,) = identity.keys("blog", [Entry(id="1", link="https://a.example/1", title="x")])
    assert re.fullmatch(r"blog:[0-9a-f]{16}", key)
    assert identity.digest_of(key) == key[5:]
    assert re.fullmatch(r"k[a-z2-7]{15}", identity.uid_of(key))
    assert identity.keys("blog", [Entry(id="1", link="https://moved.example/", title="y", published=DAY)]) == (key,)
    assert identity.keys("other", [Entry(id="1")]) != (key,)


def test_without_a_guid() -> None:
    """Without a guid the link counts, without a link title and date, without a date title and text."""
    link = [Entry(link="https://a.example/1", title="a"), Entry(link="https://a.example/1", title="a", summary="b")]
    dated = [Entry(title="a", published=DAY), Entry(title="a", published=DAY, summary="b")]
    texts = [Entry(title="a", summary="b"), Entry(title="a", summary="c")]
    assert len({*identity.keys("s", link)}) == 1
    assert len({*identity.keys("s", dated)}) == 1
    assert len({*identity.keys("s", texts)}) == 2


def test_shared_guid(feed: Callable[[str], bytes]) -> None:
    """Entries that share a guid but not a link are several entries; the same one twice is one."""
    keys = identity.keys("s", parsers.parse(feed("shared-guid.xml")).entries)
    assert len({*keys}) == 3
    assert keys[2] == keys[3]


def test_shared_link() -> None:
    """Entries without a guid that share a link are told apart by their date, else by their title."""
    dated = [Entry(link="https://a.example/", published=DAY), Entry(link="https://a.example/", title="b")]
    titled = [Entry(link="https://a.example/", title="a"), Entry(link="https://a.example/", title="b")]
    assert len({*identity.keys("s", dated)}) == len({*identity.keys("s", titled)}) == 2


def test_a_guid_that_stands_twice_is_the_guid() -> None:
    """An entry keeps its key when its feed repeats it, and when it does so no longer."""
    entry = Entry(id="1", link="https://a.example/1")
    assert {*identity.keys("s", [entry, entry])} == {*identity.keys("s", [entry])}
