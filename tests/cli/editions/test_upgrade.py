"""An edition of an older version of the program is upgraded to this one, from its wheel, and nothing of it is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kuratorium import __version__
from kuratorium.edition.rules.contract import CONTRACT
from kuratorium.program.pack import find_pin, pack_program
from tests.wheels import change_wheel

FORMER = "0.0.9"
FOOTER = "kuratorium/theme/templates/partials/footer.html"
NOTE = """\
---
uid: notiz-eins
title: Eine Notiz
date: 2026-11-02T09:00:00+01:00
authors: [ada-berg]
topics: [open-data]
bookmark_of: [{url: https://blog.example/eins, title: Eins, authors: [Eva], publication: Blog}]
---
Lesenswert, weil hier jemand nachgerechnet hat.
"""
FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Amtsblog</title><link>https://amtsblog.example/</link><description/>
<item><title>Umstellung</title><link>https://amtsblog.example/a</link><guid>a</guid>
<pubDate>Mon, 02 Nov 2026 08:00:00 +0100</pubDate></item></channel></rss>
"""
THEME = {
    "theme/templates/partials/footer.html": "<footer>Unser Fuß</footer>\n",
    "theme/templates/about.txt": "no template of the program\n",
    "theme/static/css/own.css": "body { accent-color: red; }\n",
}
SINCE = "2026-11-10T09:00:00+01:00"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel of this program, and that of a former version with another footer and without our changelog."""
    folder = tmp_path_factory.mktemp("wheels")
    present = pack_program()
    former = change_wheel(present, FORMER, {FOOTER: lambda text: f"{text}<!-- former -->\n"})
    paths = {}
    for wheel in (present, former):
        paths[wheel.version] = folder / wheel.name
        paths[wheel.version].write_bytes(wheel.data)
    return paths


@pytest.fixture(scope="module")
def former_program(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the former version is unpacked."""
    folder = tmp_path_factory.mktemp("former")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheels[FORMER]), str(folder)], check=True)
    return folder


def run(program: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the former version in a folder, as its own environment would."""
    environment = {**os.environ, "PYTHONPATH": str(program), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "kuratorium.cli.main", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def desk(former_program: Path, tmp_path: Path) -> Path:
    """An edition that the former version began: with a note, a source of an older contract, and a theme of its own."""
    start = ["start", "desk", "--yes", "--name", "Our Desk", "--address", "https://desk.example", "--language", "en"]
    person = ["--responsible", "Ada Berg", "--email", "ada@desk.example", "--topic", "Open Data"]
    started = run(former_program, tmp_path, *start, *person)
    assert started.returncode == 0, started.stderr
    root = tmp_path / "desk"
    policy = root / "curation/policy.yaml"
    policy.write_text(policy.read_text("utf-8").replace(f"contract: {CONTRACT}\n", ""), "utf-8")
    files = {
        "curation/sources.yaml": "# Whom we follow\n- id: amtsblog\n  name: Amtsblog  # daily\n"
        "  feed: curation/samples/feed.xml\n  rights: {images: true, opt_out: false}\n",
        "curation/samples/feed.xml": FEED,
        "curation/notes/2026/eins.md": NOTE,
        **THEME,
    }
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, "utf-8")
    return root


def read_files(root: Path) -> dict[str, bytes]:
    """Return the edition's files without what is made of them."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] not in {"var", "output", ".git"}
    }


