"""Atomic file writes, and the digests by which files and records are compared.

A process that is killed while it writes leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from io import FileIO
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

import msgspec

_DIGEST_SIZE = 16  # bytes; no two files collide by chance in 128 bits, and no attacker chooses them
_BLOCK_SIZE = 1 << 20  # bytes read at a time; a recording may be larger than the memory
# As choose_temporary_path makes them, with the writer's process; no editor does. Earlier versions named no process.
# Those of choose_exchange_path also have digests of the two texts that they may hold.
_TEMPORARY_NAME = re.compile(
    r"\.(?P<name>.{1,200}?)\.(?:(?P<host>[0-9a-f]{8})-(?P<process>[0-9]{1,10})-)?(?P<token>[0-9a-f]{8})"
    r"(?:-(?P<old>[0-9a-f]{8})-(?P<new>[0-9a-f]{8}))?~"
)
_MAX_NAME_BYTES = 150  # of a file whose name is a part of another; that may have 255
_STALE_SECONDS = 600
_MAX_SINGLE_FSYNCS = 3  # with more files than these, one syncfs costs less than an fsync for each


def digest_value(value: object) -> str:
    """Return the hexadecimal digest of a record, or of anything else that msgspec encodes."""
    return blake2b(msgspec.json.encode(value), digest_size=_DIGEST_SIZE).hexdigest()


def hash_bytes(data: bytes) -> bytes:
    """Return the digest of a file's bytes; the same as `hash_file` of this file."""
    return blake2b(data, digest_size=_DIGEST_SIZE).digest()


def hash_file(path: str) -> bytes:
    """Return the digest of the file at `path`; empty if it cannot be read."""
    digest = blake2b(digest_size=_DIGEST_SIZE)
    try:
        with _open_regular_file(path) as file:
            while block := file.read(_BLOCK_SIZE):
                digest.update(block)
    except OSError:
        return b""
    return digest.digest()


def read_regular_file(path: Path) -> bytes:
    """Return the bytes of a file; raises OSError, also if it is a FIFO, a socket, a device or a folder."""
    with _open_regular_file(str(path)) as file:
        return file.readall()


