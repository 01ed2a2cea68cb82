from __future__ import annotations

import os
import resource
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuratorium.intake import archive as archive_module
from kuratorium.intake.archive import ARCHIVE_FILE, Archive, ArchivedEntry
from kuratorium.intake.schedule import SourceState
from tests.intake.conftest import Desk, rss

MOMENT = datetime(2026, 10, 14, 7, tzinfo=UTC)
STATE = SourceState(address="https://blog.example/feed", etag='"1"', last_success=MOMENT)


def make_entry(key: str, *, link: str = "", title: str = "", **fields: str) -> ArchivedEntry:
    """Make an archived entry whose digest is its title."""
    return ArchivedEntry(key=key, digest=title.encode(), link=link, title=title, **fields)


ENTRIES = [
    make_entry(
        "blog:1",
        link="https://blog.example/1",
        title="Die Vergabe",
        authors="Ada Berg",
        published="2026-10-01",
        text="Ein Rahmenvertrag läuft über zehn Jahre.",
    ),
    make_entry(
        "blog:2", link="https://blog.example/2", title="Über Räume", text="Wer Rahmenverträge liest, liest lang."
    ),
]


def search_keys(archive: Archive, words: str, **options: str) -> list[str]:
    """Return the keys of the entries that a search finds."""
    return [hit.key for hit in archive.search(words, **options)]


def test_stored_results_are_read_again(tmp_path: Path) -> None:
    """States, entries and digests are in the file, not only in memory."""
    with Archive(tmp_path) as archive:
        archive.store_pull_results({"blog": (STATE, ENTRIES)}, "2026-10-14")
        archive.store_written_digests({"kaaa": "1", "kbbb": "2"})
        archive.store_written_digests({"kaaa": ""})
    with Archive(tmp_path) as archive:
        assert archive.read_states() == {"blog": STATE}
        assert archive.read_written_digests() == {"kbbb": "2"}
        assert archive.read_entries(["blog:2", "blog:9"]) == {"blog:2": ENTRIES[1]}
        assert archive.find_changed_keys("blog", ENTRIES) == set()
        edited, new = make_entry("blog:1", title="Anders"), make_entry("blog:3", title="Neu")
        assert archive.find_changed_keys("blog", [edited, new]) == {"blog:1", "blog:3"}


def test_a_search_ranks_titles_first_and_finds_inflections(tmp_path: Path) -> None:
    """All words must occur, or words that begin so, whatever their accents; a hit has its source and date."""
    with Archive(tmp_path) as archive:
        archive.store_pull_results({"blog": (STATE, ENTRIES)}, "2026-10-14")
        archive.store_pull_results({"other": (STATE, [make_entry("other:1", title="Rahmenvertrag")])}, "2026-10-14")
        assert search_keys(archive, "rahmenvertrag")[0] == "other:1"
        assert sorted(search_keys(archive, "rahmenvertrag")) == ["blog:1", "blog:2", "other:1"]
        assert search_keys(archive, "uber") == ["blog:2", "blog:1"]
        assert search_keys(archive, "rahmenvert zehn") == ["blog:1"]
        assert search_keys(archive, "rahmenvertrag", source="other") == ["other:1"]
        (hit,) = archive.search("ada")
        assert (hit.source, hit.date, hit.title) == ("blog", "2026-10-01", "Die Vergabe")
        assert archive.search("lang")[0].date == "2026-10-14"


def test_a_search_takes_any_words(tmp_path: Path) -> None:
    """Operators of the search engine are plain text."""
    with Archive(tmp_path) as archive:
        archive.store_pull_results({"blog": (STATE, ENTRIES)}, "2026-10-14")
        for words in ("", "\"' OR *", "NEAR(", "title:vergabe AND", "-vergabe ^ \0", "ÄÖ", "a" * 5000):
            archive.search(words)
        assert search_keys(archive, "title:vergabe") == []
        assert search_keys(archive, "«Vergabe»!") == ["blog:1"]


def test_an_edited_entry_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    """The index is updated with the entry."""
    with Archive(tmp_path) as archive:
        archive.store_pull_results({"blog": (STATE, ENTRIES)}, "2026-10-14")
        assert search_keys(archive, "vergabe") == ["blog:1"]
        archive.store_pull_results({"blog": (STATE, [make_entry("blog:1", title="Beschaffung")])}, "2026-10-15")
        assert (search_keys(archive, "vergabe"), search_keys(archive, "beschaffung")) == ([], ["blog:1"])
        assert archive.search("beschaffung")[0].date == "2026-10-14"  # the day of the first pull


