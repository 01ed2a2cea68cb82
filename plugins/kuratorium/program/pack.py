"""The running program as a wheel, and the lock file that pins it: an edition installs what it was begun with.

Nobody need have uploaded the program anywhere: it is packed from its installed files, or built from its clone.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from msgspec import Struct

from .. import __version__
from ..errors import UsageError
from .theme import IS_INSTALLED, PROGRAM_THEME

LOCK_FILE = "requirements.lock"
WHEELS_FOLDER = "wheels"
"""The folder of an edition with the wheel of its program."""

_NAME = "kuratorium"
_PACKAGE = Path(__file__).resolve().parents[1]
_CLONE = Path(PROGRAM_THEME).parent
_TIME = (2020, 2, 2, 0, 0, 0)  # the same files make the same bytes
# What an installer writes beside a wheel's own files.
_INSTALLERS_FILES = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"})
_LOCK_HEAD = f"""\
# The program and its libraries, each with the digests of its files. The program itself lies in {WHEELS_FOLDER}/.
--find-links {WHEELS_FOLDER}
"""
_PIN = re.compile(rf"^{_NAME}==(?P<version>\S+) \\\n    --hash=sha256:(?P<digest>[0-9a-f]{{64}})\n", re.M)


class Wheel(Struct, frozen=True):
    """A wheel of the program: its version, the name of its file, and its bytes."""

    version: str
    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 digest by which a lock file pins it."""
        return hashlib.sha256(self.data).hexdigest()


def pack_program() -> Wheel:
    """Return the running program as a wheel; raises UsageError if its files are not all known."""
    name = f"{_NAME}-{__version__}-py3-none-any.whl"
    return Wheel(__version__, name, _pack_installed_files() if IS_INSTALLED else _build_clone(name))


def read_program_file(name: str) -> str:
    """Return a text that comes with the program: `requirements.lock` or `CHANGELOG.md`."""
    folder = _PACKAGE / "program" if IS_INSTALLED else _CLONE
    return (folder / name).read_text(encoding="utf-8")


def write_lock(wheel: Wheel) -> str:
    """Return the lock file of an edition: the running program's own, with the program itself by its digest."""
    _, _, libraries = read_program_file(LOCK_FILE).partition("make lock\n")
    return f"{_LOCK_HEAD}{_write_pin(wheel)}{libraries}"


def find_pin(lock: str) -> tuple[str, str] | None:
    """Return version and digest of the program in an edition's lock file; None if it pins none."""
    match = _PIN.search(lock)
    return (match["version"], match["digest"]) if match else None


def _write_pin(wheel: Wheel) -> str:
    return f"{_NAME}=={wheel.version} \\\n    --hash=sha256:{wheel.digest}\n"


def _build_clone(name: str) -> bytes:
    """Build the wheel of the clone in which the program runs, as `make dist` does."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        run = subprocess.run(command, cwd=_CLONE, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if run.returncode or not Path(folder, name).is_file():
            detail = (run.stderr or run.stdout).strip().splitlines()[-1:] or ["no wheel was written"]
            raise UsageError(f'The program cannot be packed: {detail[0]}. "make dist" in {_CLONE} shows more.')
        return Path(folder, name).read_bytes()


def _pack_installed_files() -> bytes:
    distribution = next(iter(distributions(name=_NAME, path=[str(_PACKAGE.parent)])), None)
    files = dict(_list_installed_files(distribution)) if distribution else {}
    if f"{_NAME}/__init__.py" not in files:
        raise UsageError("The program cannot be packed: its installer wrote no list of its files. Install it with pip.")
    return _zip_wheel(files)


def _list_installed_files(distribution: Distribution) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a wheel that was installed, as its RECORD lists them, without what the installer added."""
    for file in distribution.files or ():
        is_own = not file.parts[0].startswith("..") and "__pycache__" not in file.parts
        if is_own and not (file.parts[0].endswith(".dist-info") and file.name in _INSTALLERS_FILES):
            yield file.as_posix(), Path(str(file.locate())).read_bytes()


def _zip_wheel(files: Mapping[str, bytes]) -> bytes:
    """Return a wheel of these files; its list of them comes last."""
    info = next(name.partition("/")[0] for name in files if name.partition("/")[0].endswith(".dist-info"))
    record = f"{info}/RECORD"
    lines = [f"{name},{_digest(data)},{len(data)}\n" for name, data in sorted(files.items())]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*sorted(files.items()), (record, "".join([*lines, f"{record},,\n"]).encode())]:
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