def _open_regular_file(path: str) -> FileIO:
    # O_NONBLOCK: opening a FIFO would else wait for its writer, for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if not S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a file", path)
        return FileIO(descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write `content` (text as UTF-8) to `path`; creates its folder, and replaces an existing file as a whole.

    Deletes what killed processes left in the folder, as `remove_stale_temporaries` does.
    """
    write_files_atomically([(path, content)])
    remove_stale_temporaries(path.parent)


def write_files_atomically(files: Iterable[tuple[Path, bytes | str]]) -> None:
    """Write several files of one file system like `write_atomically`, but wait for the disk only once.

    If one of them cannot be written, none is. They are renamed in their order, once the bytes of all are on the disk:
    a process that is killed meanwhile leaves the first ones new and the others old.
    """
    pending: list[tuple[str, str]] = []
    folders: set[Path] = set()
    try:
        for path, content in files:
            if path.parent not in folders:
                path.parent.mkdir(parents=True, exist_ok=True)
                folders.add(path.parent)
            temporary = choose_temporary_path(path)
            pending.append((temporary, str(path)))
            write_temporary(temporary, str(path), content.encode() if isinstance(content, str) else content)
        # Without this, a file system with delayed allocation may put the rename on the disk before the bytes: after a
        # power cut the file would be empty.
        sync_to_disk([temporary for temporary, _ in pending])
        for temporary, target in pending:
            os.replace(temporary, target)  # noqa: PTH105 - called for thousands of files, a Path is slower
    except BaseException:
        for temporary, _ in pending:
            Path(temporary).unlink(missing_ok=True)
        raise


def sync_to_disk(paths: Sequence[str | Path]) -> None:
    """Wait until the bytes of these files, all of one file system, are on the disk; raises OSError."""
    syncfs = _load_syncfs() if len(paths) > _MAX_SINGLE_FSYNCS else None
    for path in paths[:1] if syncfs else paths:
        with open(path, "rb") as stream:  # noqa: PTH123 - called for thousands of files, a Path is slower
            if syncfs is None:
                os.fsync(stream.fileno())
            elif syncfs(stream.fileno()):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(path))


def remove_stale_temporaries(folder: Path, *, below: bool = False) -> int:
    """Delete the temporary files that killed processes left in `folder`, or anywhere `below` it; return their number.

    One that holds neither of the texts that its name tells stays: it is what an editor saved meanwhile.
    """
    count = 0
    for path, match in list_stale_temporaries(folder, below=below):
        with contextlib.suppress(OSError):  # another process was quicker, or it may not be deleted
            if not holds_save(path, match):
                path.unlink()
                count += 1
    return count


def list_stale_temporaries(folder: Path, *, below: bool = False) -> Iterator[tuple[Path, re.Match[str]]]:
    """Yield the temporary files that killed processes left in `folder`, or anywhere `below` it, with their names.

    A file counts as left when its writer is a process of this machine that has ended. Of any other writer, it does when
    it is ten minutes old: a write of a process that is alive takes seconds.
    """
    # The machine's clock, for the times of files are taken from it: an edition's date would be another one.
    oldest = time.time() - _STALE_SECONDS
    for parent, folders, names in os.walk(folder):
        for match in filter(None, map(_TEMPORARY_NAME.fullmatch, names)):
            path = Path(parent, match[0])
            with contextlib.suppress(OSError):  # another process was quicker
                if S_ISREG(path.lstat().st_mode) and (_has_ended(match) or path.lstat().st_mtime < oldest):
                    yield path, match
        if not below:
            folders.clear()


def holds_save(path: Path, match: re.Match[str]) -> bool:
    """Return whether a temporary file holds what an editor saved into the file that was being replaced."""
    return bool(match["old"]) and digest_text(path.read_bytes()) not in {match["old"], match["new"]}


def digest_text(data: bytes) -> str:
    """Return a short digest of a text file, without its byte order mark and with plain line breaks."""
    text = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return blake2b(text, digest_size=4).hexdigest()


def _has_ended(match: re.Match[str]) -> bool:
    """Return whether the process that a temporary file's name holds is of this machine, and has ended."""
    if match["host"] != _identify_processes():
        return False
    try:
        os.kill(int(match["process"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # another user's
        return False
    return False


@cache
def _identify_processes() -> str:
    """Return what tells apart the numbers of processes: machine, its start, and container; "" where this is unknown."""
    # Without it, a process that another machine on a shared disk, or another container, runs would seem to have ended.
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_bytes()
        return blake2b(start + os.readlink("/proc/self/ns/pid").encode(), digest_size=4).hexdigest()  # noqa: PTH115 - no file
    except OSError:
        return ""


def choose_temporary_path(path: Path) -> str:
    """Return a free path for the new bytes of the file `path`, until they are renamed to it."""
    # In the same folder, because a rename is atomic only within a file system. Hidden and with a tilde, so that what a
    # killed process leaves is ignored by git, Pelican and our own listings. Cut, because names have at most 255 bytes.
    return f"{path.parent}/.{path.name[:40]}.{_choose_writer_name()}~"


def choose_exchange_path(path: Path, old: bytes, new: bytes) -> str:
    """Return a free path for the file that comes out when `path` with the text `old` gets the text `new`.

    Its name has the digests of both: if the process is killed, a later one sees whether it is what an editor saved.
    """
    name = path.name if len(path.name.encode()) <= _MAX_NAME_BYTES else f"{path.stem[:40]}{path.suffix[:40]}"
    return f"{path.parent}/.{name}.{_choose_writer_name()}-{digest_text(old)}-{digest_text(new)}~"


def _choose_writer_name() -> str:
    """Return what makes a temporary file's name unique: the process that writes, if known, and a random token."""
    host = _identify_processes()
    return f"{host}-{os.getpid()}-{secrets.token_hex(4)}" if host else secrets.token_hex(4)


def write_temporary(temporary: str, target: str, data: bytes) -> None:
    """Write `data` to the new file `temporary`, with the permissions of `target` if that exists."""
    try:
        mode = os.stat(target).st_mode & 0o777  # noqa: PTH116 - called for thousands of files, a Path is slower
    except FileNotFoundError:
        mode = 0o666
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb", buffering=0) as stream:  # noqa: PTH123 - a Path opens no descriptor
        while data:  # an unbuffered write may take only a part, for example just before the disk is full
            data = data[stream.write(data) :]


@cache
def _load_syncfs() -> Any:
    """Return Linux's `syncfs`, which flushes a whole file system and which Python does not offer; None elsewhere."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # Windows raises TypeError for CDLL(None)
        return ctypes.CDLL(None, use_errno=True).syncfs
    return None