def test_old_entries_are_pruned(tmp_path: Path) -> None:
    """Entries pulled before the day are deleted, also from the index, oldest first, and states of removed sources."""
    with Archive(tmp_path) as archive:
        for number, day in enumerate(("2025-01-03", "2025-01-01", "2025-01-02", "2026-01-01")):
            entry = make_entry(f"s{number}:1", title=f"Vergabe {number}")
            archive.store_pull_results({f"s{number}": (STATE, [entry])}, day)
            assert len(archive.search("vergabe")) == number + 1
        archive.prune("2026-01-01", ["s0", "s3", "new"], limit=2)
        assert sorted(search_keys(archive, "vergabe")) == ["s0:1", "s3:1"]
        assert archive.read_states().keys() == {"s0", "s3"}
        archive.prune("2026-01-01", ["s0", "s3"])
        assert search_keys(archive, "vergabe") == ["s3:1"]
        assert archive.find_changed_keys("s0", [make_entry("s0:1", title="Vergabe 0")]) == {"s0:1"}
    with sqlite3.connect(tmp_path / ARCHIVE_FILE) as db:
        db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    db.close()


def test_an_archive_of_the_first_version_is_migrated(tmp_path: Path) -> None:
    """An archive that an earlier version wrote gets the present schema, and keeps its entries."""
    path = tmp_path / ARCHIVE_FILE
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.executescript(f"{archive_module.MIGRATIONS[0]}; PRAGMA user_version = 1")
        archive_module.upsert_entries(db, "blog", ENTRIES, "2026-10-14")
    db.close()
    with Archive(tmp_path) as archive:
        assert search_keys(archive, "vergabe") == ["blog:1"]
        archive.prune("2026-10-15", [])
        assert search_keys(archive, "vergabe") == []


@pytest.mark.parametrize("damage", ["garbage", "cut", "middle", "newer", "foreign", "empty table"])
def test_a_damaged_archive_is_set_aside(desk: Desk, damage: str) -> None:
    """It is renamed, a new one is begun, the report warns, and no decision of the editors is lost."""
    desk.write("blog.xml", rss(*(f"t{number}" for number in range(9))))
    desk.follow({"id": "blog", "feed": "blog.xml"})
    desk.pull()
    with Archive(desk.root) as archive:
        archive.store_pull_results(
            {"x": (STATE, [make_entry(f"x:{n}", title=f"t{n}", text="Wort " * 500) for n in range(500)])}, "x"
        )
    before = desk.files()
    path = desk.root / ARCHIVE_FILE
    damage_archive(path, damage)
    broken = path.read_bytes()
    desk.write("blog.xml", rss(*(f"t{number}" for number in range(9))) + b" ")
    report = desk.pull()
    assert (report.new, report.failed_results) == (0, ())
    assert {name: data for name, data in desk.files().items() if name != "blog.xml"} == {
        name: data for name, data in before.items() if name != "blog.xml"
    }
    with Archive(desk.root) as archive:
        if damage == "middle":
            archive.search("Wort")  # reads the damaged pages, which hold the texts
        assert archive.read_states().keys() <= {"blog", "x"}
    aside = sorted(path.parent.glob("archive.sqlite3.damaged-*"))
    assert len(aside) == 1
    assert aside[0].read_bytes()[:50] == broken[:50]
    if damage != "middle":
        assert "set aside as archive.sqlite3.damaged-1" in report.warnings[0]


def damage_archive(path: Path, damage: str) -> None:
    """Damage an archive."""
    data = path.read_bytes()
    if damage == "garbage":
        path.write_bytes(os.urandom(5000))
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2 // 4096 * 4096])
    elif damage == "middle":
        path.write_bytes(data[:40960] + b"\xff" * (len(data) - 40960))
    else:
        with sqlite3.connect(path) as db:
            if damage == "newer":
                db.execute("PRAGMA user_version = 99")
            elif damage == "foreign":
                db.execute("DROP TABLE written")
            else:
                db.execute("DROP TABLE search")
        db.close()


