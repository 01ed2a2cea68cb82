from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from kuratorium.desk.admin.program import PACKAGES, install_program
from kuratorium.errors import UsageError


def write_archive(path: Path) -> Path:
    """Write an archive as npm makes them, which is none of those that are pinned."""
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("package/dist/sveltia-cms.js")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    return path


def test_an_archive_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    """Whatever its name; nothing is written."""
    archive = write_archive(tmp_path / "sveltia-cms-0.221.1.tgz")
    with pytest.raises(UsageError, match="the digests differ"):
        install_program(tmp_path / "theme", [archive])
    assert not (tmp_path / "theme").exists()


def test_an_archive_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With what the system says."""
    with pytest.raises(UsageError, match=r"missing\.tgz: No such file"):
        install_program(tmp_path / "theme", [tmp_path / "missing.tgz"])


def test_without_npm_the_message_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archives can be fetched on another machine."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"npm is not installed.*--from"):
        install_program(tmp_path / "theme")


def test_what_npm_cannot_fetch_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With npm's own reason; nothing is written."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network is down' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(UsageError, match="network is down"):
        install_program(tmp_path / "theme")
    assert not (tmp_path / "theme").exists()


def test_each_package_is_pinned() -> None:
    """By version and digest, in base64 (SHA-512), and with its licence."""
    for package in PACKAGES:
        assert package.version.count(".") == 2
        assert len(package.digest) == 88
        assert any("LICENSE" in name for name in package.files.values())
