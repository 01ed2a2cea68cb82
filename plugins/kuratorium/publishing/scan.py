"""What lies on the disk now, beside what a build remembers of it: files that changed, appeared or went."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from ..errors import Problem
from ..folders import INBOX, REGISTRY, Stamp, stamp, visible, written
from ..formats import FOLDERS

Known = Mapping[str, tuple[Stamp, bytes, int]]
"""File -> stamp, hash, and when it was looked at (nanoseconds)."""

_TICK = 20_000_000  # nanoseconds: file systems tell the time of a moment ago
_SECOND = 1_000_000_000
_BLOCK = 1 << 20


class Inputs(Struct, frozen=True, kw_only=True):
    """Files with their stamps, from the edition's root, and what is wrong with the folders of texts."""

    files: dict[str, Stamp]
    problems: tuple[Problem, ...]


class Difference(Struct, frozen=True, kw_only=True):
    """Files whose bytes changed, that are new, that are gone; `hashes` of all that were hashed for it."""

    changed: frozenset[str]
    new: frozenset[str]
    gone: frozenset[str]
    hashes: dict[str, bytes]


class Site(Struct, frozen=True, kw_only=True):
    """Files missing or not as a build left them, files of nobody, and new stamps of those that only were touched."""

    lost: frozenset[str]
    strange: frozenset[str]
    touched: dict[str, Stamp]


def settings(root: Path) -> dict[str, Stamp]:
    """Stamp what the settings may come from: the Python files at the top of the edition."""
    names = [name for name in os.listdir(root) if name.endswith(".py")]  # noqa: PTH208 - as the others here
    return {name: stamp(f"{root}/{name}", written) for name in sorted(names)}


def inputs(root: Path, theme: str) -> Inputs:
    """Stamp texts, registry and theme; assets are found by `assets.find`."""
    files: dict[str, Stamp] = {file: stamp(f"{root}/{file}", written) for file in REGISTRY}
    problems: list[Problem] = []
    for folder in FOLDERS.values():
        unread: list[OSError] = []
        found = visible(str(root), folder, unread)
        if unread or not all(file.endswith(".md") for file in found):
            from .. import edition  # noqa: PLC0415 - it reads YAML, which a build that finds nothing changed does not

            problems += edition.strays(root, sorted(found), unread)
        files.update((file, one) for file, one in found.items() if file.endswith(".md"))
    inbox = visible(str(root), INBOX, [])
    files.update((file, one) for file, one in inbox.items() if file.endswith(".md"))
    for folder in ("templates", "translations"):
        files.update((f"{theme}/{file}", one) for file, one in visible(str(root / theme), folder, []).items())
    return Inputs(files=files, problems=tuple(problems))


def differences(root: Path, now: Mapping[str, Stamp], known: Known) -> Difference:
    """Compare files with what is known of them. What only was touched, or is too young to tell, is hashed."""
    hashes: dict[str, bytes] = {}
    changed: set[str] = set()
    new: set[str] = set()
    for file, found in now.items():
        was = known.get(file)
        if was is None:
            new.add(file)
        elif found != was[0] or is_young(found, was[2]):
            hashes[file] = hash_of(f"{root}/{file}")
            if hashes[file] != was[1]:
                changed.add(file)
    gone = frozenset(known.keys() - now.keys())
    return Difference(changed=frozenset(changed), new=frozenset(new), gone=gone, hashes=hashes)


def is_young(found: Stamp, seen: int) -> bool:
    """Tell whether a file may have been written again after it was looked at, without another time to show for it."""
    coarse = found[1] % _SECOND == 0  # a file system that counts seconds
    return found[1] > seen - (2 * _SECOND if coarse else _TICK)


def outputs(output: Path, foreign: Collection[str]) -> dict[str, Stamp]:
    """Stamp the files of the site, but for the `foreign` entries at its top."""
    found: dict[str, Stamp] = {}
    ahead = [""]
    while ahead:
        here = ahead.pop()
        try:
            entries = list(os.scandir(f"{output}/{here}"))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if not here and entry.name in foreign:
                continue
            if entry.is_dir(follow_symlinks=False):
                ahead.append(f"{here}{entry.name}/")
            else:
                stat = entry.stat(follow_symlinks=False)
                found[here + entry.name] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


def site(output: Path, now: Mapping[str, Stamp] | None, known: Mapping[str, tuple[Stamp, bytes, bytes]]) -> Site:
    """Compare the site with what the last build left; without `now` it is taken to be that."""
    if now is None:
        return Site(lost=frozenset(), strange=frozenset(), touched={})
    differing = [path for path, (was, _, _) in known.items() if now.get(path) != was]
    touched = {path: now[path] for path in differing if path in now and hash_of(f"{output}/{path}") == known[path][1]}
    return Site(
        lost=frozenset(path for path in differing if path not in touched),
        strange=frozenset(now.keys() - known.keys()),
        touched=touched,
    )


def hash_of_bytes(data: bytes) -> bytes:
    """Hash what a file holds, as `hash_of` does."""
    return blake2b(data, digest_size=16).digest()


def hash_of(path: str) -> bytes:
    """Hash a file's bytes; empty where it cannot be read."""
    made = blake2b(digest_size=16)
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as the others here
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError:
        return b""
    return made.digest()


def stamps(root: Path, files: Iterable[str]) -> dict[str, Stamp]:
    """Stamp these files."""
    return {file: stamp(f"{root}/{file}", written) for file in files}
