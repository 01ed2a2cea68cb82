from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path

import pytest

import kuratorium
from kuratorium.program.pack import find_pin, pack_program, read_program_file, write_lock
from tests.edition.theme.test_loader import CHILD, read_sheet
from tests.editions import REPOSITORY
from tests.wheels import install_wheel, make_offline_python, run

START = [
    *("--name", "Our Desk", "--address", "https://desk.example", "--language", "en"),
    *("--responsible", "Ada Berg", "--email", "ada@desk.example", "--topic", "Open Data"),
]


def read_wheel(data: bytes) -> dict[str, bytes]:
    """Return the files of a wheel, apart from its list of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def test_the_wheel_of_a_clone_is_whole():
    """It holds the code, the theme with its catalogues, the starter's files, the lock and the changelog."""
    wheel = pack_program()
    files = read_wheel(wheel.data)
    for folder, place in {"plugins/kuratorium": "kuratorium", "theme": "kuratorium/theme"}.items():
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = f"{place}/{path.relative_to(REPOSITORY / folder).as_posix()}"
                assert files[name] == path.read_bytes(), name
    assert files["kuratorium/program/requirements.lock"] == (REPOSITORY / "requirements.lock").read_bytes()
    assert files["kuratorium/program/CHANGELOG.md"] == (REPOSITORY / "CHANGELOG.md").read_bytes()
    assert (wheel.version, wheel.name) == (kuratorium.__version__, f"kuratorium-{wheel.version}-py3-none-any.whl")
    assert not [name for name in files if name.startswith(("tests/", "content/", "curation/"))]


def test_the_lock_pins_the_program_and_all_its_libraries():
    """By digests, and without the host of a registry; the program itself is found in the edition's folder wheels/."""
    wheel = pack_program()
    lock = write_lock(wheel)
    assert find_pin(lock) == (wheel.version, wheel.digest)
    assert "--find-links wheels\n" in lock
    assert "://" not in lock
    pins = re.findall(r"^[a-z0-9-]+==\S+", read_program_file("requirements.lock"), re.M)
    assert re.findall(r"^[a-z0-9-]+==\S+", lock, re.M) == [f"kuratorium=={wheel.version}", *pins]


@pytest.mark.slow
def test_an_edition_begins_and_is_built_from_the_wheel_alone(tmp_path: Path):
    """In an empty environment, without network: start, then the two commands of the README, and each is repeatable.

    The edition's own environment gets the program from its wheels/, where `start` has packed it again.
    """
    wheel = pack_program()
    programs = install_wheel(tmp_path, wheel)
    run([str(programs / "kuratorium"), "start", "desk", *START], tmp_path)
    desk = tmp_path / "desk"
    (packed,) = (desk / "wheels").iterdir()
    assert read_wheel(packed.read_bytes()) == read_wheel(wheel.data)
    python = make_offline_python(tmp_path)
    site = run(["make", "site", f"PYTHON={python}"], desk)
    assert "Installing the program and its locked libraries into .venv" in site
    assert "Our Desk" in (desk / "output/index.html").read_text()
    assert "0 posts, 4 pages, 0 sources checked" in run(["make", "check", f"PYTHON={python}"], desk)
    located = run([str(desk / ".venv/bin/python"), "-c", "import kuratorium; print(kuratorium.__file__)"], tmp_path)
    assert Path(located.strip()).is_relative_to(desk / ".venv")

    for file, text in CHILD.items():
        (desk / file).parent.mkdir(parents=True, exist_ok=True)
        (desk / file).write_text(text)
    run(["make", "check", "build", f"PYTHON={python}"], desk)
    assert "@layer edition{.post{color:rebeccapurple}}" in read_sheet(desk)
    with pytest.raises(AssertionError, match="is for a clone of the program"):
        run([str(desk / ".venv/bin/kuratorium"), "lint"], desk)

    (desk / "wheels" / packed.name).write_bytes(packed.read_bytes() + b"x")
    (desk / ".venv/.ready").unlink()
    with pytest.raises(AssertionError, match=r"(?i)do not match the hashes"):
        run(["make", "site", f"PYTHON={python}"], desk)


@pytest.mark.slow
def test_plain_pelican_builds_an_edition_of_the_wheel(tmp_path: Path):
    """The same bytes as `kuratorium build`, with a theme/ that holds no template."""
    programs = install_wheel(tmp_path, pack_program())
    run([str(programs / "kuratorium"), "start", "desk", *START], tmp_path)
    desk = tmp_path / "desk"
    run([str(programs / "kuratorium"), "build"], desk)
    first = {path: path.read_bytes() for path in sorted((desk / "output").rglob("*")) if path.is_file()}
    run([str(programs / "python"), "-m", "pelican", "--fatal=errors", "-s", "pelicanconf.py"], desk)
    second = {path: path.read_bytes() for path in sorted((desk / "output").rglob("*")) if path.is_file()}
    assert first == second


def test_the_clone_has_one_version():
    """The package says it, and the wheel's name and the installed metadata follow."""
    assert 'dynamic = ["version"]' in (REPOSITORY / "pyproject.toml").read_text()
    assert run([sys.executable, "-m", "kuratorium.cli.main", "--version"]).split()[-1] == kuratorium.__version__
