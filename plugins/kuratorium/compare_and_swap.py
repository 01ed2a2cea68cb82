"""Write, replace or remove files that an editor may be saving: only if they still are what the caller has read.

An editor's save or deletion wins, also in the moment in which a file is replaced. On Linux the kernel exchanges the new
file with the old one, and what comes out is compared; if it is not what was expected, it is put back. Elsewhere the
comparison comes immediately before the rename.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from signal import SIGURG
from typing import Any

from msgspec import Struct

from .errors import UsageError
from .files import (
    choose_exchange_path,
    choose_temporary_path,
    digest_text,
    holds_save,
    list_stale_temporaries,
    remove_stale_temporaries,
    sync_to_disk,
    write_temporary,
)

if sys.platform != "win32":
    import fcntl

_AT_FDCWD = -100  # <fcntl.h>
_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2  # <linux/fs.h>
# What file systems and kernels answer that do not know these renames (NFS, FAT, Linux before 3.15).
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM}
_GRACE_SECONDS = 0.005  # an open(2) that was under way takes some microseconds
_MAX_EDITS = 20  # of a file that is saved again each time we want to write it


class FileChange(Struct, frozen=True, kw_only=True):
    """A file to write or remove: its new `text` (None: remove it), and the one that it must still have.

    `expected` is None for a file that must not exist yet. Texts are compared without byte order mark, and with plain
    line breaks.
    """

    path: Path
    text: str | None
    expected: str | None = None


def apply_changes(changes: Iterable[FileChange]) -> list[FileChange]:
    """Write and remove files of one file system in their order, and return the changes that were not made.

    A change is not made if the file has another text than expected, was deleted, or exists although there should be
    none. If the new bytes of one file cannot be written, no file is changed: raises OSError.
    """
    pending: list[tuple[FileChange, str]] = []
    folders: set[Path] = set()
    try:
        for change in changes:
            temporary = choose_temporary_path(change.path)
            pending.append((change, temporary))
            if change.text is not None:
                if change.path.parent not in folders:
                    change.path.parent.mkdir(parents=True, exist_ok=True)
                    folders.add(change.path.parent)
                write_temporary(temporary, str(change.path), change.text.encode())
        sync_to_disk([temporary for change, temporary in pending if change.text is not None])
        pending = [(change, _mark(change, temporary)) for change, temporary in pending]
        made = [(change, temporary) for change, temporary in pending if _make(change, temporary)]
        # A program that was just opening the file may still get hold of the old one, and save into it.
        if any(change.expected is not None for change, _ in made):
            time.sleep(_GRACE_SECONDS)
        confirmed = {temporary for change, temporary in made if _confirm(change, temporary)}
        return [change for change, temporary in pending if temporary not in confirmed]
    finally:
        for _, temporary in pending:
            _unlink(temporary)


def clean_edition(root: Path) -> None:
    """Delete what killed commands left in the folders of the edition at `root` that commands write to.

    What an editor saved into a file in the moment in which such a command replaced it goes back to its place.
    """
    for folder in ("curation", "content", "theme"):
        for path, match in list_stale_temporaries(root / folder, below=True):
            with contextlib.suppress(OSError):  # another process was quicker, or it may not be deleted
                if holds_save(path, match):
                    _restore_save(path, path.with_name(match["name"]), match["new"], match["token"])
                else:
                    path.unlink()
    remove_stale_temporaries(root)
    remove_stale_temporaries(root / "var")


def remove_unchanged(path: Path, expected: str) -> bool:
    """Remove a file if it still has the text `expected`; return whether it is gone."""
    return not apply_changes([FileChange(path=path, text=None, expected=expected)]) or not path.exists()


def edit_text(path: Path, edit: Callable[[str], str]) -> None:
    """Replace a file's text by what `edit` returns for it; `edit` is called again if the file is saved meanwhile.

    Raises UsageError if the file is deleted meanwhile, or saved again and again.
    """
    for _ in range(_MAX_EDITS):
        text = path.read_bytes().decode()
        new_text = edit(text)
        if new_text == text or not apply_changes([FileChange(path=path, text=new_text, expected=text)]):
            return
        if not path.exists():
            break
    raise UsageError(f"{path.name} is being changed by another program: nothing was written. Run this again.")


def write_new(path: Path, text: str) -> None:
    """Write a file that does not exist yet; raises UsageError if it does."""
    if apply_changes([FileChange(path=path, text=text)]):
        raise UsageError(f"{path.name} exists already: nothing was written. Run this again.")


def _mark(change: FileChange, temporary: str) -> str:
    """Give the new bytes of a file that is replaced or removed a name that tells both texts; return their path."""
    if change.expected is None:
        return temporary
    marked = choose_exchange_path(change.path, change.expected.encode(), (change.text or "").encode())
    if change.text is not None:
        os.rename(temporary, marked)  # noqa: PTH104 - see files.py
    return marked


def _restore_save(save: Path, target: Path, placed_digest: str, token: str) -> None:
    """Put what an editor saved back to `target`, or beside it if that holds a newer save."""
    try:
        present, text = target.read_bytes().decode(), save.read_bytes().decode()
    except FileNotFoundError:
        _move_to_free_name(str(save), str(target))
    except UnicodeDecodeError:
        _move_to_free_name(str(save), str(target.with_stem(f"{target.stem}-{token}")))
    else:
        if digest_text(present.encode()) != placed_digest:
            _move_to_free_name(str(save), str(target.with_stem(f"{target.stem}-{token}")))
        elif not apply_changes([FileChange(path=target, text=text, expected=present)]):
            save.unlink()


def _make(change: FileChange, temporary: str) -> bool:
    """Put the new file in its place, or take the file away; what was there is in `temporary` afterwards."""
    target = str(change.path)
    try:
        if change.expected is None:
            _move_to_free_name(temporary, target)
        elif not _has_text(target, change.expected):
            return False
        elif change.text is None:
            os.rename(target, temporary)  # noqa: PTH104 - see files.py
        else:
            _exchange(temporary, target)
    except (FileExistsError, FileNotFoundError):  # created or deleted since it was read
        return False
    return True


def _confirm(change: FileChange, temporary: str) -> bool:
    """Return whether the file that was taken away is the expected one; if it is not, it goes back to its place."""
    if change.expected is None or not os.path.lexists(temporary):  # new, or replaced without an exchange
        return True
    if _has_text(temporary, change.expected) and not _is_open_for_writing(temporary):
        return True
    target = str(change.path)
    if change.text is None:
        with contextlib.suppress(FileExistsError):  # an editor has written a new file meanwhile
            _move_to_free_name(temporary, target)
    else:
        _put_back(temporary, target, change.text.encode())
    return False


def _put_back(temporary: str, target: str, placed: bytes) -> None:
    """Exchange two files until what comes out of `target` is what had been put there."""
    while True:
        displaced = Path(temporary).read_bytes()
        try:
            _rename(temporary, target, _RENAME_EXCHANGE)
        except FileNotFoundError:  # deleted after the save that is put back
            return
        if Path(temporary).read_bytes() == placed:
            return
        placed = displaced  # what came out is a still newer save: it goes back in turn


def _exchange(temporary: str, target: str) -> None:
    """Exchange two files; where the system cannot, only `target` is replaced."""
    try:
        _rename(temporary, target, _RENAME_EXCHANGE)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        os.replace(temporary, target)  # noqa: PTH105 - see files.py


def _has_text(file: str, expected: str) -> bool:
    try:
        return _normalize(Path(file).read_bytes().decode()) == _normalize(expected)
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def _normalize(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _is_open_for_writing(file: str) -> bool:
    """Return whether another program has a file open, and may still write to it; False where this is unknown."""
    # Linux grants a read lease only if nobody has the file open for writing (fcntl(2)). A program that has would save
    # into the file that we are about to delete.
    if sys.platform != "linux":
        return False
    with open(file, "rb") as stream:  # noqa: PTH123 - see files.py
        try:
            fcntl.fcntl(stream, fcntl.F_SETSIG, SIGURG)  # the default, SIGIO, would end this process
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(stream, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
    return False


def _move_to_free_name(source: str, target: str) -> None:
    """Rename a file; raises FileExistsError if `target` exists."""
    try:
        _rename(source, target, _RENAME_NOREPLACE)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target) from error
        os.rename(source, target)  # noqa: PTH104 - see above


def _rename(source: str, target: str, flag: int) -> None:
    """Call Linux's renameat2, which Python does not offer. Raises OSError; ENOSYS on other systems."""
    renameat2 = _load_renameat2()
    if renameat2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), target)
    if renameat2(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), flag):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


@cache
def _load_renameat2() -> Any:
    with contextlib.suppress(OSError, AttributeError, TypeError):  # Windows raises TypeError for CDLL(None)
        return ctypes.CDLL(None, use_errno=True).renameat2
    return None


def _unlink(file: str) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        os.unlink(file)  # noqa: PTH108 - see files.py
