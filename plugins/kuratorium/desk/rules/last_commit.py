"""The former states of an edition's files, from git: those that the last commit had, and of one file all."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ...edition.paths import CONTENT_PREFIX, REGISTRY_FILES, is_inbox_item, is_post_or_page

_MAX_STATES = 100  # of one file
_NEW_BLOB = re.compile(rb":[0-7]{6} [0-7]{6} [0-9a-f]+ ([0-9a-f]+) [A-Z]")  # a line of git log --raw
_GIT_SECONDS = 20  # a repository on a slow network disk must not keep `check` waiting for longer
# No lock in .git (an editor may commit at this moment), no question at the terminal, nothing fetched by a clone that
# left out old files.
_GIT_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}


def read_former_files(root: Path) -> dict[str, bytes]:
    """Return the texts and registries below `root` that changed since the last commit, as it had them.

    With them are the inbox files that are gone since, and the names, without bytes, of other files of content/ that
    are. Empty if there is no git, no repository or no commit, or if it fails.
    """
    command = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--diff-filter=MDTU", "--relative", "-z", "HEAD"]
    output = _run_git(root, [*command, "--", "curation", "content"])
    names = [name.decode("utf-8", "surrogateescape") for name in output.split(b"\0") if name]
    # cat-file reads one name per line; no post may have a line break in its name.
    wanted = [
        name
        for name in dict.fromkeys(names)
        if "\n" not in name
        if is_post_or_page(name) or name in REGISTRY_FILES or (is_inbox_item(name) and not (root / name).exists())
    ]
    others = [name for name in names if name.startswith(CONTENT_PREFIX) and not is_post_or_page(name)]
    gone = {name: b"" for name in others if not (root / name).exists()}
    if not wanted:
        return gone
    request = "".join(f"HEAD:./{name}\n" for name in wanted).encode("utf-8", "surrogateescape")
    return gone | dict(_split_batch(_run_git(root, ["cat-file", "--batch"], request), wanted))


def read_unmerged_files(root: Path) -> dict[str, frozenset[int]]:
    """Return the files that git could not merge, with the sides that have them: 1 before, 2 ours, 3 theirs."""
    unmerged: dict[str, set[int]] = {}
    for entry in _run_git(root, ["ls-files", "--unmerged", "-z"]).split(b"\0"):
        facts, _, name = entry.partition(b"\t")
        if name:
            unmerged.setdefault(name.decode("utf-8", "surrogateescape"), set()).add(int(facts.split()[2]))
    return {name: frozenset(sides) for name, sides in unmerged.items()}


def read_unmerged_file(root: Path, name: str, side: int) -> bytes:
    """Return a file as one side of a merge has it; 1 is what both sides came from."""
    return _run_git(root, ["show", f":{side}:./{name}"])


def list_new_files(root: Path) -> set[str]:
    """Return the files of curation/ and content/ that the last commit does not have; empty without a commit."""
    folders = ("--", "curation", "content")
    if not _run_git(root, ["rev-parse", "HEAD"]):
        return set()
    added = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--diff-filter=A", "--relative", "-z", "HEAD"]
    output = _run_git(root, [*added, *folders])
    output += _run_git(root, ["ls-files", "--others", "--exclude-standard", "-z", *folders])
    return {name.decode("utf-8", "surrogateescape") for name in output.split(b"\0") if name}


def list_uncommitted_files(root: Path, names: Collection[str]) -> list[str]:
    """Return which of these files have changes that are in no commit; empty without a repository."""
    status = _run_git(root, ["status", "--porcelain", "-z", "--", *names]) if names else b""
    return [entry[3:].decode("utf-8", "surrogateescape") for entry in status.split(b"\0") if entry]


def read_former_file(root: Path, name: str) -> bytes:
    """Return a file as the last commit had it; empty if it had none."""
    return _run_git(root, ["show", f"HEAD:./{name}"])


def read_file_history(root: Path, name: str) -> Iterator[bytes]:
    """Yield the states of a file in the commits that changed it, the newest first; git follows it to former names."""
    command = ["log", "--follow", f"--max-count={_MAX_STATES}", "--format=", "--raw", "--no-abbrev", "-z"]
    output = _run_git(root, [*command, "HEAD", "--", f":(literal){name}"])
    ids = [blob for blob in _NEW_BLOB.findall(output) if blob.strip(b"0")]  # a deleted file has none
    states = _run_git(root, ["cat-file", "--batch"], b"".join(blob + b"\n" for blob in ids)) if ids else b""
    yield from (data for _, data in _split_batch(states, [blob.decode() for blob in ids]))


def _run_git(root: Path, arguments: Sequence[str], request: bytes = b"") -> bytes:
    """Return what git prints for a command in `root`; empty if it cannot be run or fails."""
    try:
        result = subprocess.run(  # noqa: S603 - the arguments are ours
            ["git", *arguments],  # noqa: S607 - the user's own git
            cwd=root,
            input=request,
            capture_output=True,
            check=False,
            timeout=_GIT_SECONDS,
            env={**os.environ, **_GIT_ENVIRONMENT},
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return result.stdout if result.returncode == 0 else b""


def _split_batch(output: bytes, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file in the output of `git cat-file --batch`: `{id} blob {size}`, then the bytes."""
    position = 0
    for name in names:
        end = output.find(b"\n", position)
        header = output[position:end].rsplit(b" ", 2)
        position = end + 1
        if end < 0:
            return
        # Not so for "… missing": a file that was added since, and is in conflict.
        if len(header) == 3 and header[1] == b"blob" and header[2].isdigit():
            size = int(header[2])
            yield name, output[position : position + size]
            position += size + 1