def test_a_read_only_archive_changes_no_file(tmp_path: Path) -> None:
    """No file is created, and a damaged archive stays where it is."""
    with Archive(tmp_path, write=False) as archive:
        archive.store_pull_results({"blog": (STATE, ENTRIES)}, "2026-10-14")
        assert (archive.read_states(), archive.search("vergabe"), list(tmp_path.iterdir())) == ({}, [], [])
    path = tmp_path / ARCHIVE_FILE
    path.parent.mkdir()
    path.write_bytes(b"no database" * 100)
    warnings: list[str] = []
    with Archive(tmp_path, write=False, warn=warnings.append) as archive:
        assert archive.read_states() == {}
    assert "cannot be used" in warnings[0]
    assert list(path.parent.iterdir()) == [path]


def test_an_unreadable_state_is_left_out(tmp_path: Path) -> None:
    """A row that cannot be decoded costs one source its state, and nothing else."""
    with Archive(tmp_path) as archive:
        archive.store_states({"blog": STATE, "other": STATE})
    with sqlite3.connect(tmp_path / ARCHIVE_FILE) as db:
        db.execute("UPDATE sources SET state = '{' WHERE id = 'other'")
    db.close()
    with Archive(tmp_path) as archive:
        assert archive.read_states() == {"blog": STATE}


def test_a_full_disk_is_not_taken_for_damage(tmp_path: Path) -> None:
    """If the disk refuses, OSError is raised, and the archive stays as it was."""
    with Archive(tmp_path) as archive:
        archive.store_states({"blog": STATE})
    size, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        with Archive(tmp_path) as archive, pytest.raises(OSError):  # noqa: PT011 - the errno depends on the system
            archive.store_pull_results(
                {"big": (STATE, [make_entry("big:1", title="", text="x" * 190_000)])}, "2026-10-14"
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    with Archive(tmp_path) as archive:
        assert archive.read_states() == {"blog": STATE}
    assert not list((tmp_path / "var").glob("*damaged*"))


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("nis2", ["blog:1", "blog:2", "blog:3"]),
        ("NIS-2", ["blog:1", "blog:2", "blog:3"]),
        ("nis 2", ["blog:1", "blog:2", "blog:3"]),
        ("nis-2 kommt", ["blog:1", "blog:2"]),
        ("OpenData", ["blog:2", "blog:3"]),
        ("open-data", ["blog:2", "blog:3"]),
        ("open data", ["blog:2", "blog:3"]),
        ("Oeuvre", ["blog:4"]),
        ("\u0152uvre", ["blog:4"]),
        ("breit", ["blog:4"]),
        ("\uff22\uff52\uff45\uff49\uff54", ["blog:4"]),
        ('" OR *', []),
        ("-2 ( )", ["blog:1", "blog:3"]),
    ],
)
def test_a_word_is_found_in_one_and_in_two(tmp_path: Path, words: str, keys: list[str]) -> None:
    """A hyphen, a blank, a seam of letters and digits, or nothing; joined and wide letters; signs mean nothing."""
    entries = [
        make_entry("blog:1", title="NIS-2 kommt"),
        make_entry("blog:2", title="Wie NIS2 kommt: Open\u2011Data im Büro"),
        make_entry("blog:3", title="NIS 2, OpenData"),
        make_entry("blog:4", title="Das \u0152uvre, \uff22\uff32\uff25\uff29\uff34"),
    ]
    with Archive(tmp_path) as archive:
        archive.store_pull_results({"blog": (STATE, entries)}, "2026-10-14")
        assert sorted(search_keys(archive, words)) == keys


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("gruesse", ["blog:1", "blog:2", "blog:3"]),
        ("Grüße", ["blog:1", "blog:2", "blog:3"]),
        ("gru\u0308ße", ["blog:1", "blog:2", "blog:3"]),
        ("grusse", ["blog:1", "blog:2"]),
        ("brucken-strasse", ["blog:2"]),
        ("brücken\u2011straße", ["blog:2"]),
        ("neu", ["blog:3"]),
        ("quelle", ["blog:3"]),
    ],
)
def test_a_german_word_is_found_in_every_spelling(tmp_path: Path, words: str, keys: list[str]) -> None:
    """ß or ss, ü or ue or u, one character or two, hyphen or blank: archives of earlier versions need no change."""
    entries = [
        make_entry("blog:1", title="Grüße vom Amt"),
        make_entry("blog:2", title="GRÜSSE aus der Brücken\u2011Straße"),
        make_entry("blog:3", title="Neue Quellen: Gruesse"),
    ]
    with Archive(tmp_path) as archive:
        archive.store_pull_results({"blog": (STATE, entries)}, "2026-10-14")
        assert sorted(search_keys(archive, words)) == keys
