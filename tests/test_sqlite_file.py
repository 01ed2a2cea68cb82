from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kuratorium import sqlite_file
from kuratorium.sqlite_file import ErrorCause


def create_table(db: sqlite3.Connection) -> None:
    """Prepare a database with one table."""
    db.execute("CREATE TABLE IF NOT EXISTS note (text TEXT)")


def fail_with(path: Path, statement: str, *, read_only: bool = False) -> sqlite3.Error:
    """Return the error of a statement."""
    with pytest.raises(sqlite3.Error) as caught:
        sqlite_file.open_database(path, lambda db: db.execute(statement).fetchall(), read_only=read_only)
    return caught.value


def test_a_database_is_created_with_its_folder_and_prepared(tmp_path: Path) -> None:
    """The second time, it is opened as it was left; without a path it lives in memory."""
    path = tmp_path / "var" / "ä b?.sqlite3"
    for count in (1, 2):
        db = sqlite_file.open_database(path, create_table, pragmas="PRAGMA journal_mode = WAL")
        db.execute("INSERT INTO note VALUES ('x')")
        assert db.execute("SELECT count(*) FROM note").fetchone() == (count,)
        db.close()
    db = sqlite_file.open_database(None, create_table)
    assert db.execute("SELECT count(*) FROM note").fetchone() == (0,)
    db.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_error_is_blamed_on_disk_file_or_content(tmp_path: Path) -> None:
    """A full or read-only disk is told from a damaged file, and both from foreign tables."""
    path = tmp_path / "x.sqlite3"
    sqlite_file.open_database(path, create_table).close()
    assert sqlite_file.find_error_cause(fail_with(path, "SELECT * FROM other")) is ErrorCause.CONTENT
    assert sqlite_file.find_error_cause(sqlite3.DatabaseError("made by a newer version")) is ErrorCause.CONTENT
    assert (
        sqlite_file.find_error_cause(fail_with(path, "INSERT INTO note VALUES (1)", read_only=True)) is ErrorCause.DISK
    )
    with pytest.raises(sqlite3.Error) as caught:
        sqlite_file.open_database(None, create_table, pragmas="PRAGMA max_page_count = 1; CREATE TABLE a (b)")
    assert sqlite_file.find_error_cause(caught.value) is ErrorCause.DISK
    assert sqlite_file.find_error_cause(fail_with(tmp_path, "SELECT 1")) is ErrorCause.OTHER
    path.write_bytes(b"no database" * 100)
    assert sqlite_file.find_error_cause(fail_with(path, "SELECT * FROM note")) is ErrorCause.FILE


def test_a_database_is_set_aside_with_its_journals(tmp_path: Path) -> None:
    """What was set aside before under this name goes, journals and all; a folder of the name goes, too."""
    path = tmp_path / "x.sqlite3"
    for file in ("x.sqlite3", "x.sqlite3-wal", "x.sqlite3.broken-journal"):
        (tmp_path / file).write_text(file)
    (tmp_path / "x.sqlite3.broken").mkdir()
    assert sqlite_file.set_aside(path, ".broken") == tmp_path / "x.sqlite3.broken"
    files = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert files == {"x.sqlite3.broken": "x.sqlite3", "x.sqlite3.broken-wal": "x.sqlite3-wal"}


def test_each_database_gets_a_free_name(tmp_path: Path) -> None:
    """The suffix carries the first number that is not taken."""
    path = tmp_path / "x.sqlite3"
    assert sqlite_file.find_free_suffix(path, ".damaged-") == ".damaged-1"
    (tmp_path / "x.sqlite3.damaged-1").touch()
    assert sqlite_file.find_free_suffix(path, ".damaged-") == ".damaged-2"
