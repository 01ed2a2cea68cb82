from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kuratorium import files


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
