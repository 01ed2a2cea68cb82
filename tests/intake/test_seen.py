from __future__ import annotations

from datetime import date
from pathlib import Path

from kuratorium.intake.identity import IdentifiedEntry
from kuratorium.intake.parsers.model import Entry
from kuratorium.intake.seen import SeenFile, read_delivered_links, read_seen_digest

DAY = date(2026, 10, 14)


def keyed(number: int, link: str = "") -> IdentifiedEntry:
    """Return an entry of the source `blog` whose key has a number as its digest."""
    return IdentifiedEntry(f"blog:{number:016x}", Entry(link=link))


def add(root: Path, *entries: IdentifiedEntry, day: date = DAY, reasons: dict[str, str] | None = None) -> str:
    """Add entries to the seen file of `blog`; returns its new text."""
    seen = SeenFile(root, "blog")
    if text := seen.build_text_with(entries, day, reasons or {}):
        seen.path.parent.mkdir(parents=True, exist_ok=True)
        seen.path.write_text(text)
    return text


def test_add_and_read(tmp_path: Path) -> None:
    """A source that was never pulled has no file; afterwards the file has each digest once, sorted."""
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
    """Without entries no file is written; a file that has all entries keeps its text."""
    assert add(tmp_path) == ""
    assert SeenFile(tmp_path, "blog").is_missing
    add(tmp_path, keyed(1))
    assert add(tmp_path, keyed(1, "https://a.example/1")) == ""


def test_a_seen_file_that_was_merged_by_hand(tmp_path: Path) -> None:
    """Lines in any order are read, repeated ones and conflict markers too; only digests count."""
    path = tmp_path / "curation/seen/blog.txt"
    path.parent.mkdir(parents=True)
    path.write_text(
        "0000000000000009 2026-10-14 -\n<<<<<<< HEAD\n\n0000000000000001 2026-10-14 -\r\n0000000000000009 x\n"
    )
    assert SeenFile(tmp_path, "blog").digests.keys() == {"0000000000000009", "0000000000000001"}


def test_only_entries_that_reached_the_inbox_count_as_delivered(tmp_path: Path) -> None:
    """A line with the reason why its entry never reached the inbox does not count for other sources."""
    entries = [keyed(number, f"https://www.a.example/{number}/") for number in (1, 2, 3)]
    text = add(tmp_path, *entries, keyed(4), reasons={entries[0].key: "archive", entries[1].key: "filter"})
    assert text.splitlines()[0] == "0000000000000001 2026-10-14 https://www.a.example/1/ archive"
    assert read_delivered_links(tmp_path, {}) == {"a.example/3": {"blog"}}
    assert SeenFile(tmp_path, "blog").digests.keys() == {f"{number:016x}" for number in (1, 2, 3, 4)}


def test_an_alternate_link_is_delivered_too(tmp_path: Path) -> None:
    """A delivered article is known by its own address and by the link that leads to it."""
    redirected = [
        Entry(link=f"https://clicks.example/{number}?a", canonical=f"https://a.example/{number}") for number in (1, 2)
    ]
    entries = [IdentifiedEntry(f"blog:{number:016x}", entry) for number, entry in enumerate(redirected)]
    text = add(tmp_path, *entries, reasons={entries[0].key: "archive"})
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
