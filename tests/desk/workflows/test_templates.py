from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kuratorium.desk.workflows.templates import STATE_FILE, Forge, Mode, WorkflowAnswers, build_workflows

FORGES: tuple[Forge, ...] = ("github", "gitlab", "forgejo")
MODES: tuple[Mode, ...] = ("pull-request", "commit")
SCHEMAS: dict[Forge, str] = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}
ANSWERS = WorkflowAnswers(name="Tiny", branch="haupt")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("forge", FORGES)
def test_every_mark_is_filled(forge: Forge, mode: Mode) -> None:
    """Each forge gets its own files, with the chosen mode and branch, and the file that shares the sources' state."""
    files = build_workflows(forge, WorkflowAnswers(name="Tiny", mode=mode, branch="haupt"))
    text = "\n".join(files.values())
    assert files[STATE_FILE] == ""
    assert f"propose {forge} {mode}" in text
    assert "haupt" in text
    assert not re.search(r"@[a-z_]+@", text)
    for name, content in files.items():
        if name.endswith(".yml"):
            assert isinstance(yaml.safe_load(content), dict)


def test_the_places_of_files() -> None:
    """The files are where each forge looks for them."""
    names = ("pull.yml", "check.yml", "site.yml")
    assert set(build_workflows("github", ANSWERS)) == {STATE_FILE, *(f".github/workflows/{name}" for name in names)}
    assert set(build_workflows("forgejo", ANSWERS)) == {STATE_FILE, *(f".forgejo/workflows/{name}" for name in names)}
    assert set(build_workflows("gitlab", ANSWERS)) == {STATE_FILE, ".gitlab-ci.yml"}


@pytest.mark.parametrize("forge", ["github", "forgejo"])
def test_actions_are_pinned(forge: Forge) -> None:
    """Each action is named by the hash of a commit, with its version beside it."""
    used = re.findall(r"uses: (.*)", "\n".join(build_workflows(forge, ANSWERS).values()))
    assert used
    assert [line for line in used if not re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+.*", line)] == []


def test_editions_pull_at_different_minutes() -> None:
    """The schedule depends on the name, and is never on the full hour."""
    minutes = set()
    for number in range(20):
        text = build_workflows("github", WorkflowAnswers(name=f"Ausgabe {number}"))[".github/workflows/pull.yml"]
        minute = re.search(r'cron: "(\d+) ', text)
        assert minute
        minutes.add(int(minute[1]))
    assert len(minutes) > 5
    assert all(0 < minute < 60 for minute in minutes)


@pytest.mark.parametrize("forge", SCHEMAS)
def test_the_forges_schema_accepts_them(forge: Forge, tmp_path: Path) -> None:
    """The schema of the forge, as check-jsonschema holds it, finds nothing wrong."""
    program = shutil.which("check-jsonschema", path=str(Path(".venv/bin").resolve())) or shutil.which(
        "check-jsonschema"
    )
    assert program, "check-jsonschema is in the development lock file: run make test"
    files = [name for name in build_workflows(forge, ANSWERS) if name.endswith(".yml")]
    for name in files:
        (tmp_path / Path(name).name).write_text(build_workflows(forge, ANSWERS)[name])
    paths = [str(tmp_path / Path(name).name) for name in files]
    ran = subprocess.run(
        [program, "--builtin-schema", SCHEMAS[forge], *paths], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is not installed")
def test_actionlint_accepts_them(tmp_path: Path) -> None:
    """The linter of GitHub's workflows finds nothing, in their shell steps neither."""
    for name, text in build_workflows("github", ANSWERS).items():
        (tmp_path / Path(name).name).write_text(text)
    ran = subprocess.run(["actionlint", *map(str, tmp_path.glob("*.yml"))], capture_output=True, text=True, check=False)
    assert ran.stdout == ""
