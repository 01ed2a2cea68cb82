from __future__ import annotations

from datetime import date
from pathlib import Path

from kuratorium.intake import seen
from kuratorium.intake.entry import Entry
from kuratorium.intake.sift import Keyed

DAY = date(2026, 10, 14)


def keyed(number: int, link: str = "") -> Keyed:
    """Make an entry of the source `blog` with a number for a digest."""
    return Keyed(f"blog:{number:016x}", Entry(link=link))


def test_add_and_read(tmp_path: Path) -> None:
    """A source that was never pulled has no file; then its digests are there, sorted, each once."""
    assert seen.read(tmp_path, "blog") is None
    seen.add(tmp_path, "blog", [keyed(9, "https://a.example/9"), keyed(1)], DAY)
    seen.add(tmp_path, "blog", [keyed(9, "https://moved.example/"), keyed(5)], date(2027, 1, 1))
    assert (tmp_path / "curation/seen/blog.txt").read_text() == (
        "0000000000000001 2026-10-14 -\n"
        "0000000000000005 2027-01-01 -\n"
        "0000000000000009 2026-10-14 https://a.example/9\n"
    )
    assert seen.read(tmp_path, "blog") == {f"{number:016x}" for number in (1, 5, 9)}


def test_nothing_to_add_writes_nothing(tmp_path: Path) -> None:
    """A source without entries has not been pulled yet."""
    seen.add(tmp_path, "blog", [], DAY)
    assert seen.read(tmp_path, "blog") is None


def test_a_seen_file_that_was_merged_by_hand(tmp_path: Path) -> None:
    """Lines in any order, doubled or foreign, are read; what is a digest counts."""
    path = tmp_path / "curation/seen/blog.txt"
    path.parent.mkdir(parents=True)
    path.write_text(
        "0000000000000009 2026-10-14 -\n<<<<<<< HEAD\n\n0000000000000001 2026-10-14 -\r\n0000000000000009 x\n"
    )
    assert seen.read(tmp_path, "blog") == {"0000000000000009", "0000000000000001"}
