import errno
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from kuratorium.publishing.build.model import PublishResult
from kuratorium.publishing.build.publish import BuildLock, Stage
from tests.publishing.build.test_run import ENVIRONMENT

KILLED = """
import os, sys
from pathlib import Path
from kuratorium.publishing.build.publish import Stage
stage = Stage(Path(sys.argv[1]), Path(sys.argv[2]))
stage.write_if_changed("index.html", b"halb")
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site as an earlier build left it."""
    output = tmp_path / "output"
    (output / "alt").mkdir(parents=True)
    (output / "index.html").write_text("alt")
    (output / "same.html").write_text("gleich")
    (output / "alt" / "weg.html").write_text("weg")
    (output / ".git").mkdir()
    (output / ".git" / "HEAD").write_text("ref")
    return output


def test_a_whole_build_replaces_what_changed_and_removes_what_is_gone(tmp_path: Path, site: Path) -> None:
    """Only changed files are written; obsolete files are deleted with their folders; retained files stay."""
    untouched = (site / "same.html").stat().st_mtime_ns
    stage = Stage(tmp_path / "var" / "stage", site, retained=[".git"])
    stage.write_if_changed("index.html", b"neu")
    assert not stage.write_if_changed("same.html", b"gleich")
    stage.mark_unchanged(["same.html"])
    stage.write_if_changed("neu/da.html", b"da")
    assert stage.publish() == PublishResult(
        written=("index.html", "neu/da.html"), unchanged_count=1, deleted=("alt/weg.html",)
    )
    stage.discard()
    left = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    assert left == [".git/HEAD", "index.html", "neu/da.html", "same.html"]
    assert not (site / "alt").exists()
    assert (site / "same.html").stat().st_mtime_ns == untouched
    assert not (tmp_path / "var" / "stage").exists()


def test_nothing_is_replaced_before_the_build_is_whole(tmp_path: Path, site: Path) -> None:
    """A build that is killed half-way leaves the site as it was, and the next one deletes its stage."""
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    killed = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "stage", site], env=ENVIRONMENT, check=False)
    assert killed.returncode == -9
    assert (tmp_path / "stage/index.html").read_bytes() == b"halb"
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
    second = Stage(tmp_path / "stage", site, retained=[".git"])
    second.mark_unchanged(["same.html"])
    second.publish()
    second.discard()
    assert not (site / "index.html").exists()


def test_a_page_may_take_the_place_of_a_folder(tmp_path: Path, site: Path) -> None:
    """An address that was a folder can become a file."""
    stage = Stage(tmp_path / "stage", site)
    stage.write_if_changed("alt", b"jetzt eine Datei")
    stage.publish()
    stage.discard()
    assert (site / "alt").read_bytes() == b"jetzt eine Datei"


def test_a_second_build_waits_for_the_first(tmp_path: Path) -> None:
    """Two builds of one edition never mix: the second says that it waits, and begins when the first has ended."""
    first = BuildLock(tmp_path / "stage")
    waits: list[str] = []
    locks: list[BuildLock] = []
    second = Thread(target=lambda: locks.append(BuildLock(tmp_path / "stage", lambda: waits.append("waits"))))
    second.start()
    second.join(0.2)
    assert (locks, waits) == ([], ["waits"])
    first.release()
    second.join(10)
    assert len(locks) == 1
    locks[0].release()


def test_the_site_may_lie_on_another_disk(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be renamed into place is copied there, never visible in part."""
    stage = Stage(tmp_path / "var" / "stage", site, retained=[".git"])
    stage.write_if_changed("index.html", b"neu")
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.is_relative_to(stage.folder):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert stage.publish().written == ("index.html",)
    stage.discard()
    assert (site / "index.html").read_bytes() == b"neu"
    assert not [path for path in site.iterdir() if path.name.endswith("~")]
