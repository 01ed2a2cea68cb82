from pathlib import Path

import pytest

from kuratorium.publishing.stage import Moved, Stage


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
    """Only changed files are written, files no longer made go with their folders, what is kept stays."""
    untouched = (site / "same.html").stat().st_mtime_ns
    stage = Stage(tmp_path / "var" / "stage", site, foreign=[".git"])
    stage.put("index.html", b"neu")
    assert not stage.put("same.html", b"gleich")
    stage.keep(["same.html"])
    stage.put("neu/da.html", b"da")
    assert stage.publish() == Moved(written=2, unchanged=1, deleted=1)
    left = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    assert left == [".git/HEAD", "index.html", "neu/da.html", "same.html"]
    assert not (site / "alt").exists()
    assert (site / "same.html").stat().st_mtime_ns == untouched
    assert not (tmp_path / "var" / "stage").exists()


def test_nothing_is_replaced_before_the_build_is_whole(tmp_path: Path, site: Path) -> None:
    """A build that stops half-way leaves the site as it was, and the next one forgets its remains."""
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    stage = Stage(tmp_path / "stage", site)
    stage.put("index.html", b"halb")
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
    again = Stage(tmp_path / "stage", site, foreign=[".git"])
    again.keep(["same.html"])
    again.publish()
    assert not (site / "index.html").exists()


def test_a_page_may_take_the_place_of_a_folder(tmp_path: Path, site: Path) -> None:
    """An address that was a folder can become a file."""
    stage = Stage(tmp_path / "stage", site)
    stage.put("alt", b"jetzt eine Datei")
    stage.publish()
    assert (site / "alt").read_bytes() == b"jetzt eine Datei"
