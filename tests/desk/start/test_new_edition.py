from __future__ import annotations

import pickle
import re
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from kuratorium.desk.start.answers import LANGUAGES
from kuratorium.desk.start.new_edition import create_edition, plan_edition, require_empty_folder
from kuratorium.edition import settings
from kuratorium.errors import UsageError
from kuratorium.publishing.build_command import build_site
from tests.desk.start.test_in_place import SUBTITLES, answers
from tests.editions import REPOSITORY, read_valid_edition

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
README_WORDS = {"de": "## Der tägliche Weg", "en": "## Day by day"}


@cache
def plan_files(language: str) -> dict[str, bytes]:
    """Return the files of a new edition in a language; the program is packed once for all tests."""
    return plan_edition(Path("/nowhere"), answers(language=language))


def read_files(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by path."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def list_targets(makefile: str) -> dict[str, str]:
    """Return the recipes of a Makefile by target."""
    return dict(re.findall(r"^([a-z]+):[^\n]*\n((?:\t[^\n]*\n)+)", makefile, re.M))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edition_begins_in_an_empty_folder(tmp_path: Path, language: str):
    """It is valid, has all that it needs, holds the answers, and its README is in its language."""
    root = tmp_path / "new/desk"
    assert create_edition(root, plan_files(language), NOW) == ""
    edition = read_valid_edition(root)
    assert edition.registry.policy is not None
    assert edition.registry.policy.imprint.responsible == "Ada Ängström"
    assert not edition.registry.policy.fresh.show
    site = settings.read_site_settings(root)
    assert (site.name, site.url, site.lang) == ('Ours: "the" desk', "https://desk.example", language)
    assert site.subtitle == SUBTITLES[language]
    assert len((root / "pelicanconf.py").read_text().splitlines()) <= 10
    readme = (root / "README.md").read_text()
    assert README_WORDS[language] in readme
    assert readme.startswith('# Ours: "the" desk\n')
    names = {file.split("/")[0] for file in read_files(root)}
    assert names >= {
        *("Makefile", "README.md", ".gitattributes", ".gitignore", ".editorconfig", ".pre-commit-config.yaml"),
        *("requirements.lock", "wheels", "theme", "content", "curation", "pelicanconf.py"),
    }
    assert [path.name for path in (root / "theme").rglob("*")] == ["README.md"]
    assert "weichenwerk" not in b"\n".join(read_files(root / "curation").values()).decode().lower()


def test_a_new_edition_is_built_with_the_programs_theme(tmp_path: Path):
    """Though its own theme holds no template."""
    create_edition(tmp_path / "desk", plan_files("en"), NOW)
    build_site(tmp_path / "desk")
    page = (tmp_path / "desk/output/index.html").read_text()
    assert "Read, chosen, put in context" in page
    assert re.search(r'href="theme/css/site\.[0-9a-f]+\.css"', page)


def test_the_makefile_has_the_programs_commands():
    """Those for editors have the same recipes as in a clone; those for developers are not there."""
    own = list_targets(plan_files("de")["Makefile"].decode())
    programs = list_targets((REPOSITORY / "Makefile").read_text())
    assert {"site", "pull", "inbox", "note", "check", "preview", "build"} <= own.keys()
    others = {name for name, text in own.items() if programs.get(name) != text}
    assert others == {"help", "upgrade", "clean"}  # a clone gets another version by git
    assert not own.keys() & {"start", "test", "lint", "lock", "dist"}


def test_a_folder_with_files_is_refused_with_their_list(tmp_path: Path):
    """Nothing is written, and an edition that is there already gets another hint."""
    for number in range(12):
        (tmp_path / f"file-{number:02}").touch()
    with pytest.raises(UsageError, match=r"(?s)is not empty.*file-00\n.*file-09\n  and 2 more\nName another folder"):
        create_edition(tmp_path, plan_files("en"), NOW)
    assert len(list(tmp_path.iterdir())) == 12
    with pytest.raises(UsageError, match='"kuratorium start" without a folder'):
        require_empty_folder(REPOSITORY)
    with pytest.raises(UsageError, match="is a file"):
        require_empty_folder(tmp_path / "file-00")


def test_a_forges_new_repository_counts_as_empty(tmp_path: Path):
    """Its licence stays; its README and .gitignore are replaced, and kept below var/."""
    (tmp_path / ".git").mkdir()
    for name in ("LICENSE", "README.md", ".gitignore"):
        (tmp_path / name).write_text(f"the forge's {name}")
    backup = create_edition(tmp_path, plan_files("de"), NOW)
    assert backup == "var/before-start-20261101-120000"
    assert read_files(tmp_path / backup) == {
        "README.md": b"the forge's README.md",
        ".gitignore": b"the forge's .gitignore",
    }
    assert (tmp_path / "LICENSE").read_text() == "the forge's LICENSE"
    assert "Der tägliche Weg" in (tmp_path / "README.md").read_text()


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path):
    """A folder that start has made goes, too."""
    impossible = {**plan_files("en"), "wheels": b"a file where there is a folder"}
    with pytest.raises(OSError, match="wheels"):
        create_edition(tmp_path / "desk", impossible, NOW)
    assert not (tmp_path / "desk").exists()
    (tmp_path / "README.md").write_text("the forge's")
    with pytest.raises(OSError, match="wheels"):
        create_edition(tmp_path, impossible, NOW)
    assert read_files(tmp_path) == {"README.md": b"the forge's"}


@pytest.mark.parametrize("moved", [0, 1, 5, 9, 14])
def test_a_killed_start_can_be_run_again(tmp_path: Path, moved: int):
    """Killed after some of its files are in place, it ends with the same files as an undisturbed one."""
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    for root in (killed, undisturbed):
        root.mkdir()
        (root / "README.md").write_text("the forge's")
    create_edition(undisturbed, plan_files("en"), NOW)
    (tmp_path / "files").write_bytes(pickle.dumps(plan_files("en")))
    program = f"""
import os, pathlib, pickle
from datetime import datetime
from kuratorium.desk.start import new_edition
from kuratorium.desk.start.new_edition import create_edition
left = [None] * {moved}
replace = pathlib.Path.replace
def replace_or_die(path, target):
    if new_edition._STAGE in str(path) and not new_edition._STAGE in str(target):
        if not left: os._exit(9)
        left.pop()
    return replace(path, target)
pathlib.Path.replace = replace_or_die
files = pickle.loads(pathlib.Path({str(tmp_path / "files")!r}).read_bytes())
create_edition(pathlib.Path({str(killed)!r}), files, datetime.fromisoformat({NOW.isoformat()!r}))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    assert (killed / ".kuratorium-start").exists()
    create_edition(killed, plan_files("en"), NOW)
    assert read_files(killed) == read_files(undisturbed)


def test_all_invalid_answers_are_reported_together(tmp_path: Path):
    """Before the program is packed, and before anything is written."""
    with pytest.raises(UsageError) as caught:
        plan_edition(tmp_path / "desk", answers(address="x", email="x", feeds=("feed.xml",)))
    assert len(str(caught.value).splitlines()) == 3
    assert not (tmp_path / "desk").exists()
