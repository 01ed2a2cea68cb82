from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import kuratorium
from tests.editions import TinyEdition

WRITING_COMMANDS = (
    ("pull",),
    ("pull", "--join"),
    ("site",),
    ("note", "https://amtsblog.example/neu"),
    ("lookback", "erste-notiz"),
    ("digest",),
    ("check", "--fix"),
    ("rename", "erste-notiz", "neu"),
    ("proof", "erste-notiz"),
    ("start", "--yes", "--force"),
    ("sources", "add", "https://amtsblog.example/feed"),
    ("sources", "heal", "--yes"),
    ("sources", "import", "liste.opml"),
)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("words", WRITING_COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "link", ["curation/seen", "curation/inbox", "curation/notes", "curation/sources.yaml", "content/digests", "var/db"]
)
def test_no_command_writes_through_a_link_out_of_the_edition(
    tiny: TinyEdition, tmp_path: Path, words: tuple[str, ...], link: str
) -> None:
    """A command that writes names a link that leads out of the edition, and leaves all files as they are."""
    outside, path = tmp_path / "fremd", tiny.root / link
    outside.mkdir()
    path.parent.mkdir(exist_ok=True)
    if path.is_file() or path.is_dir():
        path.rename(outside / path.name)
    else:
        (outside / path.name).mkdir()
    (outside / "amtsblog.txt").write_text("privat")
    path.symlink_to(outside / path.name)
    before = tree(outside), tree(tiny.root)
    result = kuratorium(tiny.root, *words)
    assert result.returncode == 2
    assert f"{link}: dieser Link führt hinaus aus {link.partition('/')[0]}/" in result.stderr
    assert (tree(outside), tree(tiny.root)) == before


@pytest.mark.parametrize("words", [("find", "umstellung"), ("ping",), ("build",)], ids=" ".join)
def test_var_is_not_written_through_a_link_either(tiny: TinyEdition, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Commands that write only below var/ refuse a link out of it, too."""
    (tmp_path / "fremd.db").write_bytes(b"")
    (tiny.root / "var").mkdir()
    (tiny.root / "var/archive.db").symlink_to(tmp_path / "fremd.db")
    result = kuratorium(tiny.root, *words)
    assert result.returncode == 2
    assert "var/archive.db: dieser Link führt hinaus aus var/" in result.stderr
    assert (tmp_path / "fremd.db").read_bytes() == b""


def test_links_within_the_edition_are_written_through(tiny: TinyEdition) -> None:
    """A folder may be a link to another one of the same edition: what a pull delivers goes there."""
    (tiny.root / "curation/gesehen").mkdir()
    (tiny.root / "curation/seen").symlink_to("gesehen")
    assert kuratorium(tiny.root, "pull").returncode == 0
    assert (tiny.root / "curation/gesehen/amtsblog.txt").is_file()
