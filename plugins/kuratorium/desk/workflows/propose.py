"""What a scheduled job runs: pull the sources, commit what came, and push or propose it.

`python -m kuratorium.desk.workflows.propose FORGE MODE`, in an edition's clone with its whole history. The pull request
is always the same one, with the branch kuratorium/pull, until it is merged or closed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

PULL_BRANCH = "kuratorium/pull"
_TITLE = "New articles in the inbox"
_PULLED_PATHS = ("curation/inbox", "curation/seen", "curation/state")
_ATTEMPTS = 3
_LONGEST_DESCRIPTION = 3_000  # characters of a push option; the commit has the whole briefing
_IDENTITY = ("-c", "user.name=Kuratorium", "-c", "user.email=kuratorium@localhost", "-c", "commit.gpgsign=false")
_NO_COMMITS = "this repository has no commit yet: commit the edition, push it, and start the job again."
_NO_TOKEN = "KURATORIUM_TOKEN is missing: store a token under this name among the secrets of the repository."  # noqa: S105
_USAGE = "usage: python -m kuratorium.desk.workflows.propose github|gitlab|forgejo pull-request|commit"


class JobError(Exception):
    """What a person has to change before the job can work."""


def main(words: list[str]) -> int:
    """Run the job, and return its exit code; messages go to stderr."""
    try:
        match words:
            case [("github" | "gitlab" | "forgejo") as forge, ("pull-request" | "commit") as mode]:
                _run_job(forge, mode)
            case _:
                raise JobError(_USAGE)
    except JobError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"error: {' '.join(error.cmd[:4])} … failed. {(error.stderr or '').strip()}\n")
        return 2
    except OSError as error:  # also what the forge answers
        sys.stderr.write(f"error: the forge could not be reached, or refused: {error}\n")
        return 2
    return 0


def _run_job(forge: str, mode: str) -> None:
    if not _succeeds("rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
        raise JobError(_NO_COMMITS)
    proposes = mode == "pull-request"
    if proposes and forge != "gitlab" and not os.environ.get("KURATORIUM_TOKEN"):
        raise JobError(_NO_TOKEN)
    base = _find_base()
    if proposes:
        _begin_branch(base)
    briefing = _pull()
    if not _commit(briefing) and not (proposes and _is_ahead(base)):
        sys.stdout.write("Nothing new.\n")
    elif not proposes:
        _push_commits(base)
    elif forge == "gitlab":
        _push_merge_request(base, briefing)
    else:
        _git("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{PULL_BRANCH}")
        _open_pull_request(base, briefing)


def _find_base() -> str:
    """Return the branch into which the work goes: GitLab checks out a commit, others a branch."""
    return os.environ.get("CI_COMMIT_BRANCH") or _git("rev-parse", "--abbrev-ref", "HEAD")


def _begin_branch(base: str) -> None:
    """Check out the branch of the pull request: the base, with what earlier pulls proposed and is not merged yet."""
    _git("fetch", "--quiet", "origin")
    _git("checkout", "--quiet", "--detach", f"origin/{base}")
    proposed = f"refs/remotes/origin/{PULL_BRANCH}"
    if not _succeeds("rev-parse", "--verify", "--quiet", proposed):
        return
    # A squashed merge leaves no trace in the history: but then the base knows every entry of the branch. Merging such a
    # branch again would bring back the items that editors have dismissed since.
    difference = _git("diff", "HEAD", proposed, "--", "curation/seen")
    if not any(line.startswith("+") and not line.startswith("+++") for line in difference.splitlines()):
        return
    if not _succeeds(*_IDENTITY, "merge", "--quiet", "--no-edit", proposed):
        _git("merge", "--abort")  # what it proposed is pulled again


def _pull() -> str:
    """Pull the sources, tolerating those that fail; return the briefing."""
    Path("curation/state").mkdir(parents=True, exist_ok=True)
    Path("curation/state/sources.txt").touch()
    program = [sys.executable, "-m", "kuratorium.cli.main"]
    subprocess.run([*program, "pull", "--tolerant"], check=True)  # noqa: S603 - our own command
    ran = subprocess.run([*program, "briefing"], check=True, capture_output=True, text=True)  # noqa: S603 - likewise
    return ran.stdout.strip()


def _commit(briefing: str) -> bool:
    """Commit what the pull wrote; return whether there was anything."""
    _git("add", "--all", "--force", "--", *(path for path in _PULLED_PATHS if Path(path).exists()))
    if _succeeds("diff", "--cached", "--quiet"):
        return False
    _git(*_IDENTITY, "commit", "--quiet", "--message", _TITLE, "--message", briefing)
    return True


def _is_ahead(base: str) -> bool:
    return not _succeeds("diff", "--quiet", f"origin/{base}", "HEAD")


def _push_commits(base: str) -> None:
    """Push to the base, merging what others have pushed meanwhile."""
    for _ in range(_ATTEMPTS):
        if _succeeds("push", "--quiet", "origin", f"HEAD:refs/heads/{base}"):
            return
        _git("fetch", "--quiet", "origin", base)
        _git(*_IDENTITY, "merge", "--quiet", "--no-edit", "FETCH_HEAD")
    _git("push", "--quiet", "origin", f"HEAD:refs/heads/{base}")


def _push_merge_request(base: str, briefing: str) -> None:
    """Push with GitLab's options: they open the merge request, or update the one that the branch has."""
    # A push option holds no line break: GitLab reads "\n" as one.
    description = briefing[:_LONGEST_DESCRIPTION].replace("\n", "\\n")
    options = (
        "merge_request.create",
        f"merge_request.target={base}",
        f"merge_request.title={_TITLE}",
        f"merge_request.description={description}",
        "merge_request.remove_source_branch",
    )
    flags = [word for option in options for word in ("--push-option", option)]
    _git("push", "--quiet", "--force", *flags, "origin", f"HEAD:refs/heads/{PULL_BRANCH}")


def _open_pull_request(base: str, briefing: str) -> None:
    """Open the pull request, or renew its text; the interfaces of GitHub and Forgejo are alike here."""
    address = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/pulls"
    open_requests = _call("GET", f"{address}?state=open&per_page=100&limit=50")
    number = next((request["number"] for request in open_requests if request["head"]["ref"] == PULL_BRANCH), None)
    if number:
        _call("PATCH", f"{address}/{number}", {"title": _TITLE, "body": briefing})
    else:
        _call("POST", address, {"title": _TITLE, "body": briefing, "head": PULL_BRANCH, "base": base})


def _call(method: str, address: str, values: dict[str, str] | None = None) -> Any:
    headers = {
        "Authorization": f"token {os.environ['KURATORIUM_TOKEN']}",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    data = json.dumps(values).encode() if values else None
    request = urllib.request.Request(address, data=data, headers=headers, method=method)  # noqa: S310 - the forge's own
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
        return json.loads(response.read())


def _git(*words: str) -> str:
    ran = subprocess.run(["git", *words], check=True, capture_output=True, text=True)  # noqa: S603, S607
    return ran.stdout.strip()


def _succeeds(*words: str) -> bool:
    return subprocess.run(["git", *words], check=False, capture_output=True).returncode == 0  # noqa: S603, S607


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
