"""Many editions from one install: each is built by itself, and one that fails stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import kuratorium
from tests.editions import TinyEdition, tiny_edition

NAMES = ("eins", "zwei", "drei")


@pytest.fixture
def editions(tmp_path: Path) -> list[TinyEdition]:
    """Three editions, the second with a mistake; the third has another name."""
    made = [_begin(tmp_path / name) for name in NAMES]
    made[1].write("curation/topics.yaml", "- id: [\n")
    settings = made[2].root / "pelicanconf.py"
    settings.write_text(settings.read_text("utf-8").replace("Weichenwerk", "Nachtzug"), "utf-8")
    return made


def test_one_that_fails_stops_no_other(editions: list[TinyEdition], tmp_path: Path) -> None:
    """Each has its own site or its own problems, below its name; the exit code is the highest."""
    ran = kuratorium(tmp_path, "build", *(f"{name}/edition" for name in NAMES), "--jobs", "2")
    assert ran.returncode == 2
    lines = ran.stdout.splitlines()
    assert {line for line in lines if line.endswith("/edition")} == {"eins/edition", "drei/edition"}
    assert lines[-1] == "3 editions: 2 built, 1 failed."
    assert ran.stderr.startswith("zwei/edition\ncuration/topics.yaml:2: ")
    assert not (editions[1].root / "output").exists()
    assert "Nachtzug" in (editions[2].root / "output/index.html").read_text("utf-8")
    assert "Nachtzug" not in (editions[0].root / "output/index.html").read_text("utf-8")


def test_the_site_is_that_of_a_build_alone(editions: list[TinyEdition], tmp_path: Path) -> None:
    """The same bytes, and a second build of all finds that nothing changed."""
    good = [editions[0], editions[2]]
    assert kuratorium(tmp_path, "build", "eins/edition", "drei/edition").returncode == 0
    together = [_read_files(edition.root / "output") for edition in good]
    again = kuratorium(tmp_path, "build", "eins/edition", "drei/edition")
    assert again.stdout.count("Nothing changed: 1 post on ") == 2
    for edition, files in zip(good, together, strict=True):
        assert kuratorium(edition.root, "build", "--output", str(tmp_path / "allein")).returncode == 0
        assert {path: data for path, data in files.items() if not path.startswith("suche/")} == {
            path: data for path, data in _read_files(tmp_path / "allein").items() if not path.startswith("suche/")
        }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["eins/edition", "fehlt"], "fehlt is no edition: it has no pelicanconf.py."),
        (
            ["eins/edition", "--output", "x"],
            "--output: only for the edition in the current folder. Leave out the folders.",
        ),
        (["eins/edition", "--explain", "index.html"], "--explain: only for the edition in the current folder."),
    ],
    ids=["no-edition", "output", "explain"],
)
def test_what_cannot_be_is_said_before_anything_is_built(
    editions: list[TinyEdition], tmp_path: Path, words: list[str], message: str
) -> None:
    """A folder without an edition, and options that are about one site."""
    ran = kuratorium(tmp_path, "build", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in ran.stderr
    assert not (editions[0].root / "output").exists()


def _begin(folder: Path) -> TinyEdition:
    folder.mkdir()
    return tiny_edition(folder)


def _read_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
