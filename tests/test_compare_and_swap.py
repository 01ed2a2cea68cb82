"""Files that an editor saves and deletes while a program replaces them."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from kuratorium import compare_and_swap
from kuratorium.compare_and_swap import (
    FileChange,
    apply_changes,
    clean_edition,
    edit_text,
    remove_unchanged,
    write_new,
)
from kuratorium.errors import UsageError
from kuratorium.files import write_atomically
from tests.scripts import ENVIRONMENT

SECONDS = 4
# An editor that saves and deletes without a pause: in place, by a rename, and appended; each save is a text of its own.
# It prints what it left in each file. A file that is gone stays gone, and the next one takes its turn.
_EDITOR = """
import os, random, sys, time
folder, seconds = sys.argv[1], float(sys.argv[2])
moments, end, number = random.Random(1), time.monotonic() + seconds, 0
os.chdir(folder)
while time.monotonic() < end:
    name = f"{number}.md"
    while not os.path.exists(name):
        time.sleep(0.0002)
    time.sleep(moments.random() * 0.004)
    text = f"saved {number}"
    match number % 4:
        case 0:
            with open(name, "w") as file:
                file.write(text)
        case 1:
            with open("." + name, "w") as file:
                file.write(text)
            os.replace("." + name, name)
        case 2:
            with open(name, "a") as file:
                file.write(text)
        case 3:
            os.unlink(name)
    number += 1
print(number)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with the text "old"."""
    path = tmp_path / "note.md"
    path.write_text("old")
    return path


@pytest.fixture(params=[True, False], ids=["exchange", "rename"])
def _renames(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the renames of Linux, and as on a system without them."""
    if not request.param:
        monkeypatch.setattr(compare_and_swap, "_load_renameat2", lambda: None)


def list_names(file: Path) -> list[str]:
    """Return the names in a file's folder, hidden ones, too."""
    return [path.name for path in file.parent.iterdir()]


@pytest.mark.usefixtures("_renames")
def test_a_file_that_is_as_expected_is_replaced(file: Path) -> None:
    """A file with the expected text gets the new one; line breaks and a byte order mark make no difference."""
    file.write_bytes(b"\xef\xbb\xbfold\r\n")
    assert apply_changes([FileChange(path=file, text="new", expected="old\n")]) == []
    assert (file.read_text(), list_names(file)) == ("new", ["note.md"])


@pytest.mark.usefixtures("_renames")
def test_a_saved_or_deleted_file_stays(file: Path) -> None:
    """A file with another text stays as it is, and one that was deleted is not brought back."""
    change = FileChange(path=file, text="new", expected="read before")
    assert apply_changes([change]) == [change]
    assert file.read_text() == "old"
    file.unlink()
    assert apply_changes([change]) == [change]
    assert list_names(file) == []


@pytest.mark.usefixtures("_renames")
def test_a_new_file_overwrites_none(file: Path) -> None:
    """A file that should be new is written only if there is none; its folder is created."""
    with pytest.raises(UsageError, match=r"note\.md exists already"):
        write_new(file, "new")
    write_new(file.parent / "2026/other.md", "new")
    assert (file.read_text(), (file.parent / "2026/other.md").read_text()) == ("old", "new")


@pytest.mark.usefixtures("_renames")
def test_only_an_unchanged_file_is_removed(file: Path) -> None:
    """A file is removed if it has the expected text; one that is gone already counts as removed."""
    assert not remove_unchanged(file, "read before")
    assert file.read_text() == "old"
    assert remove_unchanged(file, "old")
    assert remove_unchanged(file, "old")
    assert list_names(file) == []


def test_an_edit_is_repeated_on_the_saved_text(file: Path) -> None:
    """If a file is saved while it is edited, the edit is made on what was saved."""

    def edit(text: str) -> str:
        if text == "old":
            file.write_text("saved")
        return f"{text}, edited"

    edit_text(file, edit)
    assert file.read_text() == "saved, edited"


def test_an_edit_of_a_file_that_goes_away_is_refused(file: Path) -> None:
    """If a file is deleted while it is edited, it stays deleted, and the command says so."""

    def edit(text: str) -> str:
        file.unlink()
        return text + "!"

    with pytest.raises(UsageError, match="being changed by another program"):
        edit_text(file, edit)
    assert not file.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")
def test_a_file_that_is_open_for_writing_stays(file: Path) -> None:
    """A program that opened a file before it is replaced or removed, and saves afterwards, loses nothing."""
    with file.open("a") as stream:
        change = FileChange(path=file, text="new", expected="old")
        assert apply_changes([change]) == [change]
        assert not remove_unchanged(file, "old")
        stream.write(" and saved")
    assert file.read_text() == "old and saved"


