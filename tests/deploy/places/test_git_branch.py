import os
import subprocess
from pathlib import Path

import pytest

from kuratorium.deploy.model import DeployError
from kuratorium.errors import UsageError
from tests.deploy.sites import PAGES, Site


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository."""
    subprocess.check_call(["git", "init", "--quiet", "--bare", tmp_path / "pages.git"])
    return tmp_path / "pages.git"


def git(remote: Path, *words: str) -> str:
    """Run git in the repository."""
    return subprocess.check_output(["git", "-C", remote, *words], text=True).strip()


def commit_as_other(remote: Path, name: str, text: str) -> str:
    """Add a file to the branch, as a person does; return the commit."""
    person = {
        f"GIT_{role}_{field}": "eva@tiny.example" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")
    }
    work = remote.parent / f"work-{name}"
    subprocess.check_call(["git", "clone", "--quiet", "-b", "pages", remote, work])
    (work / name).write_text(text)
    for words in (["add", name], ["commit", "--quiet", "-m", "Name our domain"], ["push", "--quiet"]):
        subprocess.check_call(["git", "-C", work, *words], env={**os.environ, **person})
    return git(remote, "rev-parse", "pages")


def test_each_deployment_is_a_commit_and_files_of_others_stay(tmp_path: Path, remote: Path) -> None:
    """`keep` adds to the history; CNAME and the like stay, and Jekyll is off."""
    site, target = Site(tmp_path / "edition"), {"git": {"remote": str(remote)}}
    site.deploy(target)
    other = commit_as_other(remote, "CNAME", "example.org")
    site.write("index.html", b"new")
    assert site.deploy(target).foreign == (".nojekyll", "CNAME")
    assert git(remote, "rev-parse", "pages~1") == other
    assert set(git(remote, "ls-tree", "-r", "--name-only", "pages").split("\n")) == {
        *PAGES,
        *("CNAME", ".nojekyll", ".kuratorium-deploy"),
    }
    assert git(remote, "rev-list", "--count", "pages") == "3"
    site.deploy(target)  # nothing changed: no commit
    assert git(remote, "rev-list", "--count", "pages") == "3"


def test_a_single_commit_replaces_only_our_own(tmp_path: Path, remote: Path) -> None:
    """`single` keeps the repository small; a commit of somebody else is overruled by `--force` alone."""
    site, target = Site(tmp_path / "edition"), {"git": {"remote": str(remote), "history": "single"}}
    site.deploy(target)
    site.write("index.html", b"new")
    site.deploy(target)
    assert git(remote, "rev-list", "--count", "pages") == "1"
    other = commit_as_other(remote, "CNAME", "example.org")
    site.write("index.html", b"newer")
    with pytest.raises(UsageError, match="is not ours"):
        site.deploy(target)
    assert git(remote, "rev-parse", "pages") == other
    site.deploy(target, forces=True)
    assert git(remote, "rev-list", "--count", "pages") == "1"
    assert git(remote, "show", "pages:CNAME") == "example.org"


def test_a_missing_repository_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the token, which git's own message might repeat."""
    monkeypatch.setenv("DEPLOY_TOKEN", "secret-token")
    site = Site(tmp_path / "edition")
    with pytest.raises(DeployError, match="there is no such repository"):
        site.deploy({"git": {"remote": str(tmp_path / "nowhere.git")}})
    with pytest.raises(DeployError) as failed:
        site.deploy({"git": {"remote": "http://127.0.0.1:9/pages.git"}})
    assert "secret-token" not in str(failed.value)


def test_a_push_that_is_refused_changes_nothing_and_the_next_run_sends(tmp_path: Path, remote: Path) -> None:
    """A hook of the forge refuses: the state must not say that the files are there."""
    site, target = Site(tmp_path / "edition"), {"git": {"remote": str(remote)}}
    site.deploy(target)
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    site.write("index.html", b"new")
    with pytest.raises(DeployError):
        site.deploy(target)
    hook.unlink()
    assert site.deploy(target).sent == ("index.html",)
    assert git(remote, "show", "pages:index.html") == "new"
