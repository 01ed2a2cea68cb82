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


def filter_at_noon(
    entries: list[IdentifiedEntry], known_keys: Collection[str], source: Source, **options: Any
) -> FilterResult:
    """Filter entries at noon of DAY, by default in a later pull."""
    return filter_entries(
        entries, known_keys, source, **{"now": DAY + timedelta(hours=12), "is_first_pull": False} | options
    )


def source(**fields: Any) -> Source:
    """Return a source with these fields."""
    return Source(id="s", name="S", feed="s.xml", **fields)


def keyed(*entries: Entry) -> list[IdentifiedEntry]:
    """Return entries with the keys `s:0`, `s:1`, …."""
    return [IdentifiedEntry(f"s:{number}", entry) for number, entry in enumerate(entries)]


def dated(*ages: int) -> list[IdentifiedEntry]:
    """Return entries of these ages (days before DAY), with the age as their title."""
    return keyed(*(Entry(title=str(age), published=DAY - timedelta(days=age)) for age in ages))


def keys(entries: tuple[IdentifiedEntry, ...]) -> list[str]:
    """Return the keys of entries."""
    return [entry.key for entry in entries]


def test_only_unknown_entries_are_new() -> None:
    """A known entry is neither new nor dropped nor held back."""
    filtered = filter_at_noon(keyed(Entry(title="a"), Entry(title="b")), {"s:0"}, source(), is_first_pull=False)
    assert filtered == FilterResult(new=filtered.new)
    assert keys(filtered.new) == ["s:1"]


def test_a_repeated_entry_is_new_once() -> None:
    """Of entries with equal keys the first counts."""
    twice = [IdentifiedEntry("s:0", Entry(title="first")), IdentifiedEntry("s:0", Entry(title="second"))]
    assert [entry.entry.title for entry in filter_at_noon(twice, (), source(), is_first_pull=False).new] == ["first"]


def test_first_pull_is_the_baseline() -> None:
    """The first pull delivers the ten newest entries, whatever their order; entries without a date come last."""
    entries = [*dated(11, 3, 1, 2, 10, 9, 8, 7, 6, 5, 4), IdentifiedEntry("s:11", Entry(title="undated"))]
    filtered = filter_at_noon(entries, (), source(), is_first_pull=True)
    assert len(filtered.new) == BASELINE_SIZE
    assert [entry.entry.title for entry in filtered.backlog] == ["11", "undated"]


def test_the_baseline_covers_two_weeks() -> None:
    """Entries older than fourteen days are backlog, however few entries there are."""
    ages = (0, 14, 15, 400)
    filtered = filter_at_noon(dated(*ages), (), source(), is_first_pull=True)
    assert [entry.entry.title for entry in filtered.new] == ["0", "14"]
    assert [entry.entry.title for entry in filtered.backlog] == ["15", "400"]


def test_a_flood_is_held_back() -> None:
    """More than fifty new entries at once wait for `allow_flood`; a first pull has its own limit."""
    many = keyed(*(Entry(title=str(number)) for number in range(FLOOD_THRESHOLD + 1)))
    assert len(filter_at_noon(many[1:], (), source()).new) == FLOOD_THRESHOLD
    flooded = filter_at_noon(many, (), source())
    assert (len(flooded.new), len(flooded.flood)) == (0, FLOOD_THRESHOLD + 1)
    assert len(filter_at_noon(many, (), source(), allow_flood=True).new) == FLOOD_THRESHOLD + 1
    assert len(filter_at_noon(many, (), source(), is_first_pull=True).new) == BASELINE_SIZE


def test_entries_delivered_elsewhere_are_not_new() -> None:
    """An entry whose article another source delivered is counted, but not delivered."""
    filtered = filter_at_noon(keyed(Entry(title="a"), Entry(title="b")), (), source(), elsewhere_keys={"s:0"})
    assert (keys(filtered.new), keys(filtered.delivered_elsewhere)) == (["s:1"], ["s:0"])


def test_undated_baseline_keeps_the_order_of_the_feed() -> None:
    """Without dates the first ten entries are delivered: feeds begin with the newest."""
    undated = keyed(*(Entry(title=str(number)) for number in range(12)))
    filtered = filter_at_noon(undated, (), source(), is_first_pull=True)
    assert [entry.entry.title for entry in filtered.new] == [str(number) for number in range(10)]


def test_a_killed_first_pull_goes_on_where_it_ended() -> None:
    """The entries that a killed first pull delivered count towards the ten."""
    entries = keyed(*(Entry(title=str(number)) for number in range(12)))
    filtered = filter_at_noon(entries, {"s:0", "s:1", "s:2"}, source(), is_first_pull=True)
    assert (len(filtered.new), len(filtered.backlog)) == (7, 2)


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
    """Only entries that `keep` matches pass, and `drop` wins; both search title, texts and categories."""
    entries = (Entry(title="Vergaberecht"), Entry(title="Amtliches", categories=("Amt",)),
               Entry(title="Anderes", content="Im Text"))  # fmt: skip
    filtered = filter_at_noon(keyed(*entries), (), source(**filters), is_first_pull=False)
    assert [entry.entry.title for entry in filtered.new] == new
    assert len(filtered.new) + len(filtered.dropped) == 3


def test_keywords() -> None:
    """A keyword matches the beginning of a word, a short one only a whole word; case does not matter."""
    words = ("Vergabe", "KI", "exit", "open source", "straße", "c++")
    assert find_keywords(words, "Das VERGABERECHT") == ("Vergabe",)
    assert find_keywords(words, "Eine KI, kein Kiosk") == ("KI",)
    assert find_keywords(words, "Brexit und Kiosk") == ()
    assert find_keywords(words, "Open  Source auf der STRASSE mit C++") == ("open source", "straße", "c++")


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("offene daten", "Das Offene-Daten-Gesetz"),
        ("E-Akte", "Die E\u2011Akte kommt"),
        ("E-Akte", "Eine E Akte"),
        ("größe", "Die Gro\u0308ße zählt"),
        ("grösse", "GROESSENVERGLEICH"),
        ("Behörde", "Die Be\u00adhoerden"),
    ],
)
def test_a_keyword_is_found_however_it_is_written(keyword: str, text: str) -> None:
    """Blank, hyphen and non-breaking hyphen are the same, as are ß and ss, ö and oe, and composed letters."""
    assert find_keywords([keyword], text) == (keyword,)


def test_a_keyword_does_not_match_another_word() -> None:
    """An umlaut makes another word: "schon" is not "schön"."""
    assert find_keywords(["schon", "Bär"], "Es ist schön im Barraum") == ()


def test_a_date_far_in_the_future_is_not_believed() -> None:
    """In a first pull, entries dated years ahead come last, and displace nothing that was published."""
    entries = dated(-900, -901, *range(BASELINE_SIZE))
    filtered = filter_at_noon(entries, (), source(), is_first_pull=True)
    assert [entry.entry.title for entry in filtered.new] == [str(age) for age in range(BASELINE_SIZE)]