@pytest.mark.slow
def test_an_edition_of_a_former_version_is_upgraded(former_program: Path, wheels: dict[str, Path], desk: Path) -> None:
    """Pull and build with the former version; then files are migrated, the pin is raised, and the theme stays."""
    assert run(former_program, desk, "pull", "--as-of", SINCE).returncode == 0
    assert run(former_program, desk, "build", "--as-of", SINCE).returncode == 0
    before = read_files(desk)
    trial = run(former_program, desk, "upgrade", str(wheels[__version__]), "--dry-run", "--as-of", SINCE)
    assert trial.returncode == 0, trial.stderr
    assert trial.stdout.startswith(f"From {FORMER} to {__version__}\n")
    assert "## [Unreleased]" in trial.stdout
    assert "  1: rights of sources without excerpt_words, images and credit" in trial.stdout
    assert "-  rights: {images: true, opt_out: false}" in trial.stdout
    assert "theme/templates/partials/footer.html: templates/partials/footer.html changed in the program" in trial.stdout
    assert "-<!-- former -->" in trial.stdout
    assert " are the same\n" in trial.stdout
    assert trial.stdout.endswith("Nothing was changed.\n")
    assert read_files(desk) == before

    done = run(former_program, desk, "upgrade", str(wheels[__version__]), "--yes", "--as-of", SINCE)
    assert done.returncode == 0, done.stderr
    after = read_files(desk)
    assert find_pin(after["requirements.lock"].decode())[0] == __version__
    assert [name for name in after if name.startswith("wheels/")] == [f"wheels/{wheels[__version__].name}"]
    assert f"\ncontract: {CONTRACT}\n" in after["curation/policy.yaml"].decode()
    assert after["curation/sources.yaml"].decode() == (
        "# Whom we follow\n- id: amtsblog\n  name: Amtsblog  # daily\n"
        "  feed: curation/samples/feed.xml\n  rights: {opt_out: false}\n"
    )
    changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    assert changed == {"requirements.lock", "curation/policy.yaml", "curation/sources.yaml"}
    assert {name: after[name].decode() for name in THEME} == THEME
    assert not (desk / "var/upgrade").exists()


@pytest.mark.slow
def test_an_upgrade_that_is_killed_loses_nothing(former_program: Path, wheels: dict[str, Path], desk: Path) -> None:
    """Whenever it is killed, every file is the former or the new one, and the next upgrade does the rest."""
    before = read_files(desk)
    words = ["upgrade", str(wheels[__version__]), "--yes", "--as-of", SINCE]
    environment = {**os.environ, "PYTHONPATH": str(former_program)}
    command = [sys.executable, "-m", "kuratorium.cli.main", *words]
    process = subprocess.Popen(
        command, cwd=desk, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while process.poll() is None and not (desk / "var/upgrade/edition").is_dir():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert {name: read_files(desk)[name] for name in before} == before
    done = run(former_program, desk, *words)
    assert done.returncode == 0, done.stderr
    assert find_pin((desk / "requirements.lock").read_text())[0] == __version__


@pytest.mark.slow
def test_what_cannot_be_upgraded_is_refused(former_program: Path, wheels: dict[str, Path], desk: Path) -> None:
    """A pin that was edited by hand, a file that is no wheel, an edition of a newer contract, a clone."""
    before = read_files(desk)
    newer = str(wheels[__version__])
    damaged = desk.parent / wheels[__version__].name
    damaged.write_bytes(b"PK")
    for words, message in {
        ("upgrade", str(damaged), "--yes"): "is damaged: it is no zip file",
        ("upgrade", "notes.zip", "--yes"): "notes.zip is no wheel of Kuratorium",
        ("upgrade", newer): "Give --yes to upgrade without being asked.",
        ("upgrade", newer, "--yes", "--show", "fehlt.html"): '"fehlt.html" is in neither site',
    }.items():
        ran = run(former_program, desk, *words, *(["--as-of", SINCE] if len(words) > 2 else []))
        assert (ran.returncode, message in ran.stderr) == (2, True), ran.stderr
    assert read_files(desk) == before

    lock = desk / "requirements.lock"
    lock.write_text(lock.read_text().replace(f"kuratorium=={FORMER}", "kuratorium==0.0.8"))
    assert "pins Kuratorium 0.0.8, and this is 0.0.9" in run(former_program, desk, "upgrade", newer, "--yes").stderr
    lock.unlink()
    assert "merge it" in run(former_program, desk, "upgrade", newer, "--yes").stderr
    lock.write_bytes(before["requirements.lock"])
    policy = desk / "curation/policy.yaml"
    policy.write_text("a: [\n", "utf-8")
    broken = run(former_program, desk, "upgrade", newer, "--yes", "--as-of", SINCE)
    assert (broken.returncode, "curation/policy.yaml:2: this is not YAML" in broken.stderr) == (2, True), broken.stderr
    policy.write_bytes(before["curation/policy.yaml"])
    policy.write_text(f"contract: {CONTRACT + 1}\n{policy.read_text('utf-8')}", "utf-8")
    for command in ("check", "build", "pull"):
        ran = run(former_program, desk, command)
        assert ran.returncode == 2
        assert f"the edition is of contract {CONTRACT + 1}" in ran.stderr
        assert "1 problem" in ran.stderr
