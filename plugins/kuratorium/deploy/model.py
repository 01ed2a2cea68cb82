"""What a deployment is made of: files here, files there, and what a place for a site must be able to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from ..errors import KuratoriumError

OWNED_FILE = ".kuratorium-deploy"
"""File of a target that tells which of its files a deployment put there, for machines that have no var/."""


class DeployError(KuratoriumError):
    """A target that refuses, or a network that fails; what was sent is remembered, and the next run goes on."""

    exit_code = 1


class LocalFile(Struct, frozen=True):
    """A file of the site, and how a host is to send it.

    `path`: from the site's root, at which readers ask for it. `source`: the file whose bytes are sent.
    """

    path: str
    source: Path
    size: int
    time: int  # nanoseconds
    digest: str
    media_type: str = ""
    caching: str = ""
    encoding: str = ""


class RemoteFile(Struct, frozen=True):
    """A file at a target: its size, and a tag that changes with the file (an ETag, a time, a blob of git)."""

    size: int
    tag: str


class Place(Protocol):
    """A place for a site. Every method raises DeployError with a plain sentence."""

    name: str
    """The place as it is printed: without passwords."""

    def list_files(self) -> Mapping[str, RemoteFile]:
        """Return all files at the target, by path."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a small file at the target; empty if there is none."""

    def has_same(self, file: LocalFile, remote: RemoteFile) -> bool:
        """Return whether the target's file has the bytes of ours, without fetching it if that can be."""

    def send(self, files: Sequence[LocalFile]) -> Iterator[tuple[LocalFile, RemoteFile]]:
        """Send files, and yield each that is there, with what a listing will tell of it."""

    def write(self, path: str, data: bytes) -> None:
        """Write a small file that is not of the site."""

    def delete(self, paths: Sequence[str]) -> None:
        """Delete files."""

    def finish(self) -> None:
        """Make visible what was sent, where that is a step of its own."""
