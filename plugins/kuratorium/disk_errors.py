"""Errors of the disk that are no bug: it is full, a folder may not be written, or a file is in a folder's place."""

from __future__ import annotations

import errno
import os

from .errors import EditionError, Problem

_FULL = "Make room on the disk, and run the command again."
_FORBIDDEN = "Give yourself the right to read and to write there, and run the command again."
_IN_THE_WAY = "A file is in the place of a folder, or a folder in that of a file: move it away."
_HINTS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _FORBIDDEN),
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR, errno.EISDIR), _IN_THE_WAY),
}


def is_disk_full(number: int | None) -> bool:
    """Return whether an errno says that the disk, or a quota of it, is full."""
    return _HINTS.get(number or 0) == _FULL


def build_disk_error(number: int | None, place: str, hint: str = "") -> EditionError | None:
    """Return the error to report for an errno at `place`, a path; None if it is no such error of the disk."""
    if number not in _HINTS:
        return None
    return EditionError([Problem(place, 0, "", f"cannot be used: {os.strerror(number)}", hint or _HINTS[number])])
