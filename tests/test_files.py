from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kuratorium import files
from kuratorium.compare_and_swap import clean_edition
from tests.scripts import ENVIRONMENT


def test_a_file_is_written_whole_into_a_new_folder(tmp_path: Path) -> None:
    """Text is UTF-8 with its newlines unchanged, the mode follows the user's umask, and no other file remains."""
    path = tmp_path / "a" / "b.txt"
    files.write_atomically(path, "ä\r\n")
    assert path.read_bytes() == "ä\r\n".encode()
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk fails before the end, the old file is whole and no other file remains."""

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "b.txt"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        files.write_atomically(path, b"new")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


_KILLED = """
import os, sys
from pathlib import Path
from kuratorium import files
from kuratorium.compare_and_swap import clean_edition
from tests.scripts import ENVIRONMENT
files.sync_to_disk = lambda paths: os.kill(os.getpid(), 9)
files.write_files_atomically([(Path(sys.argv[1], name), b"half") for name in ("a.md", ".b", "c" * 200)])
"""


def test_what_a_process_that_has_ended_left_goes_at_once(tmp_path: Path) -> None:
    """Its number is in the names; what a process writes that is alive stays, as does that of another machine."""
    for folder in ("content", "theme/templates"):
        killed = subprocess.run([sys.executable, "-c", _KILLED, tmp_path / folder], env=ENVIRONMENT, check=False)
        assert killed.returncode == -9
        assert len(list((tmp_path / folder).iterdir())) == 3
    own = Path(files.choose_temporary_path(tmp_path / "content/a.md"))
    foreign = own.with_name(re.sub(r"[0-9a-f]{8}-", "01234567-", own.name, count=1))
    odd = own.with_name(re.sub(r"-[0-9]+-", "-9999999999-", own.name))
    for path in (own, foreign, odd):
        path.write_text("im Entstehen")
    clean_edition(tmp_path)
    assert sorted((tmp_path / "content").iterdir()) == sorted((own, foreign, odd))
    assert list((tmp_path / "theme/templates").iterdir()) == []


def test_what_killed_writes_left_is_deleted_by_a_later_one(tmp_path: Path) -> None:
    """It goes once it is old enough to belong to no process that is alive; no other file does, an editor's neither."""
    killed = subprocess.run([sys.executable, "-c", _KILLED, tmp_path / "inbox"], env=ENVIRONMENT, check=False)
    assert killed.returncode == -9
    left = sorted(tmp_path.rglob("*~"))
    assert len(left) == 3
    for path in left:  # as another machine names them
        path.rename(re.sub(r"[0-9a-f]{8}-[0-9]+-", "01234567-1-", str(path)))
    others = [
        ".a.md.swp",
        "a.md~",
        ".#a.md",
        "#a.md#",
        ".a.md.0a1b2c3~",
        ".a.md.0A1B2C3D~",
        ".0a1b2c3d~",
        "a.0a1b2c3d~",
    ]
    for name in others:
        (tmp_path / "inbox" / name).write_text("von Hand")
    (tmp_path / "inbox/.ordner.0a1b2c3d~").mkdir()
    (tmp_path / "inbox/.link.0a1b2c3d~").symlink_to(tmp_path / "inbox/a.md~")
    assert files.remove_stale_temporaries(tmp_path, below=True) == 0
    for path in tmp_path.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000), follow_symlinks=False)
    assert files.remove_stale_temporaries(tmp_path) == 0  # they lie deeper
    files.write_atomically(tmp_path / "inbox/a.md", "ganz")
    assert sorted(path.name for path in (tmp_path / "inbox").iterdir()) == sorted(
        ["a.md", ".ordner.0a1b2c3d~", ".link.0a1b2c3d~", *others]
    )
