from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cli.program import PROGRAM, kuratorium
from tests.editions import SOURCES, TinyEdition


def test_site_builds_although_a_source_fails(tiny: TinyEdition):
    """`site` pulls and builds; a failed source is reported with its reason, and the exit code is 0."""
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/none.xml"}])
    ran = kuratorium(tiny.root, "site")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 failed: 1 new entry in curation/inbox/" in ran.stdout
    assert "  weg failed (" in ran.stdout
    assert "Built 1 post on " in ran.stdout
    index = Path(ran.stdout.splitlines()[-1].removeprefix("Look at "))
    assert index == tiny.root / "output/index.html"
    assert index.is_file()


def test_build_into_another_folder_at_another_time(tiny: TinyEdition, tmp_path: Path):
    """--output chooses the folder, and --as-of the date, before which a note is not published."""
    ran = kuratorium(tiny.root, "build", "--output", str(tmp_path / "out"), "--as-of", "2026-09-01T09:00:00+02:00")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Built 0 posts on " in ran.stdout
    assert (tmp_path / "out/index.html").is_file()
    assert not (tiny.root / "output").exists()


def test_preview_builds_and_serves(tiny: TinyEdition):
    """`preview` builds the site and prints the address at which it serves it."""
    process = subprocess.Popen([*PROGRAM, "preview", "--port", "0"], cwd=tiny.root, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        assert any("Serving on http://127.0.0.1:" in line for line in lines)
    finally:
        process.terminate()
        process.communicate()
    assert (tiny.root / "output/index.html").is_file()
