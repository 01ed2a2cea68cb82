from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kuratorium.errors import EditionError
from tests.cli.program import PROGRAM, kuratorium
from tests.editions import REPOSITORY, SOURCES, TinyEdition


def test_site_builds_although_a_source_fails(tiny: TinyEdition):
    """`site` pulls and builds; a failed source is reported with its reason, and the exit code is 0."""
    tiny.yaml("sources", [*SOURCES, {"id": "weg", "name": "Weg", "feed": "curation/samples/none.xml"}])
    ran = kuratorium(tiny.root, "site")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 failed: 1 new entry in curation/inbox/" in ran.stdout
    assert "  weg failed (" in ran.stdout
    assert "Built 1 post on " in ran.stdout
    (index,) = [Path(line.removeprefix("Look at ")) for line in ran.stdout.splitlines() if line.startswith("Look at ")]
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


def test_a_template_that_includes_itself_is_named(tiny: TinyEdition):
    """The build ends with a message about the template, without a traceback, and the site stays."""
    assert kuratorium(tiny.root, "build").returncode == 0
    before = (tiny.root / "output/index.html").read_bytes()
    theme = tiny.root / "theme"
    theme.unlink()
    shutil.copytree(REPOSITORY / "theme", theme)
    footer = theme / "templates/partials/footer.html"
    footer.write_text('{% include "partials/footer.html" %}\n' + footer.read_text())
    ran = kuratorium(tiny.root, "build")
    assert ran.returncode == EditionError.exit_code
    assert "theme/templates/" in ran.stderr
    assert "recursion" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "a bug in Kuratorium" not in ran.stderr
    assert (tiny.root / "output/index.html").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import sys; sys.exit()", "SystemExit"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("import sys; sys.exit('genug')", "SystemExit: genug"),
        ("raise KeyError('x')", "KeyError: 'x'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("SITENAME = 'x", "this is not Python"),
    ],
)
@pytest.mark.parametrize("command", ["check", "build"])
def test_settings_that_end_or_fail_are_an_error(tiny: TinyEdition, command: str, line: str, message: str):
    """Also where they ask for exit code 0: the command ends with 2, names the file, and shows no traceback."""
    with (tiny.root / "pelicanconf.py").open("a") as settings:
        settings.write(f"\n{line}\n")
    ran = kuratorium(tiny.root, command)
    assert ran.returncode == EditionError.exit_code
    assert "pelicanconf.py" in ran.stderr
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tiny.root / "output/index.html").exists()
