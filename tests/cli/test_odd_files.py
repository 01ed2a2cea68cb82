from __future__ import annotations

import os

import pytest

from kuratorium.edition import frontmatter
from tests.cli.program import kuratorium
from tests.editions import TinyEdition
from tests.intake.conftest import rss


@pytest.mark.parametrize("kind", ["FIFO", "folder"])
def test_a_seen_file_that_is_none_stops_only_its_source(tiny: TinyEdition, kind: str) -> None:
    """A FIFO or a folder in place of a seen file: that source fails, the others are pulled, and check names it."""
    sources = [
        {"id": name, "name": name.title(), "feed": f"curation/samples/{name}.xml"} for name in ("amtsblog", "blatt")
    ]
    tiny.yaml("sources", sources)
    tiny.write("curation/samples/blatt.xml", rss("Vertrag", "Umzug"))
    old = {"uid": "alt-1", "title": "Alt", "date": "2026-08-01", "item": f"amtsblog:{'0' * 16}"}
    tiny.write(
        "curation/inbox/2026-08-01-alt.md",
        frontmatter.format_markdown_file({**old, "bookmark_of": [{"url": "https://amtsblog.example/alt"}]}, ""),
    )
    path = tiny.root / "curation/seen/amtsblog.txt"
    path.parent.mkdir()
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    result = kuratorium(tiny.root, "pull")
    assert result.returncode == 1
    assert "curation/seen/amtsblog.txt cannot be read" in " ".join((result.stdout + result.stderr).split())
    assert len(list((tiny.root / "curation/inbox").glob("*.md"))) == 3  # the old item stays, too
    checked = kuratorium(tiny.root, "check")
    assert checked.returncode == 2
    assert "curation/seen/amtsblog.txt: das ist " in checked.stdout + checked.stderr


@pytest.mark.parametrize("kind", ["FIFO", "folder"])
@pytest.mark.parametrize("file", ["curation/sources.yaml", "curation/policy.yaml"])
def test_a_registry_that_is_no_file_is_named(tiny: TinyEdition, file: str, kind: str) -> None:
    """A FIFO or a folder in place of a registry ends a pull and a check with its name, and neither waits for it."""
    (tiny.root / file).unlink()
    (tiny.root / file).mkdir() if kind == "folder" else os.mkfifo(tiny.root / file)
    for words in ("pull", "check"):
        result = kuratorium(tiny.root, words)
        assert result.returncode == 2
        assert file in result.stdout + result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", ["FIFO", "folder"])
def test_an_inbox_item_that_is_no_file_stops_no_pull(tiny: TinyEdition, kind: str) -> None:
    """A FIFO or a folder with the name of an inbox item: a pull delivers the others."""
    path = tiny.root / "curation/inbox/2026-10-13-anderes.md"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    assert kuratorium(tiny.root, "pull").returncode == 0
    assert [item.name for item in (tiny.root / "curation/inbox").glob("*.md") if item.is_file()] != []
