from __future__ import annotations

from datetime import date
from pathlib import Path

from kuratorium.intake.identity import IdentifiedEntry
from kuratorium.intake.parsers.model import Entry
from kuratorium.intake.seen import SeenFile, read_delivered_links, read_seen_digest

DAY = date(2026, 10, 14)


def keyed(number: int, link: str = "") -> IdentifiedEntry:
    """Make an entry of the source `blog` with a number for a digest."""
    return IdentifiedEntry(f"blog:{number:016x}", Entry(link=link))


def add(root: Path, *entries: IdentifiedEntry, day: date = DAY, why: dict[str, str] | None = None) -> str:
    """Add entries to the seen file of `blog`; returns its text."""
    seen = SeenFile(root, "blog")
    if text := seen.build_text_with(entries, day, why or {}):
        seen.path.parent.mkdir(parents=True, exist_ok=True)
        seen.path.write_text(text)
    return text


def test_add_and_read(tmp_path: Path) -> None:
    """A source that was never pulled has no file; then its digests are there, sorted, each once."""
    assert SeenFile(tmp_path, "blog").is_missing
    assert read_seen_digest(tmp_path, "blog") == ""
    add(tmp_path, keyed(9, "https://a.example/9"), keyed(1))
    first = read_seen_digest(tmp_path, "blog")
    add(tmp_path, keyed(9, "https://moved.example/"), keyed(5), day=date(2027, 1, 1))
    assert (tmp_path / "curation/seen/blog.txt").read_text() == (
        "0000000000000001 2026-10-14 -\n"
        "0000000000000005 2027-01-01 -\n"
        "0000000000000009 2026-10-14 https://a.example/9\n"
    )
    assert SeenFile(tmp_path, "blog").digests.keys() == {f"{number:016x}" for number in (1, 5, 9)}
    assert first != read_seen_digest(tmp_path, "blog") != ""


def test_nothing_to_add_writes_nothing(tmp_path: Path) -> None:
    """A source without entries has not been pulled yet; one whose entries all stand there keeps its file."""
    assert add(tmp_path) == ""
    assert SeenFile(tmp_path, "blog").is_missing
    add(tmp_path, keyed(1))
    assert add(tmp_path, keyed(1, "https://a.example/1")) == ""


def test_a_seen_file_that_was_merged_by_hand(tmp_path: Path) -> None:
    """Lines in any order, doubled or foreign, are read; what is a digest counts."""
    path = tmp_path / "curation/seen/blog.txt"
    path.parent.mkdir(parents=True)
    path.write_text(
        "0000000000000009 2026-10-14 -\n<<<<<<< HEAD\n\n0000000000000001 2026-10-14 -\r\n0000000000000009 x\n"
    )
    assert SeenFile(tmp_path, "blog").digests.keys() == {"0000000000000009", "0000000000000001"}


def test_only_what_reached_the_inbox_was_delivered(tmp_path: Path) -> None:
    """A line says why its entry never reached the inbox; only the links of the others count across sources."""
    entries = [keyed(number, f"https://www.a.example/{number}/") for number in (1, 2, 3)]
    text = add(tmp_path, *entries, keyed(4), why={entries[0].key: "archive", entries[1].key: "filter"})
    assert text.splitlines()[0] == "0000000000000001 2026-10-14 https://www.a.example/1/ archive"
    assert read_delivered_links(tmp_path, {}) == {"a.example/3": {"blog"}}
    assert SeenFile(tmp_path, "blog").digests.keys() == {f"{number:016x}" for number in (1, 2, 3, 4)}


def test_a_way_round_is_a_link_too(tmp_path: Path) -> None:
    """An article that a feed leads to by way of another address is known by both, if it was delivered."""
    ways = [
        Entry(link=f"https://clicks.example/{number}?a", canonical=f"https://a.example/{number}") for number in (1, 2)
    ]
    entries = [IdentifiedEntry(f"blog:{number:016x}", entry) for number, entry in enumerate(ways)]
    text = add(tmp_path, *entries, why={entries[0].key: "archive"})
    assert text.splitlines() == [
        "0000000000000000 2026-10-14 https://a.example/1 archive =https://clicks.example/1?a",
        "0000000000000001 2026-10-14 https://a.example/2 =https://clicks.example/2?a",
    ]
    assert read_delivered_links(tmp_path, {}) == {"a.example/2": {"blog"}, "clicks.example/2?a": {"blog"}}
    assert (
        IdentifiedEntry("x", Entry(link="https://clicks.example/", canonical="https://a.example/1")).alternate_link
        == ""
    )
    assert IdentifiedEntry("x", Entry(link="http://a.example/1/", canonical="https://a.example/1")).alternate_link == ""
