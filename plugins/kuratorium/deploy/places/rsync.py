"""A folder that rsync reaches, mostly over SSH; rsync compares, packs and resumes by itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ...edition.hosting.targets import Target
from ...errors import UsageError
from ..model import DeployError, LocalFile, RemoteFile

_LINE = re.compile(r"-\S{9,10}\s+(\d+) (\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) (.+)")
_MISSING = "No such file or directory"
_CAUSES = {
    10: "the connection failed",
    12: "the connection broke",
    30: "the connection timed out",
    35: "the connection timed out",
    127: "the other side has no rsync",
    255: "SSH refused, or did not find the host",
}


class Rsync:
    """A folder as rsync reaches it."""

    def __init__(self, root: Path, target: Target, output: Path, forces: bool) -> None:  # noqa: ARG002 - PLACES
        assert target.rsync  # noqa: S101 - PLACES calls by kind
        self.name = target.rsync.to.rstrip("/")
        self._output = output
        self._program = shutil.which("rsync") or ""
        if not self._program:
            raise UsageError("rsync is not installed (Debian, Ubuntu: apt install rsync).")

    def list_files(self) -> Mapping[str, RemoteFile]:
        """Return all files below the folder, with their times to the second."""
        try:
            text = self._run("-rt", "--list-only", "--no-h", "--8-bit-output", f"{self.name}/")
        except _MissingFolderError:
            return {}
        matches = filter(None, map(_LINE.fullmatch, text.splitlines()))
        return {match[3]: RemoteFile(int(match[1]), match[2]) for match in matches if not match[3].startswith(".git/")}

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; empty if there is none."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                self._run("-t", f"{self.name}/{path}", f"{folder}/file")
                return Path(folder, "file").read_bytes()
            except (_MissingFolderError, FileNotFoundError):
                return b""

    def has_same(self, file: LocalFile, remote: RemoteFile) -> bool:
        """Return whether size and time are the same, which is rsync's own quick check."""
        return remote == _describe(file)

    def send(self, files: Sequence[LocalFile]) -> Iterator[tuple[LocalFile, RemoteFile]]:
        """Send files; rsync renames all of them at the end (--delay-updates)."""
        options = ("--times", "--compress", "--delay-updates", "--mkpath", "--from0", "--files-from=-")
        self._run(*options, f"{self._output}/", f"{self.name}/", names=[file.path for file in files])
        for file in files:
            yield file, _describe(file)

    def write(self, path: str, data: bytes) -> None:
        """Write a small file that is not of the site."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "file").write_bytes(data)
            self._run("--mkpath", f"{folder}/file", f"{self.name}/{path}")

    def delete(self, paths: Sequence[str]) -> None:
        """Delete files: names that the sender lacks, and nothing else."""
        with tempfile.TemporaryDirectory() as empty:
            for folder in {Path(empty, path).parent for path in paths}:  # only the files are to be missing
                folder.mkdir(parents=True, exist_ok=True)
            options = ("--omit-dir-times", "--from0", "--files-from=-", "--delete-missing-args", "--force")
            self._run(*options, f"{empty}/", f"{self.name}/", names=list(paths))

    def finish(self) -> None:
        """Do nothing: rsync renames the files of each call at its end."""

    def _run(self, *words: str, names: Sequence[str] = ()) -> str:
        """Run rsync, and return what it prints; raises DeployError."""
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        environment.setdefault("RSYNC_RSH", "ssh -o BatchMode=yes -o ConnectTimeout=30")  # it must ask no questions
        result = subprocess.run(  # noqa: S603 - no shell; policy.yaml's check refuses a target that begins with "-"
            [self._program, "--timeout=120", *words],
            input="\0".join(names).encode(),
            capture_output=True,
            env=environment,
            check=False,
        )
        errors = result.stderr.decode("utf-8", "replace")
        if result.returncode == 0:
            return result.stdout.decode("utf-8", "surrogateescape")
        if result.returncode in {3, 23} and _MISSING in errors:
            raise _MissingFolderError
        cause = _CAUSES.get(result.returncode, f"rsync ended with {result.returncode}")
        last = errors.strip().splitlines()[:1]
        raise DeployError(f"{self.name}: {cause}: {' '.join(last)}. The next run goes on from here.")


class _MissingFolderError(DeployError):
    """A folder or a file that is not there."""


def _describe(file: LocalFile) -> RemoteFile:
    moment = datetime.fromtimestamp(file.time // 1_000_000_000, UTC)
    return RemoteFile(file.size, f"{moment:%Y/%m/%d %H:%M:%S}")