# Killed right behind the exchange: what an editor has saved just before is in the temporary file only.
_KILLED = """
import os, sys, time
from pathlib import Path
from kuratorium import compare_and_swap
from kuratorium.compare_and_swap import FileChange, apply_changes
path, new, save = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3]
has_text = compare_and_swap._has_text
def save_and_compare(file, expected):
    same = has_text(file, expected)
    if save:
        path.write_text(save)
    return same
compare_and_swap._has_text = save_and_compare
compare_and_swap.time.sleep = lambda _: os.kill(os.getpid(), 9)
apply_changes([FileChange(path=path, text=new, expected="old")])
"""


@pytest.fixture(params=["zettel.md", f"2026-10-14-{'ä' * 110}.md"], ids=["short", "long"])
def inbox_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a file of an inbox with the text "old"."""
    path: Path = tmp_path / "curation/inbox" / request.param
    path.parent.mkdir(parents=True)
    path.write_text("old")
    return path


def kill_change(file: Path, new: str, save: str) -> None:
    """Change a file, saved by an editor in between, in a process that is killed before it looks what came out."""
    killed = subprocess.run([sys.executable, "-c", _KILLED, file, new, save], env=ENVIRONMENT, check=False)
    assert killed.returncode == -9
    assert len(list_names(file)) == (2 if new else 1)


def read_texts(file: Path) -> dict[str, str]:
    """Return the texts of all files in a file's folder, by name."""
    return {path.name: path.read_text() for path in file.parent.iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot exchange two files")
@pytest.mark.parametrize("new", ["new", ""], ids=["replaced", "removed"])
def test_a_save_that_a_killed_change_took_away_comes_back(inbox_file: Path, new: str) -> None:
    """What was saved while a killed process replaced or removed a file is put back by a later command."""
    kill_change(inbox_file, new, "saved")
    clean_edition(inbox_file.parents[2])
    texts = read_texts(inbox_file)
    if inbox_file.name == "zettel.md":
        assert texts == {"zettel.md": "saved"}
    else:  # too long to be a part of another name: the save gets a shorter one
        assert sorted(texts.values()) == sorted({new, "saved"} - {""})
        assert all(name.startswith("2026-10-14-ä") and name.endswith("ä.md") for name in texts)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot exchange two files")
@pytest.mark.parametrize("new", ["new", ""], ids=["replaced", "removed"])
def test_what_a_killed_change_took_away_goes(inbox_file: Path, new: str) -> None:
    """If nobody saved meanwhile, the change stays, and nothing is left."""
    kill_change(inbox_file, new, "")
    clean_edition(inbox_file.parents[2])
    assert read_texts(inbox_file) == ({inbox_file.name: "new"} if new else {})


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot exchange two files")
def test_of_two_saves_none_is_lost(inbox_file: Path) -> None:
    """A save that was taken away stands beside a newer one; a write in between deletes neither."""
    kill_change(inbox_file, "new", "saved")
    inbox_file.write_text("saved again")
    write_atomically(inbox_file.with_name("b.md"), "b")
    clean_edition(inbox_file.parents[2])
    texts = read_texts(inbox_file)
    assert texts.pop(inbox_file.name) == "saved again"
    assert sorted(texts.values()) == ["b", "saved"]
    assert all(name.endswith(".md") and not name.startswith(".") for name in texts)


def test_a_full_disk_changes_no_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If one of several files cannot be written, none is changed, and nothing is left behind."""

    def fail(_paths: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(compare_and_swap, "sync_to_disk", fail)
    with pytest.raises(OSError, match="full"):
        apply_changes([FileChange(path=file, text="new", expected="old")])
    assert (file.read_text(), list_names(file)) == ("old", ["note.md"])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot exchange two files")
def test_no_save_is_lost_and_no_deletion_undone(tmp_path: Path) -> None:
    """While a program replaces and removes files as fast as it can, an editor saves and deletes them.

    Every save is what its file holds in the end, and every deleted file is gone.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _EDITOR, str(tmp_path), str(SECONDS)], stdout=subprocess.PIPE, text=True
    ) as editor:
        number = 0
        while editor.poll() is None:
            file = tmp_path / f"{number}.md"
            text = "0"
            apply_changes([FileChange(path=file, text=text)])
            turn = 0
            # The next file follows when the editor has had this one: it then has another text, or is gone.
            while editor.poll() is None:
                turn += 1
                change = FileChange(path=file, text=str(turn), expected=text)
                if apply_changes([change]):
                    break
                text = change.text
            number += 1
        done = int(editor.stdout.read()) if editor.stdout else 0
    lost = [name for name in range(done) if not _is_kept(tmp_path / f"{name}.md", name)]
    print(f"{len(lost)} of {done} saves and deletions lost")
    assert (lost, done > 50) == ([], True)


def _is_kept(file: Path, number: int) -> bool:
    """Return whether the last thing that the editor did to a file is what is there."""
    if number % 4 == 3:
        return not file.exists()
    text = file.read_text() if file.exists() else ""
    return text.endswith(f"saved {number}") if number % 4 == 2 else text == f"saved {number}"
