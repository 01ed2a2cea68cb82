from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kuratorium.edition.curation import Filter, Source
from kuratorium.intake.filtering import BASELINE_SIZE, FLOOD_THRESHOLD, FilterResult, filter_entries, find_keywords
from kuratorium.intake.identity import IdentifiedEntry
from kuratorium.intake.parsers.model import Entry

DAY = datetime(2026, 10, 1, tzinfo=UTC)


def sift(entries: list[IdentifiedEntry], known: Collection[str], source: Source, **options: Any) -> FilterResult:
    """Sift at noon of DAY."""
    return filter_entries(
        entries, known, source, **{"now": DAY + timedelta(hours=12), "is_first_pull": False} | options
    )


def source(**fields: Any) -> Source:
    """Make a source with filters."""
    return Source(id="s", name="S", feed="s.xml", **fields)


def keyed(*entries: Entry) -> list[IdentifiedEntry]:
    """Give entries keys from `s:0` on."""
    return [IdentifiedEntry(f"s:{number}", entry) for number, entry in enumerate(entries)]


def keys(entries: tuple[IdentifiedEntry, ...]) -> list[str]:
    """List the keys of entries."""
    return [one.key for one in entries]


def test_only_what_is_not_known_is_new() -> None:
    """A known entry is neither new nor dropped nor held back."""
    sifted = sift(keyed(Entry(title="a"), Entry(title="b")), {"s:0"}, source(), is_first_pull=False)
    assert sifted == FilterResult(new=sifted.new)
    assert keys(sifted.new) == ["s:1"]


def test_an_entry_that_stands_twice_is_new_once() -> None:
    """Of entries with one key the first counts."""
    twice = [IdentifiedEntry("s:0", Entry(title="first")), IdentifiedEntry("s:0", Entry(title="second"))]
    assert [one.entry.title for one in sift(twice, (), source(), is_first_pull=False).new] == ["first"]


def test_first_pull_is_the_baseline() -> None:
    """The first pull lets the ten newest through, whatever their order, those without a date last."""
    dated = [Entry(title=str(age), published=DAY - timedelta(days=age)) for age in (11, 3, 1, 2, 10, 9, 8, 7, 6, 5, 4)]
    sifted = sift(keyed(*dated, Entry(title="undated")), (), source(), is_first_pull=True)
    assert len(sifted.new) == BASELINE_SIZE
    assert [one.entry.title for one in sifted.backlog] == ["11", "undated"]


def test_the_baseline_is_of_two_weeks() -> None:
    """What is older than fourteen days is archive, however few entries there are."""
    ages = (0, 14, 15, 400)
    sifted = sift(keyed(*(Entry(title=str(age), published=DAY - timedelta(days=age)) for age in ages)), (), source(),
                  is_first_pull=True)  # fmt: skip
    assert [one.entry.title for one in sifted.new] == ["0", "14"]
    assert [one.entry.title for one in sifted.backlog] == ["15", "400"]


def test_a_flood_is_held_back() -> None:
    """More than fifty new entries at once wait until somebody lets them through; a first pull has its own measure."""
    many = keyed(*(Entry(title=str(number)) for number in range(FLOOD_THRESHOLD + 1)))
    assert len(sift(many[1:], (), source()).new) == FLOOD_THRESHOLD
    held = sift(many, (), source())
    assert (len(held.new), len(held.flood)) == (0, FLOOD_THRESHOLD + 1)
    assert len(sift(many, (), source(), allow_flood=True).new) == FLOOD_THRESHOLD + 1
    assert len(sift(many, (), source(), is_first_pull=True).new) == BASELINE_SIZE


def test_what_came_elsewhere_is_not_new() -> None:
    """An entry whose article another source brought is counted, and comes no more."""
    sifted = sift(keyed(Entry(title="a"), Entry(title="b")), (), source(), elsewhere_keys={"s:0"})
    assert (keys(sifted.new), keys(sifted.delivered_elsewhere)) == (["s:1"], ["s:0"])


def test_undated_baseline_keeps_the_order_of_the_feed() -> None:
    """Feeds without dates begin with the newest."""
    sifted = sift(keyed(*(Entry(title=str(number)) for number in range(12))), (), source(), is_first_pull=True)
    assert [one.entry.title for one in sifted.new] == [str(number) for number in range(10)]


def test_a_killed_baseline_is_taken_up_where_it_ended() -> None:
    """What a killed first pull delivered counts towards the ten."""
    entries = keyed(*(Entry(title=str(number)) for number in range(12)))
    sifted = sift(entries, {"s:0", "s:1", "s:2"}, source(), is_first_pull=True)
    assert (len(sifted.new), len(sifted.backlog)) == (7, 2)


@pytest.mark.parametrize(
    ("filters", "new"),
    [
        ({"keep": Filter(words=("vergabe",))}, ["Vergaberecht"]),
        ({"keep": Filter(categories=("AMT",))}, ["Amtliches"]),
        ({"keep": Filter(words=("vergabe",), categories=("amt",))}, ["Vergaberecht", "Amtliches"]),
        ({"drop": Filter(categories=("Amt",))}, ["Vergaberecht", "Anderes"]),
        ({"keep": Filter(words=("e",)), "drop": Filter(words=("vergabe",))}, []),
        ({"drop": Filter(words=("im text",))}, ["Vergaberecht", "Amtliches"]),
    ],
)
def test_filters(filters: dict[str, Filter], new: list[str]) -> None:
    """`keep` lets only through what it matches, `drop` wins; both look at title, texts and categories."""
    entries = (Entry(title="Vergaberecht"), Entry(title="Amtliches", categories=("Amt",)),
               Entry(title="Anderes", content="Im Text"))  # fmt: skip
    sifted = sift(keyed(*entries), (), source(**filters), is_first_pull=False)
    assert [one.entry.title for one in sifted.new] == new
    assert len(sifted.new) + len(sifted.dropped) == 3


def test_keywords() -> None:
    """A keyword counts at the beginning of a word, a short one only as a whole word; case does not matter."""
    words = ("Vergabe", "KI", "exit", "open source", "straße", "c++")
    assert find_keywords(words, "Das VERGABERECHT") == ("Vergabe",)
    assert find_keywords(words, "Eine KI, kein Kiosk") == ("KI",)
    assert find_keywords(words, "Brexit und Kiosk") == ()
    assert find_keywords(words, "Open  Source auf der STRASSE mit C++") == ("open source", "straße", "c++")
