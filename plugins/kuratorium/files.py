"""Writes files so that a killed run leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from .errors import UsageError


def digest_value(value: object) -> str:
    """Digest records, and what is made of them."""
    return blake2b(msgspec.json.encode(value), digest_size=16).hexdigest()


def hash_bytes(data: bytes) -> bytes:
    """Hash what a file holds, as `hash_of` does."""
    return blake2b(data, digest_size=16).digest()


_BLOCK = 1 << 20


def hash_file(path: str) -> bytes:
    """Hash a file's bytes; empty where it cannot be read."""
    made = blake2b(digest_size=16)
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as the others here
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError:
        return b""
    return made.digest()


_fcntl: Any = importlib.import_module("fcntl") if os.name == "posix" else None  # elsewhere nobody is kept out


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write `content` (text as UTF-8) to `path`, making its folder; a file that is there is replaced as a whole."""
    write_files_atomically([(path, content)])


def write_files_atomically(files: Iterable[tuple[Path, bytes | str]]) -> None:
    """Write several files of one file system like `write_atomically`, waiting for the disk only once.

    They get their names in their order, when the bytes of all are on the disk: who is stopped on the way leaves the
    first ones. Where one cannot be written, none is.
    """
    ready: list[tuple[str, str]] = []
    made: set[Path] = set()
    try:
        for path, content in files:
            if path.parent not in made:
                path.parent.mkdir(parents=True, exist_ok=True)
                made.add(path.parent)
            temporary = _temporary_path(path)
            ready.append((temporary, str(path)))
            _write_temporary(temporary, str(path), content.encode() if isinstance(content, str) else content)
        sync_to_disk([temporary for temporary, _ in ready])
        for temporary, target in ready:
            os.replace(temporary, target)  # noqa: PTH105 - of thousands of files, a Path takes longer than the call
    except BaseException:
        for temporary, _ in ready:
            Path(temporary).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def acquire_lock(path: Path, busy_message: str = "") -> Iterator[None]:
    """Be the only one to work under the lock file `path`.

    Waits for that, but with words `busy` raises UsageError at once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:  # the lock goes with the process, the file stays
        try:
            if _fcntl:
                _fcntl.flock(file, _fcntl.LOCK_EX | (_fcntl.LOCK_NB if busy_message else 0))
        except BlockingIOError as error:
            raise UsageError(busy_message) from error
        yield


def _temporary_path(path: Path) -> str:
    # Hidden and with a tilde: whoever lists the folder, or git, passes over what a killed run leaves.
    return f"{path.parent}/.{path.name[:40]}.{secrets.token_hex(4)}~"


def _write_temporary(temporary: str, target: str, data: bytes) -> None:
    try:
        mode = os.stat(target).st_mode & 0o777  # noqa: PTH116
    except FileNotFoundError:
        mode = 0o666
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb", buffering=0) as stream:  # noqa: PTH123
        while data:
            data = data[stream.write(data) :]


def sync_to_disk(paths: Sequence[str | Path]) -> None:
    """Wait until the bytes of these files (of one file system) are on the disk."""
    together = _load_syncfs() if len(paths) > _MAX_SINGLE_FSYNCS else None
    for path in paths[:1] if together else paths:
        with open(path, "rb") as stream:  # noqa: PTH123
            if together is None:
                os.fsync(stream.fileno())
            elif together(stream.fileno()):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(path))


_MAX_SINGLE_FSYNCS = 3  # more files than these are not waited for one by one


@cache
def _load_syncfs() -> Any:
    """Find Linux's call for «write all that waits»: ten files then cost what one does. None elsewhere."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        return ctypes.CDLL(None, use_errno=True).syncfs
    return None
