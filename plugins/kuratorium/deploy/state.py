"""What a machine knows of a target: var/deploy/TARGET.json, and a list at the target itself.

Neither is needed to send the right files, for the target is listed each time. The first saves reading them; the second
tells a machine without var/ which files a deployment put there, so that it may delete them. It holds digests of paths,
since a hidden post's address is nobody's business.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

import msgspec
from msgspec import Struct

from ..files import read_regular_file, write_atomically
from .model import RemoteFile

STATE_FOLDER = "var/deploy"


class SentFile(Struct, frozen=True, array_like=True):
    """A file as it was sent: the digest of ours, and what a listing of the target told of it."""

    digest: str
    size: int
    tag: str

    @property
    def remote(self) -> RemoteFile:
        """The file as a listing tells of it."""
        return RemoteFile(self.size, self.tag)


class TargetState(Struct):
    """The files that were sent to a place, by path; `place` makes a changed target begin anew."""

    place: str = ""
    files: dict[str, SentFile] = {}


def read_state(path: Path, place: str) -> TargetState:
    """Return the state of a target; an empty one if the file is missing, damaged or of another place."""
    with contextlib.suppress(OSError, msgspec.DecodeError):
        state = msgspec.json.decode(read_regular_file(path), type=TargetState)
        if state.place == place:
            return state
    return TargetState(place=place)


def write_state(path: Path, state: TargetState) -> None:
    """Write the state of a target."""
    write_atomically(path, msgspec.json.encode(state))


def digest_path(path: str) -> str:
    """Return the digest by which the list at the target names a file."""
    return blake2b(path.encode(), digest_size=8).hexdigest()


def build_owned_list(paths: Iterable[str]) -> bytes:
    """Return the list at the target of files that a deployment put there."""
    lines = ["# Files that Kuratorium put here, by digests of their paths.", *sorted(map(digest_path, paths))]
    return "".join(f"{line}\n" for line in lines).encode()


def find_owned(state: TargetState, owned_list: bytes, remote: Mapping[str, RemoteFile]) -> set[str]:
    """Return which of the target's files a deployment put there, as this machine or the target remembers."""
    digests = set(owned_list.decode("ascii", "replace").split("\n"))
    return {path for path in remote if path in state.files or digest_path(path) in digests}
