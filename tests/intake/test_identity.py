from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from kuratorium.intake import identity
from kuratorium.intake.parsers import dispatch
from kuratorium.intake.parsers.model import Entry

DAY = datetime(2026, 10, 1, tzinfo=UTC)


def test_key_digest_and_uid() -> None:
    """A key is the source's id and a digest; the uid depends on the key alone, so that a pull can be repeated."""
    (key,) = identity.assign_keys("blog", [Entry(id="1", link="https://a.example/1", title="x")])
    assert re.fullmatch(r"blog:[0-9a-f]{16}", key)
    assert identity.extract_digest(key) == key[5:]
    assert re.fullmatch(r"k[a-z2-7]{15}", identity.build_uid(key))
    assert identity.assign_keys("blog", [Entry(id="1", link="https://moved.example/", title="y", published=DAY)]) == (
        key,
    )
    assert identity.assign_keys("other", [Entry(id="1")]) != (key,)


def test_without_a_guid() -> None:
    """Without a guid the link identifies an entry; without a link, title and date; without a date, title and text."""
    linked = [Entry(link="https://a.example/1", title="a"), Entry(link="https://a.example/1", title="a", summary="b")]
    dated = [Entry(title="a", published=DAY), Entry(title="a", published=DAY, summary="b")]
    undated = [Entry(title="a", summary="b"), Entry(title="a", summary="c")]
    assert len({*identity.assign_keys("s", linked)}) == 1
    assert len({*identity.assign_keys("s", dated)}) == 1
    assert len({*identity.assign_keys("s", undated)}) == 2


def test_shared_guid(feed: Callable[[str], bytes]) -> None:
    """Entries that share a guid but not a link are different entries; with the same link they are one."""
    keys = identity.assign_keys("s", dispatch.parse_feed(feed("shared-guid.xml")).entries)
    assert len({*keys}) == 3
    assert keys[2] == keys[3]


def test_shared_link() -> None:
    """Entries without a guid that share a link are distinguished by their date, else by their title."""
    dated = [Entry(link="https://a.example/", published=DAY), Entry(link="https://a.example/", title="b")]
    titled = [Entry(link="https://a.example/", title="a"), Entry(link="https://a.example/", title="b")]
    assert len({*identity.assign_keys("s", dated)}) == len({*identity.assign_keys("s", titled)}) == 2


def test_a_repeated_entry_keeps_its_key() -> None:
    """An entry keeps its key when its feed repeats it, and when the feed stops doing so."""
    entry = Entry(id="1", link="https://a.example/1")
    assert {*identity.assign_keys("s", [entry, entry])} == {*identity.assign_keys("s", [entry])}


def entries(*ids: str) -> list[Entry]:
    """Return entries with these guids, each with a link of its own."""
    return [Entry(id=guid, link=f"https://a.example/{number}") for number, guid in enumerate(ids)]


def test_a_feed_with_bad_guids_is_judged_as_a_whole() -> None:
    """If more than 5 % of the guids are blank or repeated, no guid of the feed counts without its link."""
    few = entries(*map(str, range(39)), "0")  # 2 of 40
    many = entries(*map(str, range(19)), "0")  # 2 of 20
    assert (identity.compute_bad_guid_share(few), identity.compute_bad_guid_share(many)) == (0.05, 0.1)
    assert identity.assign_keys("s", few)[1] == identity.assign_keys("s", [few[1]])[0]
    assert identity.assign_keys("s", many)[1] != identity.assign_keys("s", [many[1]])[0]
    assert len({*identity.assign_keys("s", many)}) == 20


def test_a_feed_without_guids_has_no_bad_ones() -> None:
    """A feed whose entries all lack a guid has no bad ones; blank guids among others are bad."""
    assert identity.compute_bad_guid_share(entries("", "")) == identity.compute_bad_guid_share([]) == 0.0
    assert identity.compute_bad_guid_share(entries("1", "")) == 0.5
    assert identity.compute_bad_guid_share(entries("1", "1")) == 1.0


def test_former_keys_are_those_from_before_the_guids_went_bad() -> None:
    """The former key of a sound guid is its key when the feed was judged differently; a shared guid has none."""
    good = entries(*"abcdefgh")
    bad = [*good, Entry(id="a", link="https://a.example/other")]
    assert identity.find_former_keys("s", bad)[1:8] == identity.assign_keys("s", good)[1:]
    assert identity.find_former_keys("s", good)[1:] == identity.assign_keys("s", bad)[1:8]
    assert (identity.find_former_keys("s", bad)[0], identity.find_former_keys("s", bad)[8]) == ("", "")
    assert identity.find_former_keys("s", entries("")) == ("",)
