"""Wheels of the program that are not installed: read, and unpacked to be run beside the present one."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from ..errors import UsageError
from .pack import LOCK_FILE, Wheel

_NAME = re.compile(r"kuratorium-(?P<version>[0-9][A-Za-z0-9.+_]*)-py3-none-any\.whl")
_NEEDED_FILES = ("kuratorium/__init__.py", "kuratorium/theme/templates/base.html", f"kuratorium/program/{LOCK_FILE}")
_PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)
_MAX_UNPACKED = 200_000_000  # bytes; the program has ten


def read_wheel(path: Path) -> Wheel:
    """Read a wheel of the program; raises UsageError if the file is none."""
    match = _NAME.fullmatch(path.name)
    if not match:
        raise UsageError(
            f"{path.name} is no wheel of Kuratorium: its name would be kuratorium-VERSION-py3-none-any.whl."
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {entry.filename: entry.file_size for entry in archive.infolist()}
    except zipfile.BadZipFile as error:
        raise UsageError(f"{path.name} is damaged: it is no zip file. Fetch it once more.") from error
    if missing := [name for name in _NEEDED_FILES if name not in files]:
        raise UsageError(f"{path.name} is no whole wheel of Kuratorium: {missing[0]} is missing in it.")
    if sum(files.values()) > _MAX_UNPACKED:
        raise UsageError(f"{path.name} is no wheel of Kuratorium: it is too large.")
    return Wheel(match["version"], path.name, data)


def unpack_wheel(wheel: Wheel, folder: Path) -> None:
    """Unpack a wheel into `folder`, from which Python can import it; no file leaves the folder."""
    with zipfile.ZipFile(io.BytesIO(wheel.data)) as archive:
        archive.extractall(folder)  # zipfile drops ".." and leading slashes


def read_wheel_lock(wheel: Wheel) -> str:
    """Return the lock file of libraries that comes with a wheel."""
    with zipfile.ZipFile(io.BytesIO(wheel.data)) as archive:
        return archive.read(f"kuratorium/program/{LOCK_FILE}").decode()


def list_library_pins(lock: str) -> dict[str, str]:
    """Return the version of each library in a lock file, without the program itself."""
    return {name: version for name, version in _PIN.findall(lock) if name != "kuratorium"}
