"""A branch of a repository that a forge publishes as pages; each deployment is one commit on it."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha1
from pathlib import Path
from urllib.parse import urlsplit

from ...edition.hosting.targets import Target
from ...errors import UsageError
from ...urls import hide_credentials
from ..model import DeployError, LocalFile, RemoteFile
from ..state import STATE_FOLDER

_TOKEN = "DEPLOY_TOKEN"  # noqa: S105 - the variable's name
_TRAILER = "Deployed-by: Kuratorium"
_JEKYLL_OFF = ".nojekyll"  # without it, GitHub Pages drops files that begin with an underscore
_NO_PROMPTS = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true", "LC_ALL": "C"}
_CAUSES = {
    "could not read username": f"the token is missing or has not the right to push: set {_TOKEN}",
    "authentication failed": f"the token is wrong or has not the right to push: see {_TOKEN}",
    "permission": "you may not push to this repository",
    "protected branch": "this branch is protected: allow pushes, or name another branch",
    "not found": "there is no such repository, or you may not see it",
    "does not appear to be a git repository": "there is no such repository",
    "non-fast-forward": "others pushed to this branch meanwhile: run deploy again",
    "fetch first": "others pushed to this branch meanwhile: run deploy again",
    "stale info": "others pushed to this branch meanwhile: run deploy again",
    "could not resolve host": "the host was not found",
}


class GitBranch:
    """A branch as a target. A bare repository below var/deploy/ holds the branch's last commit."""

    def __init__(self, root: Path, target: Target, output: Path, forces: bool) -> None:  # noqa: ARG002 - PLACES
        assert target.git  # noqa: S101 - PLACES calls by kind
        place = target.git
        self._remote, self._branch, self._is_single = place.remote, place.branch, place.history == "single"
        self._forces = forces
        self._folder = root / STATE_FOLDER / f"{target.id}.git"
        self.name = f"{hide_credentials(place.remote)}#{place.branch}"
        self._tip = ""
        self._entries: list[bytes] = []
        if not (self._folder / "HEAD").is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--bare", ".")

    def list_files(self) -> Mapping[str, RemoteFile]:
        """Fetch the branch's last commit, and return its files, each with the id of its blob."""
        self._tip = self._fetch_tip()
        if not self._tip:
            self._git("read-tree", "--empty")
            return {}
        self._git("read-tree", self._tip)
        self._require_own_tip()
        rows = self._git("ls-tree", "-r", "-z", "--long", self._tip).split(b"\0")
        files = {}
        for row in filter(None, rows):
            head, _, path = row.partition(b"\t")
            _, kind, blob, size = head.split()
            if kind == b"blob":
                files[os.fsdecode(path)] = RemoteFile(int(size), blob.decode())
        return files

    def read(self, path: str) -> bytes:
        """Return the bytes of a file of the last commit; empty if there is none."""
        if not self._tip or not self._git("ls-tree", self._tip, "--", path):
            return b""
        return self._git("cat-file", "blob", f"{self._tip}:{path}")

    def has_same(self, file: LocalFile, remote: RemoteFile) -> bool:
        """Return whether our file would become the same blob."""
        return remote.size == file.size and _hash_blob(file.source) == remote.tag

    def send(self, files: Sequence[LocalFile]) -> Iterator[tuple[LocalFile, RemoteFile]]:
        """Put files into the next commit, which `finish` publishes."""
        names = "".join(f"{file.source.resolve()}\n" for file in files).encode()
        blobs = self._git("hash-object", "-w", "--no-filters", "--stdin-paths", data=names).decode().split()
        for file, blob in zip(files, blobs, strict=True):
            self._entries.append(f"100644 {blob}\t{file.path}".encode())
            yield file, RemoteFile(file.size, blob)

    def write(self, path: str, data: bytes) -> None:
        """Put a small file that is not of the site into the next commit."""
        blob = self._git("hash-object", "-w", "--stdin", data=data).decode().strip()
        self._entries.append(f"100644 {blob}\t{path}".encode())

    def delete(self, paths: Sequence[str]) -> None:
        """Leave files out of the next commit."""
        zeros = "0" * 40
        self._entries += [f"0 {zeros}\t{path}".encode() for path in paths]

    def finish(self) -> None:
        """Commit, and push: the whole site becomes visible at once."""
        if not self._entries:
            return
        if not self._tip or not self._git("ls-tree", self._tip, "--", _JEKYLL_OFF):
            self.write(_JEKYLL_OFF, b"")
        # A page may become a folder: what is deleted goes before what is added.
        self._entries.sort(key=lambda entry: not entry.startswith(b"0 "))
        self._git("update-index", "-z", "--index-info", data=b"\0".join(self._entries) + b"\0")
        tree = self._git("write-tree").decode().strip()
        parents = ["-p", self._tip] if self._tip and not self._is_single else []
        message = f"Deploy the site\n\n{_TRAILER}\n".encode()
        commit = self._git("commit-tree", tree, *parents, data=message).decode().strip()
        reference = f"refs/heads/{self._branch}"
        # The lease makes the push fail if the branch is not what we have seen.
        lease = [f"--force-with-lease={reference}:{self._tip}"] if self._is_single else []
        self._git("push", "--quiet", *lease, "--", self._remote, f"{commit}:{reference}")
        self._tip, self._entries = commit, []

    def _fetch_tip(self) -> str:
        """Fetch the branch, and return its last commit; empty if there is no such branch yet."""
        reference = f"refs/heads/{self._branch}"
        line = self._git("ls-remote", "--", self._remote, reference).split()
        if not line:
            return ""
        self._git("fetch", "--quiet", "--depth=1", "--no-tags", "--", self._remote, reference)
        return line[0].decode()

    def _require_own_tip(self) -> None:
        """Raise UsageError if a single new commit would replace one that somebody else made."""
        message = self._git("log", "-1", "--format=%B", self._tip).decode("utf-8", "replace")
        if self._is_single and not self._forces and _TRAILER not in message.splitlines():
            raise UsageError(
                f'The last commit of the branch "{self._branch}" is not ours, and "history: single" would remove it: '
                'write "history: keep", or run deploy with --force.'
            )

    def _git(self, *words: str, data: bytes = b"") -> bytes:
        """Run git in our repository; raises DeployError with a plain sentence."""
        try:
            return subprocess.run(  # noqa: S603 - no shell; policy.yaml's check refuses a remote that begins with "-"
                ["git", *words],  # noqa: S607 - the user's own git
                cwd=self._folder,
                input=data,
                capture_output=True,
                check=True,
                env=self._make_environment(),
            ).stdout
        except FileNotFoundError as error:
            raise UsageError("git is not installed.") from error
        except subprocess.CalledProcessError as error:
            text = hide_credentials(error.stderr.decode("utf-8", "replace")).strip()
            cause = next((cause for mark, cause in _CAUSES.items() if mark in text.lower()), text.partition("\n")[0])
            raise DeployError(f"{self.name}: {cause}.") from None  # the cause's command may hold what is secret

    def _make_environment(self) -> dict[str, str]:
        """Return the environment of git: no questions, a name for the commit, and the token as a header."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or "SSH" in key}
        names = {f"GIT_{role}_{field}" for role in ("AUTHOR", "COMMITTER") for field in ("NAME", "EMAIL")}
        person = {name: "Kuratorium" if name.endswith("NAME") else "kuratorium@localhost" for name in names}
        person |= {name: os.environ[name] for name in names & os.environ.keys()}
        environment = {**inherited, **_NO_PROMPTS, **person, "GIT_DIR": "."}
        token = os.environ.get(_TOKEN, "")
        if token and urlsplit(self._remote).scheme in {"http", "https"}:
            # GitHub, GitLab and Forgejo take any such name beside a token.
            login = base64.b64encode(f"oauth2:{token}".encode()).decode()
            header = f"Authorization: Basic {login}"
            environment |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "http.extraHeader",
                "GIT_CONFIG_VALUE_0": header,
            }
        return environment


def _hash_blob(path: Path) -> str:
    """Return the id that git gives to a file's bytes."""
    data = path.read_bytes()
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
