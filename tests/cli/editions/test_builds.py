from __future__ import annotations

from pathlib import Path

from tests.cli.program import kuratorium
from tests.editions import tiny_edition


def test_many_editions_are_built_and_one_that_fails_stops_none(tmp_path: Path) -> None:
    """Each edition has a line; the exit code is the worst, and the errors name their file."""
    for name in ("eins", "zwei", "drei"):
        tiny_edition(tmp_path).root.rename(tmp_path / name)
    (tmp_path / "zwei/curation/topics.yaml").write_text("- id: [", encoding="utf-8")
    ran = kuratorium(tmp_path, "build", "eins", "zwei", "drei", "vier")
    assert ran.returncode == 2
    words = ran.stdout + ran.stderr
    assert "zwei: failed with exit code 2." in words
    assert "vier: failed with exit code 2." in words
    assert "curation/topics.yaml:" in words
    assert [(tmp_path / name / "output/index.html").exists() for name in ("eins", "zwei", "drei")] == [
        True,
        False,
        True,
    ]


def test_options_for_one_edition_are_refused(tmp_path: Path) -> None:
    """--output would hold the site of the last edition only."""
    ran = kuratorium(tmp_path, "build", "eins", "--output", "site")
    assert ran.returncode == 2
    assert "are for one edition" in ran.stderr
