from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from kuratorium.desk.workflows.propose import PULL_BRANCH
from tests.editions import POLICY, TinyEdition
from tests.intake.conftest import rss
from tests.intake.test_pull_shards import commit, git
from tests.intake.web import Web, respond

Forge = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bare(tiny: TinyEdition, web: Web, tmp_path: Path) -> Path:
    """A bare repository with an edition that follows one good feed and one dead one of a local server."""
    web.answers["/feed"] = respond(rss("Vertrag", "Umzug"), etag='"1"')
    web.answers["/dead"] = respond(b"", 500)
    feeds = [{"id": name, "name": name, "feed": f"{web.address}/{name}"} for name in ("feed", "dead")]
    tiny.yaml("sources", feeds)
    tiny.yaml("policy", POLICY | {"intranet": ["127.0.0.1"]})
    tiny.write(".gitignore", "var/\n.*~\n")
    tiny.write(".gitattributes", "curation/seen/*.txt merge=union\ncuration/state/*.txt merge=union\n")
    git(tiny.root, "init", "--quiet", "--initial-branch=main")
    commit(tiny.root)
    subprocess.run(["git", "clone", "--quiet", "--bare", tiny.root, tmp_path / "bare.git"], check=True)
    git(tmp_path / "bare.git", "config", "receive.advertisePushOptions", "true")
    return tmp_path / "bare.git"


@pytest.fixture
def pull_requests(web: Web) -> list[dict[str, Any]]:
    """The open pull requests of a forge that answers as GitHub and Forgejo document it."""
    requests: list[dict[str, Any]] = []

    def answer_list(request: BaseHTTPRequestHandler) -> None:
        if request.command == "GET":
            shown = [{"number": 7, "head": {"ref": entry["head"]}} for entry in requests]
            respond(json.dumps(shown).encode(), content_type="application/json")(request)
        else:
            requests.append(json.loads(web.requests[-1].body))
            respond(b'{"number": 7}', 201, content_type="application/json")(request)

    web.answers["/repos/anna/tiny/pulls?state=open&per_page=100&limit=50"] = answer_list
    web.answers["/repos/anna/tiny/pulls"] = answer_list
    web.answers["/repos/anna/tiny/pulls/7"] = respond(b'{"number": 7}', content_type="application/json")
    return requests


@pytest.fixture
def run_job(bare: Path, web: Web, tmp_path: Path) -> Forge:
    """Run the job in a new clone, as a fresh runner does."""
    runs = iter(range(100))

    def run(forge: str, mode: str, **variables: str) -> subprocess.CompletedProcess[str]:
        clone = tmp_path / f"runner{next(runs)}"
        subprocess.run(["git", "clone", "--quiet", bare, clone], check=True, capture_output=True)
        environment = {
            **os.environ,
            "KURATORIUM_TOKEN": "secret",
            "GITHUB_API_URL": web.address,
            "GITHUB_REPOSITORY": "anna/tiny",
            **variables,
        }
        command = [sys.executable, "-m", "kuratorium.desk.workflows.propose", forge, mode]
        return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)

    return run


def show(bare: Path, *words: str) -> str:
    """Return what git prints in the bare repository."""
    return subprocess.run(["git", *words], cwd=bare, check=True, capture_output=True, text=True).stdout


def list_items(bare: Path, branch: str) -> list[str]:
    """Return the inbox files of a branch."""
    return [
        name for name in show(bare, "ls-tree", "-r", "--name-only", branch, "curation/inbox").split() if ".md" in name
    ]


def test_commits_to_main(run_job: Forge, bare: Path, web: Web) -> None:
    """New items reach main though a feed is dead; a fresh runner then sends validators, and commits nothing."""
    ran = run_job("github", "commit")
    assert ran.returncode == 0, ran.stderr
    assert len(list_items(bare, "main")) == 2
    assert "curation/state/sources.txt" in show(bare, "ls-tree", "-r", "--name-only", "main")
    commits = show(bare, "rev-list", "--count", "main")
    web.requests.clear()
    assert "Nothing new." in run_job("github", "commit").stdout
    assert [request.headers.get("if-none-match") for request in web.requests if request.path == "/feed"] == ['"1"']
    assert show(bare, "rev-list", "--count", "main") == commits


def test_one_pull_request_that_is_updated(
    run_job: Forge, bare: Path, web: Web, pull_requests: list[dict[str, Any]]
) -> None:
    """A second pull, on a fresh runner, adds to the open pull request."""
    ran = run_job("github", "pull-request")
    assert ran.returncode == 0, ran.stderr
    assert [(entry["head"], entry["base"]) for entry in pull_requests] == [(PULL_BRANCH, "main")]
    first = list_items(bare, PULL_BRANCH)
    assert len(first) == 2
    assert list_items(bare, "main") == []
    web.answers["/feed"] = respond(rss("Vertrag", "Umzug", "Drittes"))
    ran = run_job("forgejo", "pull-request")
    assert ran.returncode == 0, ran.stderr
    assert len(pull_requests) == 1
    assert len(list_items(bare, PULL_BRANCH)) == 3


def test_a_squashed_merge_brings_nothing_back(
    run_job: Forge, bare: Path, tmp_path: Path, pull_requests: list[dict[str, Any]]
) -> None:
    """What was merged in one commit and then dismissed stays away, though the branch still has it."""
    assert run_job("github", "pull-request").returncode == 0
    editor = tmp_path / "editor"
    subprocess.run(["git", "clone", "--quiet", bare, editor], check=True)
    git(editor, "merge", "--quiet", "--squash", f"origin/{PULL_BRANCH}")
    for path in (editor / "curation/inbox").glob("*.md"):
        path.unlink()
    commit(editor)
    git(editor, "push", "--quiet", "origin", "main")
    ran = run_job("github", "pull-request")
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "Nothing new."), ran.stderr
    assert len(pull_requests) == 1


def test_gitlab_opens_a_merge_request_by_push_options(run_job: Forge, bare: Path) -> None:
    """The options of the push reach the server: title, target, and the briefing in one line."""
    hook = bare / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ > options\n")
    hook.chmod(0o755)
    ran = run_job("gitlab", "pull-request", CI_COMMIT_BRANCH="main")
    assert ran.returncode == 0, ran.stderr
    options = (bare / "options").read_text()
    assert "=merge_request.create\n" in options
    assert "=merge_request.target=main\n" in options
    assert len(list_items(bare, PULL_BRANCH)) == 2


def test_what_a_person_must_change(run_job: Forge, web: Web, tmp_path: Path) -> None:
    """A repository without commits, a missing token, a forge that refuses, wrong words: one line, and exit code 2."""
    command = [sys.executable, "-m", "kuratorium.desk.workflows.propose"]
    empty = tmp_path / "empty"
    subprocess.run(["git", "init", "--quiet", empty], check=True)
    ran = subprocess.run([*command, "github", "commit"], cwd=empty, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "has no commit yet" in ran.stderr
    assert "KURATORIUM_TOKEN is missing" in run_job("github", "pull-request", KURATORIUM_TOKEN="").stderr
    web.answers["/repos/anna/tiny/pulls?state=open&per_page=100&limit=50"] = respond(b"{}", 403)
    ran = run_job("github", "pull-request")
    assert (ran.returncode, "refused: HTTP Error 403" in ran.stderr) == (2, True)
    assert "usage:" in run_job("sourcehut", "commit").stderr
